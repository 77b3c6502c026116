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
	"github.com/chromedp/chromedp/kb"

	"barometer/internal/browsertest"
	"barometer/survey/codebook"
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

// written are answers of a workplace up to the last page, with one text.
func written(text string) questionnaire.Answers {
	return questionnaire.Answers{
		"K1": {Value: "250"}, "K3": {Parts: map[string]string{"drift": "60", "forny": "25", "andet": "15"}},
		"K4": {Value: "2024-02-29"}, "K6": {Text: text}, "K7": {Text: text},
		"K8": {Codes: []string{"andre"}, Specify: map[string]string{"andre": text}},
		"K9": {Codes: []string{"tid", "penge"}}, "K11": {Codes: []string{"ja"}},
		"K12": {Rows: map[string][]string{"kvalitet": {"stort"}, "trivsel": {"lille"}}},
	}
}

// TestGoal09_NaughtyStringsComeBack through every field that is written in: the
// page, the place of an earlier answer, the check of answers, the page of two
// answers and the receipt show each as it was typed and as text.
func TestGoal09_NaughtyStringsComeBack(t *testing.T) {
	s := newSurveyOf(t, everyKind(t))
	s.have("ord", written("x"))
	b := s.signedIn()
	for _, nasty := range questionnairetest.Naughty {
		nasty := short(nasty, 60)
		b.get("/da/survey/page/ord")
		form := b.page.fill()
		for _, field := range []string{"K6", "K7", "K8--text.andre"} {
			form.Set(field, nasty)
		}
		b.send(form)
		if got := s.stored().Answers; got["K6"].Text != nasty || got["K7"].Text != nasty || got["K8"].Specify["andre"] != nasty {
			t.Errorf("%q was stored as %q, %q, %q", nasty, got["K6"].Text, got["K7"].Text, got["K8"].Specify["andre"])
		}
		shows(t, b.get("/da/survey/page/orden"), "place", nasty)
		shows(t, b.get("/da/survey/check"), "check of answers", nasty)
		page := b.get("/da/survey/page/ord")
		if again := page.fill(); again.Get("K6") != nasty || again.Get("K7") != nasty || again.Get("K8--text.andre") != nasty {
			t.Errorf("%q stands on the page as %q, %q, %q", nasty, again.Get("K6"), again.Get("K7"), again.Get("K8--text.andre"))
		}
		mine := page.fill()
		mine.Set("K6", "Et helt andet navn")
		theirs := s.stored().Answers
		theirs["K6"] = questionnaire.Answer{Text: short(nasty+" 2", 60)}
		s.have("ord", theirs)
		stale := b.send(mine)
		if stale.Status != http.StatusConflict {
			t.Fatalf("two answers, yet status %d", stale.Status)
		}
		shows(t, stale, "page of two answers", theirs["K6"].Text)
	}
	all := strings.Join(questionnairetest.Naughty, " ")
	s.have("orden", written(short(all, 4000)))
	s.have("orden", questionnaire.Answers{"K6": {Text: "Navn"}, "K8": {Codes: []string{"borgere"}}, "K7": {Text: short(all, 4000)},
		"K1": written("x")["K1"], "K3": written("x")["K3"], "K4": written("x")["K4"], "K9": written("x")["K9"], "K11": written("x")["K11"], "K12": written("x")["K12"]})
	b.get("/da/survey/check")
	shows(t, b.send(b.page.fill()), "receipt", short(all, 4000))
	if rec := s.stored(); rec.Disposition != response.Complete {
		t.Fatalf("ended as %s on %s", rec.Disposition, b.page.Path)
	}
	if log := s.log.String(); strings.Contains(log, "alert(1)") || strings.Contains(log, "blåbærgrød") {
		t.Error("an answer stands in the log")
	}
}

