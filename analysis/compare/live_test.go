package compare

import (
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/internal/livedata"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// t tests, rank tests and Wald tests are those of R's survey package, for a
// stratified, a calibrated, a cluster and a two-stage sample.
func TestTestsAgainstRLive(t *testing.T) {
	samples, answers := livedata.Run(t, "testdata/tests.R")
	for name, spec := range livedata.Designs() {
		l := live{t: t, answers: answers, name: name, spec: spec, data: samples[name]}
		l.means()
		l.ranks()
		l.wald()
	}
	ties, err := Ranked(t.Context(), estimate.FromData(samples["clusters"]), livedata.Designs()["clusters"], RankRequest{Var: "api00", By: "awards", Score: Wilcoxon})
	if err != nil {
		t.Fatal(err)
	}
	livedata.Check(t, answers, "clusters|ties|t", ties.T)
}

// live compares the tests of one sample.
type live struct {
	t       *testing.T
	answers map[string]float64
	name    string
	spec    design.Spec
	data    *microdata.Data
}

func (l live) check(key string, got float64) {
	l.t.Helper()
	livedata.Check(l.t, l.answers, l.name+"|"+key, got)
}

func (l live) means() {
	for _, c := range []TwoDomains{
		{Var: "api00", By: "awards", Levels: [2]string{"No", "Yes"}},
		{Var: "avg.ed", By: "sch.wide", Levels: [2]string{"No", "Yes"}},
		{Var: "enroll", By: "stype", Levels: [2]string{"E", "H"}}, // a third level stays out
	} {
		got, err := TTestDomains(l.t.Context(), estimate.FromData(l.data), l.spec, c)
		if err != nil {
			l.t.Fatal(err)
		}
		l.check("t|"+c.By+"|difference", got.Difference)
		l.check("t|"+c.By+"|t", got.T)
		l.check("t|"+c.By+"|df", got.DF)
		l.check("t|"+c.By+"|p", got.P)
		if c.By != "stype" {
			l.check("t|"+c.By+"|low", got.Low)
			l.check("t|"+c.By+"|high", got.High)
		}
	}
	got, err := TTestPaired(l.t.Context(), estimate.FromData(l.data), l.spec, Paired{Var: "api00", Minus: "api99"})
	if err != nil {
		l.t.Fatal(err)
	}
	l.check("paired|difference", got.Difference)
	l.check("paired|t", got.T)
	l.check("paired|p", got.P)
}

func (l live) ranks() {
	for score, r := range map[RankScore]string{Wilcoxon: "wilcoxon", VanDerWaerden: "vanderWaerden", MedianScore: "median"} {
		for _, by := range []string{"awards", "stype"} {
			got, err := Ranked(l.t.Context(), estimate.FromData(l.data), l.spec, RankRequest{Var: "untied", By: by, Score: score})
			if err != nil {
				l.t.Fatal(err)
			}
			key := r + "|" + by + "|"
			l.check(key+"df", got.DF)
			l.check(key+"p", got.P)
			if by == "stype" {
				l.check(key+"F", got.F)
				continue
			}
			l.check(key+"t", got.T)
			l.check(key+"difference", got.Difference)
		}
	}
}

func (l live) wald() {
	joint, err := estimate.RunJoint(l.t.Context(), estimate.FromData(l.data), l.spec, estimate.Request{
		Items:      []estimate.Item{{Stat: estimate.Mean, Var: "api00"}, {Stat: estimate.Mean, Var: "enroll"}},
		Breakdowns: []estimate.Breakdown{{By: []string{"stype"}}}}, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	df := float64(joint.Sheet.Design.DF())
	hypotheses := []Hypothesis{
		{Name: "H as E", At: []int{0, 1}, Coef: []float64{-1, 1}},
		{Name: "M as E", At: []int{0, 2}, Coef: []float64{-1, 1}},
		{Name: "enrolment", At: []int{3, 4, 5}, Coef: []float64{1, -2, 1}, Null: 100},
	}
	all, err := Wald(joint, hypotheses, df)
	if err != nil {
		l.t.Fatal(err)
	}
	l.check("wald|chi", all.Chi)
	l.check("wald|p", all.P)
	l.check("wald|adjusted_p", all.AdjustedP)
	term, err := Wald(joint, hypotheses[:2], df-2)
	if err != nil {
		l.t.Fatal(err)
	}
	l.check("term|F", term.F)
	l.check("term|df", term.DF2)
	l.check("term|p", term.P)
}
