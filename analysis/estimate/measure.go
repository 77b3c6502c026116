package estimate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"barometer/weighting/design"
)

// Measure is a statistic that is not a ratio of two totals, so that its
// linearised variable must be computed row by row.
//
// In the formulas below sums are over the rows of the domain in which every
// variable of the item has a value, w are the weights, N̂ = Σw, n is the number
// of those rows, and a bar is the weighted mean Σwy / N̂.
type Measure string

const (
	// PopulationVariance is S² = n/(n−1) · Σw(y−ȳ)² / N̂, in squared units of y.
	//
	// Estimand: the variance of y over the units of the domain, divisor N−1.
	// Linearised: u = (n/(n−1)·(y−ȳ)² − S²) / N̂; the mean adds nothing to it,
	// since Σw(y−ȳ) = 0. The factor n/(n−1) is taken as fixed. Source: Särndal,
	// Swensson & Wretman 1992, §5.9. Reference implementation: R survey, svyvar.
	PopulationVariance Measure = "variance"

	// StandardDeviation is S, in units of y; u = u(S²) / 2S. Undefined error
	// where S is 0. Reference implementation: R survey, svyvar and svycontrast.
	StandardDeviation Measure = "sd"

	// Covariance is n/(n−1) · Σw(y−ȳ)(x−x̄) / N̂, in units of y times those of x;
	// linearised as the variance is. Source and reference as for the variance.
	Covariance Measure = "covariance"

	// Correlation is r = Σwab / N̂ with a and b the deviations of y and x from
	// their means over their standard deviations: no unit, −1 to 1.
	//
	// Linearised: u = (ab − r(a² + b²)/2) / N̂. Source: Särndal, Swensson &
	// Wretman 1992, §5.9; undefined where y or x is constant. The interval is
	// r ± t·SE, which near ±1 may pass them. Reference implementation: R survey,
	// svyvar of both variables and svycontrast.
	Correlation Measure = "correlation"

	// Gini is G = ΣΣ w w′ |y−y′| / 2N̂Ŷ, with Ŷ = Σwy: no unit, 0 (all alike) to
	// nearly 1. y must not be negative, nor 0 in every row.
	//
	// Linearised: u = (Σ′w′|y−y′| − G(Ŷ + yN̂)) / N̂Ŷ, the derivative of G by the
	// row's weight (Deville 1999). Source: Langel & Tillé 2013, who write it for
	// sorted values. Reference implementation: R convey, svygini.
	Gini Measure = "gini"
)

// pairs reports whether the measure is of two variables.
func (m Measure) pairs() bool { return m == Covariance || m == Correlation }

// MeasureItem is one measure of a variable, or of a pair of variables.
type MeasureItem struct {
	Measure Measure
	Var     string
	With    string // second variable of a Covariance or Correlation
}

// Name is the item's name in results: "sd(y)", "correlation(y,x)".
func (it MeasureItem) Name() string {
	if it.With != "" {
		return fmt.Sprintf("%s(%s,%s)", it.Measure, it.Var, it.With)
	}
	return fmt.Sprintf("%s(%s)", it.Measure, it.Var)
}

// MeasureRequest is everything to measure in one run.
type MeasureRequest struct {
	Items      []MeasureItem
	Breakdowns []Breakdown // none: the whole population
	Level      float64     // of the intervals; 0 means 0.95
	DF         DF
}

func (r MeasureRequest) check() error {
	if len(r.Items) == 0 {
		return fmt.Errorf("the request has no items")
	}
	if l := (Request{Level: r.Level}).level(); !(l > 0 && l < 1) {
		return fmt.Errorf("level %v is not between 0 and 1", r.Level)
	}
	for _, it := range r.Items {
		switch {
		case !slices.Contains([]Measure{PopulationVariance, StandardDeviation, Covariance, Correlation, Gini}, it.Measure):
			return fmt.Errorf("item %s: unknown measure %q", it.Name(), it.Measure)
		case it.Var == "":
			return fmt.Errorf("item %s: no variable", it.Name())
		case it.Measure.pairs() != (it.With != ""):
			return fmt.Errorf("item %s: a covariance or correlation is of two variables, any other measure of one", it.Name())
		}
	}
	return nil
}

