package estimate

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ProportionMethod is a confidence interval for a proportion p with standard
// error se on df degrees of freedom. t is the quantile of their distribution and
// n_e = p(1−p)/se² the effective size of the sample. BenchmarkIntervalCoverage
// prints how often each holds the truth. Reference implementation of all: R
// survey, svyciprop, to 1e-8.
type ProportionMethod string

const (
	// Wald is p ± t·se. It may leave 0 to 1, and covers too little for small p.
	Wald ProportionMethod = "wald"

	// Logit is symmetric on the logit scale: logit p ± t·se/(p(1−p)), turned back
	// (Korn & Graubard 1999).
	Logit ProportionMethod = "logit"

	// Beta is the binomial interval of Clopper & Pearson 1934 for x = p·n successes
	// in n trials, with n = n_e·(t(rows−1)/t(df))² (Korn & Graubard 1998). Of all
	// these it is the one that keeps its promise for small p.
	Beta ProportionMethod = "beta"

	// Wilson inverts the score test with n_e for the size of the sample (Wilson
	// 1927): (p + t²/2n_e ± t/2n_e·√(4n_e·p(1−p) + t²)) / (1 + t²/n_e).
	Wilson ProportionMethod = "wilson"

	// Arcsine is symmetric on the scale of arcsin √p: ± t·se/(2√(p(1−p))), turned
	// back.
	Arcsine ProportionMethod = "asin"
)

// ProportionInterval returns a confidence interval for an estimated
// proportion, by the method's formula and source (compared by Korn & Graubard
// 1998; Franco, Little, Louis & Slud 2019). It is undefined without degrees of
// freedom, and for a proportion of exactly 0 or 1 by every method but Beta and
// Wald: Beta then takes the number of rows for the effective one, as if they
// were not clustered; [RareInterval] takes a design effect from elsewhere.
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
