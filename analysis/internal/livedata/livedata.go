// Package livedata brings real samples, and what R's survey package says about
// them, to the tests of the packages of analysis.
//
// It serves tests only. R is started once a test, with the designs of its data
// set of Californian schools prepared; the test's own script puts the answers.
package livedata

import (
	_ "embed"
	"encoding/json"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"barometer/internal/testenv"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

//go:embed api.R
var prelude []byte

// Samples are the data sets by the name of their design.
type Samples map[string]*microdata.Data

// Designs are the designs of the samples, as R's documentation gives them; the
// calibrated one meets the numbers of schools by type and the total of api99.
func Designs() map[string]design.Spec {
	strata := design.Spec{Strata: []string{"stype"}, FPC: []string{"fpc"}, Weight: "pw"}
	calibrated := strata
	calibrated.Weight = "pwcal"
	calibrated.Adjustments = []design.Adjustment{{Before: "pw", Auxiliary: []design.Auxiliary{{},
		{Where: []design.Level{{Column: "stype", Level: "H"}}}, {Where: []design.Level{{Column: "stype", Level: "M"}}}, {Value: "api99"}}}}
	return map[string]design.Spec{
		"strata":     strata,
		"calibrated": calibrated,
		"clusters":   {IDs: []string{"dnum"}, FPC: []string{"fpc"}, Weight: "pw"},
		"stages":     {IDs: []string{"dnum", "snum"}, FPC: []string{"fpc1", "fpc2"}, Weight: "pw"},
	}
}

// Run has R answer a script. Answers are by key, the parts joined with "|".
func Run(t *testing.T, script string, packages ...string) (Samples, map[string]float64) {
	t.Helper()
	rscript := testenv.NeedR(t, append(packages, "survey", "MASS", "jsonlite")...)
	path := filepath.Join(t.TempDir(), "api.R")
	if err := os.WriteFile(path, prelude, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(rscript, path, script)
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("R: %v", err)
	}
	var got struct {
		Samples map[string]map[string]json.RawMessage
		Answers map[string]float64
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("R's answer: %v", err)
	}
	samples := make(Samples)
	for name, columns := range got.Samples {
		samples[name] = frame(t, columns)
	}
	return samples, got.Answers
}

func frame(t *testing.T, columns map[string]json.RawMessage) *microdata.Data {
	t.Helper()
	d, err := microdata.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		if err := d.Add(column(t, name, columns[name])); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func column(t *testing.T, name string, raw json.RawMessage) microdata.Column {
	t.Helper()
	var numbers []*float64
	if json.Unmarshal(raw, &numbers) == nil {
		values := make([]float64, len(numbers))
		for i, x := range numbers {
			values[i] = math.NaN()
			if x != nil {
				values[i] = *x
			}
		}
		return microdata.Numbers(name, values)
	}
	var texts []string // null becomes ""
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatalf("column %s: %v", name, err)
	}
	levels := slices.Compact(slices.Sorted(slices.Values(texts)))
	levels = slices.DeleteFunc(levels, func(s string) bool { return s == "" })
	c, err := microdata.Categories(name, levels, texts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Check compares one figure with R's answer for a key, which must exist.
func Check(t *testing.T, answers map[string]float64, key string, got float64) {
	t.Helper()
	want, ok := answers[key]
	if !ok {
		t.Errorf("R has no answer %s", key)
		return
	}
	if !(math.Abs(got-want) <= 1e-8*math.Abs(want)+1e-12) {
		t.Errorf("%s is %.15g, in R %.15g", key, got, want)
	}
}
