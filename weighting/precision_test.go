package weighting

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"barometer/survey/microdata"
)

// TestMSELimit works the criterion out by hand for every candidate, and checks
// what decides it: weights that have nothing to do with the answers are cut,
// weights whose cutting would move the mean are not.
func TestMSELimit(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	const n = 400
	w, noise, tied := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range w {
		w[i] = 1 + r.Float64()
		if i%40 == 0 {
			w[i] = 30
			tied[i] = 20
		}
		noise[i] = r.NormFloat64()
		tied[i] += r.NormFloat64()
	}
	data, err := microdata.New(microdata.Numbers("noise", noise), microdata.Numbers("tied", tied))
	if err != nil {
		t.Fatal(err)
	}
	limitFor := func(variable string) float64 {
		out, err := Apply(&Trim{MSE: &MSELimit{Variables: []string{variable}}, Redistribute: Proportional}, data, w)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := sum(out.Weights), sum(w); math.Abs(got-want) > 1e-9*want {
			t.Errorf("%s: the sum moved from %v to %v", variable, want, got)
		}
		if out.Report.Trimmed.Candidates != defaultCandidates {
			t.Errorf("%s: %d candidates", variable, out.Report.Trimmed.Candidates)
		}
		return out.Report.Trimmed.Upper
	}
	if limit := limitFor("noise"); !(limit > 0 && limit < 15) {
		t.Errorf("weights that only add variance are cut at %v", limit)
	}
	if limit := limitFor("tied"); limit != 0 && limit < 25 {
		t.Errorf("weights that belong to the large values are cut at %v", limit)
	}

	// By hand, at one limit.
	step := &Trim{Redistribute: Proportional}
	m := &MSELimit{Variables: []string{"noise"}, Candidates: 10}
	_, tried, err := m.limit(data, w, func(limit float64) ([]float64, error) {
		cut, err := step.cutAt(w, 0, limit)
		return cut.w, err
	})
	if err != nil {
		t.Fatal(err)
	}
	cut, err := step.cutAt(w, 0, tried[4].limit)
	if err != nil {
		t.Fatal(err)
	}
	mean := func(w []float64) (mean, variance float64) {
		mean = dotProduct(w, noise) / sum(w)
		for i, x := range w {
			variance += math.Pow(x*(noise[i]-mean)/sum(w), 2) * n / (n - 1)
		}
		return mean, variance
	}
	before, v := mean(w)
	after, vt := mean(cut.w)
	want := (math.Pow(after-before, 2) - v + 2*math.Sqrt(v*vt)) / v
	if math.Abs(tried[4].mse-want) > 1e-10 {
		t.Errorf("limit %v: relative MSE %v, by hand %v", tried[4].limit, tried[4].mse, want)
	}
}

// TestRoundKeepsMargins: whole weights, none 0, none moved by a whole unit, and
// the raked margins of two columns exactly as they were.
func TestRoundKeepsMargins(t *testing.T) {
	data, margins := synthetic(t, 7)
	res, err := Run(data, demoRecipe(t), margins)
	if err != nil {
		t.Fatal(err)
	}
	w := numbers(t, res.Data, "weight")
	for decimals, place := range []float64{1, 10, 100} {
		out, err := Apply(&Round{Decimals: decimals, Keep: []string{"subsector", "size"}}, data, w)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range out.Weights {
			if math.Abs(math.Round(x*place)-x*place) > 1e-6 || (x > 0) != (w[i] > 0) || math.Abs(x-w[i]) >= 1/place {
				t.Fatalf("%d decimals: weight %v became %v", decimals, w[i], x)
			}
		}
		checkTotals(t, data, out.Weights, margins)
		if r := out.Report.Rounded; r.Margin > 1e-6 || math.Abs(r.Total) > 1e-6 || !(r.Unit > 0 && r.Unit < 1/place) {
			t.Errorf("%d decimals: report %+v", decimals, *r)
		}
	}
}

// TestRoundRaisesSmallWeights: a weight below half a unit stays in the sample,
// and its cell pays for it.
func TestRoundRaisesSmallWeights(t *testing.T) {
	data, err := microdata.New(categories(t, "g", []string{"a", "a", "a", "b"}))
	if err != nil {
		t.Fatal(err)
	}
	out, err := Apply(&Round{Keep: []string{"g"}}, data, []float64{0.2, 2.4, 3.4, 1.6})
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{1, 2, 3, 2}; !slices.Equal(out.Weights, want) {
		t.Errorf("weights %v, want %v", out.Weights, want)
	}
	for _, bad := range []Round{{Decimals: -1}, {Decimals: 7}, {Keep: []string{"g", "g", "g"}}} {
		if _, err := Apply(&bad, data, []float64{1, 1, 1, 1}); CodeOf(err) != BadCase {
			t.Errorf("%+v: error %v", bad, err)
		}
	}
}

// TestRoundLeavesTheVariance: rounding as the last step changes neither the
// design nor the calibration that the variance starts from.
func TestRoundLeavesTheVariance(t *testing.T) {
	data, margins := synthetic(t, 7)
	recipe := readRecipe(t, `
key: unit
status: {column: disposition, respondents: [complete], nonrespondents: [partial, refused, noncontact, unknown], ineligible: [ineligible]}
variance: {strata: [stratum], fpc: [stratum_n]}
steps:
  - {kind: base, weight: design_weight}
  - {kind: nonresponse_class, classes: [subsector]}
  - {kind: rake, margins: [subsector, size], as: raked}
  - {kind: round, keep: [subsector, size], as: weight}
`)
	res, err := Run(data, recipe, margins)
	if err != nil {
		t.Fatal(err)
	}
	if a := res.Spec.Adjustments; len(a) != 1 || a[0].Before != "weight_2_nonresponse_class" || res.Spec.Weight != "weight" {
		t.Errorf("spec %+v", res.Spec)
	}
	checkTotals(t, data, numbers(t, res.Data, "weight"), margins)
}
