package smallarea

import (
	"fmt"
	"math"

	"barometer/analysis/estimate"
	"barometer/internal/i18n"
	"barometer/weighting/design"
)

// Result is a fitted model and its estimate of every area.
type Result struct {
	Estimates    []Estimate // in the order of the areas
	Coefficients []Coefficient
	Method       Method
	Between      float64    // σ̂²: variance between areas that covariates leave
	BetweenSE    float64    // its asymptotic standard error
	Equation     float64    // its estimating equation at σ̂²: 0 up to rounding, below 0 where σ̂² is 0
	LogLik       float64    // restricted log-likelihood at σ̂², without its constant
	Smoothing    *Smoothing // nil: sampling variances as given
	Benchmark    float64    // factor on all estimates; 1 when not benchmarked
	Warnings     []estimate.Warning

	level float64
}

// Coefficient is one element of β.
type Coefficient struct {
	Name      string
	Value, SE float64
}

// Estimate is the estimate of one area. It is always model-based: print its
// [Estimate.Note] beside it.
type Estimate struct {
	Item   string
	Domain []design.Level
	N      int // sample rows of the area

	Value, MSE float64
	Low, High  float64 // Value ± z·√MSE

	Model     bool // always true
	Synthetic bool // no sample in the area: the prediction alone

	Direct    float64 // direct estimate, NaN without sample
	Variance  float64 // its sampling variance as used, NaN without sample
	Predicted float64 // x′β̂
	Shrinkage float64 // γ = σ̂²/(σ̂² + ψ): the weight of the direct estimate
	Residual  float64 // (direct − predicted) / its standard deviation, NaN without sample
}

// SE returns the root of the mean squared error.
func (e Estimate) SE() float64 { return math.Sqrt(e.MSE) }

// Note says what kind of number this is, for print beside it.
func (e Estimate) Note() i18n.Text {
	if e.Synthetic {
		return i18n.Text{
			DA: "Modelbaseret skøn (Fay–Herriot). Ingen i gruppen har svaret; tallet er alene en forudsigelse ud fra de andre grupper.",
			EN: "Model-based estimate (Fay–Herriot). Nobody in the group has answered; the figure is a prediction from the other groups alone.",
		}
	}
	return i18n.Text{
		DA: "Modelbaseret skøn (Fay–Herriot). Gruppens egne svar er vejet sammen med en forudsigelse ud fra alle grupper. Usikkerheden forudsætter, at modellen holder.",
		EN: "Model-based estimate (Fay–Herriot). The group's own answers are combined with a prediction from all groups. The margin of error holds if the model does.",
	}
}

// Fit estimates every area by the empirical best linear unbiased predictor
//
//	θ̂_i = γ̂_i·y_i + (1 − γ̂_i)·x_i′β̂,  γ̂_i = σ̂²/(σ̂² + ψ_i)
//
// of θ_i = x_i′β + v_i (Fay & Herriot 1979; Rao & Molina 2015, §6.1.1), and by
// x_i′β̂ where there is no sample. Values are in the unit of the direct
// estimates, mean squared errors in its square. It assumes that direct
// estimates are unbiased with known, independent sampling errors and that
// areas vary independently around the regression; a share may be predicted
// outside 0 to 1. Mean squared errors are those of Prasad & Rao (1990), with what
// Datta & Lahiri (2000) give for REML and Datta, Rao & Smith (2005) for the
// moment estimator. The interval takes the normal quantile.
//
// Reference implementation: eblupFH and mseFH of R's package sae, which stops
// iterating at a relative change of 1e-4 where this stops at 1e-12.
func Fit(areas []Area, m Model) (*Result, error) {
	if err := m.check(areas); err != nil {
		return nil, err
	}
	res := &Result{Method: m.method(), Benchmark: 1, level: m.level()}
	if m.Smooth {
		var err error
		if res.Smoothing, err = smooth(areas); err != nil {
			return nil, err
		}
	}
	s := res.sample(areas)
	if err := s.independent(m.Covariates); err != nil {
		return nil, err
	}
	res.Between = s.between(res.Method)
	r := s.regress(res.Between)
	res.Equation, res.LogLik = res.Method.equation(s, r), r.logLikelihood()
	for j, name := range m.Covariates {
		res.Coefficients = append(res.Coefficients, Coefficient{name, r.beta[j], math.Sqrt(r.inverse[j][j])})
	}
	res.estimate(areas, r)
	res.warn(s)
	return res, nil
}

// sample gathers the areas with sample and their variances.
func (res *Result) sample(areas []Area) *sample {
	s := &sample{}
	for _, a := range areas {
		if a.sampled() {
			s.y, s.psi, s.x = append(s.y, a.Direct.Value), append(s.psi, res.psi(a)), append(s.x, a.X)
		}
	}
	return s
}

func (res *Result) psi(a Area) float64 {
	if res.Smoothing != nil {
		return res.Smoothing.Variance(a.Direct.N)
	}
	return a.Direct.SE * a.Direct.SE
}

func (res *Result) estimate(areas []Area, r *regression) {
	u := res.uncertainty(r)
	res.BetweenSE = math.Sqrt(u.variance)
	for _, a := range areas {
		e := Estimate{Item: a.Direct.Item, Domain: a.Direct.Domain, N: a.Direct.N, Model: true, Predicted: dot(a.X, r.beta)}
		if a.sampled() {
			psi, rest := res.psi(a), a.Direct.Value-e.Predicted
			e.Direct, e.Variance = a.Direct.Value, psi
			e.Shrinkage = res.Between / (res.Between + psi)
			e.Value = e.Predicted + float64(e.Shrinkage*rest)
			e.Residual = rest / math.Sqrt(res.Between+psi-r.spread(a.X))
			e.MSE = u.sampled(psi, r.spread(a.X))
		} else {
			e.N, e.Synthetic, e.Value = 0, true, e.Predicted
			e.Direct, e.Variance, e.Residual = math.NaN(), math.NaN(), math.NaN()
			e.MSE = u.synthetic(r.spread(a.X))
		}
		res.Estimates = append(res.Estimates, res.bound(e))
	}
}

// bound sets the interval.
func (res *Result) bound(e Estimate) Estimate {
	half := estimate.TQuantile(res.level, math.Inf(1)) * e.SE()
	e.Low, e.High = e.Value-half, e.Value+half
	return e
}

// warn says when the approximations behind the mean squared errors are weak.
func (res *Result) warn(s *sample) {
	say := func(format string, args ...any) {
		res.Warnings = append(res.Warnings, estimate.Warning(fmt.Sprintf(format, args...)))
	}
	if res.Between == 0 {
		say("the variance between areas is estimated as 0: every estimate is the regression's prediction, and its mean squared error is likely too small")
	}
	if free := len(s.y) - len(s.x[0]); free < 15 {
		say("%d areas with sample and %d coefficients: mean squared errors are approximations for many areas", len(s.y), len(s.x[0]))
	}
	for _, e := range res.Estimates {
		if math.Abs(e.Residual) > 3 {
			say("area %s lies %.1f standard deviations from the regression", domainName(e.Domain), e.Residual)
		}
	}
}
