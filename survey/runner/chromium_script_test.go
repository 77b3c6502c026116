package runner_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"barometer/internal/browsertest"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
	"barometer/survey/questionnaire"
)

// line stands between a browser and the survey, as a mobile network does.
type line struct {
	pages http.Handler
	delay atomic.Int64 // of what is posted, in milliseconds
	down  atomic.Int64 // how many posts are lost on the way
	posts atomic.Int64
	now   atomic.Int64 // posts under way
	most  atomic.Int64 // at a time
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		l.pages.ServeHTTP(w, r)
		return
	}
	l.posts.Add(1)
	l.most.Store(max(l.most.Load(), l.now.Add(1)))
	defer l.now.Add(-1)
	time.Sleep(time.Duration(l.delay.Load()) * time.Millisecond)
	if l.down.Add(-1) >= 0 {
		http.Error(w, "no way through", http.StatusBadGateway)
		return
	}
	l.pages.ServeHTTP(w, r)
}

// onLine opens the page with the text in a browser behind a line.
func (s *survey) onLine(t *testing.T) (*browsertest.Window, *line) {
	t.Helper()
	l := &line{pages: s.handler}
	s.server.Config.Handler = l
	s.have(s.pageOf("C1"), upTo("undervejs"))
	w := browsertest.Open(t, s.server.URL)
	w.Go("/da/s/" + s.code)
	w.Press("#answers button")
	l.posts.Store(0)
	return w, l
}

