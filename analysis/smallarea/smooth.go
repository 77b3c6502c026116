package smallarea

import (
	"fmt"
	"math"
)

// Smoothing is a generalised variance function, log ψ = a + b·log n, with which
// sampling variances were smoothed.
type Smoothing struct {
	Intercept float64 // a
	Slope     float64 // b, near −1 for means of similar populations
	Factor    float64 // Δ: what brings the fitted variances to the sum of the given ones
	R2        float64 // of the regression
	Areas     int     // it was fitted on
}

// Variance returns the smoothed sampling variance of a domain of n rows,
// Δ·exp(a + b·log n) (Hidiroglou, Beaumont & Yung 2019), in squared units of the
// estimate.
func (s *Smoothing) Variance(n int) float64 {
	return s.Factor * math.Exp(s.Intercept+float64(s.Slope*math.Log(float64(n))))
}

// smooth fits the function by least squares to the areas with a positive
// standard error. The factor Σψ / Σexp(fit) corrects for the bias of taking
// logarithms (Hidiroglou, Beaumont & Yung 2019). Areas whose estimated
// standard error is 0 or undefined, as with a single respondent or a share of
// 0, get a variance from it too.
func smooth(areas []Area) (*Smoothing, error) {
	var n, v []float64
	for _, a := range areas {
		if a.sampled() && a.Direct.SE > 0 && !math.IsInf(a.Direct.SE, 1) {
			n, v = append(n, math.Log(float64(a.Direct.N))), append(v, 2*math.Log(a.Direct.SE))
		}
	}
	if len(n) < 3 {
		return nil, fmt.Errorf("small-area model: %d areas have a positive standard error, and variances are smoothed over at least 3", len(n))
	}
	s := &Smoothing{Areas: len(n)}
	meanN, meanV := mean(n), mean(v)
	var nn, nv, vv float64
	for i := range n {
		nn += float64((n[i] - meanN) * (n[i] - meanN))
		nv += float64((n[i] - meanN) * (v[i] - meanV))
		vv += float64((v[i] - meanV) * (v[i] - meanV))
	}
	if nn > 0 {
		s.Slope = nv / nn
	}
	if vv > 0 {
		s.R2 = s.Slope * nv / vv
	}
	s.Intercept = meanV - float64(s.Slope*meanN)
	var given, fitted float64
	for i := range n {
		given += math.Exp(v[i])
		fitted += math.Exp(s.Intercept + float64(s.Slope*n[i]))
	}
	s.Factor = given / fitted
	return s, nil
}

func mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
