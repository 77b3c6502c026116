package runner_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"barometer/survey/questionnaire"
)

// told is what the page's script is told.
type told struct {
	Status   int
	Revision int
	Seconds  int
	Until    string
}

// background sends a form as the page's script does.
func (b *browser) background(path string, form url.Values) (answer told) {
	b.t.Helper()
	form.Set("action", "stay")
	req, err := http.NewRequest(http.MethodPost, b.s.server.URL+path, strings.NewReader(form.Encode()))
	must(b.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	req.Header.Set("Accept", "application/json")
	resp, err := b.client.Do(req)
	must(b.t, err)
	defer resp.Body.Close()
	answer.Status = resp.StatusCode
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		must(b.t, json.NewDecoder(resp.Body).Decode(&answer))
	}
	return answer
}

func TestPageSavedByItself(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder") // half a page is no fault yet
		if got, want := b.background("/da/survey/page/arbejdspladsen", form), (told{200, 1, 45 * 60, "11.15"}); got != want {
			t.Errorf("told %+v, want %+v", got, want)
		}
		rec := s.stored()
		if !rec.Answers["A1"].Has("leder") || rec.Page != "arbejdspladsen" {
			t.Errorf("stored %v, resumes at %q", rec.Answers, rec.Page)
		}
		form.Set("revision", "1")
		if got := b.background("/da/survey/page/arbejdspladsen", form); got.Status != 200 || got.Revision != 1 {
			t.Errorf("the same again: %+v", got)
		}
		if d := s.signedIn().get("/da/survey/page/arbejdspladsen"); d.fill().Get("A1") != "leder" {
			t.Error("a page opened elsewhere lacks what was saved by itself")
		}
	})
}

// The rules are those of the buttons: nothing is overwritten, nothing hostile
// passes, nothing is called saved that is not.
func TestPageSavedByItselfKeepsTheRules(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		s.have("arbejdspladsen", questionnaire.Answers{"A1": {Codes: []string{"andet"}}})
		form.Set("A1", "leder")
		if got := b.background("/da/survey/page/arbejdspladsen", form); got.Status != http.StatusConflict {
			t.Errorf("over a colleague's answer: %+v", got)
		}
		form.Set("A1", "kejser")
		form.Set("revision", "1")
		if got := b.background("/da/survey/page/arbejdspladsen", form); got.Status != http.StatusBadRequest {
			t.Errorf("an option that is none: %+v", got)
		}
		if got := s.stored(); got.Revision != 1 || !got.Answers["A1"].Has("andet") {
			t.Errorf("stored %+v", got)
		}
		must(t, s.responses.Close(t.Context(), wave))
		form.Set("A1", "leder")
		if got := b.background("/da/survey/page/arbejdspladsen", form); got.Status != http.StatusGone {
			t.Errorf("after the close: %+v", got)
		}
	})
}

func TestGoal33_PageSavedByItselfAfterTheSessionIsKept(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		s.now = s.now.Add(50 * time.Minute)
		got := b.background("/da/survey/page/arbejdspladsen", form)
		if got.Status != http.StatusUnauthorized || got.Revision != 1 || got.Seconds != 0 || !s.stored().Answers["A1"].Has("leder") {
			t.Errorf("told %+v, stored %v", got, s.stored().Answers)
		}
	})
}

// Every page of somebody signed in says until when, and how to stay.
func TestGoal33_PagesSayWhenTheSessionEnds(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		for _, path := range []string{"/da/survey/page/arbejdspladsen", "/da/survey/check", "/da/survey/overview"} {
			if d := b.get(path); !d.has("I er logget ind til kl. 11.15.") || !d.has("Bliv logget ind") {
				t.Errorf("%s says neither when nor how:\n%s", path, d.words())
			}
		}
		b.get("/en/survey/page/arbejdspladsen")
		s.now = s.now.Add(40 * time.Minute) // 11:10
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("action", "stay")
		d := b.send(form)
		if d.Path != "/en/survey/page/arbejdspladsen" || !d.has("You are signed in until 11:55.") || d.fill().Get("A1") != "leder" {
			t.Errorf("staying led to %s:\n%s", d.Path, d.words())
		}
	})
}
