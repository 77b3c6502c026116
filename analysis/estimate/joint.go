package estimate

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"barometer/weighting/design"
)

// Joint is a set of estimates with the covariance between them, for contrasts
// between domains and items.
type Joint struct {
	Estimates  []Estimate
	Covariance *mat.SymDense
	Scores     *Scores // weighed, one linearised variable an estimate
	Sheet      *Sheet
	Warnings   []Warning
}

// RunJoint estimates as [Run] does and gives the covariance of all estimates:
// linearised variables combine by their gradient (Woodruff 1971; Binder 1983).
// Units are those of the one estimate times those of the other. With replicates
// the covariance is that of the linearised variables' totals under the
// replicates' weights. Reference implementation: R survey, svyby with covmat.
func RunJoint(ctx context.Context, src Source, spec design.Spec, req Request, reps *Replicates) (*Joint, error) {
	j, err := linearised(ctx, src, spec, req, nil)
	if err != nil {
		return nil, err
	}
	j.Sheet.ByReplicates(reps)
	j.Covariance, err = j.Sheet.Covariance(j.Scores)
	return j, err
}

// RunScores is [RunJoint] without the covariance, which takes long for many
// estimates: what comparisons between samples start from. Further columns are
// loaded into the sheet.
func RunScores(ctx context.Context, src Source, spec design.Spec, req Request, further ...Column) (*Joint, error) {
	j, err := linearised(ctx, src, spec, req, further)
	if err != nil {
		return nil, err
	}
	j.Sheet.Weigh(j.Scores)
	return j, nil
}

// linearised estimates and leaves the scores unweighed.
func linearised(ctx context.Context, src Source, spec design.Spec, req Request, further []Column) (*Joint, error) {
	estimates, warnings, err := Run(ctx, src, spec, req)
	if err != nil {
		return nil, err
	}
	sh, err := Load(ctx, src, spec, append(itemColumns(req.Items), further...)...)
	if err != nil {
		return nil, err
	}
	scores, err := sh.scores(ctx, req, estimates)
	if err != nil {
		return nil, err
	}
	return &Joint{Estimates: estimates, Scores: scores, Sheet: sh, Warnings: warnings}, nil
}

func itemColumns(items []Item) []Column {
	var columns []Column
	for _, it := range items {
		if it.Stat == Share || it.Stat == Count {
			columns = append(columns, Column{it.Var, Category})
			continue
		}
		columns = append(columns, Column{it.Var, Number})
		if it.Den != "" {
			columns = append(columns, Column{it.Den, Number})
		}
	}
	return columns
}

// scores returns the linearised variable of every estimate.
func (sh *Sheet) scores(ctx context.Context, req Request, estimates []Estimate) (*Scores, error) {
	breakdowns := req.breakdowns()
	domainOf := make([][]int32, len(breakdowns))
	domains := make([]int, len(breakdowns))
	for i, b := range breakdowns {
		levels, of, err := sh.Domains(ctx, b)
		if err != nil {
			return nil, err
		}
		domainOf[i], domains[i] = of, len(levels)
	}
	s := sh.NewScores(len(estimates))
	k := 0
	for _, it := range req.Items {
		a, b := sh.pair(it)
		for i := range breakdowns {
			sh.score(s, k, it.Stat, a, b, domainOf[i], estimates[k:k+domains[i]])
			k += domains[i]
		}
	}
	return s, nil
}

// pair returns numerator and denominator of an item by row.
func (sh *Sheet) pair(it Item) (a, b []float64) {
	if it.Den != "" {
		b = sh.Number(it.Den)
	}
	if it.Stat != Share && it.Stat != Count {
		return sh.Number(it.Var), b
	}
	codes, levels := sh.Category(it.Var)
	a = make([]float64, len(codes))
	for row, code := range codes {
		switch {
		case code < 0:
			a[row] = math.NaN()
		case levels[code] == it.Level:
			a[row] = 1
		}
	}
	return a, nil
}

// score fills the linearised variables of one item in the domains of one
// breakdown, which are disjoint: k is the number of the first.
func (sh *Sheet) score(s *Scores, k int, stat Stat, a, b []float64, domainOf []int32, estimates []Estimate) {
	size := make([]float64, len(estimates)) // Σw of the denominator
	for row, d := range domainOf {
		if d >= 0 && !math.IsNaN(a[row]) && (b == nil || !math.IsNaN(b[row])) {
			x := 1.0
			if b != nil {
				x = b[row]
			}
			size[d] += float64(sh.Weight[row] * x)
		}
	}
	for row, d := range domainOf {
		if d < 0 || math.IsNaN(a[row]) || b != nil && math.IsNaN(b[row]) {
			continue
		}
		s.Entered[row] = true
		value := estimates[d].Value
		switch {
		case stat == Total || stat == Count:
			s.U[k+int(d)][row] = a[row]
		case b != nil:
			s.U[k+int(d)][row] = (a[row] - value*b[row]) / size[d]
		default:
			s.U[k+int(d)][row] = (a[row] - value) / size[d]
		}
	}
}
