package sample

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"barometer/survey/frame"
)

// Allocate divides the plan's total between the strata of the frame and
// returns the strata in the order of their classifications. The takes add to
// the total exactly: shares are rounded by largest remainder, ties going to the
// stratum that comes first.
//
// A plan that asks for more units than the frame or, without Cap, than a
// stratum has is refused, naming every such stratum.
func Allocate(f *frame.Frame, p Plan) ([]Stratum, error) {
	return AllocateFrom(slices.Values(f.Units), p)
}

// AllocateFrom is [Allocate] for units that need not be in memory together.
func AllocateFrom(units iter.Seq[frame.Unit], p Plan) ([]Stratum, error) {
	cells, err := allocate(units, p)
	if err != nil {
		return nil, err
	}
	if err := reserve(cells, p, nil); err != nil {
		return nil, err
	}
	strata := make([]Stratum, len(cells))
	for i, c := range cells {
		strata[i] = c.Stratum
	}
	return strata, nil
}

func allocate(units iter.Seq[frame.Unit], p Plan) ([]*cell, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("sampling plan: %w", err)
	}
	cells, n, err := stratify(units, p)
	if err != nil {
		return nil, fmt.Errorf("sampling plan: %w", err)
	}
	if p.Total > n {
		return nil, fmt.Errorf("sampling plan: a total of %d units from a frame of %d", p.Total, n)
	}
	takes, err := p.takes(cells)
	if err != nil {
		return nil, fmt.Errorf("sampling plan: %w", err)
	}
	for i, c := range cells {
		c.Take = takes[i]
	}
	return cells, nil
}

func (p Plan) takes(cells []*cell) ([]int, error) {
	switch p.Allocation.Method {
	case Given:
		return p.given(cells)
	case Optimum:
		return p.optimum(cells)
	}
	s, err := p.scale(cells)
	if err != nil {
		return nil, err
	}
	wishes, err := p.wishes(cells)
	if err != nil {
		return nil, err
	}
	for _, w := range wishes {
		s.meet(w, p.Allocation.assumptions())
	}
	return s.divide(p.Total)
}

func (p Plan) given(cells []*cell) ([]int, error) {
	var faults []error
	takes, total := make([]int, len(cells)), 0
	known := make(map[string]bool)
	for i, c := range cells {
		n, stated := p.Allocation.Given[c.Code]
		known[c.Code] = true
		switch {
		case !stated:
			faults = append(faults, fmt.Errorf("stratum %s has no given number of units", c.Code))
		case n < 1:
			faults = append(faults, fmt.Errorf("stratum %s: %d units are given; each of its %d units must have a chance", c.Code, n, c.N))
		case n > c.N && !p.Cap:
			faults = append(faults, fmt.Errorf("stratum %s: %d units are given, it has %d (cap: true takes them all)", c.Code, n, c.N))
		}
		takes[i] = min(n, c.N)
		total += takes[i]
	}
	for _, code := range sortedKeys(p.Allocation.Given) {
		if !known[code] {
			faults = append(faults, fmt.Errorf("given: the frame has no stratum %s", code))
		}
	}
	if len(faults) == 0 && p.Total != 0 && total != p.Total {
		faults = append(faults, fmt.Errorf("the given numbers add to %d, the total is %d", total, p.Total))
	}
	return takes, errors.Join(faults...)
}

// scale is an allocation before its size is known: stratum h is given
// max(f, floor_h)·share_h units, kept within least_h and most_h, for the common
// factor f that makes the sum the total.
type scale struct {
	cells       []*cell
	share       []float64
	floor       []float64 // from precision targets
	least, most []float64
	cap         bool
}

func (p Plan) scale(cells []*cell) (*scale, error) {
	s := &scale{cells: cells, cap: p.Cap, floor: make([]float64, len(cells))}
	var faults []error
	for _, c := range cells {
		share, err := p.Allocation.share(c)
		if err != nil {
			faults = append(faults, err)
		}
		least := float64(min(c.N, p.minimum()))
		if c.N <= p.TakeAllUpTo {
			least, share = float64(c.N), 0
		}
		s.share = append(s.share, share)
		s.least = append(s.least, least)
		s.most = append(s.most, float64(c.N))
	}
	return s, errors.Join(faults...)
}

