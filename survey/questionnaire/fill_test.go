package questionnaire_test

import (
	"os"
	"slices"
	"testing"

	"barometer/survey/questionnaire"
)

// One walk asks for the same items, options and rows as page after page does.
func TestFillFollowsTheRoute(t *testing.T) {
	f, err := os.Open("../../cmd/barometer/demo/wave/questionnaire.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	q, err := questionnaire.Load(f, "questionnaire.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for choice := range 7 {
		take := func(item questionnaire.RoutedItem) questionnaire.Answer { return option(item, choice) }
		filled := q.Fill(take)
		if faults := q.Complete(filled); len(faults) > 0 {
			t.Errorf("choice %d: %+v", choice, faults)
		}
		paged := questionnaire.Answers{}
		for page, ok := q.Next(paged, ""); ok; page, ok = q.Next(paged, page) {
			routed, _ := q.RoutedPage(paged, page)
			for _, item := range routed.Items {
				if a := take(item); !a.IsZero() {
					paged[item.ID] = a
				}
			}
		}
		if len(filled) != len(paged) {
			t.Errorf("choice %d: %d items in one walk, %d page by page", choice, len(filled), len(paged))
		}
		for id, a := range paged {
			if !filled[id].Equal(a) {
				t.Errorf("choice %d, %s: %+v in one walk, %+v page by page", choice, id, filled[id], a)
			}
		}
	}
}

// option answers with the option at one place, two where several may stand
// together.
func option(item questionnaire.RoutedItem, place int) questionnaire.Answer {
	if item.Kind == questionnaire.Text {
		return questionnaire.Answer{}
	}
	first := item.Options[place%len(item.Options)]
	codes := []string{first.Code}
	if second := item.Options[0]; item.Kind.Several() && !first.Exclusive && second.Code != first.Code {
		codes = slices.Insert(codes, 0, second.Code)
	}
	if !item.Kind.HasRows() {
		return questionnaire.Answer{Codes: codes}
	}
	rows := map[string][]string{}
	for _, r := range item.Rows {
		rows[r.Code] = codes
	}
	return questionnaire.Answer{Rows: rows}
}
