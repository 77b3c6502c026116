// Package optimum finds the cheapest allocation of a stratified sample that
// meets several precision targets at once.
//
// A [Problem] comes in: costs, the least and the most units of every stratum,
// and a bound on the variance of each target. The numbers of units go out, real
// ([Problem.Solve]) or whole ([Problem.Whole]). What a target is, a domain, a
// variable, an assumed response, is for the caller to put into coefficients.
//
// Sources: Bethel (1989), Sample allocation in multivariate surveys, Survey
// Methodology 15, 47-57, whose conditions for the optimum are those solved
// here; Chromy (1987), Design optimization with multiple objectives, Proceedings
// of the ASA Section on Survey Research Methods, 194-199. Both iterate on the
// multipliers of the targets; here each is set in turn so that its own target is
// just met, which climbs a concave function and needs no step length.
package optimum

import (
	"fmt"
	"math"
)

// Problem is to minimise Σ Cost_h·n_h with Least_h ≤ n_h ≤ Most_h and every
// target met.
type Problem struct {
	Cost        []float64 // of one unit of the stratum, positive
	Least, Most []float64 // units, 0 < Least ≤ Most
	Targets     []Target
}

// Target bounds a variance that falls with the units taken: Σ A_h/n_h ≤ Bound
// over its strata.
type Target struct {
	Name  string
	Terms []Term
	Bound float64
}

// Term is the share of one stratum in a variance.
type Term struct {
	Stratum int
	A       float64 // at least 0
}

// Variance is Σ A_h/n_h.
func (t Target) Variance(n []float64) float64 {
	v := 0.0
	for _, m := range t.Terms {
		v += m.A / n[m.Stratum]
	}
	return v
}

// Met reports whether the target holds, to within rounding.
func (t Target) Met(n []float64) bool { return t.Variance(n) <= t.Bound+slack*math.Abs(t.Bound) }

// slack is the relative error within which a target counts as met.
const slack = 1e-9

// Unreachable returns the targets that are missed even where every stratum
// gives the most it can.
func (p Problem) Unreachable() []int {
	var missed []int
	for j, t := range p.Targets {
		if !t.Met(p.Most) {
			missed = append(missed, j)
		}
	}
	return missed
}

// Solution is an allocation with the price of each target.
type Solution struct {
	Units []float64
	// Multipliers tell by how much the cost would fall for each unit that a
	// target's bound is raised; zero where the target does not bind.
	Multipliers []float64
}

// sweeps bounds the work; targets that overlap badly take some hundred.
const sweeps = 50_000

// Solve finds the optimum. A target that cannot be reached is refused; see
// [Problem.Unreachable].
func (p Problem) Solve() (Solution, error) {
	if missed := p.Unreachable(); len(missed) > 0 {
		return Solution{}, fmt.Errorf("target %s cannot be reached", p.Targets[missed[0]].Name)
	}
	s := newSearch(p)
	for range sweeps {
		for j := range p.Targets {
			s.bind(j)
		}
		if s.settled() {
			return Solution{Units: s.units(), Multipliers: s.lambda}, nil
		}
	}
	return Solution{}, fmt.Errorf("the allocation did not settle in %d rounds over %d targets", sweeps, len(p.Targets))
}

// search holds the multipliers, and Σ λ_j·A_hj of every stratum.
type search struct {
	Problem
	lambda []float64
	pull   []float64
	parts  [][]part // by stratum
}

// part is the share of a stratum in one target.
type part struct {
	target int
	a      float64
}

// byStratum turns the terms of the targets around.
func (p Problem) byStratum() [][]part {
	parts := make([][]part, len(p.Cost))
	for j, t := range p.Targets {
		for _, m := range t.Terms {
			parts[m.Stratum] = append(parts[m.Stratum], part{j, m.A})
		}
	}
	return parts
}

func newSearch(p Problem) *search {
	return &search{Problem: p, lambda: make([]float64, len(p.Targets)), pull: make([]float64, len(p.Cost)), parts: p.byStratum()}
}

// take is the allocation of stratum h at a pull: √(pull/cost) within its limits.
func (s *search) take(h int, pull float64) float64 {
	return min(s.Most[h], max(s.Least[h], math.Sqrt(max(0, pull)/s.Cost[h])))
}

func (s *search) units() []float64 {
	n := make([]float64, len(s.Cost))
	for h := range n {
		n[h] = s.take(h, s.pull[h])
	}
	return n
}

// bind sets multiplier j so that its target is just met, or to zero where the
// others see to it.
func (s *search) bind(j int) {
	t := s.Targets[j]
	s.release(j)
	high := 0.0
	for _, m := range t.Terms {
		if most := s.Most[m.Stratum]; m.A > 0 {
			high = max(high, s.Cost[m.Stratum]*most*most/m.A)
		}
	}
	met := func(lambda float64) bool {
		v := 0.0
		for _, m := range t.Terms {
			v += m.A / s.take(m.Stratum, s.pull[m.Stratum]+float64(lambda*m.A))
		}
		return v <= t.Bound
	}
	if !met(0) {
		s.lambda[j] = halve(high, met)
	}
	s.pullAgain(t)
}

// release takes target j out of the pulls of its strata.
func (s *search) release(j int) {
	s.lambda[j] = 0
	s.pullAgain(s.Targets[j])
}

// pullAgain sums the pulls of a target's strata afresh, so that no rounding
// gathers over the rounds.
func (s *search) pullAgain(t Target) {
	for _, m := range t.Terms {
		pull := 0.0
		for _, part := range s.parts[m.Stratum] {
			pull += float64(s.lambda[part.target] * part.a)
		}
		s.pull[m.Stratum] = pull
	}
}

// halve returns the smallest x up to high at which met holds, to the last bits.
func halve(high float64, met func(float64) bool) float64 {
	low := 0.0
	for range 200 {
		middle := low + (high-low)/2
		if middle == low || middle == high {
			break
		}
		if met(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// settled reports whether the conditions of Karush, Kuhn and Tucker hold: every
// target is met, and what has a price binds. Stationarity holds by construction.
func (s *search) settled() bool {
	n := s.units()
	cost, gap := 0.0, 0.0
	for h, c := range s.Cost {
		cost += float64(c * n[h])
	}
	for j, t := range s.Targets {
		if !t.Met(n) {
			return false
		}
		gap += float64(s.lambda[j] * (t.Bound - t.Variance(n)))
	}
	return gap <= slack*cost
}
