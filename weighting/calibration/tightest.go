package calibration

import (
	"math"
	"strconv"
)

// widen returns a bounded distance with bounds low/by (low·by below 0) and high·by; ok is false
// for a distance without bounds.
func widen(dist Distance, by float64) (wide Distance, bounds [2]float64, ok bool) {
	switch d := dist.(type) {
	case Logit:
		bounds = outward(d.Low, d.High, by)
		return Logit{bounds[0], bounds[1]}, bounds, true
	case BoundedLinear:
		bounds = outward(d.Low, d.High, by)
		return BoundedLinear{bounds[0], bounds[1]}, bounds, true
	case BoundedRaking:
		bounds = outward(d.Low, d.High, by)
		return BoundedRaking{bounds[0], bounds[1]}, bounds, true
	case Within:
		bounds = outward(d.Low, d.High, by)
		return Within{d.Distance, bounds[0], bounds[1]}, bounds, true
	}
	return nil, bounds, false
}

// outward widens bounds and rounds them away from each other to four digits,
// so that what a message prints is what was tried.
func outward(low, high, by float64) [2]float64 {
	wide := low / by
	if low < 0 {
		wide = low * by
	}
	return [2]float64{round4(wide, math.Floor), round4(high*by, math.Ceil)}
}

func round4(x float64, to func(float64) float64) float64 {
	if x == 0 || math.IsInf(x, 0) {
		return x
	}
	digits := 3 - int(math.Floor(math.Log10(math.Abs(x))))
	scaled, err := strconv.ParseFloat(strconv.FormatFloat(to(x*math.Pow10(digits)), 'f', 0, 64)+"e"+strconv.Itoa(-digits), 64)
	if err != nil {
		return x
	}
	return scaled
}

// Limits of the search for the tightest bounds: how far bounds are widened
// before it is given up, and how closely it ends.
const (
	widest  = 1 << 12
	closely = 1.001
)

// tightest searches for the bounds nearest to those that failed, widened by one
// factor on both sides, between which the totals can be met. It is nil where
// the distance has no bounds or no widening helps.
func (s *system) tightest(failed *newton, maxIter int) *[2]float64 {
	meets := func(by float64) *[2]float64 {
		dist, bounds, ok := widen(failed.dist, by)
		if !ok {
			return nil
		}
		n := &newton{system: s, dist: dist, gram: failed.gram, free: failed.free, lambda: make([]float64, len(s.totals))}
		if n.minimise(DefaultTolerance, maxIter) != nil {
			return nil
		}
		return &bounds
	}
	fails, by := 1.0, 1.05
	found := meets(by)
	for ; found == nil; found = meets(by) {
		if fails, by = by, by*by; by > widest {
			return nil
		}
	}
	for by > fails*closely {
		middle := math.Sqrt(fails * by)
		if bounds := meets(middle); bounds != nil {
			by, found = middle, bounds
		} else {
			fails = middle
		}
	}
	return found
}
