package optimum

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// random makes a problem whose targets overlap and can be reached.
func random(r *rand.Rand, strata, targets, most int) Problem {
	p := Problem{}
	for range strata {
		m := 2 + r.IntN(most-1)
		p.Cost = append(p.Cost, 0.5+r.Float64()*3)
		p.Least = append(p.Least, float64(1+r.IntN(2)))
		p.Most = append(p.Most, float64(m))
	}
	for j := range targets {
		t := Target{Name: fmt.Sprint(j)}
		for h := range strata {
			if r.IntN(3) > 0 {
				t.Terms = append(t.Terms, Term{h, r.Float64() * 10})
			}
		}
		low, high := t.Variance(p.Most), t.Variance(p.Least)
		t.Bound = low + (high-low)*r.Float64()
		p.Targets = append(p.Targets, t)
	}
	return p
}

func (p Problem) cost(n []float64) (c float64) {
	for h, x := range n {
		c += p.Cost[h] * x
	}
	return c
}

// The conditions of Karush, Kuhn and Tucker, which for this convex problem are
// met by the optimum and by nothing else.
func TestSolutionMeetsTheConditionsOfTheOptimum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for k := range 300 {
		p := random(r, 1+r.IntN(12), 1+r.IntN(6), 200)
		s, err := p.Solve()
		if err != nil {
			t.Fatalf("problem %d: %v", k, err)
		}
		for j, target := range p.Targets {
			v := target.Variance(s.Units)
			if v > target.Bound*(1+1e-8) {
				t.Errorf("problem %d: target %d has variance %v, bound %v", k, j, v, target.Bound)
			}
			if s.Multipliers[j] < 0 || s.Multipliers[j]*(target.Bound-v) > 1e-6*p.cost(s.Units) {
				t.Errorf("problem %d: target %d has price %v and does not bind (%v < %v)", k, j, s.Multipliers[j], v, target.Bound)
			}
		}
		for h, n := range s.Units {
			gradient := p.Cost[h]
			for j, target := range p.Targets {
				for _, m := range target.Terms {
					if m.Stratum == h {
						gradient -= s.Multipliers[j] * m.A / (n * n)
					}
				}
			}
			inside := n > p.Least[h]+1e-9 && n < p.Most[h]-1e-9
			switch tolerance := 1e-6 * p.Cost[h]; {
			case n < p.Least[h] || n > p.Most[h]:
				t.Errorf("problem %d: stratum %d takes %v, outside %v to %v", k, h, n, p.Least[h], p.Most[h])
			case inside && math.Abs(gradient) > tolerance,
				n <= p.Least[h]+1e-9 && gradient < -tolerance && p.Most[h] > p.Least[h]+1e-9,
				n >= p.Most[h]-1e-9 && gradient > tolerance && p.Most[h] > p.Least[h]+1e-9:
				t.Errorf("problem %d: stratum %d takes %v with gradient %v", k, h, n, gradient)
			}
		}
	}
}

// With one target and no limit the optimum is Neyman's: n ∝ √(A/c), at the
// size the bound asks for.
func TestOneTargetIsNeyman(t *testing.T) {
	p := Problem{
		Cost: []float64{1, 4, 9}, Least: []float64{1e-9, 1e-9, 1e-9}, Most: []float64{1e9, 1e9, 1e9},
		Targets: []Target{{Terms: []Term{{0, 16}, {1, 25}, {2, 1}}, Bound: 0.5}},
	}
	s, err := p.Solve()
	if err != nil {
		t.Fatal(err)
	}
	// Σ√(A·c) = 4 + 10 + 3 = 17; n_h = √(A/c)·17/bound
	for h, want := range []float64{4 * 34, 2.5 * 34, 34.0 / 3} {
		if math.Abs(s.Units[h]-want) > 1e-6*want {
			t.Errorf("stratum %d takes %v, want %v", h, s.Units[h], want)
		}
	}
}

// cheapest tries every allocation in whole units.
func (p Problem) cheapest(n []float64, h int) float64 {
	if h == len(n) {
		for _, t := range p.Targets {
			if !t.Met(n) {
				return math.Inf(1)
			}
		}
		return p.cost(n)
	}
	best := math.Inf(1)
	for n[h] = p.Least[h]; n[h] <= p.Most[h]; n[h]++ {
		best = min(best, p.cheapest(n, h+1))
	}
	return best
}

// Held against every allocation there is: the real optimum lies below the
// cheapest whole one, and ours above it by less than the cost of one unit in
// each stratum, and by 2 % over all.
func TestWholeUnitsAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var ours, theirs float64
	for k := range 150 {
		p := random(r, 2+r.IntN(3), 1+r.IntN(4), 14)
		for h := range p.Cost {
			p.Most[h] = max(p.Most[h], p.Least[h])
		}
		s, err := p.Solve()
		if err != nil {
			t.Fatalf("problem %d: %v", k, err)
		}
		whole, err := p.Whole()
		if err != nil {
			t.Fatal(err)
		}
		n, dear := make([]float64, len(whole)), 0.0
		for h, x := range whole {
			n[h] = float64(x)
			dear += p.Cost[h]
		}
		for _, target := range p.Targets {
			if !target.Met(n) {
				t.Errorf("problem %d: %v misses a target", k, whole)
			}
		}
		best := p.cheapest(make([]float64, len(whole)), 0)
		if got := p.cost(n); p.cost(s.Units) > best*(1+1e-8) || got < best*(1-1e-8) || got > p.cost(s.Units)+dear {
			t.Errorf("problem %d: optimum %v, cheapest whole %v, ours %v", k, p.cost(s.Units), best, got)
		}
		ours, theirs = ours+p.cost(n), theirs+best
	}
	if ours > 1.02*theirs {
		t.Errorf("whole allocations cost %.4f times the cheapest", ours/theirs)
	}
	t.Logf("whole allocations cost %.4f times the cheapest", ours/theirs)
}

func TestUnreachableTargetIsRefused(t *testing.T) {
	p := Problem{Cost: []float64{1}, Least: []float64{1}, Most: []float64{4},
		Targets: []Target{{Name: "subsector K-DAG", Terms: []Term{{0, 1}}, Bound: 0.2}}}
	if _, err := p.Solve(); err == nil {
		t.Error("a target beyond the stratum was accepted")
	}
	if missed := p.Unreachable(); len(missed) != 1 {
		t.Errorf("unreachable: %v", missed)
	}
	p.Targets[0].Bound = 0.25 // just reached by all four
	if whole, err := p.Whole(); err != nil || whole[0] != 4 {
		t.Errorf("got %v, %v; want all 4", whole, err)
	}
}
