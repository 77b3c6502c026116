package questionnaire_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/survey/questionnaire"
)

// Each file under testdata/faulty is testdata/valid.yaml with one fault; its
// first line tells the one finding it must give.
func TestGoal02_EveryFaultIsFoundOnce(t *testing.T) {
	files, err := filepath.Glob("testdata/faulty/*.yaml")
	if err != nil || len(files) < 100 {
		t.Fatalf("found only %d faulty files: %v", len(files), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, f := range questionnaire.Lint(bytes.NewReader(src), name) {
				lines = append(lines, strings.TrimPrefix(f.String(), name+":"))
			}
			if len(lines) != 1 {
				t.Errorf("%d findings for one fault:\n%s", len(lines), strings.Join(lines, "\n"))
			}
			got := strings.Join(lines, " | ")
			first, rest, _ := strings.Cut(string(src), "\n")
			if *update {
				if err := os.WriteFile(path, []byte("# want: "+got+"\n"+rest), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := strings.TrimPrefix(first, "# want: "); got != want || got == "" {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestValidFile(t *testing.T) {
	src, err := os.ReadFile("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range questionnaire.Lint(bytes.NewReader(src), "valid.yaml") {
		t.Error(f)
	}
}

func TestGoal02_RefusesWhatIsNoText(t *testing.T) {
	tests := map[string]struct{ src, message string }{
		"empty":     {"", "empty"},
		"comment":   {"# nothing\n", "empty"},
		"too large": {strings.Repeat("# padding\n", 110_000), "larger than"},
		"not UTF-8": {"id: \xff\n", "UTF-8"},
		"NUL":       {"id: \x00\n", "not YAML"},
		"a list":    {"- id\n", "must be a mapping"},
	}
	for name, tt := range tests {
		_, err := questionnaire.Load(strings.NewReader(tt.src), "q.yaml")
		if faults, ok := errors.AsType[questionnaire.Faults](err); !ok || !strings.Contains(faults[0].Message, tt.message) {
			t.Errorf("%s: %v, want %q", name, err, tt.message)
		}
	}
}

// All faults are reported at once, in the order of the file.
func TestGoal02_ReportsAllFaults(t *testing.T) {
	src, err := os.ReadFile("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]string{{"max: 2", "max: 9"}, {"id: L1", "id: l1"}, {"'nej'", "'nix'"}, {"number: 1, da: Kommune", "da: Kommune"}} {
		src = bytes.Replace(src, []byte(r[0]), []byte(r[1]), 1)
	}
	_, err = questionnaire.Load(bytes.NewReader(src), "q.yaml")
	faults, ok := errors.AsType[questionnaire.Faults](err)
	if !ok || len(faults) != 4 {
		t.Fatalf("want 4 faults, got %v", err)
	}
	for i := 1; i < len(faults); i++ {
		if faults[i].Line < faults[i-1].Line {
			t.Errorf("out of order: %v", err)
		}
	}
}
