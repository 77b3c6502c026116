package estimate

import (
	"errors"
	"math"
	"strings"
	"testing"

	"barometer/analysis/variance"
	"barometer/weighting/design"
)

func TestWrongDesignsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(m *made)
		spec  design.Spec
		code  string
		says  []string
	}{
		"unit in two strata": {func(m *made) {}, design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, Weight: "w"}, "not_nested", []string{"unit A", "stratum a", "stratum b", "nest"}},
		"population below sample": {func(m *made) {
			for i := range m.nh {
				if m.h[i] == "c" {
					m.nh[i] = 1
				}
			}
		}, clustered, "fpc_too_small", []string{"stratum c", "nh"}},
		"population count varies": {func(m *made) { m.nh[1] = 99 }, clustered, "bad_data", []string{"nh", "row 2", "stratum a"}},
		"stratum missing":         {func(m *made) { m.h[3] = "" }, clustered, "missing_design_value", []string{"column h", "row 4"}},
		"unit missing":            {func(m *made) { m.psu[3] = "" }, clustered, "missing_design_value", []string{"column psu", "row 4"}},
		"count missing":           {func(m *made) { m.nh[0] = math.NaN() }, clustered, "missing_design_value", []string{"column nh", "row 1"}},
		"weight missing":          {func(m *made) { m.w[2] = math.NaN() }, clustered, "missing_design_value", []string{"column w", "row 3", "missing"}},
		"weight negative":         {func(m *made) { m.w[2] = -1 }, clustered, "invalid_weights", []string{"column w", "row 3", "-1"}},
		"weights all zero":        {func(m *made) { clear(m.w) }, clustered, "invalid_weights", []string{"no row"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := make1(1)
			c.spoil(m)
			_, _, err := Run(t.Context(), FromData(m.data(t)), c.spec, Request{Items: []Item{{Stat: Mean, Var: "y"}}})
			var refused *DesignError
			if !errors.As(err, &refused) || refused.Code != c.code {
				t.Fatalf("got %v, want code %s", err, c.code)
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
		})
	}
}

func TestTextIsNotANumber(t *testing.T) {
	_, _, err := Run(t.Context(), FromData(make1(1).data(t)), elements, Request{Items: []Item{{Stat: Mean, Var: "h"}}})
	var bad *DataError
	if !errors.As(err, &bad) || bad.Column != "h" || bad.Row != 1 || !strings.Contains(err.Error(), `"a" is not a number`) {
		t.Errorf("got %v", err)
	}
	_, _, err = Run(t.Context(), FromData(make1(1).data(t)), elements, Request{Items: []Item{{Stat: Mean, Var: "nothing"}}})
	if !errors.As(err, &bad) || bad.Column != "nothing" {
		t.Errorf("got %v", err)
	}
}

// lonely leaves stratum f a single cluster.
func lonely() *made {
	m := make1(11)
	for i := range m.psu {
		if m.h[i] == "f" {
			m.psu[i] = "A"
		}
	}
	return m
}

func TestConvention_LonelyUnits(t *testing.T) {
	m := lonely()
	req := Request{Items: []Item{{Stat: Total, Var: "x"}}}
	_, _, err := Run(t.Context(), FromData(m.data(t)), clustered, req)
	var alone *variance.LonelyError
	if !errors.As(err, &alone) || len(alone.Strata) != 1 || alone.Strata[0] != "f" {
		t.Fatalf("got %v, want stratum f refused", err)
	}
	se := make(map[design.LonelyPSU]float64)
	for _, rule := range []design.LonelyPSU{design.Remove, design.Certainty, design.Adjust, design.Average} {
		spec := clustered
		spec.Lonely = rule
		out, warnings, err := Run(t.Context(), FromData(m.data(t)), spec, req)
		if err != nil {
			t.Fatal(err)
		}
		if len(warnings) != 1 || !strings.Contains(string(warnings[0]), "stratum f") {
			t.Errorf("%s: warnings %q do not name the stratum", rule, warnings)
		}
		se[rule] = out[0].SE
	}
	if se[design.Remove] != se[design.Certainty] {
		t.Error("remove and certainty differ")
	}
	near(t, "average", se[design.Average], se[design.Remove]*math.Sqrt(6.0/5), 1e-12)
	if !(se[design.Adjust] > se[design.Remove]) {
		t.Errorf("adjust %v adds nothing to %v", se[design.Adjust], se[design.Remove])
	}
	// a domain that does not touch the lonely stratum needs no rule
	where := Breakdown{Where: []design.Level{{Column: "h", Level: "a"}}}
	if _, _, err := Run(t.Context(), FromData(m.data(t)), clustered, Request{Items: req.Items, Breakdowns: []Breakdown{where}}); err != nil {
		t.Errorf("stratum a alone: %v", err)
	}
}

func TestMeaninglessRequestsAreRefused(t *testing.T) {
	for name, req := range map[string]Request{
		"no items":      {},
		"no variable":   {Items: []Item{{Stat: Mean}}},
		"half a ratio":  {Items: []Item{{Stat: Ratio, Var: "y"}}},
		"unknown stat":  {Items: []Item{{Stat: "mode", Var: "y"}}},
		"level":         {Items: []Item{{Stat: Mean, Var: "y"}}, Level: 95},
		"design effect": {Items: []Item{{Stat: Mean, Var: "y"}}, Deff: "big"},
	} {
		if _, _, err := Run(t.Context(), FromData(make1(1).data(t)), elements, req); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
