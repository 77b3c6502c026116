package questionnaire_test

import (
	"testing"

	"barometer/survey/questionnaire"
)

func TestProgressNeverGrowsUnderWay(t *testing.T) {
	q := wave(t)
	one := func(codes ...string) questionnaire.Answer { return questionnaire.Answer{Codes: codes} }
	for name, gate := range map[string]string{"innovators": "ja", "others": "nej"} {
		t.Run(name, func(t *testing.T) {
			a := questionnaire.Answers{}
			_, about := q.Progress(a, q.Pages[0].ID)
			for _, id := range []string{"A1", "A2", "B1", "B2", "B3", "B4"} {
				item, _ := q.Item(id)
				a[id] = one(item.Options[0].Code)
				if id[0] == 'B' {
					a[id] = one(gate)
				}
				_, now := q.Progress(a, "")
				if now > about {
					t.Errorf("answering %s raises the pages from %d to %d", id, about, now)
				}
				about = now
			}
			place := 0
			for page, ok := q.Next(a, ""); ok; page, ok = q.Next(a, page) {
				place++
				if got, about := q.Progress(a, page); got != place || got > about {
					t.Errorf("page %s is %d of %d, want place %d", page, got, about, place)
				}
			}
		})
	}
}
