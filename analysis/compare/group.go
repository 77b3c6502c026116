package compare

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// groups are the rows of the sample that have a value and a level of the
// grouping column.
type groups struct {
	sheet   *estimate.Sheet
	names   []string
	of      []int32 // group of each row, -1 for none
	value   []float64
	entered []bool
	count   []int
	size    []float64 // Σw
}

// readGroups loads a variable and a grouping. levels fixes which groups there
// are and their order; none: all that hold rows, in the order of their names.
func readGroups(ctx context.Context, src estimate.Source, spec design.Spec, variable, by string, levels []string, where []design.Level) (*groups, error) {
	sh, err := estimate.Load(ctx, src, spec, estimate.Column{Name: variable, As: estimate.Number}, estimate.Column{Name: by, As: estimate.Category})
	if err != nil {
		return nil, err
	}
	_, domain, err := sh.Domains(ctx, estimate.Breakdown{Where: where})
	if err != nil {
		return nil, err
	}
	g := &groups{sheet: sh, names: levels, value: sh.Number(variable), of: make([]int32, sh.Rows()), entered: make([]bool, sh.Rows())}
	codes, all := sh.Category(by)
	for row := range g.of {
		g.entered[row] = domain[row] >= 0 && codes[row] >= 0 && !math.IsNaN(g.value[row]) &&
			(levels == nil || slices.Contains(levels, all[codes[row]]))
	}
	if levels == nil {
		met := make([]bool, len(all))
		for row, in := range g.entered {
			if in {
				met[codes[row]] = true
			}
		}
		g.names, _ = only(all, met)
	}
	g.number(codes, all)
	for k, n := range g.count {
		if n == 0 {
			return nil, fmt.Errorf("%s = %s holds no row with a value of %s", by, g.names[k], variable)
		}
	}
	if len(g.names) < 2 {
		return nil, fmt.Errorf("%s has %d level with values of %s: a comparison needs two", by, len(g.names), variable)
	}
	return g, nil
}

// number gives every row that enters its group.
func (g *groups) number(codes []int32, all []string) {
	rank := make([]int32, len(all))
	for i, l := range all {
		rank[i] = int32(slices.Index(g.names, l))
	}
	g.count, g.size = make([]int, len(g.names)), make([]float64, len(g.names))
	for row := range g.of {
		g.of[row] = -1
		if g.entered[row] {
			k := rank[codes[row]]
			g.of[row] = k
			g.count[k]++
			g.size[k] += g.sheet.Weight[row]
		}
	}
}

// means returns the mean of each group and their covariance.
func (g *groups) means(y []float64) (means []float64, cov *mat.SymDense, err error) {
	means = make([]float64, len(g.names))
	for row, k := range g.of {
		if k >= 0 {
			means[k] += float64(g.sheet.Weight[row] * y[row])
		}
	}
	for k := range means {
		means[k] /= g.size[k]
	}
	s := g.sheet.NewScores(len(means))
	copy(s.Entered, g.entered)
	for row, k := range g.of {
		if k >= 0 {
			s.U[k][row] = (y[row] - means[k]) / g.size[k]
		}
	}
	cov, err = g.sheet.Covariance(s)
	return means, cov, err
}

// df counts units less strata among the rows that enter.
func (g *groups) df() float64 {
	return g.sheet.DF(estimate.DF{Rule: estimate.DomainDF}, g.entered)
}
