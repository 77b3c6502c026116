package weighting

import (
	"fmt"
	"slices"

	"barometer/survey/microdata"
)

// NonresponseClass lets respondents stand for the nonrespondents of their
// class: respondents take the factor Σw(R+NR) / Σw(R), nonrespondents leave the
// sample. Units with any other code, those known to be ineligible, keep their
// weight. It assumes that within a class who answers does not depend on the
// answer (Little 1986; Valliant, Dever and Kreuter 2018, §13.5). Reference
// implementation: svrep, redistribute_weights.
type NonresponseClass struct {
	Status         string   `yaml:"status"`
	Respondents    []string `yaml:"respondents"`
	Nonrespondents []string `yaml:"nonrespondents"`
	Classes        []string `yaml:"classes"`

	// Ineligible, when not nil, lists the codes that keep their weight; a code
	// in none of the three lists is then an error, so that a new disposition
	// cannot slip through as a fourth kind.
	Ineligible []string `yaml:"ineligible"`
}

// Kind is "nonresponse_class".
func (*NonresponseClass) Kind() string { return "nonresponse_class" }

// Apply does the step. A class with nonrespondents but no respondent is the
// error CellEmpty.
func (s *NonresponseClass) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	st, err := responseStatus(data, s.Status, w, s.Respondents, s.Nonrespondents, s.Ineligible)
	if err != nil {
		return nil, err
	}
	classes, err := groupBy(data, s.Classes, inSample(w))
	if err != nil {
		return nil, err
	}
	carry := transfer{classes: classes, weights: w, to: st.is(respondent), from: st.is(nonrespondent), carriers: "respondent"}
	return carry.do()
}

// responseStatus reads who answered. Without a list of ineligible codes, a
// code that is not listed keeps its weight.
func responseStatus(data *microdata.Data, column string, w []float64, yes, no, ineligibles []string) (*status, error) {
	kinds, err := statusKinds(map[statusKind][]string{respondent: yes, nonrespondent: no, ineligible: ineligibles})
	if err != nil {
		return nil, err
	}
	if len(yes) == 0 {
		return nil, failf(BadCase, "no code says who responded: list respondents")
	}
	return readStatus(data, column, w, kinds, ineligibles != nil)
}

// transfer moves the weight of some rows to others of the same class, in
// proportion to what these have.
type transfer struct {
	classes  *groups
	weights  []float64
	to, from func(row int) bool
	carriers string // what the rows that take over are called
}

func (t transfer) do() (*Outcome, error) {
	amount := func(in func(int) bool) []float64 {
		return t.classes.sum(func(row int) float64 {
			if in(row) {
				return t.weights[row]
			}
			return 0
		})
	}
	to, from := amount(t.to), amount(t.from)
	if empty := t.withoutCarrier(to, from); len(empty) > 0 {
		return nil, failf(CellEmpty, "no %s in class %s, so nobody can carry its weight: join it with a neighbouring class", t.carriers, listFew(empty))
	}
	out := &Outcome{Weights: slices.Clone(t.weights)}
	for row, class := range t.classes.of {
		switch {
		case class < 0:
		case t.from(row):
			out.Weights[row] = 0
		case t.to(row):
			out.Weights[row] *= (to[class] + from[class]) / to[class]
		}
	}
	out.Report.Classes = t.report(to, from)
	return out, nil
}

func (t transfer) withoutCarrier(to, from []float64) []string {
	var empty []string
	for class := range to {
		if from[class] > 0 && to[class] == 0 {
			empty = append(empty, fmt.Sprintf("%q", t.classes.labels[class]))
		}
	}
	return empty
}

func (t transfer) report(to, from []float64) []ClassReport {
	carriers, leavers := t.classes.tally(t.to), t.classes.tally(t.from)
	reports := make([]ClassReport, t.classes.count())
	for class, label := range t.classes.labels {
		reports[class] = ClassReport{Class: label, Carriers: carriers[class], Leavers: leavers[class], Factor: 1}
		if to[class] > 0 {
			reports[class].Factor = (to[class] + from[class]) / to[class]
		}
	}
	return reports
}
