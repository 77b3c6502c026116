package runner_test

import (
	"net/http"
	"net/url"
	"testing"

	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// filledText opens the page that asks for a text and fills it in.
func (s *survey) filledText(b *browser, words string) url.Values {
	s.t.Helper()
	s.have(s.pageOf("C1"), upTo("undervejs"))
	b.get("/da/survey/page/" + s.pageOf("C1"))
	form := choose(random(1), b.page, true)
	form.Set("C1", words)
	return form
}

const typed = `Vi prøver "nyt" <b>her</b>`

func TestGoal41_WhatCameTooLateStaysVisible(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		form := s.filledText(b, typed)
		must(t, s.responses.Close(t.Context(), wave))
		before := s.stored()
		d := b.send(form)
		if d.Status != http.StatusGone || !d.has("Undersøgelsen er lukket") || !d.has(typed) || d.has("Gemt") {
			t.Errorf("status %d:\n%s", d.Status, d.words())
		}
		delete(form, "C2") // a fault besides: nobody is asked to put it right in vain
		if d := b.post("/da/survey/page/"+s.pageOf("C1"), form); d.Status != http.StatusGone || !d.has(typed) {
			t.Errorf("with a fault: status %d:\n%s", d.Status, d.words())
		}
		if after := s.stored(); after.Disposition != response.Partial || after.Revision != before.Revision {
			t.Errorf("the partial became %s at revision %d", after.Disposition, after.Revision)
		}
	})
}

func TestWhatAColleagueSubmittedBeforeStaysVisible(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		form := s.filledText(b, typed)
		_, err := s.responses.Submit(t.Context(), wave, unit, s.stored().Revision, func(questionnaire.Answers) error { return nil })
		must(t, err)
		if d := b.send(form); d.Status != http.StatusConflict || !d.has("Svarene er sendt i mellemtiden") || !d.has(typed) {
			t.Errorf("status %d:\n%s", d.Status, d.words())
		}
		if d := b.post("/da/survey/page/"+s.pageOf("C1"), url.Values{"revision": {"1"}}); d.Path != "/da/survey/receipt" {
			t.Errorf("what changes nothing led to %s, status %d", d.Path, d.Status)
		}
	})
}

func TestGoal30_WhatWasTypedOnAPageOffTheRouteStaysVisible(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		form := s.filledText(b, typed)
		none := upTo("fornyelser")
		for _, item := range []string{"B1", "B2", "B3", "B4"} {
			none[item] = questionnaire.Answer{Codes: []string{"nej"}}
		}
		s.have("fornyelser", none)
		d := b.send(form)
		if d.Status != http.StatusConflict || !d.has("Spørgsmålene på siden har ændret sig") || !d.has(typed) {
			t.Errorf("status %d:\n%s", d.Status, d.words())
		}
		if d := b.post("/da/survey/page/"+s.pageOf("C1"), url.Values{"revision": {"1"}}); d.Path != "/da/survey/overview" {
			t.Errorf("an empty page led to %s", d.Path)
		}
	})
}
