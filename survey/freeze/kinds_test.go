package freeze

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
	"barometer/survey/response"
)

// TestGoal25_EveryKindInTheWave freezes random answers to a questionnaire of
// every kind: each column holds what the questionnaire says of it, each reason
// for a gap stays what it is, and nothing that was written passes.
func TestGoal25_EveryKindInTheWave(t *testing.T) {
	src, err := os.ReadFile("../questionnaire/testdata/kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	q, err := questionnaire.Load(bytes.NewReader(src), "kinds.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	var records []response.Record
	answers := map[string]questionnaire.Answers{}
	for i := range 200 {
		rng := rand.New(rand.NewPCG(uint64(i), 31))
		unit := fmt.Sprintf("u%03d", i)
		a, err := questionnairetest.Respondent{Rand: rng, Texts: questionnairetest.Naughty}.Answers(q, nil, 1+rng.IntN(4))
		if err != nil {
			t.Fatal(err)
		}
		d := response.Partial
		if len(q.Complete(a)) == 0 {
			d = response.Complete
		}
		keys, answers[unit] = append(keys, unit), a
		records = append(records, record(unit, d, a))
	}
	w, err := Build(testSample(keys...), q, records, Meta{})
	if err != nil {
		t.Fatal(err)
	}
	units, err := w.Column("unit")
	if err != nil {
		t.Fatal(err)
	}
	met := map[codebook.Missing]int{}
	for j, v := range q.Variables() {
		c, err := w.Column(v.Name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range w.Rows() {
			want := q.Row(answers[units.Level(i)])[j]
			met[want.Missing]++
			got := questionnaire.Cell{Missing: c.Reason[i]}
			switch {
			case c.Missing(i):
			case c.IsNumeric():
				got.Number = c.Number[i]
			default:
				got.Level = c.Level(i)
			}
			if got != want {
				t.Fatalf("%s of %s is %+v, want %+v", v.Name, units.Level(i), got, want)
			}
		}
	}
	for _, m := range codebook.Reasons {
		if met[m] == 0 {
			t.Errorf("no value is missing for %q", m)
		}
	}
	var data bytes.Buffer
	if err := microdata.WriteCSV(&data, w.Data); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&data).ReadAll()
	if err != nil || len(lines) != w.Rows()+1 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	for j, c := range w.Columns() {
		for i, line := range lines[1:] {
			want := c.Reason == nil || c.Reason[i] == codebook.Present
			if strings.HasPrefix(line[j], "[") == want || !want && line[j] != c.Reason[i].Mark() {
				t.Fatalf("%s of %s reads %q in the CSV file", c.Name, units.Level(i), line[j])
			}
		}
	}
	whole := fmt.Sprintf("%+v", w.Codebook)
	for _, c := range w.Columns() {
		whole += fmt.Sprint(c.Levels)
	}
	for _, nasty := range questionnairetest.Naughty[:20] {
		if strings.Contains(whole, nasty) && !strings.Contains(string(src), nasty) {
			t.Errorf("what was written passed the gate: %q", nasty)
		}
	}
}
