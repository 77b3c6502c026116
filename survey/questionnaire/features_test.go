package questionnaire_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

var columnsLine = regexp.MustCompile(`(?m)^# columns: (.*)$`)

// Each file under testdata/features shows one thing a questionnaire can do. It
// is free of findings, the editor accepts it, a robot gets through it, it
// prints in every language, and it has the columns its second line tells.
func TestGoal01_EveryFeatureInOneFile(t *testing.T) {
	files, err := filepath.Glob("testdata/features/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("found only %d files: %v", len(files), err)
	}
	s := editor(t)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range questionnaire.Lint(bytes.NewReader(src), path) {
				t.Error(f)
			}
			if ok, _ := accepts(s, src); !ok {
				t.Error("the schema refuses it")
			}
			q := load(t, src)
			var names []string
			for _, v := range q.Variables() {
				names = append(names, v.Name)
			}
			want := columnsLine.FindSubmatch(src)
			if want == nil || strings.Join(names, " ") != string(want[1]) {
				t.Errorf("columns %v, want %s", names, want)
			}
			rng := rand.New(rand.NewPCG(5, 5))
			for range 50 {
				a := answer(t, q, rng, questionnaire.Answers{}, 9)
				if faults := q.Complete(a); len(faults) > 0 {
					t.Fatalf("%v: %v", a, faults)
				}
			}
			for _, l := range i18n.Languages {
				var b bytes.Buffer
				if err := q.PrintHTML(&b, l); err != nil || !strings.Contains(b.String(), q.Title.In(l)) {
					t.Errorf("%s: not printed: %v", l, err)
				}
			}
		})
	}
}
