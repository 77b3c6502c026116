package weighting

import (
	"slices"

	"barometer/survey/microdata"
	"barometer/weighting/calibration"
	"barometer/weighting/margin"
)

// Poststratify makes the weights of every cell of one margin add to the cell's
// total: all units of a cell take the factor total / Σw (Holt and Smith 1979).
// In the variance it is calibration on the cells, whose residuals are
// deviations from cell means. Reference implementation: R survey, postStratify.
type Poststratify struct {
	Margin  margin.Margin
	Partial bool // leave out cells of the population without a sampled unit
}

// Kind is "poststratify".
func (*Poststratify) Kind() string { return "poststratify" }

// Apply does the step.
func (s *Poststratify) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	cells := s.Margin
	if s.Partial {
		var err error
		if cells, err = carried(data, w, cells); err != nil {
			return nil, err
		}
	}
	e, err := equate(data, w, []margin.Margin{cells}, true)
	if err != nil {
		return nil, err
	}
	if s.Margin.Value != "" {
		return nil, failf(BadCase, "margin %s sums %s, and poststratification counts units: use calibrate", s.Margin.Label(), s.Margin.Value)
	}
	return e.outcome(w, e.cellFactors()), nil
}

// cellFactors solves equations of one block in closed form.
func (e *equations) cellFactors() *calibration.Solution {
	cell := e.problem.Blocks[0].Constraint
	sol := &calibration.Solution{
		Factor:   make([]float64, len(cell)),
		Before:   make([]float64, len(e.names)),
		Achieved: e.problem.Totals,
	}
	for k, j := range cell {
		sol.Before[j] += e.problem.Weights[k]
	}
	for k, j := range cell {
		sol.Factor[k] = e.problem.Totals[j] / sol.Before[j]
	}
	for j, before := range sol.Before {
		if before > 0 {
			sol.Independent = append(sol.Independent, j)
		}
	}
	return sol
}

// carried is the margin without the cells that no sampled unit is in.
func carried(data *microdata.Data, w []float64, m margin.Margin) (margin.Margin, error) {
	var e equations
	e.sample(w)
	look, err := newLookup(data, m, 0)
	if err != nil {
		return m, err
	}
	cell, err := look.constraints(&e)
	if err != nil {
		return m, err
	}
	var kept []margin.Total
	for i, t := range m.Totals {
		if slices.Contains(cell, int32(i)) {
			kept = append(kept, t)
		}
	}
	m.Totals = kept
	return m, nil
}
