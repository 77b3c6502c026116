package casefile_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"barometer/analysis/duck"
	"barometer/analysis/estimate/casefile"
	"barometer/survey/microdata"
)

const ref = "testdata/ref"

// expectation is the part of a reference case that an answer is held to. The
// figures come from the R package survey (made_with names the versions).
type expectation struct {
	Expect        []map[string]any   `json:"expect"`
	ExpectWeights string             `json:"expect_weights"`
	ExpectError   *casefile.Error    `json:"expect_error"`
	Tolerance     casefile.Tolerance `json:"tolerance"`
}

func load(ctx context.Context, path string, columns []string) (*microdata.Data, error) {
	return duck.ReadData(ctx, filepath.Join(ref, path), columns...)
}

func TestReferenceCases(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(ref, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want expectation
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			answer, err := casefile.Solve(t.Context(), bytes.NewReader(text), load)
			if want.ExpectError != nil {
				checkError(t, err, want.ExpectError.Code)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkRows(t, answer, want)
			checkWeights(t, answer, want)
		})
	}
}

func checkError(t *testing.T, err error, code string) {
	t.Helper()
	refused, ok := err.(*casefile.Error)
	if !ok || refused.Code != code {
		t.Fatalf("got error %v, want code %s", err, code)
	}
}

// checkRows compares what the program would print with what is expected.
func checkRows(t *testing.T, answer *casefile.Answer, want expectation) {
	t.Helper()
	printed, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Rows []map[string]any `json:"rows"`
	}
	if err := json.Unmarshal(printed, &got); err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]map[string]any)
	for _, row := range got.Rows {
		byName[name(row)] = row
	}
	if len(byName) != len(want.Expect) {
		t.Errorf("%d different rows, want %d", len(byName), len(want.Expect))
	}
	for _, w := range want.Expect {
		g, ok := byName[name(w)]
		if !ok {
			t.Errorf("no row %s", name(w))
			continue
		}
		for key, value := range w {
			if key != "by" && key != "item" && !near(g[key], value, want.Tolerance) {
				t.Errorf("%s: %s = %v, want %v", name(w), key, g[key], value)
			}
		}
	}
}

func name(row map[string]any) string {
	by, err := json.Marshal(row["by"])
	if err != nil {
		return err.Error()
	}
	return string(by) + " " + row["item"].(string)
}

func near(got, want any, tol casefile.Tolerance) bool {
	g, isNumber := got.(float64)
	w, wantNumber := want.(float64)
	if !isNumber || !wantNumber {
		return got == nil && want == nil
	}
	return math.Abs(g-w) <= max(tol.Abs, tol.Rel*math.Abs(w))
}

func checkWeights(t *testing.T, answer *casefile.Answer, want expectation) {
	t.Helper()
	if want.ExpectWeights == "" {
		return
	}
	f, err := os.Open(filepath.Join(ref, want.ExpectWeights))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]float64)
	for i, key := range answer.Weights.Keys {
		got[key] = answer.Weights.Values[i]
	}
	for _, line := range lines[1:] {
		w, err := strconv.ParseFloat(line[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		if !near(got[line[0]], w, want.Tolerance) {
			t.Errorf("row %s: weight %v, want %v", line[0], got[line[0]], w)
		}
	}
}
