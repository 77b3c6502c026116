package optimum

import (
	"cmp"
	"math"
	"slices"
)

// Whole returns a cheap allocation in whole units that meets every target. The
// optimum is rounded up, and units are given back, the dearest first, as long
// as the targets hold; the cost stays within one unit a stratum of the optimum.
// Least and Most must be whole numbers.
func (p Problem) Whole() ([]int, error) {
	s, err := p.Solve()
	if err != nil {
		return nil, err
	}
	n := make([]float64, len(s.Units))
	for h, x := range s.Units {
		n[h] = min(p.Most[h], math.Ceil(x-slack*max(1, x)))
	}
	p.fill(n)
	p.giveBack(n, s.Units)
	whole := make([]int, len(n))
	for h, x := range n {
		whole[h] = int(x)
	}
	return whole, nil
}

// fill repairs a target that rounding left a hair short.
func (p Problem) fill(n []float64) {
	for _, t := range p.Targets {
		for !t.Met(n) {
			h := p.steepest(t, n)
			if h < 0 {
				return
			}
			n[h]++
		}
	}
}

// steepest is the stratum where one unit more lowers the variance most for its
// cost, -1 where all are taken whole.
func (p Problem) steepest(t Target, n []float64) int {
	best, gain := -1, 0.0
	for _, m := range t.Terms {
		h := m.Stratum
		if g := m.A / (n[h] * (n[h] + 1) * p.Cost[h]); n[h] < p.Most[h] && g > gain {
			best, gain = h, g
		}
	}
	return best
}

// giveBack takes units away while every target holds, those rounded up the
// furthest first among equally dear ones.
func (p Problem) giveBack(n, optimum []float64) {
	order := make([]int, len(n))
	up := make([]int64, len(n)) // in units of 1e-6, so that last bits decide nothing
	for h := range n {
		order[h] = h
		up[h] = int64(math.Round((n[h] - optimum[h]) * 1e6))
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.Cost[b], p.Cost[a]), cmp.Compare(up[b], up[a]))
	})
	parts := p.byStratum()
	for _, h := range order {
		for n[h]-1 >= p.Least[h] {
			n[h]--
			if !p.met(n, parts[h]) {
				n[h]++
				break
			}
		}
	}
}

// met reports whether the targets that a stratum has a part in hold.
func (p Problem) met(n []float64, parts []part) bool {
	for _, part := range parts {
		if !p.Targets[part.target].Met(n) {
			return false
		}
	}
	return true
}
