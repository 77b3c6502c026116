package runner_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"barometer/survey/questionnaire"
	"barometer/survey/runner"
)

// Whoever has sent the answers gets a link to them, shown once; nobody else gets
// one, and where the service gives none the page does not speak of it.
func TestGoal39_LinkToOwnAnswersIsGivenOnTheReceipt(t *testing.T) {
	var got questionnaire.Answers
	issued := 0
	s := newSurvey(t)
	s.serveWave(s.site, true, func(c *runner.Config) {
		c.BaseURL = "https://barometer.example"
		c.Mirror = func(_ context.Context, wave, unit string, a questionnaire.Answers) (string, time.Time, error) {
			issued++
			got = a
			return "/benchmark/own/TOKEN" + strings.Repeat("x", issued), time.Date(2027, 6, 8, 9, 0, 0, 0, time.UTC), nil
		}
	})
	b := s.signedIn()
	if d := b.post("/da/survey/receipt/mirror", url.Values{}); d.Path == "/da/survey/receipt/mirror" || issued != 0 {
		t.Errorf("before the answers are sent: %s, %d links", d.Path, issued)
	}
	b = s.signedIn()
	b.answerAll(random(5), "da", true)
	_, err := s.responses.Submit(t.Context(), wave, unit, s.stored().Revision, func(questionnaire.Answers) error { return nil })
	must(t, err)
	d := b.get("/da/survey/receipt")
	if !d.has("Lav linket til jeres spejl") || strings.Contains(d.Source, "TOKEN") {
		t.Fatalf("the receipt: %s", d.words())
	}
	d = b.post("/da/survey/receipt/mirror", url.Values{})
	if d.Status != http.StatusOK || !strings.Contains(d.Source, `href="https://barometer.example/da/benchmark/own/TOKENx"`) ||
		!d.has("8. juni 2027") || !d.has("destrueres") || d.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the link: status %d: %s", d.Status, d.words())
	}
	if len(got) == 0 || issued != 1 {
		t.Errorf("%d links to %d answers", issued, len(got))
	}
	if d := s.browser().post("/da/survey/receipt/mirror", url.Values{}); strings.Contains(d.Source, "TOKEN") || issued != 1 {
		t.Error("a stranger gets a link")
	}
}
