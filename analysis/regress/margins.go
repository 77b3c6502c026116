package regress

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// Effect is the average marginal effect of a numeric predictor, or of a level
// of a factor against its reference.
type Effect struct {
	Name  string  // "x", "g=b"
	Value float64 // of a logistic model a difference of probabilities, else of outcomes

	// SE is by the delta method with the predictors as they are in the sample;
	// SEPopulation also holds the error of sampling them.
	SE, SEPopulation float64

	Low, High float64 // Value ± t·SE at level 0.95
	P         float64 // two-sided, from SE
}

// AverageEffects fits a model and averages what each main effect does to the
// expected outcome over the rows that enter, as they are but for that predictor.
//
// Estimand: for a numeric predictor N⁻¹Σ ∂μ(x)/∂x over the population, for a
// level of a factor N⁻¹Σ (μ(level) − μ(reference)), with μ the model's expected
// outcome; both follow the predictor into its interactions. Estimated by
// Σw·h(x, β̂) / Σw, in units of the outcome (per unit of a numeric predictor).
//
// SE is √(JVJ′) with J = Σw·∂h/∂β / Σw and V the covariance of β̂, by the design
// or the model's replicates: the predictors are taken as given. SEPopulation is
// the standard error of the linearised variable J·u(β̂) + (h − mean of h)/Σw, the
// one to use for a statement about the population the sample is from. Intervals and
// p-values are by t on the residual degrees of freedom of the fit. Assumption: the
// model holds, or the average of its fit is of interest.
//
// Source: Korn & Graubard 1999 (predictive margins in surveys); Bartus 2005;
// Binder 1983 for V. Reference implementations: R survey, svyglm with
// svycontrast (SE); Stata, margins and margins, vce(unconditional).
func AverageEffects(ctx context.Context, src estimate.Source, spec design.Spec, m Model) ([]Effect, *Fit, error) {
	fit, s, err := m.fit(ctx, src, spec)
	if err != nil {
		return nil, nil, err
	}
	beta := s.influence()
	var effects []Effect
	for t := 1; t <= len(m.Factors)+len(m.Numeric); t++ { // term 0 is the intercept
		factor := t <= len(m.Factors)
		for level, name := range s.terms[t].names {
			high, low, err := m.contrast(s.terms, t, level)
			if err != nil {
				return nil, nil, err
			}
			e, err := s.effect(high, low, factor, beta, fit.Covariance)
			if err != nil {
				return nil, nil, err
			}
			e.Name = name
			e.infer(fit)
			effects = append(effects, *e)
		}
	}
	return effects, fit, nil
}

// contrast lays out the design matrix twice: with column `level` of a main
// effect 1 and its others 0, and with all of them 0. For a factor that is the
// level and the reference; a linear predictor's derivative by a numeric variable
// is the difference between the two.
func (m Model) contrast(terms []term, main, level int) (high, low [][]float64, err error) {
	at := func(value float64) ([][]float64, error) {
		mains := slices.Clone(terms[:1+len(m.Factors)+len(m.Numeric)])
		t := mains[main]
		t.columns = make([][]float64, len(t.names))
		for i := range t.columns {
			t.columns[i] = make([]float64, len(terms[0].columns[0]))
			if i == level {
				t.columns[i] = slices.Repeat([]float64{value}, len(t.columns[i]))
			}
		}
		mains[main] = t
		all, err := withInteractions(mains, m.Interactions)
		if err != nil {
			return nil, err
		}
		columns, _ := (&matrix{terms: all}).columns()
		return columns, nil
	}
	if high, err = at(1); err != nil {
		return nil, nil, err
	}
	low, err = at(0)
	return high, low, err
}

// effect averages one effect and works out its errors.
func (s *solver) effect(high, low [][]float64, factor bool, beta *estimate.Scores, cov mat.Symmetric) (*Effect, error) {
	h, gradient, size := s.average(high, low, factor)
	e := &Effect{}
	for _, row := range s.rows {
		e.Value += float64(s.sheet.Weight[row] * h[row])
	}
	e.Value /= size
	return e, s.effectErrors(e, h, gradient, size, beta, cov)
}

// average returns the effect in every row, the gradient of their mean by the
// coefficients, and the size of the population.
func (s *solver) average(high, low [][]float64, factor bool) (h, gradient []float64, size float64) {
	h, gradient = make([]float64, s.sheet.Rows()), make([]float64, len(s.columns))
	by := make([]float64, len(s.columns)) // ∂h/∂β of a row
	for _, row := range s.rows {
		if factor {
			h[row] = s.difference(int(row), high, low, by)
		} else {
			h[row] = s.derivative(int(row), high, low, by)
		}
		w := s.sheet.Weight[row]
		size += w
		for j, g := range by {
			gradient[j] += float64(w * g)
		}
	}
	for j := range gradient {
		gradient[j] /= size
	}
	return h, gradient, size
}

// difference is μ(high) − μ(low) of a row.
func (s *solver) difference(row int, high, low [][]float64, by []float64) float64 {
	muHigh, slopeHigh := s.expected(s.predictor(row, high))
	muLow, slopeLow := s.expected(s.predictor(row, low))
	for j := range by {
		by[j] = float64(slopeHigh*high[j][row]) - float64(slopeLow*low[j][row])
	}
	return muHigh - muLow
}

// derivative is μ′(η)·dη/dx of a row, with η at the row's own predictors.
func (s *solver) derivative(row int, high, low [][]float64, by []float64) float64 {
	mu, slope := s.mean(row)
	change := s.predictor(row, high) - s.predictor(row, low)
	curve := 0.0
	if s.logistic {
		curve = slope * (1 - 2*mu) // μ″
	}
	for j, c := range s.columns {
		by[j] = float64(curve*c[row]*change) + float64(slope*(high[j][row]-low[j][row]))
	}
	return slope * change
}

func (s *solver) predictor(row int, columns [][]float64) float64 {
	eta := 0.0
	for j, c := range columns {
		eta += float64(s.beta[j] * c[row])
	}
	return eta
}

// effectErrors fills in both standard errors.
func (s *solver) effectErrors(e *Effect, h, gradient []float64, size float64, beta *estimate.Scores, cov mat.Symmetric) error {
	g := mat.NewVecDense(len(gradient), gradient)
	e.SE = estimate.StandardError(mat.Inner(g, cov, g), e.Value)
	scores := s.sheet.NewScores(1)
	scores.Entered = s.entered
	for _, row := range s.rows {
		u := (h[row] - e.Value) / size
		for j, g := range gradient {
			u += float64(g * beta.U[j][row])
		}
		scores.U[0][row] = u
	}
	v, err := s.sheet.Covariance(scores)
	if err != nil {
		return err
	}
	e.SEPopulation = estimate.StandardError(v.At(0, 0), e.Value)
	return nil
}

// infer adds the interval and the p-value.
func (e *Effect) infer(f *Fit) {
	half := estimate.TQuantile(0.95, f.DF) * e.SE
	e.Low, e.High, e.P = e.Value-half, e.Value+half, math.NaN()
	if f.DF > 0 {
		e.P = 2 * distuv.StudentsT{Sigma: 1, Nu: f.DF}.CDF(-math.Abs(e.Value/e.SE))
	}
}
