package weighting

import (
	"fmt"
	"math"
	"slices"

	"barometer/survey/microdata"
)

// NonresponsePropensity estimates each unit's probability of answering by
// logistic regression over respondents and nonrespondents, and lets
// respondents stand for nonrespondents by it: with the factor 1/p̂, or within
// Count classes of nearly equal p̂ by the rule of [NonresponseClass], which
// limits the harm of a wrong model (Rosenbaum and Rubin 1984; Little 1986).
// Assumption: given the model's variables, who answers does not depend on the
// answer. Without weights the model fits the sample, with them the population
// (Little and Vartivarian 2003). Reference implementation: R's glm with a
// quasibinomial family, to 1e-8.
type NonresponsePropensity struct {
	Status         string   `yaml:"status"`
	Respondents    []string `yaml:"respondents"`
	Nonrespondents []string `yaml:"nonrespondents"`
	Ineligible     []string `yaml:"ineligible"` // as in NonresponseClass
	Factors        []string `yaml:"factors"`    // dummy coded, the first level the reference
	Numeric        []string `yaml:"numeric"`
	Weighted       bool     `yaml:"weighted"`  // likelihood weighted by the current weights
	Count          int      `yaml:"n_classes"` // 0 = factor 1/p̂
}

// Kind is "nonresponse_propensity".
func (*NonresponsePropensity) Kind() string { return "nonresponse_propensity" }

// Apply does the step. A factor level or class without a respondent is the
// error CellEmpty.
func (s *NonresponsePropensity) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	st, err := responseStatus(data, s.Status, w, s.Respondents, s.Nonrespondents, s.Ineligible)
	if err != nil {
		return nil, err
	}
	asked := func(row int) bool {
		return w[row] > 0 && (st.kind[row] == respondent || st.kind[row] == nonrespondent)
	}
	model, rows, terms, err := s.model(data, w, st, asked)
	if err != nil {
		return nil, err
	}
	if !model.fit() {
		return nil, failf(BadData, "the response model does not settle in %d iterations: leave out factors", model.iterations)
	}
	out, err := s.adjust(w, st, model, rows)
	if err != nil {
		return nil, err
	}
	out.Report.Propensity = describe(model, terms)
	return out, nil
}

// maxPropensityClasses is more than any sample can tell apart.
const maxPropensityClasses = 1000

func (s *NonresponsePropensity) check() error {
	switch {
	case len(s.Factors)+len(s.Numeric) == 0:
		return failf(BadCase, "name at least one factor or numeric column")
	case s.Count < 0 || s.Count > maxPropensityClasses:
		return failf(BadCase, "n_classes %d: give 1 to %d, or leave it out for the factor 1/p", s.Count, maxPropensityClasses)
	}
	return nil
}

// model sets up the regression over the rows asked.
func (s *NonresponsePropensity) model(data *microdata.Data, w []float64, st *status, asked func(int) bool) (*logit, []int, []string, error) {
	var rows []int
	for i := range w {
		if asked(i) {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		return nil, nil, nil, failf(CellEmpty, "the sample holds neither respondents nor nonrespondents")
	}
	m := &logit{x: make([][]float64, len(rows)), y: make([]bool, len(rows)), weights: make([]float64, len(rows))}
	var sum float64
	for k, i := range rows {
		m.x[k] = []float64{1}
		m.y[k] = st.kind[i] == respondent
		m.weights[k] = 1
		if s.Weighted {
			m.weights[k] = w[i]
		}
		sum += m.weights[k]
	}
	for k := range m.weights { // mean 1, so that the deviance has a known scale
		m.weights[k] *= float64(len(rows)) / sum
	}
	terms := []string{"(constant)"}
	for _, f := range s.Factors {
		names, err := addFactor(m, data, f, asked, rows)
		if err != nil {
			return nil, nil, nil, err
		}
		terms = append(terms, names...)
	}
	for _, v := range s.Numeric {
		if err := addNumeric(m, data, v, rows); err != nil {
			return nil, nil, nil, err
		}
		terms = append(terms, v)
	}
	return m, rows, terms, nil
}

// addFactor appends dummies for all levels but the first.
func addFactor(m *logit, data *microdata.Data, column string, asked func(int) bool, rows []int) ([]string, error) {
	g, err := groupBy(data, []string{column}, asked)
	if err != nil {
		return nil, err
	}
	answered := make([]bool, g.count())
	for k, i := range rows {
		level := g.of[i]
		answered[level] = answered[level] || m.y[k]
		dummies := make([]float64, g.count()-1)
		if level > 0 {
			dummies[level-1] = 1
		}
		m.x[k] = append(m.x[k], dummies...)
	}
	if at := slices.Index(answered, false); at >= 0 {
		return nil, failf(CellEmpty, "nobody responded at %s, so no propensity can be estimated there: join the level with another", g.labels[at])
	}
	return g.labels[1:], nil
}

func addNumeric(m *logit, data *microdata.Data, column string, rows []int) error {
	c, err := data.Column(column)
	if err != nil {
		return failf(BadData, "%v", err)
	}
	value, ok := c.Values()
	if !ok {
		return failf(BadData, "column %s holds text: list it under factors", column)
	}
	for k, i := range rows {
		if math.IsNaN(value[i]) || math.IsInf(value[i], 0) {
			return failf(MissingDesignValue, "column %s has no finite value in row %d, and the response model uses it", column, i+1)
		}
		m.x[k] = append(m.x[k], value[i])
	}
	return nil
}

func (s *NonresponsePropensity) adjust(w []float64, st *status, m *logit, rows []int) (*Outcome, error) {
	if s.Count > 0 {
		classes := s.classes(m.fitted, rows, len(w))
		carry := transfer{classes: classes, weights: w, to: st.is(respondent), from: st.is(nonrespondent), carriers: "respondent"}
		return carry.do()
	}
	out := &Outcome{Weights: slices.Clone(w)}
	for k, i := range rows {
		if m.y[k] {
			out.Weights[i] = w[i] / m.fitted[k]
		} else {
			out.Weights[i] = 0
		}
	}
	return out, nil
}

// classes puts row k of n in class floor((r−1)·K/n), where r is the minimum
// rank of its propensity: equal propensities share a class.
func (s *NonresponsePropensity) classes(p []float64, rows []int, all int) *groups {
	rounded := make([]float64, len(p))
	for k := range p {
		rounded[k] = math.RoundToEven(p[k]*1e12) / 1e12
	}
	sorted := slices.Clone(rounded)
	slices.Sort(sorted)
	g := &groups{of: make([]int32, all)}
	for i := range g.of {
		g.of[i] = -1
	}
	for k, i := range rows {
		below, _ := slices.BinarySearch(sorted, rounded[k])
		g.of[i] = int32(below * s.Count / len(p))
	}
	for c := range s.Count {
		g.labels = append(g.labels, fmt.Sprintf("propensity class %d of %d", c+1, s.Count))
	}
	return g
}

func describe(m *logit, terms []string) *PropensityReport {
	r := &PropensityReport{Iterations: m.iterations, Min: slices.Min(m.fitted), Max: slices.Max(m.fitted)}
	for j, t := range terms {
		r.Coefficients = append(r.Coefficients, Coefficient{Term: t, Value: m.beta[j]})
	}
	return r
}
