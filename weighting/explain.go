package weighting

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"barometer/weighting/calibration"
)

// explain names the constraints in an error of the solver.
func (e *equations) explain(err error) error {
	var inconsistent *calibration.InconsistentError
	var infeasible *calibration.InfeasibleError
	var empty *calibration.EmptyError
	switch {
	case errors.As(err, &inconsistent):
		from := make([]string, len(inconsistent.From))
		for i, j := range inconsistent.From {
			from[i] = fmt.Sprintf("%s (%.10g)", e.names[j], e.problem.Totals[j])
		}
		return failf(MarginsInconsistent, "%s has the total %.10g, but in this sample it follows from %s, which imply %.10g",
			e.names[inconsistent.Constraint], inconsistent.Total, listFew(from), inconsistent.Implied)
	case errors.As(err, &infeasible):
		return e.explainInfeasible(infeasible)
	case errors.As(err, &empty):
		return failf(CellEmpty, "no unit of the sample can carry the total of %s", e.names[empty.Constraint])
	}
	return err
}

func (e *equations) explainInfeasible(infeasible *calibration.InfeasibleError) error {
	order := make([]int, len(e.names))
	for j := range order {
		order[j] = j
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(infeasible.Deviation[b], infeasible.Deviation[a])
	})
	var worst []string
	var unmet []ConstraintReport
	for _, j := range order {
		if infeasible.Deviation[j] <= calibration.DefaultTolerance {
			break
		}
		unmet = append(unmet, ConstraintReport{Name: e.names[j], Total: e.problem.Totals[j], After: infeasible.Achieved[j]})
		worst = append(worst, fmt.Sprintf("%s (wanted %.10g, reached %.6g)", e.names[j], e.problem.Totals[j], infeasible.Achieved[j]))
	}
	reason := fmt.Sprintf("no weights that meet all totals were found in %d iterations", infeasible.Iterations)
	if infeasible.Proven {
		reason = "no weights within the bounds can meet all totals"
	}
	failure := failf(CalibrationInfeasible, "%s; furthest off: %s; %s", reason, listFew(worst), e.remedy(infeasible))
	failure.Unmet = unmet
	return failure
}

// remedy says what would help.
func (e *equations) remedy(infeasible *calibration.InfeasibleError) string {
	kind := "bounds"
	switch e.problem.Distance.(type) {
	case calibration.Linear, calibration.Raking:
		return "drop a total or join levels"
	case calibration.Within:
		kind = "weight_bounds"
	}
	if t := infeasible.Tightest; t != nil {
		return fmt.Sprintf("the tightest %s of this shape that can are [%v, %v]: widen them or drop a total", kind, t[0], t[1])
	}
	return "no wider bounds can either: drop a total or join levels"
}
