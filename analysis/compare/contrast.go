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
