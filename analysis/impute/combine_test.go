package impute_test

import (
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/impute"
	"barometer/internal/testenv"
	"barometer/weighting/design"
)

func estimates(df float64, values, errors []float64) (sets []estimate.Estimate) {
	for k := range values {
		sets = append(sets, estimate.Estimate{Item: "y", Value: values[k], SE: errors[k], DF: df, N: 100 - k, Positive: 40 - k, SumWeights: 900})
	}
	return sets
}

func combine(t testing.TB, sets []estimate.Estimate) impute.Combined {
	t.Helper()
	c, err := impute.Combine(sets, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConvention_ImputedFilesAreCombined: five sets with Ū = 6 and B = 5, so that (1 + 1/5)·B = 6,
// λ = ½ and r = 1; with ν = 10: 1/df = 0.25/4 + 1/(11/13·10/2).
func TestConvention_ImputedFilesAreCombined(t *testing.T) {
	d := math.Sqrt(5)
	sets := estimates(12, []float64{20, 20 + d, 20 - d, 20 + d, 20 - d}, []float64{math.Sqrt(4), math.Sqrt(8), math.Sqrt(6), math.Sqrt(5), math.Sqrt(7)})
	sets[3].DF = 10 // the smallest counts
	c := combine(t, sets)
	df := 1 / (0.25/4 + 1/(11.0/13*10/2))
	for name, pair := range map[string][2]float64{
		"value": {c.Value, 20}, "within": {c.Within, 6}, "between": {c.Between, 5}, "total": {c.Total, 12},
		"standard error": {c.SE, math.Sqrt(12)}, "increase": {c.Increase, 1}, "lambda": {c.Lambda, 0.5},
		"degrees of freedom": {c.DF, df}, "missing information": {c.Missing, (1 + 2/(df+3)) / 2},
		"half width": {c.High - c.Value, estimate.TQuantile(0.95, df) * math.Sqrt(12)},
		"rows":       {float64(c.N), 96}, "positive": {float64(c.Positive), 36}, "sets": {float64(c.Sets), 5},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-12*math.Abs(pair[1]) {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
}

// TestDegreesOfFreedomStayBelowThoseOfCompleteData, which Rubin's of 1987 do not.
func TestDegreesOfFreedomStayBelowThoseOfCompleteData(t *testing.T) {
	for _, spread := range []float64{0, 1e-6, 0.01, 1, 100} {
		for _, df := range []float64{1, 3, 50, 1e6} {
			c := combine(t, estimates(df, []float64{1, 1 + spread, 1 - spread}, []float64{1, 1, 1}))
			if !(c.DF > 0 && c.DF < df) || !(c.Missing >= c.Lambda && c.Missing <= 1) || !(c.SE >= 1) {
				t.Errorf("spread %v, ν = %v: df %v, λ %v, missing information %v, SE %v", spread, df, c.DF, c.Lambda, c.Missing, c.SE)
			}
		}
	}
	if c := combine(t, estimates(math.Inf(1), []float64{1, 1}, []float64{1, 1})); !math.IsInf(c.DF, 1) || c.Missing != 0 {
		t.Errorf("nothing missing: df %v, missing information %v", c.DF, c.Missing)
	}
}

func TestEstimatesOfDifferentThingsAreNotCombined(t *testing.T) {
	good := func() []estimate.Estimate { return estimates(9, []float64{1, 2}, []float64{1, 1}) }
	other := good()
	other[1].Domain = []design.Level{{Column: "sector", Level: "stat"}}
	item := good()
	item[1].Item = "z"
	for name, sets := range map[string][]estimate.Estimate{"domain": other, "item": item, "one set": good()[:1], "no set": nil} {
		if _, err := impute.Combine(sets, 0.95); err == nil {
			t.Errorf("%s: combined", name)
		}
	}
	if _, err := impute.Combine(good(), 95); err == nil {
		t.Error("level 95: combined")
	}
	if _, err := impute.CombineAll([][]estimate.Estimate{good(), good()[:1]}, 0.95); err == nil || !strings.Contains(err.Error(), "set 2 has 1") {
		t.Errorf("lists of different length: %v", err)
	}
	if _, err := impute.CombineAll(nil, 0.95); err == nil {
		t.Error("no lists: combined")
	}
}

// TestCombineAgainstMitools: value, variance, and for complete data of
// infinitely many degrees of freedom df and missing information are those of
// R's mitools. For finite ones mitools 2.4 departs from Barnard and Rubin.
func TestCombineAgainstMitools(t *testing.T) {
	rscript := testenv.NeedR(t, "mitools", "jsonlite")
	out, err := exec.Command(rscript, filepath.Join("testdata", "mitools.R")).Output()
	if err != nil {
		t.Fatalf("R: %v", err)
	}
	var cases []struct {
		Values, Variances            []float64
		Value, Variance, DF, Missing float64
	}
	if err := json.Unmarshal(out, &cases); err != nil || len(cases) < 5 {
		t.Fatalf("R gave %d cases: %v", len(cases), err)
	}
	for i, want := range cases {
		errors := make([]float64, len(want.Variances))
		for k, v := range want.Variances {
			errors[k] = math.Sqrt(v)
		}
		c := combine(t, estimates(math.Inf(1), want.Values, errors))
		for name, pair := range map[string][2]float64{"value": {c.Value, want.Value}, "variance": {c.Total, want.Variance},
			"df": {c.DF, want.DF}, "missing information": {c.Missing, want.Missing}} {
			if math.Abs(pair[0]-pair[1]) > 1e-10*math.Abs(pair[1]) {
				t.Errorf("case %d: %s %.15g, mitools has %.15g", i+1, name, pair[0], pair[1])
			}
		}
	}
}
