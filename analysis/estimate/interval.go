package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// interval returns value ± t·SE; it is undefined without degrees of freedom.
func (e *estimator) interval(est Estimate) (low, high float64) {
	half := e.quantile(est.DF) * est.SE
	return est.Value - half, est.Value + half
}

// quantile is the t quantile of the request's level, kept per df.
func (e *estimator) quantile(df float64) float64 {
	q, ok := e.t[df]
	if !ok {
		q = TQuantile(e.req.level(), df)
		e.t[df] = q
	}
	return q
}

// TQuantile returns t with P(|T| ≤ t) = level for df degrees of freedom; NaN
// for df ≤ 0, the normal quantile for infinitely many.
func TQuantile(level, df float64) float64 {
	p := 1 - (1-level)/2
	switch {
	case !(df > 0):
		return math.NaN()
	case math.IsInf(df, 1):
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

// deff compares the variance with that of a simple random sample of the same
// number of rows (Kish 1965, §8.2). The element variance is n/(n−1)·Σw(y−ȳ)²/Σw.
func (e *estimator) deff(s Stat, est Estimate, v float64, t *moment) float64 {
	if e.req.Deff == NoDeff || s == Ratio {
		return math.NaN()
	}
	n := float64(t.n)
	about := *t
	about.recentre(t.centreA+t.a/t.w, t.centreB)
	srs := about.yy / t.w / (n - 1)
	if e.req.Deff == WOR {
		srs *= 1 - n/t.w
	}
	if s == Total || s == Count {
		srs *= t.w * t.w
	}
	return v / srs
}
