package compare

import (
	"fmt"
	"math"

	"barometer/analysis/estimate"
)

// ContrastForm says how estimates are combined.
type ContrastForm string

const (
	LinearForm   ContrastForm = "linear"    // Σ coefficient · estimate
	RatioForm    ContrastForm = "ratio"     // first / second
	LogRatioForm ContrastForm = "log_ratio" // log(first / second)
)

// Combine combines estimates by number. It returns the value and its variance.
//
// Estimand: Σcθ, θ₁/θ₂ or log(θ₁/θ₂), in units of θ or none. The variance is
// g′Vg, with V the covariance of the estimates and g the gradient: c; 1/θ₂ and
// −θ₁/θ₂²; 1/θ₁ and −1/θ₂ (delta method; Woodruff 1971). Assumption: θ₂, and for
// the logarithm θ₁, well away from 0. Reference implementation: R survey, svyby
// with covmat and svycontrast, to 1e-8.
func Combine(j *estimate.Joint, form ContrastForm, at []int, coef []float64) (value, variance float64, err error) {
	gradient := make([]float64, len(at))
	e := func(i int) float64 { return j.Estimates[at[i]].Value }
	if form != LinearForm && len(at) != 2 {
		return 0, 0, fmt.Errorf("a %s combines two estimates, not %d", form, len(at))
	}
	switch form {
	case LinearForm:
		for i, c := range coef {
			value += c * e(i)
			gradient[i] = c
		}
	case RatioForm:
		value = e(0) / e(1)
		gradient[0], gradient[1] = 1/e(1), -value/e(1)
	case LogRatioForm:
		value = math.Log(e(0) / e(1))
		gradient[0], gradient[1] = 1/e(0), -1/e(1)
	default:
		return 0, 0, fmt.Errorf("unknown form %q", form)
	}
	for i, g := range gradient {
		for k, h := range gradient {
			variance += g * h * j.Covariance.At(at[i], at[k])
		}
	}
	return value, max(variance, 0), nil
}
