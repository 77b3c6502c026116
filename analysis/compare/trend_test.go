package compare

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// edition is a wave of one stratum whose units answer 0 or 1 to several
// indicators of one family; every figure is shown.
func edition(t *testing.T, wave string, answers map[string][]float64, change func(*table.Indicator)) Edition {
	t.Helper()
	type stored map[string]any
	var inds []table.Indicator
	var cells []stored
	columns := []microdata.Column{}
	n := 0
	for _, id := range []string{"value.a", "value.b"} {
		y := answers[id]
		n = len(y)
		mean := 0.0
		for _, x := range y {
			mean += x / float64(n)
		}
		ind := table.Indicator{ID: id, Family: "value", Kind: table.Share, Since: "2021"}
		if change != nil {
			change(&ind)
		}
		inds = append(inds, ind)
		cells = append(cells, stored{"figure": table.Figure{Value: mean, Low: 0, High: 1, N: n}})
		columns = append(columns, microdata.Numbers(id, y))
	}
	units, ones, w := make([]string, n), make([]float64, n), make([]float64, n)
	for i := range units {
		units[i], ones[i], w[i] = fmt.Sprintf("u%04d", i), 1, 10
	}
	panel, err := microdata.Categories("panel", units, units)
	if err != nil {
		t.Fatal(err)
	}
	data, err := microdata.New(append(columns, panel, microdata.Numbers("h", ones), microdata.Numbers("w", w))...)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(stored{"meta": table.Meta{Wave: wave, Level: 0.95}, "indicators": inds,
		"domains": []table.Domain{{Breakdown: "total"}}, "cells": cells})
	if err != nil {
		t.Fatal(err)
	}
	tab := new(table.Table)
	if err := json.Unmarshal(text, tab); err != nil {
		t.Fatal(err)
	}
	return Edition{Wave: Wave{Source: estimate.FromData(data), Spec: design.Spec{Strata: []string{"h"}, Weight: "w"}}, Table: tab}
}

var plan = indicator.Plan{Breakdowns: []string{"total"}, Adjust: "bonferroni", Significance: 0.05}

// share is n answers of which the first k are 1.
func share(n, k int) []float64 {
	y := make([]float64, n)
	for i := range k {
		y[i] = 1
	}
	return y
}

func trends(t *testing.T, before, after Edition, panel string) map[string]Moved {
	t.Helper()
	tr, err := Trends(t.Context(), before, after, plan, panel)
	if err != nil {
		t.Fatal(err)
	}
	moved := make(map[string]Moved)
	for _, m := range tr.Moved {
		moved[m.Indicator] = m
	}
	return moved
}

// The change of a share between independent samples without finite population
// has the textbook standard error, and p-values are adjusted within the family.
func TestTrendOfIndependentSamples(t *testing.T) {
	before := edition(t, "2021", map[string][]float64{"value.a": share(400, 200), "value.b": share(400, 100)}, nil)
	after := edition(t, "2023", map[string][]float64{"value.a": share(400, 260), "value.b": share(400, 104)}, nil)
	moved := trends(t, before, after, "")
	a, b := moved["value.a"], moved["value.b"]
	se := math.Sqrt(0.5*0.5/399 + 0.65*0.35/399)
	if math.Abs(a.Difference-0.15) > 1e-12 || math.Abs(a.SE-se) > 1e-12 || math.Abs(a.High-a.Low-2*estimate.TQuantile(0.95, 399)*se) > 1e-12 {
		t.Errorf("%+v, want 0.15 with standard error %v", a, se)
	}
	if a.Verdict != table.Up || b.Verdict != table.NoClear {
		t.Errorf("verdicts %s and %s", a.Verdict, b.Verdict)
	}
	for _, m := range moved {
		if want := min(1, 2*m.P); math.Abs(m.Adjusted-want) > 1e-15 {
			t.Errorf("%s: p %v adjusted to %v for two tests", m.Indicator, m.P, m.Adjusted)
		}
	}
}

// Where nobody or everybody says yes the linearised variance is 0; the change
// must not pass for a certain one.
func TestTrendFromNobody(t *testing.T) {
	before := edition(t, "2021", map[string][]float64{"value.a": share(30, 0), "value.b": share(30, 15)}, nil)
	after := edition(t, "2023", map[string][]float64{"value.a": share(30, 1), "value.b": share(30, 30)}, nil)
	moved := trends(t, before, after, "panel")
	if a := moved["value.a"]; a.Verdict != table.NoClear || a.SE < 0.06 {
		t.Errorf("from none of 30 to one: %+v", a)
	}
	if b := moved["value.b"]; b.Verdict != table.Up {
		t.Errorf("from half to all of 30: %+v", b)
	}
}

