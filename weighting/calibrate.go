package weighting

import (
	"slices"
	"strings"

	"barometer/survey/microdata"
	"barometer/weighting/calibration"
	"barometer/weighting/design"
	"barometer/weighting/margin"
)

// Calibrate makes the weights meet totals of any auxiliary variables, w = d·F(x′λ)
// with Σwx = T, with the smallest change in the distance of Method (Deville and
// Särndal 1992; see [calibration.Solve]). Totals are in units of x, weights in
// units of the population. In the variance the residuals of a regression on x,
// weighted by d, take the place of a variable. Assumption: the totals are known
// without error, and x explains the variables or who answers. Reference
// implementation: R survey, calibrate.
type Calibrate struct {
	Method      calibration.Method
	Bounds      *[2]float64 // limits on new weight / old weight; nil = none
	Weights     *[2]float64 // limits on the new weights themselves; not with Bounds, not for logit
	Constraints []Constraint
	Tolerance   float64 // largest |T − T̂| / (1 + |T|); 0 = 1e-9
	MaxIter     int     // 0 = 50

	start []float64 // multipliers of a similar sample
}

// Constraint is one total: Σ w·x = Total, with x = 1{Where} · Value.
type Constraint struct {
	Where []design.Level // empty = every unit
	Value string         // numeric column; "" = 1
	Total float64
}

// Constraints lists a margin's totals one by one.
func Constraints(m margin.Margin) []Constraint {
	list := make([]Constraint, len(m.Totals))
	for i, t := range m.Totals {
		list[i] = Constraint{Where: m.Where(t), Value: m.Value, Total: t.Total}
	}
	return list
}

// Kind is "calibrate".
func (*Calibrate) Kind() string { return "calibrate" }

// Apply does the step.
func (s *Calibrate) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	dist, err := s.distance()
	if err != nil {
		return nil, err
	}
	e, err := equate(data, w, s.blocks(), false)
	if err != nil {
		return nil, err
	}
	e.problem.Start = s.start
	return e.solve(w, dist, s.Tolerance, s.MaxIter)
}

func (s *Calibrate) distance() (calibration.Distance, error) {
	dist, err := calibration.NewDistance(s.Method, s.Bounds)
	if err != nil {
		return nil, failf(BadCase, "%v", err)
	}
	if s.Weights == nil {
		return dist, nil
	}
	switch low, high := s.Weights[0], s.Weights[1]; {
	case !(low >= 0 && low < high):
		return nil, failf(BadCase, "weight_bounds [%v, %v]: give 0 ≤ lower < upper, as weights", low, high)
	case s.Bounds != nil:
		return nil, failf(BadCase, "give bounds (new weight / old weight) or weight_bounds (new weight), not both")
	}
	return calibration.Within{Distance: dist, Low: s.Weights[0], High: s.Weights[1]}, nil
}

// near starts the solver where that of the outcome arrived.
func (s *Calibrate) near(o *Outcome) Step {
	near := *s
	near.start = o.multipliers
	return &near
}

// blocks gathers constraints on the same columns and value, of which a unit
// meets at most one, into margins. Few blocks make a fast solution.
func (s *Calibrate) blocks() []margin.Margin {
	var blocks []margin.Margin
	for _, c := range s.Constraints {
		where := slices.Clone(c.Where)
		slices.SortFunc(where, func(a, b design.Level) int { return strings.Compare(a.Column, b.Column) })
		columns, level := make([]string, len(where)), make([]string, len(where))
		for i, l := range where {
			columns[i], level[i] = l.Column, l.Level
		}
		at := slices.IndexFunc(blocks, func(m margin.Margin) bool {
			return m.Value == c.Value && slices.Equal(m.Columns, columns)
		})
		if at < 0 {
			at = len(blocks)
			blocks = append(blocks, margin.Margin{Columns: columns, Value: c.Value})
		}
		blocks[at].Totals = append(blocks[at].Totals, margin.Total{Level: level, Total: c.Total})
	}
	return blocks
}
