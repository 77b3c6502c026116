package questionnaire_test

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// FuzzLoad holds Load to: no panic; a refusal with places; and what is loaded
// can be walked, printed and described.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	faulty, _ := filepath.Glob("testdata/faulty/*.yaml")
	for _, path := range append(files, faulty...) {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		q, err := questionnaire.Load(bytes.NewReader(src), "q.yaml")
		if err != nil {
			if faults, ok := errors.AsType[questionnaire.Faults](err); !ok || len(faults) == 0 {
				t.Fatalf("refused without a fault: %v", err)
			}
			return
		}
		questionnaire.Lint(bytes.NewReader(src), "q.yaml")
		if len(q.Row(nil)) != len(q.Variables()) {
			t.Fatal("row and variables disagree")
		}
		var page bytes.Buffer
		if err := q.PrintHTML(&page, "da"); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzReadPage holds ReadPage to: what it accepts without a fault is complete
// for the page and survives a second reading.
func FuzzReadPage(f *testing.F) {
	q := wave(f)
	f.Add("fornyelser", "B1=ja&B2=nej&B3=nej&B4=ved_ikke")
	f.Add("seneste", "C1=tekst&C2=proces&C2=produkt")
	f.Add("partnere", "D2=ingen&D2=kommune")
	f.Fuzz(func(t *testing.T, page, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		a, faults, err := q.ReadPage(page, form, i18n.Danish, innovative())
		if err != nil || len(faults) > 0 {
			return
		}
		for _, fault := range q.Complete(a) {
			p, _ := q.RoutedPage(a, page)
			for _, item := range p.Items {
				if item.ID == fault.Item {
					t.Fatalf("accepted, yet %+v", fault)
				}
			}
		}
		again, _, err := q.ReadPage(page, form, i18n.Danish, a)
		if err != nil || len(again) != len(a) {
			t.Fatalf("accepted once, then %v", err)
		}
	})
}
