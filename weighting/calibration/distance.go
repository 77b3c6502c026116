package calibration

import (
	"fmt"
	"math"
)

// Distance is what makes weights near to each other, through F, the factor g
// as a function of t = x′λ. All have F(0) = 1 and F′(0) = 1 unless a bound
// cuts there.
type Distance interface {
	// fill computes Ψ(t) with Ψ(0) = 0, F(t) and F′(t) for a batch of t.
	fill(t, psi, g, slope []float64)
	// limits returns the smallest and largest value F approaches.
	limits() (low, high float64)
}

// Linear is the chi-squared distance, F = 1 + t: the generalised regression
// estimator. Factors may be negative.
type Linear struct{}

func (Linear) limits() (low, high float64) { return math.Inf(-1), math.Inf(1) }

func (Linear) fill(t, psi, g, slope []float64) {
	for i, t := range t {
		psi[i], g[i], slope[i] = t+float64(t*t/2), 1+t, 1
	}
}

// Raking is the Kullback–Leibler distance, F = eᵗ: what iterative
// proportional fitting minimises. Factors are positive.
type Raking struct{}

func (Raking) limits() (low, high float64) { return 0, math.Inf(1) }

func (Raking) fill(t, psi, g, slope []float64) {
	for i, t := range t {
		e := math.Exp(t)
		psi[i], g[i], slope[i] = e-1, e, e
	}
}

// Logit keeps factors strictly inside (Low, High), Low < 1 < High, with
// F = L + (U−L) / (1 + r·e^(−At)), r = (U−1)/(1−L), A = (U−L)/((1−L)(U−1)):
// case 6 of Deville and Särndal (1992), table 1.
type Logit struct{ Low, High float64 }

func (d Logit) limits() (low, high float64) { return d.Low, d.High }

func (d Logit) fill(t, psi, g, slope []float64) {
	l, u := d.Low, d.High
	a := (u - l) / ((1 - l) * (u - 1))
	r := (u - 1) / (1 - l)
	width := u - l
	for i, t := range t {
		at := a * t
		e := math.Exp(-math.Abs(at))
		var share, rest, log float64
		if at > 0 {
			share, rest = 1/(1+r*e), r*e/(1+r*e)
			log = at + math.Log((float64((u-1)*e)+(1-l))/width)
		} else {
			share, rest = e/(e+r), r/(e+r)
			log = math.Log(((u - 1) + float64((1-l)*e)) / width)
		}
		psi[i] = float64(l*t) + float64(width/a*log)
		g[i] = l + float64(width*share)
		slope[i] = width * a * share * rest
	}
}

// BoundedLinear cuts Linear at bounds. The result is the unique solution of
// the quadratic programme: least chi-squared distance subject to the totals
// and Low ≤ g ≤ High.
type BoundedLinear struct{ Low, High float64 }

func (d BoundedLinear) limits() (low, high float64) { return d.Low, d.High }

func (d BoundedLinear) fill(t, psi, g, slope []float64) {
	Linear{}.fill(t, psi, g, slope)
	for i, t := range t {
		if bound := min(max(g[i], d.Low), d.High); bound != g[i] {
			edge := bound - 1 // where F reaches the bound
			psi[i], g[i], slope[i] = edge+edge*edge/2+bound*(t-edge), bound, 0
		}
	}
}

// BoundedRaking cuts Raking at bounds: least Kullback–Leibler distance subject
// to the totals and Low ≤ g ≤ High.
type BoundedRaking struct{ Low, High float64 }

func (d BoundedRaking) limits() (low, high float64) { return d.Low, d.High }

func (d BoundedRaking) fill(t, psi, g, slope []float64) {
	Raking{}.fill(t, psi, g, slope)
	for i, t := range t {
		if bound := min(max(g[i], d.Low), d.High); bound != g[i] {
			edge := math.Log(bound) // finite: F passes a bound of 0 or ∞ nowhere
			psi[i], g[i], slope[i] = bound-1+bound*(t-edge), bound, 0
		}
	}
}

// Method is the name of a distance.
type Method string

const (
	MethodLinear Method = "linear"
	MethodRaking Method = "raking"
	MethodLogit  Method = "logit"
)

// NewDistance returns the distance of a method. Bounds limit the factors
// g = w/d; nil means none, which logit does not allow.
func NewDistance(m Method, bounds *[2]float64) (Distance, error) {
	if bounds != nil && !(bounds[0] < bounds[1]) {
		return nil, fmt.Errorf("bounds [%v, %v]: give lower < upper, as new weight / old weight", bounds[0], bounds[1])
	}
	switch {
	case m == MethodLogit && (bounds == nil || bounds[0] >= 1 || bounds[1] <= 1 || math.IsInf(bounds[0], -1) || math.IsInf(bounds[1], 1)):
		return nil, fmt.Errorf("logit needs finite bounds around 1")
	case m == MethodLogit:
		return Logit{bounds[0], bounds[1]}, nil
	case m == MethodLinear && bounds == nil:
		return Linear{}, nil
	case m == MethodLinear:
		return BoundedLinear{bounds[0], bounds[1]}, nil
	case m == MethodRaking && bounds == nil:
		return Raking{}, nil
	case m == MethodRaking:
		return BoundedRaking{bounds[0], bounds[1]}, nil
	}
	return nil, fmt.Errorf("unknown method %q: use linear, raking or logit", m)
}
