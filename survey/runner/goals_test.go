package runner_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// Fields that a browser left out are questions nobody answered
// (ONSdigital/eq-survey-runner #328: such fields were not checked at all).
func TestGoal21_FieldsAbsentFromTheFormAreChecked(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.have("fornyelser", upTo("fornyelser"))
		d := s.signedIn().post("/da/survey/page/fornyelser", url.Values{"revision": {"1"}, "action": {"continue"}})
		if d.Status != http.StatusUnprocessableEntity {
			t.Fatalf("status %d on %s", d.Status, d.Path)
		}
		for _, item := range []string{"B1", "B2", "B3", "B4"} {
			if !strings.Contains(d.Source, `href="#`+item+`-ja"`) {
				t.Errorf("the summary does not lead to %s", item)
			}
		}
	})
}

func TestGoal26_HiddenAnswersAreKeptAndReturn(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAllBut(random(5), "/da/survey/check")
		const words = "Vi flyttede morgenmødet"
		a := s.stored().Answers
		a["C1"] = questionnaire.Answer{Text: words}
		s.have("check", a)
		gate := func(answer string) {
			t.Helper()
			d := b.get("/da/survey/page/fornyelser")
			form := d.fill()
			for _, item := range []string{"B1", "B2", "B3", "B4"} {
				form.Set(item, answer)
			}
			form.Set("action", "overview")
			b.send(form)
		}
		gate("nej")
		if d := b.get("/da/survey/check"); d.has(words) || s.stored().Answers["C1"].Text != words {
			t.Errorf("closed: shown %t, kept %q", d.has(words), s.stored().Answers["C1"].Text)
		}
		if _, counts := s.q.OnRoute(s.stored().Answers)["C1"]; counts {
			t.Error("an answer off the route would be exported")
		}
		gate("ja")
		if d := b.get("/da/survey/check"); !d.has(words) {
			t.Error("the answer does not return with the question")
		}
	})
}

func TestGoal31_FiftyParallelSubmitsGiveOneReceipt(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAllBut(random(5), "/da/survey/check")
		form := b.page.fill()
		client := *b.client
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				resp, err := client.PostForm(s.server.URL+"/da/survey/check", form)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || got != "/da/survey/receipt" {
					t.Errorf("status %d, to %q", resp.StatusCode, got)
				}
			})
		}
		group.Wait()
		statuses, err := s.responses.Statuses(t.Context(), wave)
		must(t, err)
		history, err := s.responses.History(t.Context(), wave, unit)
		must(t, err)
		submits := 0
		for _, e := range history {
			if e.Kind == "submitted" {
				submits++
			}
		}
		if len(statuses) != 1 || submits != 1 || s.stored().Disposition != response.Complete {
			t.Errorf("%d rows, %d submits, %s", len(statuses), submits, s.stored().Disposition)
		}
	})
}

// What was complete when it was looked over is checked again as it is stored.
func TestGoal32_SubmitChecksWhatIsStoredNow(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAllBut(random(5), "/da/survey/check")
		form := b.page.fill()
		a := s.stored().Answers
		delete(a, "A1")
		s.have("check", a)
		form.Set("revision", "0")
		for _, revision := range []string{form.Get("revision"), b.get("/da/survey/check").fill().Get("revision")} {
			form.Set("revision", revision)
			if d := b.post("/da/survey/check", form); d.Status != http.StatusConflict && d.Status != http.StatusUnprocessableEntity {
				t.Errorf("revision %s: status %d on %s", revision, d.Status, d.Path)
			}
		}
		if got := s.stored(); got.Disposition == response.Complete {
			t.Error("an incomplete response became final")
		}
	})
}

// Clocks are set, and summer time begins and ends: nobody is signed out by it,
// nothing is lost, and pages name the time that Danish clocks show.
func TestGoal34_ClockJumps(t *testing.T) {
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339, s)
		must(t, err)
		return when
	}
	each(t, func(t *testing.T, s *survey) {
		save := func(b *browser, answer string) *document {
			form := b.page.fill()
			form.Set("A1", answer)
			form.Set("action", "stay")
			return b.send(form)
		}
		for _, c := range []struct {
			name, start, then, until string
		}{
			{"an hour back", "2026-01-12T09:30:00Z", "2026-01-12T08:30:00Z", "11.15"},
			{"summer time begins", "2026-03-29T00:50:00Z", "2026-03-29T01:10:00Z", "03.55"},
			{"summer time ends", "2026-10-25T00:50:00Z", "2026-10-25T01:10:00Z", "02.55"},
		} {
			s.now = at(c.start)
			b := s.signedIn()
			b.get("/da/survey/page/arbejdspladsen")
			s.now = at(c.then)
			if d := save(b, "leder"); d.Status != 200 || !s.stored().Answers["A1"].Has("leder") || !d.has("logget ind til kl. "+c.until+".") {
				t.Errorf("%s: status %d on %s, stored %v:\n%s", c.name, d.Status, d.Path, s.stored().Answers, d.words())
			}
			save(b, "andet")
		}
		s.now = at("2026-01-12T09:30:00Z")
		b := s.signedIn()
		b.get("/da/survey/page/arbejdspladsen")
		s.now = at("2026-01-12T10:30:00Z")
		if d := save(b, "leder"); !d.has("Skriv koden igen") || !s.stored().Answers["A1"].Has("leder") {
			t.Errorf("an hour on: stored %v:\n%s", s.stored().Answers, d.words())
		}
	})
}

