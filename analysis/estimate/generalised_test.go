package estimate

import (
	"errors"
	"math"
	"testing"

	"barometer/analysis/variance"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// Exact replicates carry every stage: the standard error of a total, in a domain
// as well, is the linearised one, and that of a mean is close.
func TestExactReplicatesAreLinearisation(t *testing.T) {
	m := make1(4)
	data := m.data(t)
	req := byDomain(Item{Stat: Total, Var: "y"}, Item{Stat: Mean, Var: "y"})
	for name, spec := range map[string]design.Spec{
		"elements":              {Strata: []string{"h"}, FPC: []string{"nh"}, Weight: "w"},
		"two stages":            {IDs: []string{"psu"}, Strata: []string{"h"}, FPC: []string{"nh", "ni"}, Nest: true, Weight: "w"},
		"clusters, replacement": {IDs: []string{"psu"}, Strata: []string{"h"}, Nest: true, Weight: "w"},
	} {
		t.Run(name, func(t *testing.T) {
			want := run(t, data, spec, req)
			got, _, err := RunPlanned(t.Context(), FromData(data), spec, req, replicate.Plan{Kind: replicate.GeneralisedFay})
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				tolerance := 1e-9
				if i >= len(want)/2 { // means
					tolerance = 0.1
				}
				near(t, want[i].Item, got[i].SE, want[i].SE, tolerance)
			}
		})
	}
}

// The generalised bootstrap of a two-stage sample comes to the linearised
// variance where the first stage adds none.
func TestGeneralisedBootstrapCarriesTheSecondStage(t *testing.T) {
	m := make1(4)
	clusters := map[string]map[string]bool{}
	for i, h := range m.h {
		if clusters[h] == nil {
			clusters[h] = map[string]bool{}
		}
		clusters[h][m.psu[i]] = true
	}
	for i, h := range m.h {
		m.nh[i] = float64(len(clusters[h])) // every cluster is taken: all variance is within
	}
	data, count := m.data(t), 4000
	spec := design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, FPC: []string{"nh", "ni"}, Nest: true, Weight: "w"}
	req := Request{Items: []Item{{Stat: Total, Var: "y"}}}
	got, _, err := RunPlanned(t.Context(), FromData(data), spec, req, replicate.Plan{Kind: replicate.Generalised, Count: count, Seed: 6})
	if err != nil {
		t.Fatal(err)
	}
	// The relative error of a standard error from R replicates is about 1/√(2R).
	near(t, "two stages", got[0].SE, run(t, data, spec, req)[0].SE, 4/math.Sqrt(2*float64(count)))
}

// A stratum with a single unit is treated by the design's rule, or refused.
func TestGeneralisedReplicatesAndLonelyUnits(t *testing.T) {
	m := make1(4)
	for i := range m.h {
		if m.h[i] == "c" {
			m.psu[i] = "A"
		}
	}
	data := m.data(t)
	req := Request{Items: []Item{{Stat: Total, Var: "y"}}}
	for _, rule := range []design.LonelyPSU{design.Remove, design.Certainty, design.Average, design.Fail, design.Adjust} {
		spec := design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, FPC: []string{"nh", "ni"}, Nest: true, Weight: "w", Lonely: rule}
		got, _, err := RunPlanned(t.Context(), FromData(data), spec, req, replicate.Plan{Kind: replicate.GeneralisedFay})
		var lonely *variance.LonelyError
		switch {
		case rule == design.Fail && !errors.As(err, &lonely), rule == design.Adjust && err == nil:
			t.Errorf("%s: error %v", rule, err)
		case rule != design.Fail && rule != design.Adjust && err != nil:
			t.Errorf("%s: %v", rule, err)
		case err == nil:
			near(t, string(rule), got[0].SE, run(t, data, spec, req)[0].SE, 1e-9)
		}
	}
}
