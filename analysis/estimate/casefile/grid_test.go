package casefile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"barometer/analysis/duck"
	"barometer/analysis/estimate/casefile"
	"barometer/internal/testenv"
	"barometer/survey/microdata"
)

// Any seed must pass; the one of every day keeps the test the same.
var gridSeed = flag.Int("grid-seed", 1, "seed of the cases that TestGridAgainstRLive draws")

// TestGridAgainstRLive has R draw cases over the grid of designs, weighting
// steps and statistics and answer them with its survey package, and compares
// every figure and weight.
func TestGridAgainstRLive(t *testing.T) {
	rscript := testenv.NeedR(t, "survey", "MASS", "jsonlite")
	dir := t.TempDir()
	cmd := exec.Command(rscript, "testdata/live/grid.R", dir, strconv.Itoa(*gridSeed))
	var left bytes.Buffer
	cmd.Stderr = &left
	out, err := cmd.Output()
	t.Logf("what R could not answer is left out:\n%s", &left)
	if err != nil {
		t.Fatalf("R: %v", err)
	}
	var cases []json.RawMessage
	if err := json.Unmarshal(out, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 60 {
		t.Errorf("R gave only %d cases", len(cases))
	}
	for _, text := range cases {
		checkDrawn(t, dir, text)
	}
}

// drawn is what R says of a case.
type drawn struct {
	ID      string             `json:"id"`
	Expect  []map[string]any   `json:"expect"`
	Weights map[string]float64 `json:"expect_weights"`
	Error   string             `json:"expect_error"`

	Tolerance casefile.Tolerance `json:"tolerance"`
}

func checkDrawn(t *testing.T, dir string, text []byte) {
	var want drawn
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	t.Run(want.ID, func(t *testing.T) {
		answer, err := casefile.Solve(t.Context(), bytes.NewReader(text), func(ctx context.Context, path string, columns []string) (*microdata.Data, error) {
			return duck.ReadData(ctx, filepath.Join(dir, path), columns...)
		})
		if want.Error != "" {
			checkError(t, err, want.Error)
			return
		}
		if err != nil {
			t.Fatalf("%v\n%.1500s", err, text)
		}
		checkRows(t, answer, expectation{Expect: want.Expect, Tolerance: want.Tolerance})
		for i, key := range answer.Weights.Keys {
			if w, ok := want.Weights[key]; ok && !near(answer.Weights.Values[i], w, want.Tolerance) {
				t.Errorf("row %s: weight %v, R has %v", key, answer.Weights.Values[i], w)
			}
		}
		if t.Failed() {
			t.Logf("%.1500s", text)
		}
	})
}
