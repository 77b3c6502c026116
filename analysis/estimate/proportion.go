package estimate

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ProportionMethod is a confidence interval for a proportion.
type ProportionMethod string

const (
	Wald    ProportionMethod = "wald"   // p ± t·se
	Logit   ProportionMethod = "logit"  // symmetric on the logit scale
	Beta    ProportionMethod = "beta"   // Clopper–Pearson with effective n (Korn & Graubard 1998)
	Wilson  ProportionMethod = "wilson" // Wilson's score interval with effective n
	Arcsine ProportionMethod = "asin"   // symmetric on the arcsine scale
)

// ProportionInterval returns a confidence interval for an estimated
// proportion. It is undefined without degrees of freedom, and for a proportion
// of exactly 0 or 1 by every method but Beta and Wald: Beta then takes the
// number of rows for the effective one.
func ProportionInterval(method ProportionMethod, est Estimate, level float64) (low, high float64, err error) {
	p, se, n := est.Value, est.SE, float64(est.N)
	t := TQuantile(level, est.DF)
	effective := p * (1 - p) / (se * se)
	switch method {
	case Wald:
		return p - t*se, p + t*se, nil
	case Logit:
		centre, half := math.Log(p/(1-p)), t*se/(p*(1-p))
		return expit(centre - half), expit(centre + half), nil
	case Arcsine:
		centre, half := math.Asin(math.Sqrt(p)), t*se/(2*math.Sqrt(p*(1-p)))
		return sinSquared(centre - half), sinSquared(centre + half), nil
	case Wilson:
		centre := p + t*t/(2*effective)
		half := t / (2 * effective) * math.Sqrt(4*effective*p*(1-p)+t*t)
		return (centre - half) / (1 + t*t/effective), (centre + half) / (1 + t*t/effective), nil
	case Beta:
		ratio := TQuantile(level, n-1) / t
		if se > 0 {
			effective *= ratio * ratio
		}
		if p == 0 || p == 1 {
			effective = n
		}
		switch {
		case math.IsNaN(t):
			return math.NaN(), math.NaN(), nil
		case math.IsInf(effective, 1): // no variance: the interval is a point
			return p, p, nil
		}
		low, high = clopperPearson(p, effective, (1-level)/2)
		return low, high, nil
	}
	return math.NaN(), math.NaN(), fmt.Errorf("unknown interval method %q", method)
}

// clopperPearson inverts the binomial test for p·n successes in n trials,
// neither of which need be whole.
func clopperPearson(p, n, tail float64) (low, high float64) {
	if math.IsNaN(n) {
		return math.NaN(), math.NaN()
	}
	low, high = 0, 1
	if p > 0 {
		low = distuv.Beta{Alpha: n * p, Beta: n*(1-p) + 1}.Quantile(tail)
	}
	if p < 1 {
		high = distuv.Beta{Alpha: n*p + 1, Beta: n * (1 - p)}.Quantile(1 - tail)
	}
	return low, high
}

func expit(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func sinSquared(x float64) float64 {
	s := math.Sin(x)
	return s * s
}
