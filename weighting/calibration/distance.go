package calibration

import (
	"fmt"
	"math"
)

// Distance is what makes weights near to each other, through F, the factor g
// as a function of t = x′λ. All have F(0) = 1 and F′(0) = 1 unless a bound
// cuts there.
type Distance interface {
	// at returns Ψ(t) with Ψ(0) = 0, F(t) and F′(t).
	at(t float64) (psi, g, slope float64)
	// limits returns the smallest and largest value F approaches.
	limits() (low, high float64)
}

// Linear is the chi-squared distance, F = 1 + t: the generalised regression
// estimator. Factors may be negative.
type Linear struct{}

func (Linear) at(t float64) (psi, g, slope float64) { return t + t*t/2, 1 + t, 1 }
func (Linear) limits() (low, high float64)          { return math.Inf(-1), math.Inf(1) }

// Raking is the Kullback–Leibler distance, F = eᵗ: what iterative
// proportional fitting minimises. Factors are positive.
type Raking struct{}

func (Raking) at(t float64) (psi, g, slope float64) {
	g = math.Exp(t)
	return g - 1, g, g
}
func (Raking) limits() (low, high float64) { return 0, math.Inf(1) }

// Logit keeps factors strictly inside (Low, High), Low < 1 < High, with
// F = L + (U−L) / (1 + r·e^(−At)), r = (U−1)/(1−L), A = (U−L)/((1−L)(U−1)):
// case 6 of Deville and Särndal (1992), table 1.
type Logit struct{ Low, High float64 }

func (d Logit) at(t float64) (psi, g, slope float64) {
	l, u := d.Low, d.High
	a := (u - l) / ((1 - l) * (u - 1))
	r := (u - 1) / (1 - l)
	e := math.Exp(-a * t)
	share, rest := 1/(1+r*e), 1/(1+1/(r*e))
	log := math.Log(((u - 1) + (1-l)/e) / (u - l))
	if a*t > 0 {
		log = a*t + math.Log(((u-1)*e+(1-l))/(u-l))
	}
	return l*t + (u-l)/a*log, l + (u-l)*share, (u - l) * a * share * rest
}
func (d Logit) limits() (low, high float64) { return d.Low, d.High }

// Clipped cuts another distance's F at bounds. With Linear the result is the
// unique solution of the quadratic programme: least chi-squared distance
// subject to the totals and Low ≤ g ≤ High.
type Clipped struct {
	Of        Distance // Linear or Raking
	Low, High float64
}

func (d Clipped) at(t float64) (psi, g, slope float64) {
	psi, g, slope = d.Of.at(t)
	if g >= d.Low && g <= d.High {
		return psi, g, slope
	}
	bound := d.Low
	if g > d.High {
		bound = d.High
	}
	edge := bound - 1 // where F reaches the bound
	if _, raking := d.Of.(Raking); raking {
		edge = math.Log(bound)
	}
	if math.IsInf(edge, 0) {
		return 0, bound, 0 // a bound of 0 is only approached
	}
	psi, _, _ = d.Of.at(edge)
	return psi + bound*(t-edge), bound, 0
}
func (d Clipped) limits() (low, high float64) { return d.Low, d.High }

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
	if bounds != nil && !(bounds[0] >= 0 && bounds[0] < bounds[1]) {
		return nil, fmt.Errorf("bounds [%v, %v]: give 0 ≤ lower < upper, as new weight / old weight", bounds[0], bounds[1])
	}
	switch {
	case m == MethodLogit && (bounds == nil || bounds[0] >= 1 || bounds[1] <= 1 || math.IsInf(bounds[1], 1)):
		return nil, fmt.Errorf("logit needs finite bounds around 1")
	case m == MethodLogit:
		return Logit{bounds[0], bounds[1]}, nil
	case m == MethodLinear && bounds == nil:
		return Linear{}, nil
	case m == MethodLinear:
		return Clipped{Linear{}, bounds[0], bounds[1]}, nil
	case m == MethodRaking && bounds == nil:
		return Raking{}, nil
	case m == MethodRaking:
		return Clipped{Raking{}, bounds[0], bounds[1]}, nil
	}
	return nil, fmt.Errorf("unknown method %q: use linear, raking or logit", m)
}
