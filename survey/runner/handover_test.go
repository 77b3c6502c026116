package runner_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"barometer/internal/browsertest"
	"barometer/internal/mail"
	"barometer/internal/store"
	"barometer/survey/questionnaire"
	"barometer/survey/runner"
)

// posted keeps the mails that the runner asks for.
type posted struct{ mails []mail.Message }

func (p *posted) Send(_ context.Context, _ *store.Tx, m mail.Message) error {
	p.mails = append(p.mails, m)
	return nil
}

var (
	shownLink = regexp.MustCompile(`http[^<" ]*(/da/survey/handover/[A-Za-z0-9_-]{43})`)
	shownCode = regexp.MustCompile(`>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})<`)
)

// A link that is shown opens the same response in a colleague's browser; both
// work at once, and what they answer on different pages is merged.
func TestHandOverToAColleague(t *testing.T) {
	s := newSurvey(t)
	giver := s.signedIn()
	if d := giver.get("/da/survey/start"); !strings.Contains(d.Source, `href="/da/survey/handover"`) {
		t.Error("the start page does not lead to the hand-over")
	}
	d := giver.get("/da/survey/handover")
	if d.Status != 200 || !d.has("Vis linket") {
		t.Fatalf("status %d: %s", d.Status, d.words())
	}
	d = giver.post("/da/survey/handover", url.Values{"how": {"show"}})
	link := shownLink.FindStringSubmatch(d.Source)
	if link == nil || d.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("no link on the page, status %d: %s", d.Status, d.words())
	}
	colleague := s.browser()
	for range 2 { // a mail scanner, and the colleague
		d = colleague.get(link[1])
		if d.Status != 200 || !d.has("Åbn besvarelsen") || d.Header.Get("Referrer-Policy") != "no-referrer" || len(d.Header.Values("Set-Cookie")) > 0 {
			t.Fatalf("opening the link: status %d, %v: %s", d.Status, d.Header, d.words())
		}
	}
	d = colleague.post(link[1], url.Values{})
	code := shownCode.FindStringSubmatch(d.Source)
	if d.Status != 200 || code == nil {
		t.Fatalf("status %d, no code: %s", d.Status, d.words())
	}
	if d := s.browser().post(link[1], url.Values{}); d.Status != http.StatusGone || !d.has("Linket virker ikke") {
		t.Errorf("the link a second time: status %d: %s", d.Status, d.words())
	}
	if d := s.browser().post("/da/survey", url.Values{"code": {code[1]}}); d.Path != "/da/survey/start" {
		t.Errorf("the colleague's own code leads to %s", d.Path)
	}

	s.have(s.pageOf("A1"), questionnaire.Answers{"A1": {Codes: []string{"leder"}}, "A2": {Codes: []string{"ja"}}})
	giver.get("/da/survey/page/" + s.pageOf("A1"))
	colleague.get("/da/survey/page/" + s.pageOf("B1"))
	mine, theirs := giver.page.fill(), colleague.page.fill()
	mine.Set("A1", "andet")
	for item, answer := range map[string]string{"B1": "ja", "B2": "ja", "B3": "nej", "B4": "nej"} {
		theirs.Set(item, answer)
	}
	giver.send(mine)
	colleague.send(theirs)
	got := s.stored().Answers
	if got["A1"].Codes[0] != "andet" || got["B1"].Codes[0] != "ja" {
		t.Errorf("two at once: %+v", got)
	}
	if strings.Contains(s.log.String(), link[1][len("/da/survey/handover/"):]) {
		t.Error("the link is in the log")
	}
}

