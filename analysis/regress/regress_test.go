package regress

import (
	"math"
	"strings"
	"testing"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

func source(t *testing.T) estimate.Source {
	t.Helper()
	g, err := microdata.Categories("g", []string{"a", "b"}, []string{"a", "a", "a", "a", "b", "b", "b", "b"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := microdata.New(g,
		microdata.Numbers("w", []float64{1, 2, 1, 3, 2, 1, 1, 1}),
		microdata.Numbers("y", []float64{1, 0, 1, 0, 1, 1, 0, 1}),
		microdata.Numbers("x", []float64{10, 12, 9, 11, 20, 21, 19, 22}),
		microdata.Numbers("x2", []float64{20, 24, 18, 22, 40, 42, 38, 44}))
	if err != nil {
		t.Fatal(err)
	}
	return estimate.FromData(d)
}

var (
	spec = design.Spec{Weight: "w"}
	g    = Factor{"g", []string{"a", "b"}}
)

// With one factor a model is saturated: its coefficients are the group's mean,
// or log odds, and the differences, with the same standard errors as those.
func TestConvention_SaturatedModelsAreGroupMeans(t *testing.T) {
	means, _, err := estimate.Run(t.Context(), source(t), spec, estimate.Request{
		Items: []estimate.Item{{Stat: estimate.Mean, Var: "y"}}, Breakdowns: []estimate.Breakdown{{By: []string{"g"}}}})
	if err != nil {
		t.Fatal(err)
	}
	p, q := means[0].Value, means[1].Value
	for kind, want := range map[Kind][3]float64{
		Linear:   {p, q - p, means[0].SE},
		Logistic: {math.Log(p / (1 - p)), math.Log(q/(1-q)) - math.Log(p/(1-p)), means[0].SE / (p * (1 - p))},
	} {
		fit, err := Run(t.Context(), source(t), spec, Model{Kind: kind, Outcome: "y", Factors: []Factor{g}})
		if err != nil {
			t.Fatal(err)
		}
		got := [3]float64{fit.Value[0], fit.Value[1], math.Sqrt(fit.Covariance.At(0, 0))}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-11 {
				t.Errorf("%s: %v, want %v", kind, got, want)
			}
		}
		if fit.DF != 7+1-2 {
			t.Errorf("%s: %v degrees of freedom", kind, fit.DF)
		}
	}
}

func TestHopelessModelsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		m    Model
		says string
	}{
		"collinear":        {Model{Kind: Linear, Outcome: "y", Numeric: []string{"x", "x2"}}, "told apart"},
		"separated":        {Model{Kind: Logistic, Outcome: "y", Numeric: []string{"w", "x"}, Where: []design.Level{{Column: "g", Level: "b"}}}, "coefficients"},
		"not 0 or 1":       {Model{Kind: Logistic, Outcome: "x", Factors: []Factor{g}}, "0 or 1"},
		"no such term":     {Model{Kind: Linear, Outcome: "y", Factors: []Factor{g}, Interactions: []string{"g:z"}}, "z is neither"},
		"more than it has": {Model{Kind: Linear, Outcome: "y", Factors: []Factor{g}, Where: []design.Level{{Column: "g", Level: "c"}}}, "0 complete rows"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Run(t.Context(), source(t), spec, c.m)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error that says %q", err, c.says)
			}
		})
	}
}

