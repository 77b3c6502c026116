package table

import (
	"strings"
	"testing"

	"barometer/analysis/internal/gate"
)

func TestModelsThatDoNotBelongBesideATable(t *testing.T) {
	pass := gate.Passed{}
	figure := Figure{Value: 0.5, Low: 0.4, High: 0.6, SE: 0.05, N: 40}
	tab, err := New(pass, Meta{Wave: "2025"}, []Indicator{{ID: "reuse"}},
		[]Domain{{Breakdown: "size", Codes: []string{"a"}}, {Breakdown: "size", Codes: []string{"b"}}, {Breakdown: "size", Codes: []string{"c"}}},
		[]Cell{NewCell(pass, Published, figure), NewCell(pass, Uncertain, figure), NewCell(pass, Confidential, figure)})
	if err != nil {
		t.Fatal(err)
	}
	good := ModelFigure{Basis: Prediction, Value: 0.5, Low: 0.4, High: 0.6, RMSE: 0.05}
	cases := []struct {
		name   string
		change func(*ModelFigure, *Models)
		says   string // "" = in order
	}{
		{"a prediction for a suppressed cell", func(f *ModelFigure, _ *Models) { f.Domain = "size:c" }, ""},
		{"a combination for an uncertain cell", func(f *ModelFigure, _ *Models) { f.Domain, f.Basis = "size:b", Combined }, ""},
		{"a prediction for a shown cell", func(f *ModelFigure, _ *Models) { f.Domain = "size:a" }, "beside a figure that is shown"},
		{"a combination for a suppressed cell", func(f *ModelFigure, _ *Models) { f.Domain, f.Basis = "size:c", Combined }, `of status "c"`},
		{"no such cell", func(f *ModelFigure, _ *Models) { f.Domain = "size:d" }, "no such cell"},
		{"no basis", func(f *ModelFigure, _ *Models) { f.Domain, f.Basis = "size:c", "" }, "unknown basis"},
		{"outside its interval", func(f *ModelFigure, _ *Models) { f.Domain, f.Value = "size:c", 0.9 }, "with interval"},
		{"another wave", func(f *ModelFigure, m *Models) { f.Domain, m.Wave = "size:c", "2023" }, "of wave 2023"},
	}
	for _, c := range cases {
		f, m := good, &Models{Wave: "2025"}
		c.change(&f, m)
		m.List = []Model{{Indicator: "reuse", Figures: []ModelFigure{f}}}
		err := m.Fits(tab)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
