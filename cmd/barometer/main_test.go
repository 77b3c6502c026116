package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// runs carries a command line out and returns the exit status and what was
// printed.
func runs(t testing.TB, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err strings.Builder
	status = run(context.Background(), args, &out, &err)
	return status, out.String(), err.String()
}

func TestExitStatusTellsUsageFromFailure(t *testing.T) {
	empty := t.TempDir()
	cases := []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"no command", nil, 0, ""},
		{"help", []string{"help"}, 0, ""},
		{"help of a command", []string{"help", "sample", "draw"}, 0, ""},
		{"unknown command", []string{"frobnicate"}, 2, "frobnicate"},
		{"unknown flag", []string{"demo", "--sead", "1"}, 2, "sead"},
		{"missing argument", []string{"frame", "check"}, 2, "one frame file"},
		{"a wave's name leaves its folder", []string{"run", "../x", "--home", "testdata/home"}, 2, "is no wave"},
		{"no home", []string{"run", "2025", "--home", empty}, 1, "no home folder"},
		{"no such file", []string{"frame", "check", filepath.Join(empty, "f.csv")}, 1, "f.csv"},
		{"demo does not overwrite", []string{"demo", "--dir", "testdata"}, 1, "testdata is not empty"},
		{"release that is none", []string{"release", "verify", empty}, 1, "manifest.json"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, _, stderr := runs(t, c.args...)
			if status != c.status || !strings.Contains(stderr, c.says) {
				t.Errorf("status %d, %q; want %d and %q", status, stderr, c.status, c.says)
			}
		})
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	_, overview, _ := runs(t, "help")
	for _, c := range commands {
		if !strings.Contains(overview, c.name) {
			t.Errorf("%s is not in the overview", c.name)
		}
		status, text, _ := runs(t, append(strings.Fields(c.name), "--help")...)
		if status != 0 || !strings.Contains(text, c.summary) {
			t.Errorf("%s --help: status %d, %q", c.name, status, text)
		}
	}
}

// TestBadFilesAreRefusedWhole feeds each command a file with a fault: the
// message names the place, and nothing is taken in.
func TestBadFilesAreRefusedWhole(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	if status, _, stderr := runs(t, "init", dir); status != 0 {
		t.Fatal(stderr)
	}
	wave := filepath.Join(dir, "waves", "w1")
	write := func(name, text string) string {
		path := filepath.Join(wave, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	write("wave.yaml", "id: w1\nseed: 1\n")
	header := "p_number,cvr,name,email,sector,subsector,municipality,region,employees\n"
	unit := "1990000001,98000005,A,a@example.dk,kommune,K-DAG,0101,1084,12\n"
	cases := []struct {
		name string
		args []string
		says []string
	}{
		{"a unit stands twice", []string{"frame", "import", "w1", write("twice.csv", header+unit+unit)}, []string{"twice.csv", "3"}},
		{"a CVR number fails its check digit", []string{"frame", "import", "w1", write("cvr.csv", header+strings.Replace(unit, "98000005", "98000006", 1))}, []string{"cvr.csv", "2", "cvr"}},
		{"a key of the questionnaire is unknown", []string{"questionnaire", "print", write("q.yaml", "id: x\nversoin: 1\n")}, []string{"q.yaml:2", "versoin"}},
		{"a stage before its input", []string{"weight", "w1"}, []string{"w1", "weight"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, _, stderr := runs(t, append(c.args, homeOf(c.args, dir)...)...)
			if status != 1 {
				t.Errorf("status %d", status)
			}
			for _, part := range c.says {
				if !strings.Contains(stderr, part) {
					t.Errorf("%q does not name %q", stderr, part)
				}
			}
		})
	}
	if _, err := os.Stat(filepath.Join(wave, "frame.csv")); !os.IsNotExist(err) {
		t.Errorf("a faulty frame was taken in: %v", err)
	}
}

// homeOf gives the --home flag to commands that have one.
func homeOf(args []string, dir string) []string {
	if args[0] == "questionnaire" {
		return nil
	}
	return []string{"--home", dir}
}

// TestEstimateAnswersTheReferenceCases runs the command on every reference
// case kept with the case reader.
func TestEstimateAnswersTheReferenceCases(t *testing.T) {
	cases, err := filepath.Glob("../../analysis/estimate/casefile/testdata/ref/open-0[1-5]*.json")
	must(t, err)
	if len(cases) != 5 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, path := range cases {
		status, stdout, stderr := runs(t, "estimate", path)
		var answer struct {
			ID   string           `json:"id"`
			Rows []map[string]any `json:"rows"`
		}
		if err := json.Unmarshal([]byte(stdout), &answer); status != 0 || err != nil || len(answer.Rows) == 0 {
			t.Errorf("%s: status %d, %v, %s", path, status, err, stderr)
		}
	}
}

// TestEstimateWritesWeights holds the file of final weights against R's, for
// every kind of step, chains of them, and with replicates.
func TestEstimateWritesWeights(t *testing.T) {
	const ref = "../../analysis/estimate/casefile/testdata/ref/"
	for _, name := range []string{"open-08-nonresponse-classes", "open-09-nonresponse-propensity", "open-10-poststratify", "open-11-rake",
		"open-12a-calibrate-linear", "open-12b-calibrate-linear-bounded", "open-12c-calibrate-logit", "open-18-trim", "calibrate-three-times", "replicates-poststratify"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "w.csv")
			if status, stdout, stderr := runs(t, "estimate", ref+name+".json", "--weights-out", path); status != 0 {
				t.Fatalf("status %d, %s%s", status, stdout, stderr)
			}
			got, want := readWeights(t, path), readWeights(t, ref+"expected/"+name+".weights.csv")
			for row, w := range want {
				if g, ok := got[row]; !ok || math.Abs(g-w) > 1e-8*w {
					t.Errorf("row %s: weight %v, R has %v", row, g, w)
				}
			}
			if len(want) == 0 || len(got) < len(want) {
				t.Errorf("%d rows, R has %d", len(got), len(want))
			}
		})
	}
}

// readWeights reads a file of the columns row and weight.
func readWeights(t *testing.T, path string) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	must(t, err)
	if len(lines) == 0 || lines[0][0] != "row" || lines[0][1] != "weight" {
		t.Fatalf("%s begins with %v", path, lines[:1])
	}
	weights := make(map[string]float64)
	for _, line := range lines[1:] {
		w, err := strconv.ParseFloat(line[1], 64)
		must(t, err)
		weights[line[0]] = w
	}
	return weights
}

func TestEstimateRefusesWithACode(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "case.json")
	must(t, os.WriteFile(path, []byte(`{"id": "x", "data": "none.csv", "design": {"weights": "w"}, "request": {"stat": "mean", "vars": ["y"]}}`), 0o644))
	status, stdout, _ := runs(t, "estimate", path, "--weights-out", filepath.Join(dir, "w.csv"))
	var refusal struct {
		ID    string `json:"id"`
		Error struct {
			Code, Message string
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte(stdout), &refusal); err != nil || status != 1 {
		t.Fatalf("status %d, %s", status, stdout)
	}
	if refusal.ID != "x" || refusal.Error.Code != "bad_data" || !strings.Contains(refusal.Error.Message, "none.csv") {
		t.Errorf("refused with %s", stdout)
	}
	if _, err := os.Stat(filepath.Join(dir, "w.csv")); !os.IsNotExist(err) {
		t.Error("weights were written for a refused case")
	}
}
