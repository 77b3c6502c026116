package runner_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
	"barometer/survey/response"
)

// everyKind is a questionnaire with every kind of question.
func everyKind(t testing.TB) *questionnaire.Questionnaire {
	t.Helper()
	return loadQuestionnaire(t, "../questionnaire/testdata/kinds.yaml")
}

func loadQuestionnaire(t testing.TB, file string) *questionnaire.Questionnaire {
	t.Helper()
	f, err := os.Open(file)
	must(t, err)
	defer f.Close()
	q, err := questionnaire.Load(f, file)
	must(t, err)
	return q
}

// fillIn types into a field, whatever its name holds.
func fillIn(w *browsertest.Window, name, text string) {
	w.Do(chromedp.Clear(chromedp.CSS(`[id="` + name + `"]`)))
	w.Type(`[id="`+name+`"]`, text)
}

func onward(w *browsertest.Window) { pressOn(w, "#answers button[value=continue]") }

// TestEveryKindInARealBrowser answers each kind of question on a phone without
// script: first wrongly, to meet its faults, then rightly. Every page is looked
// at, at every width, by axe-core.
func TestEveryKindInARealBrowser(t *testing.T) {
	s := newSurveyOf(t, everyKind(t))
	s.server.Config.Handler = withoutScript(s.handler)
	w := browsertest.Open(t, s.server.URL)
	w.Go("/da/s/" + s.code)
	w.Press("#answers button")
	if w.Path() == "/da/survey/start" {
		w.Press("#answers button")
	}
	onward(w) // nothing answered
	fillIn(w, "K1", "4.321")
	fillIn(w, "K2", "1.234")
	fillIn(w, "K3.drift", "60")
	fillIn(w, "K3.forny", "25")
	onward(w) // two readings of K2, and 15 per cent missing
	w.Pick("K2--reading-1.234")
	w.Pick("K3--rest-andet")
	onward(w) // K1 is unusual
	w.Pick("K1--confirm-range")
	onward(w)
	if got := w.Path(); got != "/da/survey/page/tid" {
		t.Fatalf("on %s", got)
	}
	if a := s.stored().Answers; a["K1"].Value != "4321" || len(a["K1"].Confirmed) != 1 || a["K2"].Value != "1.234" || a["K3"].Parts["andet"] != "15" {
		t.Fatalf("stored %+v", a)
	}
	fillIn(w, "K4--day", "31")
	fillIn(w, "K4--month", "2")
	fillIn(w, "K4--year", "2024")
	onward(w) // no such day
	fillIn(w, "K4--day", "29")
	fillIn(w, "K5--month", "3")
	fillIn(w, "K5--year", "2024")
	onward(w) // begun too late
	fillIn(w, "K5--year", "2023")
	onward(w)
	fillIn(w, "K6", `<b>Fælles</b> "vagt"`)
	w.Type("#K7", "Bedre overlap")
	w.Pick("K8-andre")
	onward(w) // others: who?
	fillIn(w, "K8--text.andre", "Nabokommunen")
	onward(w)
	w.Do(choosePlace("K9.tid", "1"), choosePlace("K9.penge", "1"))
	for _, id := range []string{"K11-ja", "K12.kvalitet-stort", "K12.trivsel-ikke_relevant"} {
		w.Pick(id)
	}
	onward(w) // a tie
	w.Do(choosePlace("K9.penge", "2"))
	onward(w)
	w.Look()
	w.Press("#answers button")
	w.Look()
	rec := s.stored()
	if rec.Disposition != response.Complete {
		t.Fatalf("ended on %s", w.Path())
	}
	if got := rec.Answers["K9"].Codes; !slices.Equal(got, []string{"tid", "penge"}) {
		t.Errorf("the order is %v", got)
	}
}

// choosePlace picks an entry of a list as a hand does.
func choosePlace(id, value string) chromedp.Action[chromedp.Void] {
	return chromedp.SetValue(chromedp.CSS(`[id="`+id+`"]`), value)
}

var _ = []any{context.Background, http.StatusOK, url.Values{}, strings.Contains, i18n.Danish, questionnairetest.Decimal}
