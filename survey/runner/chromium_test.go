package runner_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"barometer/internal/browsertest"
	"barometer/survey/response"
)

// pressOn looks at the page, and walks it by keyboard, before it leaves it.
func pressOn(w *browsertest.Window, selector string) {
	w.Look()
	w.Keys()
	w.Press(selector)
}

// withoutScript serves pages whose script does nothing.
func withoutScript(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// TestGoal20_AnsweringByHandInARealBrowser walks one innovator through the survey by
// clicking and typing on a phone, without script, and looks at every page at
// every width.
func TestGoal20_AnsweringByHandInARealBrowser(t *testing.T) {
	s := newSurvey(t)
	s.server.Config.Handler = withoutScript(s.handler)
	w := browsertest.Open(t, s.server.URL)
	w.Go("/da/survey")
	w.Type("#code", strings.ToLower(s.code))
	pressOn(w, "#answers button")
	pressOn(w, "#answers button")
	pressOn(w, "#answers button[value=continue]") // nothing answered: shown again with faults
	if got := w.Focus("error-summary"); got != "error-summary" {
		t.Errorf("a screen reader starts at %q, want the summary of faults", got)
	}
	w.Pick("A1-leder")
	w.Pick("A2-nej")
	pressOn(w, "#answers button[value=continue]")
	w.Pick("B1-ja")
	pressOn(w, "button[value=language]")
	if !browsertest.Ask[bool](w, `document.getElementById("B1-ja").checked`) {
		t.Error("the language switch lost an answer that was not saved")
	}
	if got := w.Path(); got != "/en/survey/page/fornyelser" {
		t.Fatalf("the language switch leads to %s", got)
	}
	pressOn(w, "button[value=language]")
	answerTheRest(t, w, s)
	pressOn(w, `a[href$="vaerdi?from=check"]`)
	w.Pick("E1-effektivitet")
	pressOn(w, "#answers button[value=continue]")
	for !strings.HasSuffix(w.Path(), "/check") { // what the change opened
		w.Pick("E2-kvalitet")
		pressOn(w, "#answers button[value=continue]")
	}
	pressOn(w, "#answers button")
	w.Look()
	rec := s.stored()
	if !strings.HasSuffix(w.Path(), "/receipt") || rec.Disposition != response.Complete {
		t.Fatalf("ended on %s with the response %s", w.Path(), rec.Disposition)
	}
	if got := rec.Answers["C1"].Text; got != "Ny morgenmodtagelse æøå" {
		t.Errorf("the text typed came out as %q", got)
	}
	if got := rec.Answers["E2"].Codes; len(got) != 1 || got[0] != "kvalitet" {
		t.Errorf("E2 is %v, want kvalitet", got)
	}
}

// TestGoal20_AnsweringByKeyboardAlone enters a code, chooses with the space bar
// and the arrows, and goes on with Enter.
func TestGoal20_AnsweringByKeyboardAlone(t *testing.T) {
	s := newSurvey(t)
	w := browsertest.Open(t, s.server.URL)
	w.Go("/da/survey")
	press := func(keys string) { w.Do(chromedp.KeyEvent(keys)) }
	to := func(id string) {
		t.Helper()
		for range 60 {
			if browsertest.Ask[string](w, `document.activeElement.id || document.activeElement.value || ""`) == id {
				return
			}
			press(kb.Tab)
		}
		t.Fatalf("%s is not reached on %s", id, w.Path())
	}
	to("code")
	press(s.code)
	w.Enter(kb.Enter)
	browsertest.Ask[bool](w, `document.querySelector("#answers button").focus(), true`)
	w.Enter(kb.Enter)
	to("A1-leder")
	press(" ")
	press(kb.ArrowDown)
	to("A2-ja")
	press(" ")
	to("continue")
	w.Enter(kb.Enter)
	if a := s.stored().Answers; !a["A1"].Has("stedfortraeder") || !a["A2"].Has("ja") || !strings.HasSuffix(w.Path(), "/fornyelser") {
		t.Errorf("on %s with %v stored", w.Path(), a)
	}
}

// TestScriptOnlyAddsComfort checks what the script does: options chosen alone
// clear the others at once, and a text counts down.
func TestScriptOnlyAddsComfort(t *testing.T) {
	s := newSurvey(t)
	s.browser().answerAllBut(random(5), "/da/survey/check")
	w := browsertest.Open(t, s.server.URL)
	w.Go("/da/s/" + s.code)
	w.Press("#answers button")
	w.Go("/da/survey/page/" + s.pageOf("D1"))
	for _, id := range []string{"D1-ved_ikke", "D1-ledere"} {
		if !browsertest.Ask[bool](w, fmt.Sprintf(`document.getElementById(%q).checked`, id)) {
			w.Pick(id)
		}
	}
	if browsertest.Ask[bool](w, `document.getElementById("D1-ved_ikke").checked`) {
		t.Error("don't know stays chosen beside another answer")
	}
	w.Go("/da/survey/page/" + s.pageOf("C1"))
	w.Do(chromedp.Clear(chromedp.CSS("textarea")))
	w.Type("textarea", "æøå")
	if got := browsertest.Ask[string](w, `document.getElementById("C1-count").textContent`); got != "497 tegn tilbage" {
		t.Errorf("the counter says %q", got)
	}
}

// answerTheRest picks the second choice of everything offered (the first for a
// question with several) until the check of answers.
func answerTheRest(t *testing.T, w *browsertest.Window, s *survey) {
	t.Helper()
	for !strings.HasSuffix(w.Path(), "/check") {
		for _, id := range browsertest.Ask[[]string](w, choicesToPick) {
			w.Pick(id)
		}
		if browsertest.Ask[int](w, `document.querySelectorAll("textarea").length`) > 0 && strings.Contains(w.Path(), "seneste") {
			w.Type("textarea", "Ny morgenmodtagelse æøå")
		}
		pressOn(w, "#answers button[value=continue]")
		if strings.Contains(w.Path(), "afslutning") && len(s.stored().Answers) == 0 {
			t.Fatal("nothing was stored on the way")
		}
	}
}

// choicesToPick lists the ids of one choice per question on the page.
const choicesToPick = `(() => {
	const names = new Map();
	for (const input of document.querySelectorAll("form input[type=radio], form input[type=checkbox]")) {
		if (!names.has(input.name)) names.set(input.name, []);
		names.get(input.name).push(input);
	}
	return [...names.values()].map(group => {
		const yes = group.find(i => i.value === "ja");
		return (yes || group[0]).id;
	});
})()`