// TestHandOverPages looks at every page of it in a real browser, and passes a
// response on by keyboard and mouse.
func TestHandOverPages(t *testing.T) {
	s := newSurvey(t)
	s.serveWave(s.site, true, func(c *runner.Config) { c.Mail = new(posted) })
	for _, l := range []string{"da", "en"} {
		w := browsertest.Open(t, s.server.URL)
		w.Go("/" + l + "/s/" + s.code)
		w.Press("#answers button")
		w.Go("/" + l + "/survey/handover")
		w.Look()
		w.Keys()
		w.Modes()
		w.Press("#answers button[value=mail]") // no address: shown again with the fault
		w.Look()
		w.Type("#email", "kollega@example.dk")
		w.Press("#answers button[value=mail]")
		w.Look()
		w.Press("#answers button[value=show]")
		w.Look()
		link := browsertest.Ask[string](w, `document.querySelector(".handover-link code").textContent`)
		colleague := browsertest.Open(t, s.server.URL)
		colleague.Go(link[len(s.server.URL):])
		colleague.Look()
		colleague.Keys()
		colleague.Press("#answers button")
		colleague.Look()
		colleague.Press("main a.button-primary")
		if got := colleague.Path(); got != "/"+l+"/survey/start" {
			t.Errorf("the colleague is at %s", got)
		}
		colleague.Go(link[len(s.server.URL):])
		colleague.Press("#answers button")
		colleague.Look() // used
	}
}

// Who gives the response away is out when the colleague is in.
func TestHandOverAloneEndsTheGiversAccess(t *testing.T) {
	s := newSurvey(t)
	giver := s.signedIn()
	link := shownLink.FindStringSubmatch(giver.post("/da/survey/handover", url.Values{"how": {"show"}, "alone": {"yes"}}).Source)
	if d := giver.get("/da/survey/start"); d.Path != "/da/survey/start" {
		t.Errorf("out before the colleague is in: %s", d.Path)
	}
	s.browser().post(link[1], url.Values{})
	if d := giver.get("/da/survey/start"); d.Path == "/da/survey/start" {
		t.Error("the giver is still in")
	}
	if d := giver.post("/da/survey", url.Values{"code": {s.code}}); d.Status != 422 {
		t.Errorf("the giver's code: status %d", d.Status)
	}
}

// The link is mailed in the giver's language to an address that is kept nowhere.
func TestHandOverByMail(t *testing.T) {
	s := newSurvey(t)
	box := new(posted)
	s.serveWave(s.site, true, func(c *runner.Config) { c.Mail, c.BaseURL = box, "https://barometer.example.dk/" })
	giver := s.signedIn()
	for _, bad := range []string{"", "nobody", "A <a@example.dk>", "a@example.dk\r\nBcc: b@example.dk", strings.Repeat("a", 300) + "@example.dk"} {
		if d := giver.post("/da/survey/handover", url.Values{"how": {"mail"}, "email": {bad}}); d.Status != 422 || !strings.HasPrefix(d.title(), "Fejl:") {
			t.Errorf("%.30q: status %d, %s", bad, d.Status, d.title())
		}
	}
	d := giver.post("/da/survey/handover", url.Values{"how": {"mail"}, "email": {"kollega@example.dk"}})
	if d.Status != 200 || !d.has("Linket er sendt") || len(box.mails) != 1 {
		t.Fatalf("status %d, %d mails: %s", d.Status, len(box.mails), d.words())
	}
	m := box.mails[0]
	letter := m.Data.(runner.HandOverLetter)
	if m.To != "kollega@example.dk" || m.Expires.Sub(s.now) != 72*time.Hour || !strings.HasPrefix(letter.Link, "https://barometer.example.dk/da/survey/handover/") ||
		strings.Contains(m.Key, unit) || letter.Until != "15. januar 2026 kl. 10.30" {
		t.Errorf("mail %+v", m)
	}
	if strings.Contains(d.Source, letter.Link) {
		t.Error("the link that was mailed is shown, too")
	}
	for range 9 {
		giver.post("/da/survey/handover", url.Values{"how": {"show"}})
	}
	if d := giver.post("/da/survey/handover", url.Values{"how": {"mail"}, "email": {"x@example.dk"}}); d.Status != http.StatusTooManyRequests || len(box.mails) != 1 {
		t.Errorf("an eleventh link: status %d, %d mails", d.Status, len(box.mails))
	}
	if d := giver.post("/da/survey/handover", url.Values{"how": {"print"}}); d.Status != http.StatusBadRequest {
		t.Errorf("another button: status %d", d.Status)
	}
}
