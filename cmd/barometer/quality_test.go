package main

import (
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/reports/quality"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
)

// smallWave has five workplaces: three that answered, one of them past a question,
// one that left it open and one that does not know; one that refused, and one out
// of scope.
func smallWave(t *testing.T, dispositions ...string) *microdata.Wave {
	t.Helper()
	disposition, err := microdata.Categories("disposition", []string{"complete", "partial", "refused", "noncontact", "unknown", "ineligible", "lost"}, dispositions)
	if err != nil {
		t.Fatal(err)
	}
	c4, err := microdata.Categories("c4", []string{"foerst", "ved_ikke"}, []string{"", "ved_ikke", "", "foerst", ""})
	if err != nil {
		t.Fatal(err)
	}
	c4.Reason = []codebook.Missing{codebook.Skipped, codebook.Present, codebook.NotAsked, codebook.Present, codebook.Nonresponse}
	data, err := microdata.New(disposition, c4)
	if err != nil {
		t.Fatal(err)
	}
	question := i18n.Text{DA: "Hvor ny er den?", EN: "How new is it?"}
	return &microdata.Wave{ID: "2025", Data: data, Codebook: codebook.Codebook{Variables: []codebook.Variable{
		{Name: "disposition", Kind: codebook.Categorical, Role: codebook.RoleDesign},
		{Name: "c4", Kind: codebook.Categorical, Role: codebook.RoleAnswer, Item: "C4", Question: question,
			Codes: []codebook.Code{{Value: "foerst"}, {Value: "ved_ikke", DontKnow: true}}},
	}}}
}

// The quality report counts questions among those who answered the whole
// questionnaire, and every workplace by what became of it.
func TestQualityIsCountedFromTheFrozenWave(t *testing.T) {
	w := smallWave(t, "complete", "complete", "complete", "refused", "ineligible")
	items := itemsOf(w, new(questionnaire.Questionnaire))
	if want := (quality.Item{ID: "C4", Label: w.Codebook.Variables[1].Question, Asked: 2, Open: 1, DontKnow: 1}); len(items) != 1 || items[0] != want {
		t.Errorf("items %+v, want %+v", items, want)
	}
	cases, err := casesOf(w)
	if want := (quality.Cases{Sampled: 5, Complete: 3, Refused: 1, Ineligible: 1}); err != nil || cases != want {
		t.Errorf("cases %+v, %v, want %+v", cases, err, want)
	}
	e, rates, err := ratesOf(cases)
	if err != nil || e != 0.8 || len(rates) != 6 || rates[0] != (quality.Rate{Name: "RR1", Value: 0.75, Defined: true}) {
		t.Errorf("e %v, rates %+v, %v", e, rates, err)
	}
	if _, err := casesOf(smallWave(t, "complete", "lost", "complete", "refused", "ineligible")); err == nil || !strings.Contains(err.Error(), `row 2 of the frozen wave: disposition "lost" is unknown`) {
		t.Errorf("an unknown disposition: %v", err)
	}
}
