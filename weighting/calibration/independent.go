package calibration

import "barometer/internal/cholesky"

// dependentBelow is the share of a constraint's variation that earlier
// constraints leave unexplained, below which it counts as their combination.
const dependentBelow = 1e-10

// totalsAgree is how far, in proportion, the total of a dependent constraint
// may lie from what the others imply: room for rounding, not for another
// population.
const totalsAgree = 1e-6

// independent returns the constraints to solve for, leaving out those that
// follow from earlier ones in the Gram matrix Σ d·x·x′. It refuses totals that
// no weights could meet.
func (s *system) independent(gram *sums) ([]int, error) {
	f := cholesky.Eliminate(len(s.totals), gram.at, dependentBelow)
	for _, j := range f.Null {
		if s.totals[j] != 0 {
			return nil, &EmptyError{Constraint: j}
		}
	}
	for _, d := range f.Dependent {
		var implied float64
		for k, c := range d.On {
			implied += float64(d.Coefficient[k] * s.totals[c])
		}
		if deviation(s.totals[d.Column], implied) > totalsAgree {
			return nil, &InconsistentError{Constraint: d.Column, Total: s.totals[d.Column], Implied: implied, From: d.On}
		}
	}
	return f.Kept, nil
}