// TestGoal09_NaughtyStringsInOptions: an earlier answer stands as text in the
// options and rows of a later page, in the check of answers and in the receipt;
// in no column of the wave, which is the same for everyone.
func TestGoal09_NaughtyStringsInOptions(t *testing.T) {
	q := loadQuestionnaire(t, "../questionnaire/testdata/features/piping-options.yaml")
	s := newSurveyOf(t, q)
	b := s.signedIn()
	b.get("/da/survey/page/to")
	for _, nasty := range questionnairetest.Naughty {
		nasty := short(nasty, 60)
		s.have("to", questionnaire.Answers{"Q1": {Codes: []string{"tid", "viden"}}, "Q2": {Text: nasty},
			"Q3": {Codes: []string{"navn"}}, "Q4": {Rows: map[string][]string{"tid": {"ja"}, "andet": {"nej"}}}, "Q5": {Codes: []string{"foerst", "sidst"}}})
		page := b.get("/da/survey/page/to")
		shows(t, page, "options", "Kun "+nasty)
		shows(t, page, "rows", "De, der brugte "+nasty)
		shows(t, page, "options of several", "Tid og Viden")
		check := b.get("/da/survey/check")
		shows(t, check, "check of answers", "Kun "+nasty)
		shows(t, check, "check of answers, rows", "De, der brugte "+nasty)
	}
	shows(t, b.send(b.page.fill()), "receipt", "Kun "+short(questionnairetest.Naughty[len(questionnairetest.Naughty)-1], 60))
	for _, v := range q.Variables() {
		for _, text := range append([]string{v.Label.DA, v.Question.DA}, labels(v.Codes)...) {
			if strings.Contains(text, "${") {
				t.Errorf("column %s is described as %q", v.Name, text)
			}
		}
	}
}

func labels(codes []codebook.Code) (list []string) {
	for _, c := range codes {
		list = append(list, c.Label.DA, c.Label.EN)
	}
	return list
}

func short(s string, most int) string {
	r := []rune(s)
	return strings.TrimSpace(string(r[:min(len(r), most)]))
}

// shows checks that a page holds a text as text: nothing of it became markup.
func shows(t *testing.T, d *document, what, nasty string) {
	t.Helper()
	if want := strings.Join(strings.Fields(nasty), " "); !d.has(want) {
		t.Errorf("%s (%s, %d) lacks %q", what, d.Path, d.Status, nasty)
	}
	for _, markup := range []string{"<script>alert", "<img src=x", "<svg/", "<b>fed"} {
		if strings.Contains(d.Source, markup) {
			t.Errorf("%s lets markup through: %q", what, nasty)
		}
	}
}

// TestGoal27_LanguageSwitchKeepsNumbersUnsaved: a number that is none, and one
// of two readings, stand on the page in the other language as they were typed.
func TestGoal27_LanguageSwitchKeepsNumbersUnsaved(t *testing.T) {
	s := newSurveyOf(t, everyKind(t))
	b := s.signedIn()
	b.get("/da/survey/page/tal")
	typed := url.Values{"K1": {"omkring 20"}, "K2": {"1.234"}, "K3.drift": {"60,0"}}
	if d := b.switchLanguage(typed); d.Path != "/en/survey/page/tal" || d.fill().Get("K1") != "omkring 20" || d.fill().Get("K2") != "1.234" {
		t.Errorf("on %s: %v", d.Path, d.fill())
	}
}

// TestGoal24_ConfirmationIsDrawnAndKept: the box stands on the page until it is
// ticked, and ticked afterwards.
func TestGoal24_ConfirmationIsDrawnAndKept(t *testing.T) {
	s := newSurveyOf(t, everyKind(t))
	b := s.signedIn()
	b.get("/da/survey/page/tal")
	form := b.page.fill()
	form.Set("K1", "5000")
	form.Set("K3--none", "ved_ikke")
	form.Set("action", "continue")
	d := b.send(form)
	boxes := d.offered()["K1--confirm"]
	if d.Status != http.StatusUnprocessableEntity || len(boxes) != 1 || len(s.stored().Answers) > 0 {
		t.Fatalf("status %d, boxes %v", d.Status, boxes)
	}
	form.Set("K1--confirm", boxes[0])
	if d = b.send(form); d.Path != "/da/survey/page/tid" {
		t.Fatalf("confirmed, yet on %s", d.Path)
	}
	d = b.get("/da/survey/page/tal")
	if got := d.fill().Get("K1--confirm"); got != boxes[0] {
		t.Errorf("the box is not ticked any more: %q", got)
	}
	form = d.fill()
	form.Set("K1", "6000")
	form.Set("action", "continue")
	if d = b.send(form); d.Status != http.StatusUnprocessableEntity {
		t.Errorf("another number took over the confirmation: %d on %s", d.Status, d.Path)
	}
}

// hands answers with the keyboard alone.
type hands struct {
	t *testing.T
	w *browsertest.Window
}

// to presses the tabulator key until a field has the focus.
func (h hands) to(id string) {
	h.t.Helper()
	for range 80 {
		if browsertest.Ask[string](h.w, `document.activeElement.id`) == id {
			return
		}
		h.w.Do(chromedp.KeyEvent(kb.Tab))
	}
	h.t.Fatalf("the keyboard never comes to %s on %s", id, h.w.Path())
}