func TestInteractionIsTheProduct(t *testing.T) {
	fit, err := Run(t.Context(), source(t), spec, Model{Kind: Linear, Outcome: "y", Factors: []Factor{g}, Numeric: []string{"x"}, Interactions: []string{"x:g"}})
	if err != nil {
		t.Fatal(err)
	}
	if fit.Names[3] != "g=b:x" {
		t.Errorf("coefficients %v", fit.Names)
	}
	alone, err := Run(t.Context(), source(t), spec, Model{Kind: Linear, Outcome: "y", Numeric: []string{"x"}, Where: []design.Level{{Column: "g", Level: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	if slope := fit.Value[2] + fit.Value[3]; math.Abs(slope-alone.Value[1]) > 1e-10 {
		t.Errorf("slope in b: %v with interaction, %v alone", slope, alone.Value[1])
	}
}

// The effect of the only factor is the difference of the groups' means, with the
// error of that difference; so is its average over the population.
func TestEffectOfOneFactorIsADifferenceOfMeans(t *testing.T) {
	joint, err := estimate.RunJoint(t.Context(), source(t), spec, estimate.Request{
		Items: []estimate.Item{{Stat: estimate.Mean, Var: "y"}}, Breakdowns: []estimate.Breakdown{{By: []string{"g"}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := joint.Covariance
	se := math.Sqrt(v.At(0, 0) + v.At(1, 1) - 2*v.At(0, 1))
	for _, kind := range []Kind{Linear, Logistic} {
		effects, fit, err := AverageEffects(t.Context(), source(t), spec, Model{Kind: kind, Outcome: "y", Factors: []Factor{g}})
		if err != nil {
			t.Fatal(err)
		}
		e, want := effects[0], joint.Estimates[1].Value-joint.Estimates[0].Value
		if e.Name != "g=b" || math.Abs(e.Value-want) > 1e-11 || math.Abs(e.SE-se) > 1e-11 || math.Abs(e.SEPopulation-se) > 1e-11 {
			t.Errorf("%s: %+v, want %v ± %v", kind, e, want, se)
		}
		if half := estimate.TQuantile(0.95, fit.DF) * se; math.Abs(e.High-e.Low-2*half) > 1e-10 {
			t.Errorf("%s: interval %v to %v", kind, e.Low, e.High)
		}
	}
}

// In a linear model an effect is a coefficient, or with an interaction the slope
// averaged over the groups.
func TestEffectsOfALinearModelAreSlopes(t *testing.T) {
	m := Model{Kind: Linear, Outcome: "y", Factors: []Factor{g}, Numeric: []string{"x"}}
	effects, fit, err := AverageEffects(t.Context(), source(t), spec, m)
	if err != nil {
		t.Fatal(err)
	}
	for j, e := range effects {
		if math.Abs(e.Value-fit.Value[j+1]) > 1e-11 || math.Abs(e.SE-math.Sqrt(fit.Covariance.At(j+1, j+1))) > 1e-11 || math.Abs(e.P-fit.P(j+1)) > 1e-11 {
			t.Errorf("%+v, coefficient %v", e, fit.Value[j+1])
		}
	}
	m.Interactions = []string{"g:x"}
	effects, fit, err = AverageEffects(t.Context(), source(t), spec, m)
	if err != nil {
		t.Fatal(err)
	}
	// g is b for a weight of 5 in 12
	if want := fit.Value[2] + fit.Value[3]*5/12; math.Abs(effects[1].Value-want) > 1e-10 {
		t.Errorf("average slope %v, want %v", effects[1].Value, want)
	}
	if !(effects[1].SEPopulation > effects[1].SE) {
		t.Errorf("sampling the groups adds nothing: %+v", effects[1])
	}
	m.Interactions = []string{"x:x"}
	if _, err := Run(t.Context(), source(t), spec, m); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("x:x: %v", err)
	}
}

// The gradient behind the delta method is the derivative of the average effect
// by each coefficient, interactions and both kinds of predictor included.
func TestGradientIsTheDerivativeOfTheEffect(t *testing.T) {
	m := Model{Kind: Logistic, Outcome: "y", Factors: []Factor{g}, Numeric: []string{"x"}, Interactions: []string{"g:x"}}
	x, err := m.load(t.Context(), source(t), spec)
	if err != nil {
		t.Fatal(err)
	}
	columns, names := x.columns()
	s := &solver{matrix: x, columns: columns, names: names, logistic: true, beta: []float64{-0.4, 0.3, 0.05, -0.02}}
	for main, factor := range map[int]bool{1: true, 2: false} {
		high, low, err := m.contrast(s.terms, main, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, gradient, size := s.average(high, low, factor)
		mean := func(j int, by float64) float64 {
			s.beta[j] += by
			h, _, _ := s.average(high, low, factor)
			s.beta[j] -= by
			sum := 0.0
			for row, w := range s.sheet.Weight {
				sum += w * h[row]
			}
			return sum / size
		}
		for j, got := range gradient {
			const step = 1e-5
			if want := (mean(j, step) - mean(j, -step)) / (2 * step); math.Abs(got-want) > 1e-8*(1+math.Abs(want)) {
				t.Errorf("%s by %s: %v, want %v", s.terms[main].name, names[j], got, want)
			}
		}
	}
}

// Adding a billion to the outcome moves the intercept alone.
func TestLargeOutcomesAreFitted(t *testing.T) {
	d, err := microdata.New(microdata.Numbers("w", []float64{1.3, 2.1, 1.7, 3.9, 2.2, 1.1}),
		microdata.Numbers("y", []float64{3, 1, 4, 1, 5, 9}),
		microdata.Numbers("z", []float64{1e9 + 3, 1e9 + 1, 1e9 + 4, 1e9 + 1, 1e9 + 5, 1e9 + 9}),
		microdata.Numbers("x", []float64{2.7, 1.8, 2.8, 1.9, 4.1, 5.3}))
	if err != nil {
		t.Fatal(err)
	}
	fit := func(outcome string) *Fit {
		f, err := Run(t.Context(), estimate.FromData(d), spec, Model{Kind: Linear, Outcome: outcome, Numeric: []string{"x"}})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	small, large := fit("y"), fit("z")
	if math.Abs(large.Value[0]-1e9-small.Value[0]) > 1e-5 || math.Abs(large.Value[1]-small.Value[1]) > 1e-6 {
		t.Errorf("%v and %v", small.Value, large.Value)
	}
	a, b := small.Covariance.At(1, 1), large.Covariance.At(1, 1)
	if math.Abs(a-b) > 1e-6*a {
		t.Errorf("variances of the slope: %v and %v", a, b)
	}
}
