package calibration

import (
	"fmt"
	"math"
)

// Distance is what makes weights near to each other, through F, the factor g
// as a function of t = x′λ. All have F(0) = 1 and F′(0) = 1 unless a bound
// cuts there.
type Distance interface {
	// fill computes F(t) and F′(t) for a batch of t of units of weight d.
	fill(d, t, g, slope []float64)
	// potential computes Ψ(t), with Ψ′ = F and Ψ(0) = 0.
	potential(d, t, psi []float64)
	// limits returns the smallest and largest value F approaches for a unit of
	// weight d.
	limits(d float64) (low, high float64)
}

// Linear is the chi-squared distance, F = 1 + t: the generalised regression
// estimator. Factors may be negative.
type Linear struct{}

func (Linear) limits(float64) (low, high float64) { return math.Inf(-1), math.Inf(1) }

func (Linear) fill(_, t, g, slope []float64) {
	for i, t := range t {
		g[i], slope[i] = 1+t, 1
	}
}

func (Linear) potential(_, t, psi []float64) {
	for i, t := range t {
		psi[i] = t + float64(t*t/2)
	}
}

// Raking is the Kullback–Leibler distance, F = eᵗ: what iterative
// proportional fitting minimises. Factors are positive.
type Raking struct{}

func (Raking) limits(float64) (low, high float64) { return 0, math.Inf(1) }

func (Raking) fill(_, t, g, slope []float64) {
	for i, t := range t {
		e := math.Exp(t)
		g[i], slope[i] = e, e
	}
}

func (Raking) potential(_, t, psi []float64) {
	for i, t := range t {
		psi[i] = math.Exp(t) - 1
	}
}

// Logit keeps factors strictly inside (Low, High), Low < 1 < High, with
// F = L + (U−L) / (1 + r·e^(−At)), r = (U−1)/(1−L), A = (U−L)/((1−L)(U−1)):
// case 6 of Deville and Särndal (1992), table 1.
type Logit struct{ Low, High float64 }

func (d Logit) limits(float64) (low, high float64) { return d.Low, d.High }

// shape returns A, r and U−L.
func (d Logit) shape() (a, r, width float64) {
	width = d.High - d.Low
	return width / ((1 - d.Low) * (d.High - 1)), (d.High - 1) / (1 - d.Low), width
}

func (d Logit) fill(_, t, g, slope []float64) {
	a, r, width := d.shape()
	for i, t := range t {
		e := math.Exp(-math.Abs(a * t))
		part := r * e // of 1 + part, so that nothing overflows
		whole := 1.0
		if t <= 0 {
			part, whole = r, e
		}
		share := whole / (whole + part)
		g[i] = d.Low + float64(width*share)
		slope[i] = width * a * share * (part / (whole + part))
	}
}

func (d Logit) potential(_, t, psi []float64) {
	a, _, width := d.shape()
	for i, t := range t {
		at := a * t
		e := math.Exp(-math.Abs(at))
		var log float64
		if at > 0 {
			log = at + math.Log((float64((d.High-1)*e)+(1-d.Low))/width)
		} else {
			log = math.Log(((d.High - 1) + float64((1-d.Low)*e)) / width)
		}
		psi[i] = float64(d.Low*t) + float64(width/a*log)
	}
}

// BoundedLinear cuts Linear at bounds. The result is the unique solution of
// the quadratic programme: least chi-squared distance subject to the totals
// and Low ≤ g ≤ High.
type BoundedLinear struct{ Low, High float64 }

func (d BoundedLinear) limits(float64) (low, high float64) { return d.Low, d.High }

func (d BoundedLinear) fill(w, t, g, slope []float64) {
	Linear{}.fill(w, t, g, slope)
	cut(d.Low, d.High, g, slope)
}

func (d BoundedLinear) potential(w, t, psi []float64) { cutPotential(d, Linear{}, w, t, psi) }

// BoundedRaking cuts Raking at bounds: least Kullback–Leibler distance subject
// to the totals and Low ≤ g ≤ High.
type BoundedRaking struct{ Low, High float64 }

func (d BoundedRaking) limits(float64) (low, high float64) { return d.Low, d.High }

func (d BoundedRaking) fill(w, t, g, slope []float64) {
	Raking{}.fill(w, t, g, slope)
	cut(d.Low, d.High, g, slope)
}

func (d BoundedRaking) potential(w, t, psi []float64) { cutPotential(d, Raking{}, w, t, psi) }

// Within cuts Linear or Raking where the new weight itself, d·F, reaches a
// bound: no unit stands for fewer than Low or more than High.
type Within struct {
	Distance  Distance // Linear or Raking
	Low, High float64  // of weights
}

func (d Within) limits(w float64) (low, high float64) { return d.Low / w, d.High / w }

func (d Within) fill(w, t, g, slope []float64) {
	d.Distance.fill(w, t, g, slope)
	for i, w := range w {
		low, high := d.limits(w)
		cut(low, high, g[i:i+1], slope[i:i+1])
	}
}

func (d Within) potential(w, t, psi []float64) { cutPotential(d, d.Distance, w, t, psi) }

// cut sets factors outside the limits to the limit, where they no longer move.
func cut(low, high float64, g, slope []float64) {
	for i, x := range g {
		if x < low {
			g[i], slope[i] = low, 0
		} else if x > high {
			g[i], slope[i] = high, 0
		}
	}
}

// cutPotential follows the distance inside to the limit and goes on straight.
// A limit that F never reaches (raking at 0) is never the edge.
func cutPotential(d, inside Distance, w, t, psi []float64) {
	for i := range t {
		low, high := d.limits(w[i])
		at, beyond := t[i:i+1:i+1], 0.0
		if t[i] < inverse(inside, low) {
			at, beyond = []float64{inverse(inside, low)}, low
		} else if t[i] > inverse(inside, high) {
			at, beyond = []float64{inverse(inside, high)}, high
		}
		inside.potential(nil, at, psi[i:i+1])
		psi[i] += float64(beyond * (t[i] - at[0]))
	}
}

// inverse returns the t with F(t) = g.
func inverse(d Distance, g float64) float64 {
	if _, raking := d.(Raking); raking {
		return math.Log(g)
	}
	return g - 1
}

// Method is the name of a distance.
type Method string

const (
	MethodLinear Method = "linear"
	MethodRaking Method = "raking"
	MethodLogit  Method = "logit"
)

// NewDistance returns the distance of a method. Bounds limit the factors
// g = w/d; nil means none, which logit does not allow. With t = x′λ, linear is
// g = 1 + t, raking eᵗ, logit lies within its bounds, and bounds cut off the
// other two (Deville and Särndal 1992, table 1; Deville, Särndal and Sautory
// 1993). Reference implementation: R survey, cal.linear, cal.raking, cal.logit.
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
