package sample

import (
	"strings"
	"testing"
)

func optimal(targets ...Target) Plan {
	return Plan{Wave: "2025", Stratify: []string{"size"}, Allocation: Allocation{
		Method: Optimum, Targets: targets, ResponseRate: 1}}
}

// The cheapest sample that meets the targets is at most a unit above the
// smallest of all allocations that do.
func TestOptimumAgainstEveryAllocation(t *testing.T) {
	p := optimal(Target{By: "total", HalfWidth: 9}, Target{By: "size", Code: "20-49", HalfWidth: 20})
	p.Allocation.ResponseRate, p.Allocation.DesignEffect = 0.8, 1.2
	p.Cap = true
	strata, err := Allocate(small(), p)
	if err != nil {
		t.Fatal(err)
	}
	met := func(strata []Stratum) bool {
		table, err := p.Expect(strata, p.Allocation.assumptions())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range table {
			if e.Wanted > 0 && e.HalfWidth > e.Wanted {
				return false
			}
		}
		return true
	}
	if !met(strata) {
		t.Errorf("%s misses a target", takes(strata))
	}
	sum := func(strata []Stratum) int { return strata[0].Take + strata[1].Take + strata[2].Take }
	try, best := append([]Stratum(nil), strata...), 101
	for try[0].Take = 2; try[0].Take <= 64; try[0].Take++ {
		for try[1].Take = 2; try[1].Take <= 30; try[1].Take++ {
			for try[2].Take = 2; try[2].Take <= 6; try[2].Take++ {
				if sum(try) < best && met(try) {
					best = sum(try)
				}
			}
		}
	}
	if got := sum(strata); got < best || got > best+1 {
		t.Errorf("%s takes %d units, the fewest that do are %d", takes(strata), got, best)
	}
}

// On the national frame the optimum meets what the power allocation meets with
// fewer units.
func TestOptimumOnTheNationalFrame(t *testing.T) {
	p := nationalPlan()
	p.Total, p.Allocation.Method, p.Allocation.Exponent = 0, Optimum, 0
	strata, err := Allocate(national(t), p)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range strata {
		n += s.Take
	}
	table, err := p.Expect(strata, p.Allocation.assumptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range table {
		if e.Missed() && e.Take < e.N {
			t.Errorf("%s %s: ± %.2f with %d of %d units, wanted %v", e.By, e.Code, e.HalfWidth, e.Take, e.N, e.Wanted)
		}
	}
	if n > 3500 {
		t.Errorf("the optimum takes %d units", n)
	}
	t.Logf("the targets need %d units", n)
	p.Total = n - 1
	if _, err := Allocate(national(t), p); err == nil || !strings.Contains(err.Error(), "total is at most") {
		t.Errorf("a total below what the targets need: %v", err)
	}
}

func TestOptimumPlansThatAreRefused(t *testing.T) {
	whole := optimal(Target{By: "size", HalfWidth: 5})
	whole.Allocation.ResponseRate = 0.3
	free := optimal(Target{By: "total", HalfWidth: 10})
	free.Allocation.Costs = map[string]float64{"1-19": 1, "20-49": 0, "100+": 1}
	for name, tt := range map[string]struct {
		plan Plan
		want string
	}{
		"beyond the frame":  {whole, "target size 100+: half_width 5 is missed even if all are taken"},
		"unknown domain":    {optimal(Target{By: "size", Code: "50-99", HalfWidth: 5}), "the frame has no 50-99"},
		"deviation missing": {optimal(Target{By: "total", HalfWidth: 5, Deviations: map[string]float64{"1-19": 0.3}}), "stratum 20-49 needs a number"},
		"free units":        {free, "a unit of stratum 20-49 costs nothing"},
		"no target":         {optimal(), "method optimum needs targets"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Allocate(small(), tt.plan); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	whole.Cap = true
	strata, err := Allocate(small(), whole)
	if err != nil || takes(strata) != "1-19:64 20-49:30 100+:6" {
		t.Errorf("capped: got %s, %v; want every unit", takes(strata), err)
	}
}

// A dear stratum gives fewer units, and a stratum that hardly varies too.
func TestOptimumFollowsCostsAndDeviations(t *testing.T) {
	p := optimal(Target{By: "total", HalfWidth: 8})
	plain, err := Allocate(small(), p)
	if err != nil {
		t.Fatal(err)
	}
	p.Allocation.Costs = map[string]float64{"1-19": 9, "20-49": 1, "100+": 1}
	dear, err := Allocate(small(), p)
	if err != nil {
		t.Fatal(err)
	}
	if dear[0].Take >= plain[0].Take || dear[1].Take <= plain[1].Take {
		t.Errorf("dear small workplaces: %s, before %s", takes(dear), takes(plain))
	}
	p.Allocation.Costs = nil
	p.Allocation.Targets[0].Deviations = map[string]float64{"1-19": 0.1, "20-49": 0.5, "100+": 0.5}
	even, err := Allocate(small(), p)
	if err != nil {
		t.Fatal(err)
	}
	if even[0].Take >= plain[0].Take/2 {
		t.Errorf("even small workplaces: %s, before %s", takes(even), takes(plain))
	}
}

// Bankier's power allocation with a size and coefficients of variation of its
// own: √employees of the strata times CV.
func TestPowerBySizeAndVariation(t *testing.T) {
	p := plan(Power, 36)
	p.Allocation.Size = ByEmployees
	// employees 620 : 940 : 720, roots 24.90 : 30.66 : 26.83, the last kept at 6
	p.Cap = true
	strata, err := Allocate(small(), p)
	if err != nil || takes(strata) != "1-19:13 20-49:17 100+:6" {
		t.Errorf("by employees: %s, %v", takes(strata), err)
	}
	p = plan(Power, 36)
	p.Allocation.Variation = map[string]float64{"1-19": 1, "20-49": 2, "100+": 1}
	// √64 : 2√30 : √6 = 8 : 10.954 : 2.449, of 36
	strata, err = Allocate(small(), p)
	if err != nil || takes(strata) != "1-19:14 20-49:18 100+:4" {
		t.Errorf("by variation: %s, %v", takes(strata), err)
	}
}
