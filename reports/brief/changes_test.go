package brief_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"barometer/analysis/external"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/chart"
	"barometer/reports/internal/invented"
)

// Model-based figures have a section of their own in the report; a wave without
// them does not.
func TestModelBasedFiguresInTheReport(t *testing.T) {
	tab := invented.Table()
	var hidden table.Domain
	for _, d := range tab.Domains() {
		if c, _ := tab.Cell("reuse", d.ID()); c.Status().Suppressed() {
			hidden = d
		}
	}
	s, err := brief.Default()
	if err != nil {
		t.Fatal(err)
	}
	in := brief.Input{Table: tab, Policy: policy(), Source: s, Models: &table.Models{Wave: tab.Wave, List: []table.Model{{
		Indicator: "reuse", Breakdown: hidden.Breakdown, Groups: 13,
		Figures: []table.ModelFigure{{Domain: hidden.ID(), Basis: table.Prediction, Value: 0.7129, Low: 0.61, High: 0.82}}}}}}
	for l, says := range map[i18n.Lang][]string{
		i18n.Danish:  {`id="models"`, "modelbaserede skøn i pct., ud fra 13 grupper", "71,3", "De andre grupper alene", hidden.Label.DA},
		i18n.English: {`id="models"`, "model-based estimates in per cent, from 13 groups", "71.3", "The other groups alone", hidden.Label.EN},
	} {
		r, err := brief.Build(in, l)
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, r)
		for _, want := range says {
			if !strings.Contains(string(r.HTML), want) {
				t.Errorf("the report does not say %q", want)
			}
		}
	}
	if page := string(buildOver(t, tab, chart.History{}, i18n.Danish).HTML); strings.Contains(page, `id="models"`) {
		t.Error("a report without models has their section")
	}
}

func buildOver(t *testing.T, tab *table.Table, past chart.History, l i18n.Lang) *brief.Report {
	t.Helper()
	s, err := brief.Default()
	if err != nil {
		t.Fatal(err)
	}
	in := brief.Input{Table: tab, History: past, Policy: policy(), Source: s}
	r, err := brief.Build(in, l)
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, r)
	if len(r.Charts) != len(in.Charts()) {
		t.Errorf("%d charts are drawn, %d announced", len(r.Charts), len(in.Charts()))
	}
	return r
}

// The section on development stands in the report when there is a past to set
// the wave beside, with whatever part of it is known.
func TestDevelopmentStandsWhereThereIsAny(t *testing.T) {
	series, err := external.Load(open(t, "../../cmd/barometer/demo/wave/external.yaml"), "external.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changes := new(table.Changes)
	err = json.Unmarshal([]byte(`{"before":"2023","after":"2025","before_period":{"da":"2022","en":"2022"},"after_period":{"da":"2024","en":"2024"},
		"level":0.95,"changes":[
		{"indicator":"innov_rate","domain":"total","verdict":"down","difference":-0.05,"low":-0.08,"high":-0.02,"se":0.015,"df":900,"p":0.001,"p_adjusted":0.003},
		{"indicator":"reuse","domain":"total","verdict":"incomparable","why":{"da":"Ny ordlyd","en":"New wording"}},
		{"indicator":"shared","domain":"total","verdict":"hidden"}]}`), changes)
	if err != nil {
		t.Fatal(err)
	}
	was := invented.New()
	was.Meta.Wave, was.Meta.Period = "2023", i18n.Same("2022")
	cases := []struct {
		name  string
		past  chart.History
		says  []string
		never []string
	}{
		{"nothing", chart.History{}, nil, []string{`id="development"`, "Ændringer fra"}},
		{"published figures", chart.History{External: series},
			[]string{`id="development"`, "Danmarks Statistik/COI, offentliggjort", "må ikke læses som en udvikling"}, []string{"Ændringer fra"}},
		{"a wave before", chart.History{Earlier: []*table.Table{was.Table()}, Changes: changes},
			[]string{`id="development"`, "Ændringer fra 2022 til 2024", "−5,0", "−8,0 til −2,0", "faldet siden 2022", "kan ikke sammenlignes: ny ordlyd", "vises ikke"},
			[]string{"Danmarks Statistik/COI"}},
	}
	for _, c := range cases {
		page := string(buildOver(t, invented.Table(), c.past, i18n.Danish).HTML)
		for _, want := range c.says {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the report does not say %q", c.name, want)
			}
		}
		for _, gone := range c.never {
			if strings.Contains(page, gone) {
				t.Errorf("%s: the report says %q", c.name, gone)
			}
		}
		english := buildOver(t, invented.Table(), c.past, i18n.English)
		if *out != "" {
			if err := os.WriteFile(*out+"/development.html", english.HTML, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
