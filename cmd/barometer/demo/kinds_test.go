package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"barometer/cmd/barometer/demo/robot"
	"barometer/internal/i18n"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// TestRobotsAnswerEveryKind sends robots with random true answers through a
// questionnaire of every kind, and that of the demonstration's trial, in both
// languages: what is stored is what they came with.
func TestRobotsAnswerEveryKind(t *testing.T) {
	for _, file := range []string{"../../../survey/questionnaire/testdata/kinds.yaml", "trial/questionnaire.yaml"} {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) { robotsAnswer(t, file) })
	}
}

func robotsAnswer(t *testing.T, file string) {
	f, err := os.Open(file)
	must(t, err)
	defer f.Close()
	q, err := questionnaire.Load(f, file)
	must(t, err)
	c := collect(t, &Population{questionnaire: q})
	ctx := context.Background()
	var units []sample.Selected
	for i := range 40 {
		units = append(units, sample.Selected{Unit: frame.Unit{Name: "Arbejdsplads"}, Key: fmt.Sprintf("unit%d", i)})
	}
	codes, err := c.access.Issue(ctx, "2025", units)
	must(t, err)
	var visits []robot.Visit
	for i, u := range units {
		person := questionnairetest.Respondent{Rand: rand.New(rand.NewPCG(uint64(i), 3)), Lang: i18n.Languages[i%2]}
		answers, err := person.Answers(q, questionnaire.Answers{}, 99)
		must(t, err)
		visits = append(visits, robot.Visit{Unit: u.Key, Code: string(codes[i].Code), Lang: person.Lang, Intent: robot.Finish, Answers: answers})
	}
	_, err = robot.Run(ctx, c.url, visits, 2, nil)
	must(t, err)
	for _, v := range visits {
		r, err := c.responses.Load(ctx, "2025", v.Unit)
		must(t, err)
		want := q.OnRoute(v.Answers)
		if r.Disposition != response.Complete || len(r.Answers) != len(want) {
			t.Fatalf("%s: %s with %d answers, want %d", v.Unit, r.Disposition, len(r.Answers), len(want))
		}
		for id, a := range want {
			if !r.Answers[id].Equal(a) {
				t.Errorf("%s: %s is %+v, want %+v", v.Unit, id, r.Answers[id], a)
			}
		}
	}
}
