package cube

import (
	"math"
	"strconv"
)

// Status says whether and how a cell is shown.
type Status uint8

const (
	Shown         Status = iota // an ordinary figure
	Uncertain                   // shown with a warning: wide interval or few answers
	Confidential                // not shown, so that no workplace can be recognised
	Unreliable                  // not shown, since the figure is too uncertain to be of use
	Empty                       // nobody in the group was asked
	NotApplicable               // there is no such number: no interval of a count, no such group
)

// Suppressed reports whether a cell of this status holds no number.
func (s Status) Suppressed() bool { return s != Shown && s != Uncertain }

// Cell is a number, or the reason why there is none.
type Cell struct {
	number float64
	status Status
}

// Number makes a cell that is shown. Negative zero becomes zero.
func Number(x float64, uncertain bool) Cell {
	if uncertain {
		return Cell{number: x + 0, status: Uncertain}
	}
	return Cell{number: x + 0}
}

// Gap makes a cell that holds no number. It cannot be given one.
func Gap(why Status) Cell { return Cell{status: why, number: gap(why)} }

// gap is 0 for a reason, and no number where a gap is given for none: a cube
// refuses that.
func gap(why Status) float64 {
	if why.Suppressed() && why <= NotApplicable {
		return 0
	}
	return math.NaN()
}

// Status returns the cell's status.
func (c Cell) Status() Status { return c.status }

// Number returns the cell's number, and false where it holds none.
func (c Cell) Number() (float64, bool) { return c.number, !c.status.Suppressed() }

// Round gives the number that is shown with some decimals, halves of the exact
// binary value to even. It is the one place where published numbers are rounded.
// What is no number stays none.
func Round(x float64, decimals int) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	var digits [32]byte
	rounded, err := strconv.ParseFloat(string(strconv.AppendFloat(digits[:0], x, 'f', decimals, 64)), 64)
	if err != nil {
		return x // too large for a float, which the digits of one are not
	}
	return rounded + 0
}
