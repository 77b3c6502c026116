package questionnaire

import (
	"math"
	"slices"
	"strings"

	"barometer/survey/questionnaire/expr"
)

// maxValues bounds how many numbers one item gives rise to where a route asks
// for more than on which side of a point they lie.
const maxValues = 1000

// values returns one number, share or date of each kind that a use tells apart:
// the points it is compared with and their neighbours, one in each gap. Where
// more than that matters, as in a sum of two, they are all values there are, or
// not all.
func (item *Item) values(use expr.Use) (list []piece, all bool) {
	low, high := item.range64()
	if use.Whole && high-low < maxValues {
		for n := low; n <= high; n++ {
			list = append(list, piece{value: item.valueAt(n)})
		}
		return list, true
	}
	near := []int64{low, high, 0}
	for _, p := range use.Points {
		at := item.nearest(p)
		near = append(near, at-1, at, at+1)
	}
	slices.Sort(near)
	for _, n := range slices.Compact(near) {
		if low <= n && n <= high {
			list = append(list, piece{value: item.valueAt(n)})
		}
	}
	return list, !use.Whole && item.Kind != Share
}

// texts returns one text of each length that a use tells apart, and of the form
// of each pattern and not. What patterns tell apart beside that is not known.
func (item *Item) texts(use expr.Use) (list []piece, all bool) {
	lengths := []int{1, item.MaxLength}
	for _, p := range use.Points {
		at := int(math.Max(0, math.Min(maxTextLength, p)))
		lengths = append(lengths, at-1, at, at+1)
	}
	for n := 1; use.Whole && n <= min(item.MaxLength, maxValues); n++ {
		lengths = append(lengths, n)
	}
	slices.Sort(lengths)
	for _, n := range slices.Compact(lengths) {
		if 0 < n && n <= item.MaxLength {
			list = append(list, piece{value: strings.Repeat("x", n)})
		}
	}
	for _, form := range use.Forms {
		for _, text := range expr.Specimens(form) {
			list = append(list, piece{value: text})
		}
	}
	return list, len(use.Forms) == 0 && (!use.Whole || item.MaxLength <= maxValues)
}

// unbounded lies beyond every value that a questionnaire asks for, and within
// maxDigits.
const unbounded = 1_000_000_000

// range64 is the least and greatest value of the item, in its smallest steps:
// of a date days, of a month months.
func (item *Item) range64() (low, high int64) {
	low, high = -unbounded, unbounded
	switch item.Kind {
	case Share:
		return 0, whole
	case Date:
		low, high = item.nearest(daysFrom("0001-01-01")), item.nearest(daysFrom("9999-12-31"))
	case Month:
		low, high = item.nearest(daysFrom("0001-01-01")), item.nearest(daysFrom("9999-12-01"))
	}
	if v := item.Bounds.Low; v != "" {
		low = item.step64(v)
	}
	if v := item.Bounds.High; v != "" {
		high = item.step64(v)
	}
	return low, high
}

func daysFrom(day string) float64 {
	n, _ := days(day)
	return float64(n)
}

// step64 counts a value in the item's smallest steps.
func (item *Item) step64(value string) int64 {
	if item.Kind.Dated() {
		return item.nearest(daysFrom(value))
	}
	return scaled(value, item.places())
}

// places is how many decimals the item's numbers have.
func (item *Item) places() int {
	if item.Kind == Share {
		return shareDecimals
	}
	return item.Decimals
}

// nearest is the step next to a number or day that an expression names.
func (item *Item) nearest(point float64) int64 {
	switch item.Kind {
	case Date:
		return int64(point)
	case Month:
		y, m := monthOf(int(point))
		return int64(y*12 + m - 1)
	}
	return int64(math.Round(math.Max(-unbounded, math.Min(unbounded, point)) * math.Pow10(item.places())))
}

// valueAt is the value of a step, the reverse of step64.
func (item *Item) valueAt(n int64) string {
	switch item.Kind {
	case Date:
		return expr.Day(int(n))
	case Month:
		return monthAt(int(n/12), int(n%12)+1)
	}
	return unscaled(n, item.places())
}

// orders returns the rankings that a use tells apart: which options are among
// those ranked, in the order of the list.
func (item *Item) orders(answers []piece, codes []string) ([]piece, bool) {
	ranked := slices.DeleteFunc(codes, func(code string) bool {
		o, _ := find(item.Options, code)
		return !o.Substantive()
	})
	if item.Max == 0 {
		return append(answers, piece{codes: ranked}), true
	}
	for mask := 1; mask < 1<<min(len(ranked), 30); mask++ {
		if mask > maxSubsets {
			return answers, false
		}
		if set := subset(ranked, mask); len(set) <= item.Max && len(set)+item.rankable()-len(ranked) >= item.Max {
			answers = append(answers, piece{codes: set})
		}
	}
	return answers, true
}
