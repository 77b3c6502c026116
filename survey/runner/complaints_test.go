package runner_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/store/storetest"
	"barometer/survey/response"
)

// What users of other systems complained of, with the thread. Others stand
// with the goals: a timeout that lost everything (ONSdigital/eq-survey-runner
// #991) at goal 33, fields missing from the form (#328) at goal 21, an identical
// and a conflicting retry (kobotoolbox/kpi #5047, #5794) at goals 30 and 31.

// ONSdigital/eq-survey-runner #973: "save for later" submitted.
func TestComplaint_SavingForLaterDoesNotSubmit(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAllBut(random(5), "/da/survey/check")
		b.get("/da/survey/page/afslutning")
		form := b.page.fill()
		form.Set("action", "close")
		if d := b.send(form); d.Path != "/da/survey/saved" || s.stored().Disposition != response.Partial {
			t.Errorf("led to %s, the response is %s", d.Path, s.stored().Disposition)
		}
	})
}

// ONSdigital/eq-survey-runner #379: answers were saved to the questionnaire
// that had been opened last.
func TestComplaint_TabOfAnotherResponseIsNotSavedToThisOne(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("A2", "ja")
		other := s.invite("unit-two")
		b.post("/da/survey", url.Values{"code": {other}}) // the same browser, another tab
		d := b.post("/da/survey/page/arbejdspladsen", form)
		second, err := s.responses.Load(t.Context(), wave, "unit-two")
		must(t, err)
		if d.Status != http.StatusConflict || second.Revision != 0 || s.stored().Revision != 0 {
			t.Fatalf("status %d, revisions %d and %d:\n%s", d.Status, s.stored().Revision, second.Revision, d.words())
		}
		if got := b.background("/da/survey/page/arbejdspladsen", form); got.Status != http.StatusConflict {
			t.Errorf("the script is told %+v", got)
		}
		form = d.fill()
		form.Set("code", s.code)
		if d := b.send(form); d.Path != "/da/survey/page/fornyelser" || !s.stored().Answers["A1"].Has("leder") {
			t.Errorf("with the right code: led to %s with %v stored", d.Path, s.stored().Answers)
		}
	})
}

// LimeSurvey/LimeSurvey PR 2534: respondents completed, nothing was stored.
func TestComplaint_WhoHasAReceiptIsStored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := surveyAt(t, where)
		b := s.browser()
		b.answerAll(random(3), "da", true)
		keys, err := response.NewKeys("k1", map[string][]byte{"k1": secret(2)})
		must(t, err)
		other, err := response.New(t.Context(), storetest.Open(t, where), keys, time.Now) // nothing in its memory
		must(t, err)
		rec, err := other.Load(t.Context(), wave, unit)
		must(t, err)
		if rec.Disposition != response.Complete || !b.page.has(rec.Receipt) || len(s.q.Complete(rec.Answers)) > 0 {
			t.Errorf("the store holds %s with %d answers", rec.Disposition, len(rec.Answers))
		}
	})
}

// LimeSurvey/LimeSurvey PR 2211 and 2442: resuming led elsewhere.
func TestComplaint_ResumesWhereOneLeftOff(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAllBut(random(5), "/da/survey/page/skub")
		d := s.browser().post("/da/survey/start", url.Values{"code": {s.code}})
		if d.Path != "/da/survey/page/skub" {
			t.Errorf("resumed at %s", d.Path)
		}
	})
}

// episphere/connect #1420: two simultaneous starts made two records.
func TestComplaint_SimultaneousStartsAreOneResponse(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		var group sync.WaitGroup
		for i := range 20 {
			b := s.browser()
			group.Go(func() {
				for _, path := range []string{"/da/survey/start", "/da/survey/page/arbejdspladsen"} {
					form := url.Values{"code": {s.code}, "revision": {"0"}, "A1": {"leder"}, "A2": {[]string{"ja", "nej"}[i%2]}}
					resp, err := b.client.PostForm(s.server.URL+path, form)
					if err != nil {
						t.Error(err)
						return
					}
					resp.Body.Close()
					if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusConflict {
						t.Errorf("%s: status %d", path, resp.StatusCode)
					}
				}
			})
		}
		group.Wait()
		statuses, err := s.responses.Statuses(t.Context(), wave)
		must(t, err)
		if len(statuses) != 1 || s.stored().Revision != 1 {
			t.Errorf("%d rows, revision %d", len(statuses), s.stored().Revision)
		}
	})
}

// surveyjs/survey-library #11523: errors were not announced to screen readers.
func TestComplaint_ErrorsAreAnnounced(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		d := b.send(b.page.fill())
		for _, part := range []string{`role="alert" tabindex="-1" autofocus`, `id="A1-fault"`, `aria-describedby="A1-hint A1-fault"`} {
			if !strings.Contains(d.Source, part) {
				t.Errorf("lacks %s", part)
			}
		}
		if !strings.HasPrefix(d.title(), "Fejl:") {
			t.Errorf("the title is %q", d.title())
		}
	})
}

// formbricks/formbricks #7430: a retry made a second response.
func TestComplaint_RetryIsNoSecondResponse(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		form.Set("A2", "ja")
		for try := range 3 {
			if d := b.post("/da/survey/page/arbejdspladsen", form); d.Path != "/da/survey/page/fornyelser" {
				t.Errorf("try %d led to %s, status %d", try, d.Path, d.Status)
			}
		}
		if got := s.stored().Revision; got != 1 {
			t.Error(fmt.Errorf("%d revisions of one answer", got))
		}
	})
}