// RunMeasures estimates measures with their linearised standard errors, in the
// order [Run] gives estimates: by item, breakdown, domain. The standard error is
// the square root of the design variance of Σwu (Deville 1999), with the
// residuals of all calibrations taken of u; the interval is value ± t·SE.
//
// Assumptions: u is a derivative, so the error is that of large samples, and
// doubtful where the domain holds few units or one value decides the measure.
// Errors are those of [Run]; a negative value refuses a Gini coefficient.
func RunMeasures(ctx context.Context, src Source, spec design.Spec, req MeasureRequest) ([]Estimate, []Warning, error) {
	if err := req.check(); err != nil {
		return nil, nil, err
	}
	var columns []Column
	for _, it := range req.Items {
		columns = append(columns, Column{it.Var, Number})
		if it.With != "" {
			columns = append(columns, Column{it.With, Number})
		}
	}
	sh, err := Load(ctx, src, spec, columns...)
	if err != nil {
		return nil, nil, err
	}
	domains, err := sh.breakdowns(ctx, req.Breakdowns)
	if err != nil {
		return nil, nil, err
	}
	var out []Estimate
	for _, it := range req.Items {
		for _, b := range domains {
			for d, levels := range b.levels {
				est, err := sh.measure(it, b.of, int32(d), req)
				if err != nil {
					return nil, nil, fmt.Errorf("%s, %s: %w", it.Name(), domainText(levels), err)
				}
				est.Domain = levels
				out = append(out, est)
			}
		}
	}
	return out, sh.Warnings, nil
}

// resolved is a breakdown with its domains and the domain of each row.
type resolved struct {
	levels [][]design.Level
	of     []int32
}

func (sh *Sheet) breakdowns(ctx context.Context, list []Breakdown) ([]resolved, error) {
	if len(list) == 0 {
		list = []Breakdown{{}}
	}
	out := make([]resolved, len(list))
	for i, b := range list {
		levels, of, err := sh.Domains(ctx, b)
		if err != nil {
			return nil, err
		}
		out[i] = resolved{levels, of}
	}
	return out, nil
}

// measure estimates one item in one domain.
func (sh *Sheet) measure(it MeasureItem, domainOf []int32, domain int32, req MeasureRequest) (Estimate, error) {
	s := sh.NewScores(1)
	rows, v := sh.domainValues(it, domainOf, domain, s.Entered)
	est := Estimate{Item: it.Name(), N: len(rows), Positive: v.positive(), SumWeights: v.size(),
		DF: sh.DF(req.DF, s.Entered), Deff: math.NaN(),
		Value: math.NaN(), SE: math.NaN(), Low: math.NaN(), High: math.NaN()}
	if len(rows) == 0 {
		return est, nil
	}
	if it.Measure == Gini {
		if i := slices.IndexFunc(v.y, func(y float64) bool { return y < 0 }); i >= 0 {
			return est, &DataError{Column: it.Var, Row: int(rows[i]) + 1, Err: fmt.Errorf("%v: a Gini coefficient is of values that are not negative", v.y[i])}
		}
	}
	value, u := v.of(it.Measure)
	for i, row := range rows {
		s.U[0][row] = u[i]
	}
	cov, err := sh.Covariance(s)
	if err != nil {
		return est, err
	}
	est.Value, est.SE = value, StandardError(cov.At(0, 0), value)
	half := TQuantile(Request{Level: req.Level}.level(), est.DF) * est.SE
	est.Low, est.High = value-half, value+half
	return est, nil
}

// domainValues collects the rows that enter a measure, noting them in entered.
func (sh *Sheet) domainValues(it MeasureItem, domainOf []int32, domain int32, entered []bool) (rows []int32, v values) {
	y, x := sh.Number(it.Var), []float64(nil)
	if it.With != "" {
		x = sh.Number(it.With)
	}
	for row, d := range domainOf {
		if d != domain || math.IsNaN(y[row]) || x != nil && math.IsNaN(x[row]) {
			continue
		}
		entered[row] = true
		rows = append(rows, int32(row))
		v.w, v.y = append(v.w, sh.Weight[row]), append(v.y, y[row])
		if x != nil {
			v.x = append(v.x, x[row])
		}
	}
	return rows, v
}
