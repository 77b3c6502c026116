package casefile_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/estimate/casefile"
	"barometer/survey/microdata"
)

// pairs is a loader of a made sample: 10 strata of two clusters of 4 rows.
func pairs(_ context.Context, _ string, columns []string) (*microdata.Data, error) {
	r := rand.New(rand.NewPCG(11, 4))
	const rows = 80
	text := map[string][]string{}
	number := map[string][]float64{}
	for i := range rows {
		text["h"] = append(text["h"], fmt.Sprintf("h%02d", i/8))
		text["psu"] = append(text["psu"], fmt.Sprintf("p%02d", i/4))
		text["sector"] = append(text["sector"], []string{"state", "region", "municipal"}[i%3])
		text["size"] = append(text["size"], []string{"small", "large"}[r.IntN(2)])
		number["row"] = append(number["row"], float64(i+1))
		number["n"] = append(number["n"], 6)
		number["all"] = append(number["all"], 50)
		number["w"] = append(number["w"], 1+3*r.Float64())
		number["y"] = append(number["y"], r.NormFloat64()+float64(i%3))
		number["x"] = append(number["x"], 1+r.Float64())
	}
	d, err := microdata.New()
	if err != nil {
		return nil, err
	}
	for _, name := range columns {
		c := microdata.Numbers(name, number[name])
		if values, ok := text[name]; ok {
			if c, err = microdata.Categories(name, slices.Compact(slices.Sorted(slices.Values(values))), values); err != nil {
				return nil, err
			}
		}
		if err := d.Add(c); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// solve answers a case on pairs.
func solve(t *testing.T, design, adjust, request string) *casefile.Answer {
	t.Helper()
	text := fmt.Sprintf(`{"id":"identity","data":"made","design":{%s},"adjust":[%s],"request":{%s}}`, design, adjust, request)
	answer, err := casefile.Solve(t.Context(), strings.NewReader(text), pairs)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if len(answer.Rows) == 0 {
		t.Fatalf("%s: no rows", text)
	}
	return answer
}

// same compares every figure named of two answers.
func same(t *testing.T, what string, got, want *casefile.Answer, tolerance float64, figures ...string) {
	t.Helper()
	for i, row := range want.Rows {
		for _, key := range figures {
			g, _ := got.Rows[i].Figure(key)
			w, _ := row.Figure(key)
			if !(math.Abs(g-w) <= tolerance*math.Abs(w)) {
				t.Errorf("%s: %s of %s is %.15g, want %.15g", what, key, row.Item, g, w)
			}
		}
	}
}

const (
	domains = `"stat":"mean","vars":["y","x"],"by":["sector"]`
	strata  = `"ids":["psu"],"strata":["h"],"weights":"w"`
)

// Raking to margins is calibration with the exponential distance to the same
// totals: weights, estimates and their errors. Raking to one margin is
// poststratification, and so is linear calibration to it.
func TestRakingIsCalibrationEndToEnd(t *testing.T) {
	rake := `{"kind":"rake","margins":[
		{"vars":["sector"],"totals":[{"level":{"sector":"state"},"total":70},{"level":{"sector":"region"},"total":60},{"level":{"sector":"municipal"},"total":90}]},
		{"vars":["size"],"totals":[{"level":{"size":"small"},"total":120},{"level":{"size":"large"},"total":100}]}]}`
	calibrate := `{"kind":"calibrate","method":"raking","bounds":null,"constraints":[
		{"where":{"sector":"state"},"total":70},{"where":{"sector":"region"},"total":60},{"where":{"sector":"municipal"},"total":90},
		{"where":{"size":"small"},"total":120}]}`
	cells := `"totals":[{"level":{"sector":"state"},"total":70},{"level":{"sector":"region"},"total":60},{"level":{"sector":"municipal"},"total":90}]`
	linear := strings.Replace(calibrate, `,
		{"where":{"size":"small"},"total":120}`, "", 1)
	linear = strings.Replace(linear, "raking", "linear", 1)
	for _, request := range []string{domains, `"stat":"total","vars":["y"]`, `"stat":"ratio","vars":["y","x"],"by":["size"]`} {
		raked, calibrated := solve(t, strata, rake, request), solve(t, strata, calibrate, request)
		same(t, "raking", raked, calibrated, 1e-8, "estimate", "se", "ci_low", "ci_high")
		for i, w := range calibrated.Weights.Values {
			if math.Abs(raked.Weights.Values[i]-w) > 1e-8*w {
				t.Fatalf("row %s: raked weight %v, calibrated %v", raked.Weights.Keys[i], raked.Weights.Values[i], w)
			}
		}
		post := solve(t, strata, `{"kind":"poststratify","vars":["sector"],`+cells+`}`, request)
		one := solve(t, strata, `{"kind":"rake","margins":[{"vars":["sector"],`+cells+`}]}`, request)
		same(t, "one margin", one, post, 1e-8, "estimate", "se")
		same(t, "linear", solve(t, strata, linear, request), post, 1e-8, "estimate", "se")
	}
}

// For a total every method of replication gives the linearised error exactly:
// the jackknife with population counts too, half-samples without.
func TestReplicatesOfTotalsAreLinearisation(t *testing.T) {
	replicates := func(design, kind string) string { return design + `,"replicates":{` + kind + `}` }
	single := `"ids":["psu"],"fpc":["all"],"weights":"w"`
	counted := `"ids":["psu"],"strata":["h"],"fpc":["n"],"weights":"w"`
	for _, request := range []string{`"stat":"total","vars":["y","x"],"by":["sector"]`, `"stat":"count","vars":["sector"]`} {
		for _, c := range []struct{ design, kind string }{
			{single, `"type":"JK1"`}, {counted, `"type":"JKn"`}, {strata, `"type":"JKn"`},
			{strata, `"type":"BRR"`}, {strata, `"type":"Fay","rho":0.3`},
		} {
			for _, mse := range []string{"true", "false"} {
				kind := c.kind + `,"mse":` + mse
				same(t, kind, solve(t, replicates(c.design, kind), "", request), solve(t, c.design, "", request), 1e-9, "estimate", "se", "ci_low")
			}
		}
	}
}

// Fay's half-samples are BRR at ρ = 0. As ρ nears 1 they perturb the weights
// ever less, so that the error of a ratio becomes the linearised one.
func TestFayLiesBetweenHalvesAndLinearisation(t *testing.T) {
	request := `"stat":"ratio","vars":["y","x"],"by":["sector"]`
	by := func(kind string) *casefile.Answer {
		return solve(t, strata+`,"replicates":{`+kind+`,"mse":true}`, "", request)
	}
	halves, linearised := by(`"type":"BRR"`), solve(t, strata, "", request)
	same(t, "ρ = 0", by(`"type":"Fay","rho":0`), halves, 1e-14, "estimate", "se")
	same(t, "ρ = 1e-9", by(`"type":"Fay","rho":1e-9`), halves, 1e-6, "se")
	same(t, "ρ = 0.9999", by(`"type":"Fay","rho":0.9999`), linearised, 1e-3, "se")
	a, _ := halves.Rows[0].Figure("se")
	b, _ := linearised.Rows[0].Figure("se")
	if a == b {
		t.Error("half-samples of a ratio have its linearised error: the test shows nothing")
	}
}