// until waits for what the script does by itself.
func until(t *testing.T, w *browsertest.Window, what string, holds func() bool) {
	t.Helper()
	for range 300 {
		if holds() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%s does not come about; the page says %q", what, browsertest.Ask[string](w, `(document.getElementById("saved") || document.body).textContent`))
}

func said(w *browsertest.Window) string {
	return browsertest.Ask[string](w, `document.getElementById("saved").textContent`)
}

func TestScriptSavesAfterAPause(t *testing.T) {
	s := newSurvey(t)
	w, l := s.onLine(t)
	w.Type("textarea", "Ny morgen")
	if got := said(w); got != "Ikke gemt endnu" {
		t.Errorf("while typing the page says %q", got)
	}
	until(t, w, "the save", func() bool { return said(w) == "Gemt" })
	if got := s.stored().Answers["C1"].Text; got != "Ny morgen" {
		t.Errorf("the page says saved, and stored is %q", got)
	}
	w.Look()
	time.Sleep(3 * time.Second)
	if n := l.posts.Load(); n != 1 {
		t.Errorf("%d saves of one change", n)
	}
	w.Go("/da/s/" + s.code) // closed without a button, and opened again
	w.Press("#answers button")
	if got := browsertest.Ask[string](w, `document.querySelector("textarea").value`); got != "Ny morgen" {
		t.Errorf("came back to %q on %s", got, w.Path())
	}
}

// An option that opens a field beside it is saved with what is written there, by
// the script alone: with the field open, closed again, and opened anew.
func TestScriptSavesOptionsWithTheirFields(t *testing.T) {
	s := newSurveyOf(t, everyKind(t))
	before := written("x")
	before["K8"] = questionnaire.Answer{Codes: []string{"ansatte"}}
	s.have("ord", before)
	w := browsertest.Open(t, s.server.URL)
	w.Go("/da/s/" + s.code)
	w.Press("#answers button")
	w.Go("/da/survey/page/ord")
	stored := func() (chosen bool, text string) {
		a := s.stored().Answers["K8"]
		return a.Has("andre"), a.Specify["andre"]
	}
	shown := func() bool {
		return browsertest.Ask[bool](w, `document.getElementById("K8--text.andre").offsetHeight > 0`)
	}
	if shown() {
		t.Error("the field is open before its option is chosen")
	}
	w.Pick("K8-andre")
	until(t, w, "the field", shown)
	fillIn(w, "K8--text.andre", "Frivillige <b>")
	until(t, w, "the save of both", func() bool { chosen, text := stored(); return chosen && text == "Frivillige <b>" })
	until(t, w, "the word", func() bool { return said(w) == "Gemt" })
	w.Pick("K8-andre")
	until(t, w, "the save without", func() bool { chosen, text := stored(); return !chosen && text == "" })
	if shown() {
		t.Error("the field stays open without its option")
	}
	w.Pick("K8-andre")
	until(t, w, "the save of what still stood in the field", func() bool { chosen, text := stored(); return chosen && text == "Frivillige <b>" })
	w.Look()
}

func TestScriptSavesWhenThePageIsLeft(t *testing.T) {
	s := newSurvey(t)
	w, _ := s.onLine(t)
	w.Type("textarea", "Ny morgen")
	w.Press("a.site-name")
	until(t, w, "the save", func() bool { return s.stored().Answers["C1"].Text == "Ny morgen" })
}

// However slow the line, the next save waits for the one before, and so do the
// buttons: a respondent never meets the own answer as a colleague's.
func TestScriptNeverHasTwoSavesUnderWay(t *testing.T) {
	s := newSurvey(t)
	w, l := s.onLine(t)
	l.delay.Store(1500)
	w.Type("textarea", "et")
	until(t, w, "the first save", func() bool { return l.now.Load() == 1 })
	w.Type("textarea", " to")
	w.Pick("C2-produkt")
	w.Press("#answers button[value=continue]")
	if strings.HasSuffix(w.Path(), s.pageOf("C1")) {
		t.Errorf("still on %s: %s", w.Path(), browsertest.Ask[string](w, `document.querySelector("main").innerText`))
	}
	if got := s.stored().Answers["C1"].Text; got != "et to" || l.most.Load() != 1 {
		t.Errorf("stored %q, with %d saves at a time", got, l.most.Load())
	}
}

func TestScriptTriesAgainWhenTheLineIsDown(t *testing.T) {
	s := newSurvey(t)
	w, l := s.onLine(t)
	l.down.Store(2)
	w.Type("textarea", "Ny morgen")
	until(t, w, "the failure", func() bool { return strings.HasPrefix(said(w), "Kunne ikke gemmes") })
	if s.stored().Answers["C1"].Text != "" {
		t.Fatal("stored all the same: the test is at fault")
	}
	until(t, w, "the save", func() bool { return said(w) == "Gemt" })
	if got := s.stored().Answers["C1"].Text; got != "Ny morgen" {
		t.Errorf("stored %q", got)
	}
	w.Forget()
}

func TestScriptStopsAtAColleaguesAnswer(t *testing.T) {
	s := newSurvey(t)
	w, _ := s.onLine(t)
	a := upTo("undervejs")
	a["C1"] = questionnaire.Answer{Text: "Kollegaens"}
	s.have(s.pageOf("C1"), a)
	w.Type("textarea", "Mit")
	until(t, w, "the conflict", func() bool { return strings.Contains(said(w), "ændret et andet sted") })
	w.Look()
	w.Pick("C2-produkt")
	w.Press("#answers button[value=continue]")
	if page := browsertest.Ask[string](w, `document.querySelector("main").innerText`); !strings.Contains(page, "Kollegaens") || !strings.Contains(page, "Mit") {
		t.Errorf("on %s:\n%s", w.Path(), page)
	}
}

// The warning comes three minutes before the end, is read out, and one press
// is enough to stay, without leaving the page.
func TestGoal33_ScriptWarnsBeforeTheSessionEnds(t *testing.T) {
	s := surveyOver(t, storetest.Open(t, storetest.SQLite(t)), contact.Options{SessionLife: 184 * time.Second}, waveQuestionnaire(t))
	w, _ := s.onLine(t)
	w.Type("textarea", "Ny morgen")
	const warned = `document.querySelector("[data-session] [role=alert]").innerText`
	if got := browsertest.Ask[string](w, warned); got != "" {
		t.Errorf("warned at once: %q", got)
	}
	until(t, w, "the warning", func() bool { return browsertest.Ask[string](w, warned) != "" })
	if got := browsertest.Ask[string](w, warned); !strings.HasPrefix(got, "Om 3 minutter skal adgangskoden skrives igen.") {
		t.Errorf("warned: %q", got)
	}
	w.Look()
	w.Keys()
	s.now = s.now.Add(100 * time.Second)
	browsertest.Ask[bool](w, `document.querySelector("[role=alert] button").click(), true`)
	until(t, w, "staying", func() bool { return browsertest.Ask[string](w, warned) == "" })
	if got := browsertest.Ask[string](w, `document.querySelector("[data-until]").innerText`); got != "10.34" {
		t.Errorf("signed in until %s, want 10.34", got)
	}
	if got := s.stored().Answers["C1"].Text; got != "Ny morgen" {
		t.Errorf("stored %q", got)
	}
}