// share is what a stratum's allocation is proportional to.
func (a Allocation) share(c *cell) (float64, error) {
	size := float64(c.N)
	if a.Size == ByEmployees {
		size = float64(c.total)
	}
	switch a.Method {
	case Proportional:
		return size, nil
	case Equal:
		return 1, nil
	case Power:
		cv, err := stated("variation", a.Variation, c.Code, 1)
		return math.Pow(size, a.Exponent) * cv, err
	}
	d, err := stated("deviations", a.Deviations, c.Code, c.employees.deviation())
	return size * d, err
}

// stated is the number that a plan gives for a stratum under key, otherwise
// where it gives none for any.
func stated(key string, by map[string]float64, stratum string, otherwise float64) (float64, error) {
	if by == nil {
		return otherwise, nil
	}
	x, ok := by[stratum]
	if !ok || !(x >= 0) || math.IsInf(x, 1) {
		return 0, fmt.Errorf("%s: stratum %s needs a number of at least 0", key, stratum)
	}
	return x, nil
}

// take is the allocation of stratum i at factor f, limited by its size if the
// plan caps.
func (s *scale) take(i int, f float64, limited bool) float64 {
	n := max(s.least[i], max(f, s.floor[i])*s.share[i])
	if limited {
		n = min(n, s.most[i])
	}
	return n
}

func (s *scale) sum(f float64, limited bool) float64 {
	total := 0.0
	for i := range s.cells {
		total += s.take(i, f, limited)
	}
	return total
}

// divide finds the factor, refuses an allocation beyond a stratum's size
// unless it is capped, and rounds.
func (s *scale) divide(total int) ([]int, error) {
	if need := s.sum(0, s.cap); need > float64(total)+tolerance {
		return nil, fmt.Errorf("strata taken whole, minimum and precision targets need %.0f units, the total is %d", math.Ceil(need), total)
	}
	f, ok := s.factor(float64(total))
	if !ok {
		return nil, fmt.Errorf("no stratum can take what is left of the total of %d units", total)
	}
	takes := make([]float64, len(s.cells))
	var faults []error
	for i, c := range s.cells {
		takes[i] = s.take(i, f, s.cap)
		if takes[i] > s.most[i]+tolerance {
			faults = append(faults, fmt.Errorf("stratum %s: %.1f units are allocated, it has %d (cap: true takes them all)", c.Code, takes[i], c.N))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return round(takes, s.most, total), nil
}

// factor solves sum(f) = total by bisection; sum never falls with f.
func (s *scale) factor(total float64) (float64, bool) {
	high := 1.0
	for s.sum(high, s.cap) < total-tolerance {
		if high *= 2; high > 1e12 {
			return 0, false
		}
	}
	return bisect(0, high, func(f float64) bool { return s.sum(f, s.cap) >= total-tolerance }), true
}

// bisect returns the smallest f between low and high for which enough holds,
// given that it holds at high and keeps holding above where it first does.
func bisect(low, high float64, enough func(float64) bool) float64 {
	for range 100 {
		middle := (low + high) / 2
		if enough(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// tolerance absorbs what rounding in the last bits could tip, so that every
// platform allocates alike.
const tolerance = 1e-9

// round makes whole numbers of takes that add to total: each is rounded down,
// and what is left goes one by one to the largest remainders below most.
func round(takes, most []float64, total int) []int {
	whole := make([]int, len(takes))
	rest := make([]int64, len(takes)) // remainder in units of the tolerance
	var open []int
	for i, x := range takes {
		whole[i] = int(math.Floor(x + tolerance))
		rest[i] = int64(math.Round((x - float64(whole[i])) / tolerance))
		total -= whole[i]
		if float64(whole[i]) < most[i] {
			open = append(open, i)
		}
	}
	slices.SortStableFunc(open, func(a, b int) int { return int(rest[b] - rest[a]) })
	for _, i := range open[:total] {
		whole[i]++
	}
	return whole
}
