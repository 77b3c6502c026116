package weighting

import (
	"os"
	"strings"
	"testing"
)

// TestRecipeFaults: a recipe with several faults is refused with all of them,
// each at its line.
func TestRecipeFaults(t *testing.T) {
	src := `key: unit
status:
  column: disposition
  respondents: [complete]
  nonrespondents: [partial, complete]
steps:
  - kind: trim
    median: 5
  - kind: base
    wieght: d
  - kind: rake
    margins: []
  - kind: calibrate
    method: logit
    margins: [size]
  - kind: bootstrap
  - kind: nonresponse_class
    classes: [stratum]
    as: w
  - kind: rake
    margins: [size]
    tolerance: -1
  - kind: rake
    margins: [size]
    as: w
`
	_, err := ReadRecipe(strings.NewReader(src), "weighting.yaml")
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, want := range []string{
		"weighting.yaml:7: the first step must be base",
		"weighting.yaml:10: ",
		"wieght",
		"weighting.yaml:11: rake: list the margins",
		"weighting.yaml:13: calibrate: logit needs finite bounds",
		`weighting.yaml:16: unknown kind of step "bootstrap"`,
		"weighting.yaml:20: rake: tolerance -1",
		"weighting.yaml:23: column w is made twice (line 17)",
		"weighting.yaml:23: the last weights must be called weight",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q among\n%v", want, err)
		}
	}
}

func TestRecipeRefusesUnknownKeys(t *testing.T) {
	for _, src := range []string{
		"key: unit\nstep: []\n",
		"key: unit\nvariance: {stratum: [a]}\nsteps: [{kind: base, weight: d, as: weight}]\n",
		"key: unit\nkey: unit\nsteps: [{kind: base, weight: d, as: weight}]\n",
		"",
		"- 1",
		"key: unit\nsteps: [{kind: base, weight: d, as: weight}]\n---\nkey: unit\n",
	} {
		if _, err := ReadRecipe(strings.NewReader(src), "r.yaml"); err == nil {
			t.Errorf("accepted: %q", src)
		} else if !strings.Contains(err.Error(), "r.yaml") {
			t.Errorf("the file is not named: %v", err)
		}
	}
}

func TestDecodeStepFaults(t *testing.T) {
	for src, want := range map[string]string{
		`{"kind": "rake", "margins": [{"vars": ["a"], "totals": [{"level": {"b": "x"}, "total": 1}]}]}`:   "no level of a",
		`{"kind": "rake", "margins": ["size"]}`:                                                           `no margin is named "size"`,
		`{"kind": "trim", "upper": 3, "redistribute": "half"}`:                                            "redistribute",
		`{"kind": "trim", "uper": 3}`:                                                                     "uper",
		`{"kind": "calibrate", "method": "linear", "bounds": [1], "constraints": [{"total": 1}]}`:         "bounds",
		`{"kind": "calibrate", "method": "cubic", "constraints": [{"total": 1}]}`:                         "cubic",
		`{"kind": "poststratify", "vars": ["a"]}`:                                                         "totals",
		`{"kind": "nonresponse_class", "status": "s", "classes": ["a"], "nonrespondents": ["x"]}`:         "respondents",
		`{"kind": "calibrate", "method": "linear", "constraints": [{"where": {"a": ["x"]}, "total": 1}]}`: "single level",
		`{"kind": "jackknife"}`: "jackknife",
		`[1, 2]`:                "adjustment",
	} {
		_, err := decodeStep([]byte(src))
		if CodeOf(err) != BadCase || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one about %s", src, err, want)
		}
	}
}

// FuzzRecipe: whatever the file holds, it is a recipe or a list of faults, and
// a recipe that is read can be run without a crash.
func FuzzRecipe(f *testing.F) {
	demo, err := os.ReadFile("../cmd/barometer/demo/wave/weighting.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(demo)
	f.Add([]byte("key: unit\nsteps:\n- {kind: base, weight: design_weight}\n- {kind: poststratify, vars: [size], totals: [{level: {size: 1-19}, total: 3}], as: weight}\n"))
	f.Add([]byte("key: unit\nsteps:\n- {kind: base, weight: design_weight}\n- {kind: calibrate, method: linear, bounds: [0, 9], constraints: [{where: {size: 1-19}, value: stratum_n, total: 0}], as: weight}\n"))
	f.Add([]byte("key: unit\nstatus: {column: disposition, respondents: [complete]}\nsteps:\n- {kind: base, weight: design_weight}\n- {kind: nonresponse_propensity, factors: [size], n_classes: 3, as: weight}\n"))
	f.Add([]byte("steps: [{kind: trim, lower: .nan, median: 1e300}]"))
	f.Add([]byte("a: &a [*a]"))
	data, margins := synthetic(f, 1)
	f.Add([]byte("key: unit\nreplicates: {type: Fay, rho: 0.3}\nsteps:\n  - {kind: base, weight: d}\n" +
		"  - {kind: trim, mse: {variables: [y], candidates: 9}}\n  - {kind: calibrate, method: linear, weight_bounds: [1, 9], constraints: [{total: 5}]}\n" +
		"  - {kind: round, decimals: 1, keep: [a, b], as: weight}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		recipe, err := ReadRecipe(strings.NewReader(string(src)), "fuzz.yaml")
		if err != nil {
			return
		}
		res, err := Run(data, recipe, margins)
		if err != nil {
			return
		}
		if err := checkWeights(numbers(t, res.Data, "weight")); err != nil && !strings.Contains(string(src), "linear") {
			t.Errorf("the final weights are no weights: %v", err)
		}
	})
}
