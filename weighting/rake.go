package weighting

import (
	"barometer/survey/microdata"
	"barometer/weighting/calibration"
	"barometer/weighting/margin"
)

// Rake makes the weights agree with several margins at once, each of which
// covers the population. It solves for the fixed point of iterative
// proportional fitting (Deming and Stephan 1940) directly, as calibration with
// the Kullback–Leibler distance (Deville, Särndal and Sautory 1993): the
// weights are the same, the convergence is quadratic, and it is judged by the
// margins, not by how little the last pass moved them. Reference
// implementation: R survey, calibrate with cal.raking; its rake gives the same
// weights when iterated far enough, but takes residuals without weights.
type Rake struct {
	Margins   []margin.Margin
	Tolerance float64 // largest |T − T̂| / (1 + |T|); 0 = 1e-9
	MaxIter   int     // 0 = 50

	start []float64 // multipliers of a similar sample
}

// Kind is "rake".
func (*Rake) Kind() string { return "rake" }

// Apply does the step.
func (s *Rake) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	e, err := equate(data, w, s.Margins, true)
	if err != nil {
		return nil, err
	}
	e.problem.Start = s.start
	return e.solve(w, calibration.Raking{}, s.Tolerance, s.MaxIter)
}

// near starts the solver where that of the outcome arrived.
func (s *Rake) near(o *Outcome) Step {
	near := *s
	near.start = o.multipliers
	return &near
}