// A break, a later first wave and a changed question each stop the test and say
// so; the other indicator is tested all the same.
func TestIncomparableIsNotTested(t *testing.T) {
	answers := map[string][]float64{"value.a": share(100, 50), "value.b": share(100, 50)}
	only := func(change func(*table.Indicator)) func(*table.Indicator) {
		return func(ind *table.Indicator) {
			if ind.ID == "value.a" {
				change(ind)
			}
		}
	}
	before := edition(t, "2021", answers, nil)
	for says, change := range map[string]func(*table.Indicator){
		"ny ramme":                        func(i *table.Indicator) { i.Breaks = []table.Break{{Wave: "2023"}}; i.Breaks[0].Reason.DA = "ny ramme" },
		"ikke stillet før 2022":           func(i *table.Indicator) { i.Since = "2022" },
		"Spørgsmålet eller grundlaget er": func(i *table.Indicator) { i.Question.DA = "Noget andet?" },
	} {
		moved := trends(t, before, edition(t, "2023", answers, only(change)), "panel")
		a, b := moved["value.a"], moved["value.b"]
		if a.Verdict != table.Incomparable || !strings.Contains(a.Why.DA, says) || a.Movement != (table.Movement{}) {
			t.Errorf("%s: %+v", says, a)
		}
		if b.Verdict != table.NoClear {
			t.Errorf("%s: the other indicator has verdict %q", says, b.Verdict)
		}
	}
	past := only(func(i *table.Indicator) { i.Breaks = []table.Break{{Wave: "2021"}} })
	if moved := trends(t, before, edition(t, "2023", answers, past), ""); moved["value.a"].Verdict != table.NoClear {
		t.Errorf("a break before both waves stops the test: %+v", moved["value.a"])
	}
}

// A suppressed figure is not tested and does not count among the tests of its
// family: what is shown depends on nothing that is not.
func TestSuppressedFiguresDoNotCount(t *testing.T) {
	hide := func(e Edition) Edition {
		text, err := json.Marshal(e.Table)
		if err != nil {
			t.Fatal(err)
		}
		var stored map[string]any
		if err := json.Unmarshal(text, &stored); err != nil {
			t.Fatal(err)
		}
		stored["cells"].([]any)[1] = map[string]any{"status": table.Confidential}
		if text, err = json.Marshal(stored); err != nil {
			t.Fatal(err)
		}
		e.Table = new(table.Table)
		if err := json.Unmarshal(text, e.Table); err != nil {
			t.Fatal(err)
		}
		return e
	}
	before := edition(t, "2021", map[string][]float64{"value.a": share(400, 200), "value.b": share(400, 100)}, nil)
	after := edition(t, "2023", map[string][]float64{"value.a": share(400, 230), "value.b": share(400, 104)}, nil)
	for name, pair := range map[string][2]Edition{"before": {hide(before), after}, "after": {before, hide(after)}} {
		moved := trends(t, pair[0], pair[1], "")
		if b := moved["value.b"]; b.Verdict != table.Hidden || b.Movement != (table.Movement{}) {
			t.Errorf("suppressed in the wave %s: %+v", name, b)
		}
		if a := moved["value.a"]; a.Adjusted != a.P {
			t.Errorf("suppressed in the wave %s: p %v of a single test was adjusted to %v", name, a.P, a.Adjusted)
		}
	}
}

func TestWavesThatSayNothingOfEachOther(t *testing.T) {
	answers := map[string][]float64{"value.a": share(10, 5), "value.b": share(10, 5)}
	real, later := edition(t, "2021", answers, nil), edition(t, "2023", answers, nil)
	if _, err := Trends(t.Context(), later, real, plan, ""); err == nil || !strings.Contains(err.Error(), "2023 is not before wave 2021") {
		t.Errorf("error %v", err)
	}
	later.Table.Synthetic = true
	if _, err := Trends(t.Context(), real, later, plan, ""); err == nil || !strings.Contains(err.Error(), "synthetic") {
		t.Errorf("error %v", err)
	}
}
