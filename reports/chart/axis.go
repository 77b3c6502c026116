package chart

import (
	"fmt"
	"math"
)

// axis is a linear scale with at most five grid lines.
type axis struct{ low, high, step float64 }

var steps = []float64{1, 2, 5, 10, 20, 25}

// fromZero is the axis of bars, whose length is their value.
func fromZero(high float64) axis {
	for _, step := range steps {
		if n := math.Ceil(high / step); n <= 4 {
			return axis{0, max(n, 1) * step, step}
		}
	}
	return axis{0, 100, 25}
}

// check refuses an axis that starts elsewhere than at zero where lengths are read
// as values.
func (a axis) check(k Kind, chart string) error {
	switch k {
	case Bar, Panels, Stacked, Scale:
		if a.low != 0 {
			return fmt.Errorf("chart %s: the axis of a %s chart starts at %v: a length is read as a value, so it must start at 0", chart, k, a.low)
		}
	}
	return nil
}

// around is the axis of dots: from zero where that costs no detail, else from
// just below the lowest interval.
func around(low, high float64) axis {
	for _, step := range steps {
		from, to := math.Floor(low/step)*step, math.Ceil(high/step)*step
		if to == from {
			to += step
		}
		if to <= 4*step {
			return axis{0, to, step}
		}
		if to-from <= 4*step {
			return axis{from, to, step}
		}
	}
	return axis{0, 100, 25}
}

func (a axis) ticks() []float64 {
	var list []float64
	for i := 0; a.low+float64(i)*a.step <= a.high+1e-9; i++ {
		list = append(list, a.low+float64(i)*a.step)
	}
	return list
}

// area is the part of a drawing where values are drawn: an axis between two
// places on the line.
type area struct {
	axis
	left, right float64
}

func (a area) x(value float64) float64 {
	return a.left + (value-a.low)/(a.high-a.low)*(a.right-a.left)
}
