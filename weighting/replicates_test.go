package weighting

import (
	"context"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"barometer/survey/microdata"
)

func readRecipe(t testing.TB, text string) *Recipe {
	t.Helper()
	recipe, err := ReadRecipe(strings.NewReader(text), "recipe.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// waveReplicates runs the example wave's recipe with replicates added.
func waveReplicates(t testing.TB, plan string) (*microdata.Data, *Result) {
	t.Helper()
	text, err := os.ReadFile("../cmd/barometer/demo/wave/weighting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data, margins := synthetic(t, 7)
	res, err := Run(data, readRecipe(t, string(text)+"\nreplicates: "+plan+"\n"), margins)
	if err != nil {
		t.Fatal(err)
	}
	return data, res
}

// TestEveryReplicateMeetsTheMargins: all steps are done again in each
// replicate, and the last of them is met as in the full sample.
func TestEveryReplicateMeetsTheMargins(t *testing.T) {
	_, margins := synthetic(t, 7)
	for _, plan := range []string{
		"{type: generalised, count: 30, seed: 4}", "{type: bootstrap, count: 30, seed: 4}",
	} {
		data, res := waveReplicates(t, plan)
		full := numbers(t, res.Data, "weight")
		differ := 0
		err := res.Replicates.Each(context.Background(), func(k int, w []float64) error {
			checkTotals(t, data, w, margins)
			for i, x := range w {
				if (x > 0) != (full[i] > 0) {
					t.Fatalf("%s, replicate %d, row %d: weight %v, in the sample %v", plan, k+1, i+1, x, full[i])
				}
				if math.Abs(x-full[i]) > 1e-6 {
					differ++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if differ == 0 {
			t.Errorf("%s: the replicates are the sample", plan)
		}
	}
}

// TestReplicatesAreReproducible: alone, in order, and on any number of
// processors a replicate has the same bits.
func TestReplicatesAreReproducible(t *testing.T) {
	data, res := waveReplicates(t, "{type: bootstrap, count: 9, seed: 11}")
	collect := func(processors int) (all [][]float64) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		err := res.Replicates.Each(context.Background(), func(_ int, w []float64) error {
			all = append(all, slices.Clone(w))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	one, many := collect(1), collect(4)
	if len(one) != 9 || len(many) != 9 {
		t.Fatalf("%d and %d replicates", len(one), len(many))
	}
	alone := make([]float64, data.Rows())
	if err := res.Replicates.Weights(7, alone); err != nil {
		t.Fatal(err)
	}
	for k := range one {
		if !slices.Equal(one[k], many[k]) {
			t.Errorf("replicate %d depends on the number of processors", k+1)
		}
	}
	if !slices.Equal(alone, one[7]) {
		t.Error("replicate 8 made alone differs")
	}
}

// TestConvention_ReplicatesAgreeWithLinearisation: where the estimate is linear in the
// weights the jackknife gives the design's variance exactly; where respondents
// carry the weight of their stratum, or the weights are raked, replicates come
// to what linearisation gives.
func TestConvention_ReplicatesAgreeWithLinearisation(t *testing.T) {
	data, margins := synthetic(t, 7)
	y := make([]float64, data.Rows())
	subsector, _ := data.Column("subsector")
	for i := range y {
		y[i] = float64(subsector.Code[i]) + math.Mod(float64(i)*0.754877666, 1)
	}
	const head = `
key: unit
status: {column: disposition, respondents: [complete], nonrespondents: [partial, refused, noncontact, unknown], ineligible: [ineligible]}
variance: {strata: [class], fpc: [class_n]}
`
	const collapse = "- {kind: collapse, name: class, classes: [stratum], within: subsector, along: size, order: [\"1-19\", \"20-49\", \"50-99\", \"100+\"], min: 5, population: stratum_n}"
	const respond = "\n  - {kind: nonresponse_class, classes: [class]"
	for _, c := range []struct {
		name, steps, plan string
		within            float64 // relative difference of the variances
	}{
		{"design weights", "\nsteps:\n  - {kind: base, weight: design_weight, as: weight}\n  " + collapse, "{type: JKn}", 1e-9},
		{"nonresponse", "\nsteps:\n  - {kind: base, weight: design_weight}\n  " + collapse + respond + ", as: weight}", "{type: JKn, mse: true}", 0.05},
		{"raking", "\nsteps:\n  - {kind: base, weight: design_weight}\n  " + collapse + respond + "}\n  - {kind: rake, margins: [subsector, size], as: weight}", "{type: JKn, mse: true}", 0.03},
		{"raking, generalised", "\nsteps:\n  - {kind: base, weight: design_weight}\n  " + collapse + respond + "}\n  - {kind: rake, margins: [subsector, size], as: weight}", "{type: generalised, count: 1500, seed: 2, mse: true}", 0.2},
	} {
		res, err := Run(data, readRecipe(t, head+"replicates: "+c.plan+c.steps), margins)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		w := numbers(t, res.Data, "weight")
		full := dotProduct(w, y)
		var estimates []float64
		if err := res.Replicates.Each(context.Background(), func(_ int, w []float64) error {
			estimates = append(estimates, dotProduct(w, y))
			return nil
		}); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, want := res.Replicates.Variance(estimates, full), linearised(t, res, data, y)
		if c.name == "nonresponse" {
			want = adjusted(t, res, data, y)
		}
		if math.Abs(got/want-1) > c.within {
			t.Errorf("%s: variance %v, by linearisation %v", c.name, got, want)
		}
	}
}

// TestTrimmingKeepsTheVariance: a trim that cuts nothing in the sample cuts
// nothing away in replicates either, whose units stand in them several times.
func TestTrimmingKeepsTheVariance(t *testing.T) {
	data, margins := synthetic(t, 7)
	y := make([]float64, data.Rows())
	for i := range y {
		y[i] = math.Mod(float64(i)*0.754877666, 1)
	}
	text, err := os.ReadFile("../cmd/barometer/demo/wave/weighting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), "  - kind: trim")
	_, tail, _ := strings.Cut(rest, "# Cutting moved")
	variances := make(map[string]float64)
	for name, recipe := range map[string]string{"with": string(text), "without": head + "#" + tail} {
		res, err := Run(data, readRecipe(t, recipe+"\nreplicates: {type: bootstrap, count: 100, seed: 3}\n"), margins)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range res.Diagnostics.Steps {
			if s.Trimmed != nil && s.Trimmed.Cut > 0 {
				t.Fatalf("the trim cuts %d weights of the sample: the test is of one that cuts none", s.Trimmed.Cut)
			}
		}
		var estimates []float64
		err = res.Replicates.Each(context.Background(), func(_ int, w []float64) error {
			estimates = append(estimates, dotProduct(w, y))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		variances[name] = res.Replicates.Variance(estimates, dotProduct(numbers(t, res.Data, "weight"), y))
	}
	if ratio := variances["with"] / variances["without"]; math.Abs(ratio-1) > 0.02 {
		t.Errorf("the trim changes the variance by the factor %v", ratio)
	}
}

func dotProduct(w, y []float64) float64 {
	var sum float64
	for i, x := range w {
		sum += x * y[i]
	}
	return sum
}

// linearised is the variance of a total by the spec of a result: residuals of
// a weighted regression on the auxiliary variables of its last calibration,
// their spread within strata, population counts.
func linearised(t *testing.T, res *Result, data *microdata.Data, y []float64) float64 {
	t.Helper()
	w, z := numbers(t, res.Data, "weight"), slices.Clone(y)
	if len(res.Spec.Adjustments) > 0 {
		a := res.Spec.Adjustments[0]
		var x [][]float64
		for _, v := range a.Auxiliary {
			c, err := data.Column(v.Where[0].Column)
			if err != nil {
				t.Fatal(err)
			}
			column := make([]float64, len(y))
			for i := range column {
				if c.Level(i) == v.Where[0].Level {
					column[i] = 1
				}
			}
			x = append(x, column)
		}
		z = residuals(x, numbers(t, res.Data, a.Before), y)
	}
	for i := range z {
		z[i] *= w[i]
	}
	return spread(t, res, z, func(row int) bool { return w[row] > 0 })
}

// adjusted is the variance of a total whose weights nonrespondents passed to
// respondents of their class. The estimate of a class is D·ȳ, D the design
// weights of all, ȳ the mean of those that answered: linearised over all
// sampled units, d·ȳ + r·d·(D/D_r)·(y − ȳ).
func adjusted(t *testing.T, res *Result, data *microdata.Data, y []float64) float64 {
	d, w := numbers(t, data, "design_weight"), numbers(t, res.Data, "weight")
	class, _ := res.Data.Column("class")
	disposition, _ := data.Column("disposition")
	answered := func(i int) bool { return disposition.Level(i) == "complete" }
	z := make([]float64, len(y))
	for h := range class.Levels {
		var carried, sum float64
		for i, code := range class.Code {
			if int(code) == h && answered(i) {
				carried += d[i]
				sum += d[i] * y[i]
			}
		}
		for i, code := range class.Code {
			switch {
			case int(code) != h:
			case answered(i):
				z[i] = d[i]*sum/carried + w[i]*(y[i]-sum/carried)
			case w[i] > 0:
				z[i] = w[i] * y[i]
			default:
				z[i] = d[i] * sum / carried
			}
		}
	}
	return spread(t, res, z, func(int) bool { return true })
}

// spread is Σ (1−f)·n/(n−1)·Σ(z−z̄)² over the rows in the sample, by class. The
// sampling fraction counts those with a final weight.
func spread(t *testing.T, res *Result, z []float64, in func(row int) bool) float64 {
	class, _ := res.Data.Column("class")
	population, w := numbers(t, res.Data, "class_n"), numbers(t, res.Data, "weight")
	var v float64
	for h := range class.Levels {
		var n, m, sum, squares, count float64
		for i, code := range class.Code {
			if int(code) == h && w[i] > 0 {
				m++
			}
			if int(code) == h && in(i) {
				n++
				sum += z[i]
				squares += z[i] * z[i]
				count = population[i]
			}
		}
		if n > 1 {
			v += (1 - m/count) * n / (n - 1) * (squares - sum*sum/n)
		}
	}
	return v
}

// residuals are y − x′B of a regression weighted by d, by Gram–Schmidt.
func residuals(x [][]float64, d, y []float64) []float64 {
	inner := func(a, b []float64) (sum float64) {
		for i := range a {
			sum += d[i] * a[i] * b[i]
		}
		return sum
	}
	without := func(a, q []float64) {
		b := inner(a, q) / inner(q, q)
		for i := range a {
			a[i] -= b * q[i]
		}
	}
	e := slices.Clone(y)
	var basis [][]float64
	for _, column := range x {
		q := slices.Clone(column)
		for range 2 {
			for _, b := range basis {
				without(q, b)
			}
		}
		basis = append(basis, q)
		without(e, q)
	}
	return e
}

// TestReplicatesRefuse: a plan the design cannot carry, and one that makes no
// sense, are named.
func TestReplicatesRefuse(t *testing.T) {
	text, err := os.ReadFile("../cmd/barometer/demo/wave/weighting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for plan, mention := range map[string]string{
		"{type: SDR}": "SDR", "{type: bootstrap}": "count 0", "{type: JKn, count: 3}": "follows from the design",
		"{type: Fay, rho: 1}": "rho 1", "{type: bootstrap, count: 9, rho: 0.2}": "rho 0.2", "{kind: JKn}": "kind",
	} {
		_, err := ReadRecipe(strings.NewReader(string(text)+"\nreplicates: "+plan+"\n"), "recipe.yaml")
		if err == nil || !strings.Contains(err.Error(), mention) {
			t.Errorf("%s: error %v", plan, err)
		}
	}
	data, margins := synthetic(t, 7)
	_, err = Run(data, readRecipe(t, string(text)+"\nreplicates: {type: BRR}\n"), margins)
	if CodeOf(err) != BadCase || !strings.Contains(err.Error(), "even number of units") {
		t.Errorf("BRR in classes of many units: error %v", err)
	}
}
