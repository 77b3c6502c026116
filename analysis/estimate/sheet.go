package estimate

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"barometer/weighting/design"
)

// Sheet holds columns of a sample in memory, row by row, for the statistics
// that need more than sums: quantiles, contrasts, tests and regression.
type Sheet struct {
	*Sample
	src     Source
	columns *reader
	reps    *Replicates // nil: linearised variances
}

// Load resolves a design and reads columns.
func Load(ctx context.Context, src Source, spec design.Spec, columns ...Column) (*Sheet, error) {
	s, err := Resolve(ctx, src, spec)
	if err != nil {
		return nil, err
	}
	sh := &Sheet{Sample: s, src: src, columns: newReader(src)}
	for _, c := range columns {
		if c.As == Category {
			sh.columns.category(c.Name)
		} else {
			sh.columns.number(c.Name)
		}
	}
	return sh, sh.columns.read(ctx)
}

// ByReplicates makes covariances come from replicates; nil leaves them linearised.
func (sh *Sheet) ByReplicates(reps *Replicates) { sh.reps = reps }

// Replicated returns the covariance matrix of statistics from their values under
// the weights of each replicate, nil where the sheet has no replicates.
func (sh *Sheet) Replicated(values func(weights []float64) ([]float64, error)) (*mat.SymDense, error) {
	if sh.reps == nil {
		return nil, nil
	}
	full, err := values(sh.Weight)
	if err != nil {
		return nil, err
	}
	byReplicate := make([][]float64, len(sh.reps.RScale))
	weights := make([]float64, sh.Rows())
	for r := range byReplicate {
		if err := sh.reps.Weights(r, weights); err != nil {
			return nil, fmt.Errorf("replicate %d: %w", r+1, err)
		}
		if byReplicate[r], err = values(weights); err != nil {
			return nil, fmt.Errorf("replicate %d: %w", r+1, err)
		}
	}
	return sh.reps.Covariance(full, byReplicate), nil
}

// Number returns a loaded column of numbers, NaN where missing.
func (sh *Sheet) Number(name string) []float64 { return sh.columns.numbers[name].values }

// Category returns a loaded column of categories, -1 where missing, and its levels.
func (sh *Sheet) Category(name string) (codes []int32, levels []string) {
	c := sh.columns.categories[name]
	return c.codes, c.levels
}

// In reports whether a row is in the sample.
func (sh *Sheet) In(row int) bool { return sh.in[row] }

// Rows returns the number of rows.
func (sh *Sheet) Rows() int { return len(sh.in) }

// Domains resolves a breakdown to its domains and the domain of each row, -1
// for none.
func (sh *Sheet) Domains(ctx context.Context, b Breakdown) ([][]design.Level, []int32, error) {
	parts, err := sh.partitions(ctx, sh.src, []Breakdown{b})
	if err != nil {
		return nil, nil, err
	}
	p := parts[0]
	domain := make([]int32, len(p.cell))
	for row, c := range p.cell {
		domain[row] = -1
		if c >= 0 {
			domain[row] = p.cells[c].domain
		}
	}
	return p.domains, domain, nil
}

// Scores holds linearised variables by row, 0 where a row does not enter, and
// which rows enter any of them.
type Scores struct {
	U       [][]float64
	Entered []bool
}

// NewScores makes room for k linearised variables.
func (sh *Sheet) NewScores(k int) *Scores {
	s := &Scores{U: make([][]float64, k), Entered: make([]bool, sh.Rows())}
	for i := range s.U {
		s.U[i] = make([]float64, sh.Rows())
	}
	return s
}

// totals returns the weighted totals of the variables.
func (s *Scores) totals(weights []float64) ([]float64, error) {
	sums := make([]float64, len(s.U))
	for k, u := range s.U {
		for row, w := range weights {
			sums[k] += float64(w * u[row])
		}
	}
	return sums, nil
}

// Weigh turns linearised variables into what the variance is of: residuals of
// all calibrations, times the weight.
func (sh *Sheet) Weigh(s *Scores) {
	for _, u := range s.U {
		sh.residual(u)
		for row, w := range sh.Weight {
			u[row] *= w
		}
	}
}

// Covariance returns the covariance matrix of the totals of linearised
// variables, which are weighed in place. With replicates it is that of the
// variables' totals under the replicates' weights.
func (sh *Sheet) Covariance(s *Scores) (*mat.SymDense, error) {
	if v, err := sh.Replicated(s.totals); v != nil || err != nil {
		return v, err
	}
	sh.Weigh(s)
	entered := s.Entered
	if len(sh.steps) > 0 {
		entered = nil
	}
	if sh.Elements() {
		return sh.Design.Covariance(s.U, entered)
	}
	return sh.Design.Covariance(sh.byUnit(s.U), sh.enteredUnits(entered))
}

// residual replaces u by u − x′B, step after step.
func (sh *Sheet) residual(u []float64) {
	for _, st := range sh.steps {
		sums, fitted := make([]float64, len(st.x)), make([]float64, len(st.x))
		for row, g := range sh.group {
			if g >= 0 {
				at := sh.groups[g].pattern
				sums[at] += float64(st.before[row] * u[row] * st.later[at])
			}
		}
		st.fit(sums, fitted)
		for row, g := range sh.group {
			if g >= 0 {
				at := sh.groups[g].pattern
				u[row] -= st.explained(fitted[at], at)
			}
		}
	}
}

// byUnit adds rows to their last-stage units.
func (sh *Sheet) byUnit(rows [][]float64) [][]float64 {
	stages := sh.Design.Stages
	units := make([][]float64, len(rows))
	for k, z := range rows {
		units[k] = make([]float64, len(stages[len(stages)-1].Stratum))
		for row, unit := range sh.leaf {
			if unit >= 0 {
				units[k][unit] += z[row]
			}
		}
	}
	return units
}

func (sh *Sheet) enteredUnits(rows []bool) []bool {
	if rows == nil {
		return nil
	}
	stages := sh.Design.Stages
	units := make([]bool, len(stages[len(stages)-1].Stratum))
	for row, in := range rows {
		if in && sh.leaf[row] >= 0 {
			units[sh.leaf[row]] = true
		}
	}
	return units
}

// DF counts degrees of freedom: of the design, or among the rows that enter.
func (sh *Sheet) DF(rule DF, entered []bool) float64 {
	switch rule.Rule {
	case FixedDF:
		return rule.Fixed
	case DesignDF:
		return float64(sh.Design.DF())
	}
	first := sh.Design.Stages[0]
	units, strata := make([]bool, len(first.Stratum)), make([]bool, len(first.Strata))
	for row, in := range entered {
		if !in || !sh.in[row] {
			continue
		}
		unit := int32(sh.unit(row))
		if sh.psu != nil {
			unit = sh.psu[unit]
		}
		units[unit] = true
		strata[first.Stratum[unit]] = true
	}
	return float64(count(units) - count(strata))
}

// count returns how many are true.
func count(list []bool) int {
	n := 0
	for _, is := range list {
		if is {
			n++
		}
	}
	return n
}