func (h hands) write(id, text string) {
	h.t.Helper()
	h.to(id)
	h.w.Do(chromedp.KeyEvent(text))
}

// TestEveryKindByKeyboardAlone walks and answers each page without a mouse, and
// looks at it with forced colours and on paper.
func TestEveryKindByKeyboardAlone(t *testing.T) {
	s := newSurveyOf(t, everyKind(t))
	w := browsertest.Open(t, s.server.URL)
	h := hands{t, w}
	w.Go("/da/s/" + s.code)
	w.Press("#answers button")
	for _, page := range []string{"tal", "tid", "ord", "orden"} {
		w.Go("/da/survey/page/" + page)
		w.Keys()
		w.Modes()
	}
	w.Go("/da/survey/page/tal")
	h.write("K1", "50")
	h.write("K1--none-ved_ikke", " ")
	if got := browsertest.Ask[string](w, `document.getElementById("K1").value`); got != "" {
		t.Errorf("%q stands beside don't know", got)
	}
	w.Do(chromedp.KeyEvent(" "))
	if got := browsertest.Ask[string](w, `document.getElementById("K1").value`); got != "50" {
		t.Errorf("%q came back", got)
	}
	h.write("K3.drift", "60")
	h.write("K3.forny", "30")
	if got := browsertest.Ask[string](w, `document.getElementById("K3-sum").textContent`); got != "I alt 90 %. Mangler 10 %" {
		t.Errorf("the sum says %q", got)
	}
	h.write("K3.andet", "10")
	w.Enter(kb.Enter)
	h.write("K4--day", "1")
	h.write("K4--month", "3")
	h.write("K4--year", "2024")
	w.Enter(kb.Enter)
	h.write("K6", "Ny vagtplan")
	if got := browsertest.Ask[string](w, `document.getElementById("K6-count").textContent`); got != "49 tegn tilbage" {
		t.Errorf("the counter says %q", got)
	}
	if browsertest.Ask[bool](w, `document.getElementById("K8--text.andre").checkVisibility()`) {
		t.Error("the text of an option is asked for before the option is chosen")
	}
	h.write("K8-andre", " ")
	h.write("K8--text.andre", "Naboen")
	w.Enter(kb.Enter)
	h.write("K9.tid", kb.ArrowDown+kb.ArrowDown)
	h.write("K9.penge", kb.ArrowDown)
	h.write("K11-ja", " ")
	h.write("K12.kvalitet-lille", " ")
	h.write("K12.trivsel-lille", " ")
	w.Enter(kb.Enter)
	if got := w.Path(); got != "/da/survey/check" {
		t.Fatalf("ended on %s with %+v", got, s.stored().Answers)
	}
	a := s.stored().Answers
	if a["K3"].Parts["andet"] != "10" || a["K4"].Value != "2024-03-01" || a["K8"].Specify["andre"] != "Naboen" || !slices.Equal(a["K9"].Codes, []string{"penge", "tid"}) {
		t.Errorf("stored %+v", a)
	}
}

// TestWhatWasTypedInEveryKindIsKeptVisible: where nothing can be saved any more,
// the page repeats what was sent, whatever the kind of question.
func TestWhatWasTypedInEveryKindIsKeptVisible(t *testing.T) {
	s := newSurveyOf(t, everyKind(t))
	s.have("tid", written("Navnet"))
	b := s.signedIn()
	must(t, s.responses.Close(context.Background(), wave))
	for page, tt := range map[string]struct {
		form url.Values
		want []string
	}{
		"tal":   {url.Values{"K1": {"1.234"}, "K3.drift": {"60"}, "K1--none": {"ved_ikke"}}, []string{"1.234", "Daglig drift: 60", "Ved ikke"}},
		"tid":   {url.Values{"K4--day": {"31"}, "K4--year": {"2023"}}, []string{"31", "2023"}},
		"ord":   {url.Values{"K8": {"andre"}, "K8--text.andre": {"Nabokommunen"}}, []string{"Andre, skriv hvem", "Nabokommunen"}},
		"orden": {url.Values{"K9.tid": {"2"}}, []string{"Tid: 2"}},
	} {
		tt.form.Set("action", "continue")
		d := b.post("/da/survey/page/"+page, tt.form)
		for _, want := range tt.want {
			if !d.has(want) {
				t.Errorf("page %s (%d) lacks %q: %s", page, d.Status, want, d.words())
			}
		}
	}
}