func TestStatementBeforeStart(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		for l, want := range map[i18n.Lang][]string{
			i18n.Danish: {"frivilligt", "kun til statistik og forskning", "er dataansvarlig", "opbevares krypteret", "Kun få betroede medarbejdere",
				"omkring 10 minutter", "Svarfristen er 27. februar 2026", "eller ring", "Læs mere om privatliv", "Tilgængelighedserklæring", "tastetryk"},
			i18n.English: {"voluntary", "only for statistics and research", "is the data controller", "stored encrypted", "Only a few trusted members",
				"about 10 minutes", "Please answer by 27 February 2026", "or call", "Read more about privacy", "Accessibility", "keystrokes"},
		} {
			d := s.browser().get("/" + string(l) + "/s/" + s.code)
			for _, words := range want {
				if !d.has(words) {
					t.Errorf("%s: lacks %q:\n%s", l, words, d.words())
				}
			}
		}
	})
}

func (s *survey) use() []response.PageUse {
	s.t.Helper()
	pages, err := s.responses.Paradata(s.t.Context(), wave)
	must(s.t, err)
	return pages
}

func TestGoal40_ParadataOfAVisit(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.get("/en/survey/page/arbejdspladsen")
		form := b.page.fill()
		form.Set("A1", "leder")
		s.now = s.now.Add(20 * time.Second)
		b.send(form) // A2 is missing
		form = b.page.fill()
		form.Set("A2", "ja")
		s.now = s.now.Add(10 * time.Second)
		b.background("/en/survey/page/arbejdspladsen", form)
		form.Set("action", "continue")
		b.send(form)
		form = b.page.fill()
		form.Set("action", "back")
		b.send(form)
		at := s.now
		want := []response.PageUse{
			{Unit: unit, Page: "arbejdspladsen", First: at.Add(-10 * time.Second), Last: at, Open: 40 * time.Second,
				Saves: 1, Autosaves: 1, Refusals: 1, Device: response.UnknownDevice, Lang: i18n.English, Faults: []string{"A2"}},
			{Unit: unit, Page: "fornyelser", First: at, Last: at, Saves: 1, Backs: 1, Device: response.UnknownDevice, Lang: i18n.English, Faults: []string{}},
		}
		if got := s.use(); !reflect.DeepEqual(got, want) {
			t.Errorf("kept %+v, want %+v", got, want)
		}
	})
}

func TestGoal40_RespondentsTurnParadataOff(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.signedIn()
		b.post("/da/survey/page/arbejdspladsen", url.Values{"revision": {"0"}, "A1": {"leder"}, "A2": {"ja"}})
		if len(s.use()) != 1 {
			t.Fatalf("kept %+v", s.use())
		}
		if d := b.post("/da/survey/paradata", url.Values{"paradata": {"off"}}); d.Path != "/da/survey/start" || !d.has("slået fra for jeres arbejdsplads") {
			t.Errorf("led to %s:\n%s", d.Path, d.words())
		}
		b.post("/da/survey/page/arbejdspladsen", url.Values{"revision": {"1"}, "A1": {"andet"}, "A2": {"ja"}})
		b.post("/da/survey/page/fornyelser", url.Values{"revision": {"2"}})
		if len(s.use()) != 0 {
			t.Errorf("kept all the same: %+v", s.use())
		}
		other := s.browser() // straight from the link in the letter
		d := other.post("/da/survey/paradata", url.Values{"code": {s.code}, "paradata": {"on"}})
		if !d.has("Det er slået til.") {
			t.Errorf("led to %s:\n%s", d.Path, d.words())
		}
	})
}

func TestGoal40_WaveWithoutParadataKeepsNone(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		s.withoutParadata()
		b := s.signedIn()
		if d := b.get("/da/survey/start"); d.has("Hvordan siderne bruges") {
			t.Error("declares what it does not do")
		}
		d := b.get("/da/survey/page/arbejdspladsen")
		b.send(d.fill())
		b.post("/da/survey/page/arbejdspladsen", url.Values{"revision": {"0"}, "A1": {"leder"}, "A2": {"ja"}})
		if strings.Contains(d.Source, `name="drawn"`) || len(s.use()) != 0 {
			t.Errorf("kept %+v", s.use())
		}
	})
}

func TestGoal40_DeviceIsNoMoreThanAClass(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		for agent, want := range map[string]response.Device{
			"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1": response.Phone,
			"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36":                         response.Phone,
			"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36":                                response.Tablet,
			"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1":          response.Tablet,
			"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36":                         response.Computer,
			"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                              response.Computer,
			"curl/8.0": response.UnknownDevice,
		} {
			b := s.signedIn()
			b.client.Transport = agentOf{agent, b.client.Transport}
			b.post("/da/survey/page/arbejdspladsen", url.Values{"revision": {"0"}, "A1": {"leder"}, "A2": {"ja"}})
			if got := s.use()[0].Device; got != want {
				t.Errorf("%s is a %s, want %s", agent, got, want)
			}
		}
	})
}

// agentOf says what a browser says of itself.
type agentOf struct {
	agent string
	on    http.RoundTripper
}

func (a agentOf) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("User-Agent", a.agent)
	return a.on.RoundTrip(r)
}

// Nothing of a visit says who came from where.
func TestGoal40_NoAddressIsStored(t *testing.T) {
	each(t, func(t *testing.T, s *survey) {
		b := s.browser()
		b.answerAll(random(3), "da", false)
		if strings.Contains(s.log.String(), "127.0.0.1") {
			t.Error("the log names the visitor's address")
		}
		for _, p := range s.use() {
			if p.Device != response.UnknownDevice || p.Saves == 0 || !onList(s.q, p.Page) {
				t.Errorf("kept %+v", p)
			}
		}
	})
}

func onList(q *questionnaire.Questionnaire, page string) bool {
	_, ok := q.Page(page)
	return ok
}
