package compare

import (
	"context"
	"fmt"
	"math"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// TTest is a test of one difference of means.
type TTest struct {
	Means      []float64 // of the groups, in the order asked for; of one or paired variables none
	Difference float64   // second − first, or mean of the differences less the null value
	SE         float64
	Low, High  float64 // interval of the difference
	T, DF, P   float64 // two-sided
	N          int     // rows that enter
	Warnings   []estimate.Warning
}

// TwoDomains asks whether a mean differs between two levels of a column.
type TwoDomains struct {
	Var    string // numeric
	By     string
	Levels [2]string // first and second
	Where  []design.Level
	Level  float64 // of the interval; 0 means 0.95
}

// TTestDomains tests the difference of the means of two disjoint domains.
//
// Estimand: ȳ₂ − ȳ₁, in units of y. Its variance is V₁ + V₂ − 2C from the
// linearised means of both, so units and strata that hold rows of both domains
// are counted with their covariance; t = difference / SE on df − 1 degrees of
// freedom, where df counts units less strata among the rows that enter (the
// residual degrees of freedom of the regression of y on the two levels, of which
// this is the slope). Assumption: means nearly normal. Source: Korn & Graubard
// 1999; Lumley 2010. Reference implementation: R survey, svyttest.
func TTestDomains(ctx context.Context, src estimate.Source, spec design.Spec, req TwoDomains) (*TTest, error) {
	g, err := readGroups(ctx, src, spec, req.Var, req.By, req.Levels[:], req.Where)
	if err != nil {
		return nil, err
	}
	means, cov, err := g.means(g.value)
	if err != nil {
		return nil, err
	}
	t := newTTest(means[1]-means[0], cov.At(0, 0)+cov.At(1, 1)-2*cov.At(0, 1), g.df()-1, req.Level)
	t.Means, t.N, t.Warnings = means, g.count[0]+g.count[1], g.sheet.Warnings
	return t, nil
}

// Paired asks whether the mean of a variable, or of the difference of two
// variables of the same rows, has a given value.
type Paired struct {
	Var   string
	Minus string // variable subtracted; "" for a test of Var alone
	Null  float64
	Where []design.Level
	Level float64 // of the interval; 0 means 0.95
}

// TTestPaired tests a mean, or the mean difference of pairs of answers.
//
// Estimand: the mean of y − x over the rows that have both, less the null value,
// in units of y. It is the mean of one variable: t = (mean − null) / SE on the
// degrees of freedom of a mean, units less strata among the rows that enter.
// Source: Korn & Graubard 1999. Reference implementation: R survey,
// svyttest(I(y-x)~0), which has the same t and takes one degree of freedom off.
func TTestPaired(ctx context.Context, src estimate.Source, spec design.Spec, req Paired) (*TTest, error) {
	columns := []estimate.Column{{Name: req.Var, As: estimate.Number}}
	if req.Minus != "" {
		columns = append(columns, estimate.Column{Name: req.Minus, As: estimate.Number})
	}
	sh, err := estimate.Load(ctx, src, spec, columns...)
	if err != nil {
		return nil, err
	}
	_, domain, err := sh.Domains(ctx, estimate.Breakdown{Where: req.Where})
	if err != nil {
		return nil, err
	}
	y := sh.Number(req.Var)
	if req.Minus != "" {
		y = differences(y, sh.Number(req.Minus))
	}
	// one group of all rows that have the difference
	g := &groups{sheet: sh, names: []string{""}, of: make([]int32, len(y)), entered: make([]bool, len(y)), count: make([]int, 1), size: make([]float64, 1)}
	for row, d := range domain {
		g.of[row] = -1
		if d >= 0 && !math.IsNaN(y[row]) {
			g.of[row], g.entered[row] = 0, true
			g.count[0]++
			g.size[0] += sh.Weight[row]
		}
	}
	if g.count[0] == 0 {
		return nil, fmt.Errorf("no row has a value of %s to test", req.Var)
	}
	means, cov, err := g.means(y)
	if err != nil {
		return nil, err
	}
	t := newTTest(means[0]-req.Null, cov.At(0, 0), g.df(), req.Level)
	t.N, t.Warnings = g.count[0], sh.Warnings
	return t, nil
}

func differences(y, x []float64) []float64 {
	d := make([]float64, len(y))
	for i := range y {
		d[i] = y[i] - x[i]
	}
	return d
}

// newTTest tests a difference against 0.
func newTTest(difference, variance, df, level float64) *TTest {
	if level == 0 {
		level = 0.95
	}
	t := &TTest{Difference: difference, SE: estimate.StandardError(variance, difference), DF: df}
	half := estimate.TQuantile(level, df) * t.SE
	t.Low, t.High = difference-half, difference+half
	t.T = difference / t.SE
	t.P = twoSided(t.T, df)
	return t
}
