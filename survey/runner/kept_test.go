package runner_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"barometer/internal/store"
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

// A questionnaire that was changed after it was published loses nobody's words:
// a respondent is told that the fault is ours, a member of staff what to do, and
// the log says why.
func TestGoal07_AnAlteredQuestionnaireIsSaidAndLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.staff = "4711"
		b := s.signedIn()
		form := s.filledText(b, typed)
		before := s.stored()
		other := everyKind(t)
		must(t, s.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO response_definition (wave, hash, source, published_ms) VALUES (?, ?, 'x', 1)`, wave, other.Hash)
			return err
		}))
		d := b.send(form)
		if d.Status != http.StatusServiceUnavailable || !d.has("Spørgeskemaet er blevet ændret") || !d.has(typed) || !d.has("Prøv igen") || d.has("questionnaire published") {
			t.Errorf("status %d:\n%s", d.Status, d.words())
		}
		keyed := s.serve("POST", "/da/survey/page/"+s.pageOf("C1"), s.keyIn("4711", "paper"), form)
		packed, err := gzip.NewReader(keyed.Body)
		must(t, err)
		text, err := io.ReadAll(packed)
		must(t, err)
		if keyed.Code != http.StatusServiceUnavailable || !strings.Contains(string(text), "barometer questionnaire published 2025") {
			t.Errorf("for staff: status %d:\n%s", keyed.Code, text)
		}
		if after := s.stored(); after.Revision != before.Revision {
			t.Errorf("revision %d became %d", before.Revision, after.Revision)
		}
		if log := s.log.String(); !strings.Contains(log, "another definition of its questionnaire") || strings.Contains(log, typed) {
			t.Errorf("the log says %s", log)
		}
	})
}
