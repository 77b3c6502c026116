package estimate

import (
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// withBits adds six 0/1 items, so that more than one block is needed, one of
// them constant in the north.
func withBits(t *testing.T, m *made) *microdata.Data {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	d := m.data(t)
	for k := range 6 {
		y := make([]float64, m.rows)
		for i := range y {
			switch {
			case r.IntN(8) == 0:
				y[i] = math.NaN()
			case r.IntN(3) == 0 || k == 5 && m.d[i] == "north":
				y[i] = 1
			}
		}
		if err := d.Add(microdata.Numbers("b"+strconv.Itoa(k), y)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func plannedRequest() Request {
	req := Request{Breakdowns: []Breakdown{{}, {By: []string{"d"}}, {By: []string{"d"}, Where: []design.Level{{Column: "h", Level: "b"}}}}}
	for k := range 6 {
		req.Items = append(req.Items, Item{Stat: []Stat{Mean, Total}[k%2], Var: "b" + strconv.Itoa(k)})
	}
	req.Items = append(req.Items, Item{Stat: Share, Var: "d", Level: "south"}, Item{Stat: Count, Var: "d", Level: "west"})
	return req
}

// Sums by pattern are a faster way to the replicates one gets by weighting all
// rows anew.
func TestPlannedReplicatesAgreeWithReplicateWeights(t *testing.T) {
	m := make1(3)
	m.w[4], m.w[11] = 0, 0 // rows outside the sample
	data := withBits(t, m)
	for name, spec := range map[string]design.Spec{
		"elements":    {Strata: []string{"h"}, Weight: "w"},
		"with counts": {Strata: []string{"h"}, Weight: "w", FPC: []string{"nh"}},
		"one stratum": {Weight: "w"},
		"clusters":    {IDs: []string{"psu"}, Strata: []string{"h"}, Nest: true, Weight: "w"},
	} {
		for _, plan := range []replicate.Plan{{Kind: replicate.Bootstrap, Count: 40, Seed: 11}, {Kind: replicate.Bootstrap, Count: 9, MSE: true}} {
			t.Run(name, func(t *testing.T) {
				comparePlanned(t, data, spec, plan)
			})
		}
	}
	t.Run("jackknife of clusters", func(t *testing.T) {
		comparePlanned(t, data, design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, Nest: true, Weight: "w"}, replicate.Plan{Kind: replicate.JKn})
	})
}

func comparePlanned(t *testing.T, data *microdata.Data, spec design.Spec, plan replicate.Plan) {
	t.Helper()
	src, req := FromData(data), plannedRequest()
	s, err := Resolve(t.Context(), src, spec)
	if err != nil {
		t.Fatal(err)
	}
	reps, err := s.Replicate(plan, s.Weight)
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := RunReplicated(t.Context(), src, spec, req, reps)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := RunPlanned(t.Context(), src, spec, req, plan)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d estimates, want %d", len(got), len(want))
	}
	positive := 0
	for i := range want {
		if got[i].SE > 0 {
			positive++
		}
		alike(t, got[i].Item, got[i], want[i], 1e-9)
	}
	if positive < len(want)/2 {
		t.Errorf("only %d of %d standard errors are above 0", positive, len(want))
	}
}

func TestPlannedReplicatesDoNotDependOnThreads(t *testing.T) {
	data := withBits(t, make1(5))
	spec, plan := design.Spec{Strata: []string{"h"}, Weight: "w"}, replicate.Plan{Kind: replicate.Bootstrap, Count: 30, Seed: 4}
	var first []Estimate
	for _, threads := range []int{1, 3, 8} {
		before := runtime.GOMAXPROCS(threads)
		got, _, err := RunPlanned(t.Context(), FromData(data), spec, plannedRequest(), plan)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		for i := range got {
			if math.Float64bits(got[i].SE) != math.Float64bits(first[i].SE) {
				t.Fatalf("%s %v: standard error %v on %d threads, %v on one", got[i].Item, got[i].Domain, got[i].SE, threads, first[i].SE)
			}
		}
	}
}

// Items of other values than 0 and 1 take the longer way, and the bootstrap is
// about the linearised standard error.
func TestPlannedReplicatesOfNumbers(t *testing.T) {
	m := make1(9)
	spec := design.Spec{Strata: []string{"h"}, Weight: "w"}
	req := Request{Items: []Item{{Stat: Mean, Var: "y"}, {Stat: Ratio, Var: "y", Den: "x"}}}
	want, _, err := Run(t.Context(), FromData(m.data(t)), spec, req)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := RunPlanned(t.Context(), FromData(m.data(t)), spec, req, replicate.Plan{Kind: replicate.Bootstrap, Count: 2000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i].Value != want[i].Value || math.Abs(got[i].SE/want[i].SE-1) > 0.1 {
			t.Errorf("%s: %v ± %v by the bootstrap, %v ± %v linearised", got[i].Item, got[i].Value, got[i].SE, want[i].Value, want[i].SE)
		}
	}
}

func TestPlannedReplicatesRefuseCalibratedWeights(t *testing.T) {
	m := make1(9)
	spec := design.Spec{Weight: "w", Adjustments: []design.Adjustment{{Before: "w"}}}
	if _, _, err := RunPlanned(t.Context(), FromData(m.data(t)), spec, Request{Items: []Item{{Stat: Mean, Var: "y"}}}, replicate.Plan{Kind: replicate.Bootstrap, Count: 5}); err == nil {
		t.Error("weights whose calibration is not repeated were accepted")
	}
}
