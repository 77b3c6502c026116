package archive

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteFileLeavesNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "table.json")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	err := WriteFile(path, func(w io.Writer) error {
		io.WriteString(w, "half of the n")
		return full
	})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "table.json") {
		t.Fatalf("error %v does not say what failed and where", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("the file now holds %q", got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

// stageFixture is a stage that copies its input to its output and counts runs.
type stageFixture struct {
	*Archive
	input string
	runs  int
}

func newFixture(t *testing.T) *stageFixture {
	t.Helper()
	dir := t.TempDir()
	a, err := Open(filepath.Join(dir, "archive"), "v1")
	if err != nil {
		t.Fatal(err)
	}
	f := &stageFixture{Archive: a, input: filepath.Join(dir, "input.csv")}
	if err := os.WriteFile(f.input, []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *stageFixture) run(t *testing.T, parameter string) {
	t.Helper()
	stage := Stage{Name: "weight", Parameters: map[string]string{"seed": parameter},
		Inputs: map[string]string{"input": f.input}, Outputs: []string{"output.csv"}}
	_, err := f.Run(stage, func() error {
		f.runs++
		return Replace(f.Path("output.csv"), func(tmp string) error {
			data, err := os.ReadFile(f.input)
			return errors.Join(err, os.WriteFile(tmp, data, 0o644))
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStageRunsOnlyWhenItsRecordWouldChange(t *testing.T) {
	cases := []struct {
		name   string
		change func(*stageFixture)
		seed   string
		runs   int
	}{
		{"nothing changed", func(*stageFixture) {}, "1", 1},
		{"a parameter changed", func(*stageFixture) {}, "2", 2},
		{"an input changed", func(f *stageFixture) { os.WriteFile(f.input, []byte("b"), 0o644) }, "1", 2},
		{"an output was touched", func(f *stageFixture) { os.WriteFile(f.Path("output.csv"), []byte("x"), 0o644) }, "1", 2},
		{"an output is gone", func(f *stageFixture) { os.Remove(f.Path("output.csv")) }, "1", 2},
		{"the program changed", func(f *stageFixture) { f.Archive.program = "v2" }, "1", 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			f.run(t, "1")
			c.change(f)
			f.run(t, c.seed)
			if f.runs != c.runs {
				t.Errorf("ran %d times, want %d", f.runs, c.runs)
			}
		})
	}
}

func TestFailedStageLeavesNoRecord(t *testing.T) {
	f := newFixture(t)
	f.run(t, "1")
	stage := Stage{Name: "weight", Inputs: map[string]string{"input": f.input}}
	if _, err := f.Run(stage, func() error { return errors.New("no convergence") }); err == nil {
		t.Fatal("the failure was swallowed")
	}
	if _, err := f.Record("weight"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a record of the failed stage is there: %v", err)
	}
}

func TestMissingInputNamesTheStageAndTheFile(t *testing.T) {
	f := newFixture(t)
	_, err := f.Run(Stage{Name: "weight", Inputs: map[string]string{"frame": f.input + ".gone"}}, func() error { return nil })
	if err == nil || !strings.Contains(err.Error(), "weight needs frame") {
		t.Errorf("error %v", err)
	}
}
