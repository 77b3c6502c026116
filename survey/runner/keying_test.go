package runner_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"barometer/internal/store"
	"barometer/survey/response"
)

// keyIn gives a member of staff a session on the workplace's response, as if
// signed in as who.
func (s *survey) keyIn(actor, mode string) *http.Cookie {
	s.t.Helper()
	var token string
	must(s.t, s.db.Write(context.Background(), func(tx *store.Tx) error {
		session, err := s.access.BeginKeying(tx, wave, unit, actor, mode)
		token = session.Token
		return err
	}))
	return &http.Cookie{Name: "barometer_survey", Value: token}
}

// Staff key in through the same pages and checks; what they do is noted as
// theirs and never as the respondent's, and their session is of no use to
// anyone else.
func TestStaffKeyInThroughTheSamePages(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.staff = "4711"
		paper := s.keyIn("4711", "paper")
		page := "/da/survey/page/" + s.pageOf("A1")
		first := s.serve("GET", page, paper, nil)
		text, err := gzip.NewReader(first.Body)
		must(t, err)
		shown, err := io.ReadAll(text)
		must(t, err)
		for _, want := range []string{"Du taster svar ind for en arbejdsplads", "givet på papir", "/da/staff/fieldwork/2025/units/unit-one"} {
			if !strings.Contains(string(shown), want) {
				t.Errorf("the page does not say %q:\n%s", want, shown)
			}
		}
		if strings.Contains(string(shown), "dgangskode") {
			t.Error("the page speaks of an access code, which staff do not have")
		}
		bad := s.serve("POST", page, paper, url.Values{"revision": {"0"}, "A1": {"findes_ikke"}})
		if bad.Code != http.StatusBadRequest || s.stored().Revision != 0 {
			t.Errorf("an option that is not offered: %d, revision %d", bad.Code, s.stored().Revision)
		}
		saved := s.serve("POST", page, paper, url.Values{"revision": {"0"}, "A1": {"leder"}, "A2": {"ja"}, "action": {"close"}})
		if to := saved.Header().Get("Location"); to != "/da/staff/fieldwork/2025/units/unit-one" {
			t.Errorf("closing leads to %s (%d)", to, saved.Code)
		}
		if rec := s.stored(); rec.Mode != response.Paper || rec.Disposition != response.Partial {
			t.Errorf("stored %+v", rec)
		}
		phone := s.keyIn("4711", "phone")
		s.staff = "4712"
		if other := s.serve("GET", page, phone, nil); other.Code != http.StatusSeeOther {
			t.Errorf("a colleague opens the session: %d", other.Code)
		}
		s.staff = "4711"
		if declined := s.serve("POST", "/da/survey/decline", phone, url.Values{}); declined.Code != http.StatusSeeOther {
			t.Errorf("declining by telephone: %d", declined.Code)
		}
		history, err := s.responses.History(t.Context(), wave, unit)
		must(t, err)
		for _, e := range history {
			if e.Actor != "4711" {
				t.Errorf("%s is noted as done by %s", e.Kind, e.Actor)
			}
		}
		if last := history[len(history)-1]; last.Disposition != response.Refused {
			t.Errorf("declining is noted as %+v", last)
		}
	})
}

// A web answer that was submitted is not opened for keying in over it.
func TestKeyingOverASubmittedAnswerIsRefused(t *testing.T) {
	s := newSurvey(t)
	s.staff = "4711"
	b := s.signedIn()
	b.answerAll(random(1), "da", true)
	before := s.stored()
	page := "/da/survey/page/" + s.pageOf("A1")
	got := s.serve("POST", page, s.keyIn("4711", "paper"), url.Values{"revision": {"1"}, "A1": {"andet"}, "A2": {"ja"}})
	if after := s.stored(); after.Revision != before.Revision || after.Mode != response.Web {
		t.Errorf("%d: stored %+v", got.Code, after)
	}
}
