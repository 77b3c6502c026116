package smallarea_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/smallarea"
	"barometer/weighting/design"
)

// readTable reads a CSV file of numbers with a header.
func readTable(t testing.TB, path ...string) (rows []map[string]float64) {
	t.Helper()
	f, err := os.Open(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records[1:] {
		row := make(map[string]float64)
		for j, name := range records[0] {
			if row[name], err = strconv.ParseFloat(record[j], 64); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

var milkModel = smallarea.Model{Covariates: []string{"intercept", "major 2", "major 3", "major 4"}}

// milk is the published example, see testdata/milk/SOURCE.md.
func milk(t testing.TB) []smallarea.Area {
	t.Helper()
	var areas []smallarea.Area
	for _, row := range readTable(t, "testdata", "milk", "areas.csv") {
		x := []float64{1, 0, 0, 0}
		if k := int(row["major"]); k > 1 {
			x[k-1] = 1
		}
		areas = append(areas, area(int(row["area"]), int(row["n"]), row["direct"], row["se"], x...))
	}
	return areas
}

func area(id, n int, direct, se float64, x ...float64) smallarea.Area {
	return smallarea.Area{X: x, Direct: estimate.Estimate{Item: "y", N: n, Value: direct, SE: se,
		Domain: []design.Level{{Column: "area", Level: strconv.Itoa(id)}}}}
}

func fit(t testing.TB, areas []smallarea.Area, m smallarea.Model) *smallarea.Result {
	t.Helper()
	res, err := smallarea.Fit(areas, m)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestMilk: the published example, to the digits that R's sae computes.
func TestMilk(t *testing.T) {
	areas, expected := milk(t), readTable(t, "testdata", "milk", "expected.csv")
	for _, method := range []smallarea.Method{smallarea.REML, smallarea.Moment} {
		m := milkModel
		m.Method = method
		res := fit(t, areas, m)
		for i, e := range res.Estimates {
			want, mse := expected[i][string(method)], expected[i][string(method)+"_mse"]
			if math.Abs(e.Value-want) > 2e-5 || math.Abs(e.MSE/mse-1) > 1e-3 {
				t.Errorf("%s, area %d: %.7f, MSE %.9f; sae has %.7f, %.9f", method, i+1, e.Value, e.MSE, want, mse)
			}
		}
	}
	res := fit(t, areas, milkModel)
	for j, want := range [][2]float64{{0.9681890, 0.06936208}, {0.1327801, 0.10300072}, {0.2269462, 0.09232981}, {-0.2413011, 0.08161707}} {
		if c := res.Coefficients[j]; math.Abs(c.Value-want[0]) > 2e-5 || math.Abs(c.SE-want[1]) > 2e-5 {
			t.Errorf("coefficient %s: %.7f (%.8f), sae has %v", c.Name, c.Value, c.SE, want)
		}
	}
}

// TestPredictorLiesBetween the direct estimate and the prediction, nearer to
// the direct one the smaller its variance.
func TestPredictorLiesBetween(t *testing.T) {
	res := fit(t, milk(t), milkModel)
	for _, e := range res.Estimates {
		lo, hi := min(e.Direct, e.Predicted), max(e.Direct, e.Predicted)
		if e.Value < lo || e.Value > hi {
			t.Errorf("area %v: %v is not between %v and %v", e.Domain, e.Value, lo, hi)
		}
		if e.MSE >= e.Variance {
			t.Errorf("area %v: MSE %v is not below the direct variance %v", e.Domain, e.MSE, e.Variance)
		}
		for _, o := range res.Estimates {
			if e.Variance < o.Variance && e.Shrinkage <= o.Shrinkage {
				t.Fatalf("areas %v, %v: variances %v, %v have weights %v, %v", e.Domain, o.Domain, e.Variance, o.Variance, e.Shrinkage, o.Shrinkage)
			}
		}
	}
}

// TestEqualVariancesHaveAClosedForm: with one ψ for all areas REML and the
// moment method are both Σ(y − xβ)²/(m − p) − ψ, or 0.
func TestEqualVariancesHaveAClosedForm(t *testing.T) {
	const psi = 0.5
	for _, spread := range []float64{3, 0.1} {
		r := rand.New(rand.NewPCG(3, 4))
		var areas []smallarea.Area
		var y []float64
		for i := range 20 {
			y = append(y, 10+spread*r.NormFloat64())
			areas = append(areas, area(i, 5, y[i], math.Sqrt(psi), 1))
		}
		mean, square := 0.0, 0.0
		for _, v := range y {
			mean += v / 20
		}
		for _, v := range y {
			square += (v - mean) * (v - mean) / 19
		}
		want := max(square-psi, 0)
		for _, method := range []smallarea.Method{smallarea.REML, smallarea.Moment} {
			res := fit(t, areas, smallarea.Model{Covariates: []string{"intercept"}, Method: method})
			if math.Abs(res.Between-want) > 1e-10 {
				t.Errorf("%s, spread %v: variance between areas %v, want %v", method, spread, res.Between, want)
			}
			if warned := strings.Contains(fmt.Sprint(res.Warnings), "estimated as 0"); warned != (want == 0) {
				t.Errorf("%s, spread %v: warnings %v", method, spread, res.Warnings)
			}
			for _, e := range res.Estimates {
				if want == 0 && (e.Value != e.Predicted || !(e.MSE > 0)) {
					t.Errorf("%s: without variance between areas %v is estimated, %v predicted, MSE %v", method, e.Value, e.Predicted, e.MSE)
				}
			}
		}
	}
}

// TestUnitsCancel: estimates in other units, and areas in another order, give
// the same model.
func TestUnitsCancel(t *testing.T) {
	areas := milk(t)
	want := fit(t, areas, milkModel)
	const scale = 1e4
	var other []smallarea.Area
	for i := range areas {
		a := areas[len(areas)-1-i]
		a.Direct.Value *= scale
		a.Direct.SE *= scale
		other = append(other, a)
	}
	got := fit(t, other, milkModel)
	if math.Abs(got.Between/want.Between/scale/scale-1) > 1e-9 {
		t.Errorf("variance between areas %v, in other units %v", want.Between, got.Between)
	}
	for i, e := range got.Estimates {
		w := want.Estimates[len(areas)-1-i]
		if math.Abs(e.Value/scale-w.Value) > 1e-9 || math.Abs(e.MSE/scale/scale-w.MSE) > 1e-9 {
			t.Errorf("area %v: %v (%v), in other units %v (%v)", w.Domain, w.Value, w.MSE, e.Value/scale, e.MSE/scale/scale)
		}
	}
}

// TestAreaWithoutSample gets the prediction, changes nothing for the others,
// and says so in both languages.
func TestAreaWithoutSample(t *testing.T) {
	areas := milk(t)
	want := fit(t, areas, milkModel)
	empty := area(99, 0, math.NaN(), math.NaN(), 1, 0, 1, 0)
	res := fit(t, append([]smallarea.Area{empty}, areas...), milkModel)
	e := res.Estimates[0]
	if b := res.Coefficients; !e.Synthetic || e.N != 0 || e.Shrinkage != 0 || math.Abs(e.Value-b[0].Value-b[2].Value) > 1e-12 {
		t.Errorf("area without sample: %+v", e)
	}
	if !(e.MSE > res.Between) || !math.IsNaN(e.Direct) {
		t.Errorf("area without sample: MSE %v, variance between areas %v, direct %v", e.MSE, res.Between, e.Direct)
	}
	for i, w := range want.Estimates {
		if got := res.Estimates[i+1]; got.Value != w.Value || got.MSE != w.MSE {
			t.Errorf("area %v: %v with an empty area beside it, %v without", w.Domain, got.Value, w.Value)
		}
		if got := res.Estimates[i+1]; !got.Model || got.Synthetic || len(got.Note().Missing()) > 0 || got.Note() == e.Note() {
			t.Errorf("area %v is labelled %+v, model %v", w.Domain, got.Note(), got.Model)
		}
	}
	if !e.Model || len(e.Note().Missing()) > 0 || !strings.Contains(e.Note().DA, "Modelbaseret") {
		t.Errorf("label %+v", e.Note())
	}
}

// TestBenchmarked: areas add to the total and keep their proportions; the mean
// squared error grows by the square of the change.
func TestBenchmarked(t *testing.T) {
	areas := milk(t)
	res := fit(t, areas, milkModel)
	size := make([]float64, len(areas))
	var total float64
	for i, a := range areas {
		size[i] = float64(100 + i)
		total += size[i] * a.Direct.Value
	}
	b, err := res.Benchmarked(size, total)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i, e := range b.Estimates {
		w := res.Estimates[i]
		sum += size[i] * e.Value
		if math.Abs(e.Value/w.Value-b.Benchmark) > 1e-12 || math.Abs(e.MSE-w.MSE-math.Pow(e.Value-w.Value, 2)) > 1e-15 {
			t.Errorf("area %v: %v (%v) became %v (%v), factor %v", e.Domain, w.Value, w.MSE, e.Value, e.MSE, b.Benchmark)
		}
		if math.Abs((e.Low+e.High)/2-e.Value) > 1e-12 || math.Abs(e.High-e.Low-2*1.959963984540054*e.SE()) > 1e-12 {
			t.Errorf("area %v: interval %v to %v around %v ± %v", e.Domain, e.Low, e.High, e.Value, e.SE())
		}
	}
	if math.Abs(sum/total-1) > 1e-12 {
		t.Errorf("areas add to %v, the total is %v", sum, total)
	}
	for name, f := range map[string]func() error{
		"too few sizes":  func() error { _, err := res.Benchmarked(size[1:], total); return err },
		"negative total": func() error { _, err := res.Benchmarked(size, -total); return err },
		"negative size":  func() error { _, err := res.Benchmarked(append([]float64{-1}, size[1:]...), total); return err },
		"all sizes 0":    func() error { _, err := res.Benchmarked(make([]float64, len(size)), total); return err },
	} {
		if f() == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

// TestSmoothing: variances that follow the function exactly come back, their
// sum is kept when they do not, and an area whose variance is estimated as 0
// gets one.
func TestSmoothing(t *testing.T) {
	areas := milk(t)
	for i := range areas {
		areas[i].Direct.SE = math.Sqrt(2.5 / float64(areas[i].Direct.N))
	}
	m := milkModel
	m.Smooth = true
	res := fit(t, areas, m)
	if s := res.Smoothing; math.Abs(s.Slope+1) > 1e-9 || math.Abs(s.Factor-1) > 1e-9 || math.Abs(s.R2-1) > 1e-9 || s.Areas != len(areas) {
		t.Errorf("variances of 2.5/n are smoothed by %+v", s)
	}
	plain := fit(t, areas, milkModel)
	for i, e := range res.Estimates {
		if math.Abs(e.Value-plain.Estimates[i].Value) > 1e-8 {
			t.Errorf("area %d: smoothing exact variances changes %v to %v", i+1, plain.Estimates[i].Value, e.Value)
		}
	}
	areas = milk(t)
	areas[3].Direct.SE = 0
	var given, smoothed float64
	for i, e := range fit(t, areas, m).Estimates {
		if i != 3 {
			given += areas[i].Direct.SE * areas[i].Direct.SE
			smoothed += e.Variance
		} else if !(e.Variance > 0) || e.Shrinkage == 1 {
			t.Errorf("area with an estimated variance of 0: variance %v, weight %v", e.Variance, e.Shrinkage)
		}
	}
	if math.Abs(smoothed/given-1) > 1e-12 {
		t.Errorf("smoothed variances add to %v, given ones to %v", smoothed, given)
	}
}

func TestFaultyModelsAreRefusedWhole(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		change func(areas []smallarea.Area, m *smallarea.Model) []smallarea.Area
		says   []string
	}{
		"several faults": {func(a []smallarea.Area, m *smallarea.Model) []smallarea.Area {
			m.Method, m.Level = "ml", 95
			a[1].Direct.SE, a[2].Direct.Value, a[3].X = 0, nan, []float64{1}
			a[4].X = []float64{1, nan, 0, 0}
			a[5].Direct.Item = "z"
			return append(a, a[0])
		}, []string{`"ml"`, "level 95", "area=2: the standard error is 0", "area=3: the direct estimate is NaN",
			"area=4 has 1 covariates", "area=5: covariate major 2 is NaN", "area=6 is estimated for z", "area=1 stands twice"}},
		"no covariates": {func(a []smallarea.Area, m *smallarea.Model) []smallarea.Area {
			m.Covariates = nil
			return a
		}, []string{"the intercept is one"}},
		"too few areas": {func(a []smallarea.Area, m *smallarea.Model) []smallarea.Area { return a[:5] }, []string{"5 areas with sample for 4 coefficients"}},
		"repeated covariate": {func(a []smallarea.Area, m *smallarea.Model) []smallarea.Area {
			m.Covariates = slices.Concat(m.Covariates, []string{"region"})
			for i := range a {
				a[i].X = append(a[i].X, 0.1*a[i].X[0]+0.7*a[i].X[1])
			}
			return a
		}, []string{"region follows from intercept, major 2"}},
		"covariate of empty areas only": {func(a []smallarea.Area, m *smallarea.Model) []smallarea.Area {
			for i := range a {
				a[i].X[1] = 0
			}
			return append(a, area(99, 0, nan, nan, 1, 1, 0, 0))
		}, []string{"major 2 is 0 in every area with sample"}},
	} {
		m := milkModel
		_, err := smallarea.Fit(c.change(milk(t), &m), m)
		for _, s := range c.says {
			if err == nil || !strings.Contains(err.Error(), s) {
				t.Errorf("%s: the error does not say %q: %v", name, s, err)
			}
		}
	}
}

// TestWarnings: an area far from the regression is named, and few areas are
// said to be few; a model without such doubts warns of nothing.
func TestWarnings(t *testing.T) {
	areas := milk(t)
	if w := fit(t, areas, milkModel).Warnings; len(w) != 1 || !strings.Contains(string(w[0]), "area=11 lies -3.2") {
		t.Errorf("the published example has one outlier, area 11: %v", w)
	}
	areas[10].Direct.Value = 1.1
	if w := fit(t, areas, milkModel).Warnings; len(w) > 0 {
		t.Errorf("warnings without cause: %v", w)
	}
	nine := milk(t)[:9]
	for i := range nine {
		nine[i].X = nine[i].X[:1]
	}
	if w := fmt.Sprint(fit(t, nine, smallarea.Model{Covariates: []string{"intercept"}}).Warnings); !strings.Contains(w, "9 areas") {
		t.Errorf("few areas go unmentioned: %v", w)
	}
}

// TestMeanSquaredErrorHolds over 300 simulated sets of areas: the average
// estimated mean squared error is the actual one, intervals cover, and the
// predictor beats the direct estimate.
func TestMeanSquaredErrorHolds(t *testing.T) {
	const runs, m, sigma2 = 300, 40, 1.0
	r := rand.New(rand.NewPCG(11, 12))
	x, se := make([]float64, m), make([]float64, m)
	for i := range m {
		x[i], se[i] = r.Float64(), math.Sqrt([]float64{0.3, 0.5, 1, 2}[i%4])
	}
	for _, method := range []smallarea.Method{smallarea.REML, smallarea.Moment} {
		var actual, estimated, direct, covered float64
		for range runs {
			truth, areas := make([]float64, m), make([]smallarea.Area, m)
			for i := range m {
				truth[i] = 2 + 3*x[i] + math.Sqrt(sigma2)*r.NormFloat64()
				areas[i] = area(i, 10, truth[i]+se[i]*r.NormFloat64(), se[i], 1, x[i])
			}
			areas[m-1].Direct.N = 0
			for i, e := range fit(t, areas, smallarea.Model{Covariates: []string{"intercept", "x"}, Method: method}).Estimates {
				actual += math.Pow(e.Value-truth[i], 2) / runs / m
				estimated += e.MSE / runs / m
				direct += se[i] * se[i] / runs / m
				if e.Low <= truth[i] && truth[i] <= e.High {
					covered += 1.0 / runs / m
				}
			}
		}
		t.Logf("%s: actual MSE %.4f, estimated %.4f, direct variance %.4f, coverage %.3f", method, actual, estimated, direct, covered)
		if math.Abs(estimated/actual-1) > 0.04 {
			t.Errorf("%s: estimated MSE %.4f, actual %.4f", method, estimated, actual)
		}
		if actual > 0.75*direct {
			t.Errorf("%s: actual MSE %.4f, direct variance %.4f", method, actual, direct)
		}
		if math.Abs(covered-0.95) > 0.012 {
			t.Errorf("%s: 95 %% intervals cover %.3f", method, covered)
		}
	}
}
