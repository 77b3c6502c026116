package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"barometer/cmd/barometer/demo"
	"barometer/internal/archive"
	"barometer/internal/browsertest"
	"barometer/internal/htmltest"
	"barometer/internal/policy"
	"barometer/publish/release"
	"barometer/survey/contact"
	"barometer/survey/response"
)

// TestWholeWave carries a national wave from frame to release. One workplace
// answers by hand in Chromium, the others are robots; the answer must be among
// the figures, and the report must open in the browser.
func TestWholeWave(t *testing.T) {
	ctx, out := t.Context(), new(strings.Builder)
	a := newApp(out, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	w, err := a.demoWave(h, demoWave, 7, demo.Workplaces(7))
	must(t, err)
	c, err := openCollection(ctx, h, a.now)
	must(t, err)
	invitations, err := a.invite(ctx, c, w)
	must(t, err)
	byHand, robots := oneSilent(t, w, invitations)

	site, err := newLive(ctx, c, func() (http.Handler, error) { return newHandler(h, c, slog.New(slog.DiscardHandler), a.now) })
	must(t, err)
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	visitor := browsertest.Open(t, server.URL)
	receipt := answerSurvey(t, visitor, byHand.Code)
	must(t, a.answer(ctx, c, w, robots))
	answered, err := c.responses.Load(ctx, w.ID, byHand.Unit)
	must(t, err)
	if answered.Disposition != response.Complete || !strings.Contains(receipt, answered.Receipt) {
		t.Fatalf("the answer given by hand is stored as %s; its receipt is not on the page %q", answered.Disposition, receipt)
	}
	if err := a.runAll(ctx, w); err == nil || !strings.Contains(err.Error(), "barometer close 2025") {
		t.Fatalf("freezing an open wave: %v", err)
	}
	must(t, c.responses.Close(ctx, w.ID))
	must(t, a.runAll(ctx, w))
	t.Log(out.String())

	built, err := release.Latest(h.path("releases"), w.ID)
	must(t, err)
	must(t, release.Verify(built.Dir))
	tab, err := w.table()
	must(t, err)
	if want := completes(t, c, w); tab.Respondents != want {
		t.Errorf("the table counts %d respondents, the store %d", tab.Respondents, want)
	}
	readUnreleased(t, server.URL, w)
	must(t, a.publishInvented(ctx, c, w))
	must(t, site.refresh(ctx)) // as the server does by itself
	readSite(t, visitor, w.ID)
	must(t, c.close())
	rerunChangesNothing(t, a, w, out)
	freezingAgainGivesTheSameBytes(t, a, w)
	correctTexts(t, a, w, out)
}

// correctTexts builds a version that corrects texts alone: it has its number and
// its reason from the command, and is one like any other, which waits.
func correctTexts(t *testing.T, a *app, w *wave, out *strings.Builder) {
	t.Helper()
	line := []string{"release", "correct", w.ID, "--da", "En tekst er rettet.", "--en", "A text was corrected.", "--on", "2025-12-04", "--home", w.home.dir}
	must(t, a.dispatch(t.Context(), line))
	built, err := release.Latest(w.home.path("releases"), w.ID)
	must(t, err)
	if m := built.Manifest; m.Version.String() != "1.1" || m.Previous.String() != "1.0" || m.Changes[0].Reason.DA != "En tekst er rettet." || m.Changes[0].Date != "2025-12-04" {
		t.Errorf("built %s after %v: %+v", m.Version, m.Previous, m.Changes[0])
	}
	out.Reset()
	must(t, a.dispatch(t.Context(), []string{"release", "list", "--home", w.home.dir}))
	if got := out.String(); !strings.Contains(got, "1.1      built") || !strings.Contains(got, "1.0      published") {
		t.Errorf("listed as\n%s", got)
	}
	again, err := w.home.wave(w.ID)
	must(t, err)
	rerunChangesNothing(t, a, again, out)
	if err := a.dispatch(t.Context(), line); err == nil || !strings.Contains(err.Error(), "publish or withdraw it") {
		t.Errorf("correcting what is not out: %v", err)
	}
}

// readUnreleased asks for what was built and not let out.
func readUnreleased(t *testing.T, site string, w *wave) {
	t.Helper()
	for _, path := range []string{"/download/" + w.ID + "/1.0/tables.csv", "/da/downloads/" + w.ID + "/1.0", "/da/indicators/innov_rate"} {
		resp, err := http.Get(site + path)
		must(t, err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s before the release is out: %d", path, resp.StatusCode)
		}
	}
}

// oneSilent parts the invitations: one to a workplace that no robot will
// answer for, and all.
func oneSilent(t *testing.T, w *wave, invitations []contact.Invitation) (contact.Invitation, []contact.Invitation) {
	t.Helper()
	visits, err := w.visits(invitations)
	must(t, err)
	visited := map[string]bool{}
	for _, v := range visits {
		visited[v.Unit] = true
	}
	for _, i := range invitations {
		if !visited[i.Unit] {
			return i, invitations
		}
	}
	t.Fatal("every workplace is visited")
	return contact.Invitation{}, nil
}

func completes(t *testing.T, c *collection, w *wave) int {
	t.Helper()
	m, err := c.monitor(t.Context(), w)
	must(t, err)
	return m.Total.Complete
}

// rerunChangesNothing runs every stage again: all find their inputs unchanged.
func rerunChangesNothing(t *testing.T, a *app, w *wave, out *strings.Builder) {
	t.Helper()
	out.Reset()
	must(t, a.runAll(t.Context(), w))
	if n := strings.Count(out.String(), "unchanged"); n != len(stageOrder) {
		t.Errorf("%d of %d stages were unchanged:\n%s", n, len(stageOrder), out)
	}
}

// freezingAgainGivesTheSameBytes makes the wave once more from the store
// (goal 42).
func freezingAgainGivesTheSameBytes(t *testing.T, a *app, w *wave) {
	t.Helper()
	digests := func() (list []string) {
		for _, name := range []string{waveFile, waveText, waveCodebook} {
			digest, err := archive.HashFile(w.archive.Path(name))
			must(t, err)
			list = append(list, name+" "+digest)
		}
		return list
	}
	first := digests()
	must(t, os.Remove(w.archive.Path(waveFile)))
	must(t, a.carryOut(t.Context(), w, "freeze"))
	if again := digests(); !slices.Equal(first, again) {
		t.Errorf("frozen twice:\n%q\n%q", first, again)
	}
}

// answerSurvey opens the link of the letter, presses Start, answers every page
// with its first choices, and submits. It returns the text of the receipt.
func answerSurvey(t *testing.T, w *browsertest.Window, code contact.Code) string {
	t.Helper()
	w.Go("/s/" + strings.ReplaceAll(code.String(), "-", ""))
	for range 40 {
		path := w.Path()
		switch {
		case strings.HasSuffix(path, "/receipt"):
			return browsertest.Ask[string](w, `document.querySelector("main").innerText`)
		case strings.Contains(path, "/page/"):
			answerPage(t, w)
			w.Press(`#answers button[value=continue]`)
		default:
			w.Press(`#answers button`)
		}
	}
	t.Fatalf("no receipt after 40 pages; the last one is %s", w.Path())
	return ""
}

// answerPage clicks the first choice of every question on the page.
func answerPage(t *testing.T, w *browsertest.Window) {
	t.Helper()
	first := browsertest.Ask[[]string](w, `(() => {
		const seen = new Set(), ids = []
		for (const i of document.querySelectorAll("#answers input[type=radio], #answers input[type=checkbox]"))
			if (!seen.has(i.name)) { seen.add(i.name); if (!i.checked) ids.push(i.id) }
		return ids
	})()`)
	for _, id := range first {
		w.Pick(id)
	}
}

// readSite opens every public page as a reader does, in both languages. A page
// that is added to the table of rules is added here, or named as no page.
func readSite(t *testing.T, w *browsertest.Window, wave string) {
	t.Helper()
	table, err := policy.Load()
	must(t, err)
	for _, rule := range table.Rules() {
		for _, route := range rule.Routes {
			pattern, ok := strings.CutPrefix(route, "GET /{lang:da|en}/")
			if !ok || !slices.Contains(rule.Roles, policy.Visitor) || slices.Contains(noPages, pattern) {
				continue
			}
			address := strings.NewReplacer("{indicator}", "innov_rate", "{wave}", wave, "{version}", "1.0", "{token}", "abc", "{room}", "ABC234").Replace(pattern)
			readPage(t, w, "/da/"+address, rule.Object)
			readPage(t, w, "/en/"+address, rule.Object)
		}
	}
	w.Go("/da/nowhere")
	w.Look()
}

// sourceOf is a page as it is sent, before a browser puts it right.
func sourceOf(t *testing.T, address string) []byte {
	t.Helper()
	resp, err := http.Get(address)
	must(t, err)
	defer resp.Body.Close()
	source, err := io.ReadAll(resp.Body)
	must(t, err)
	return source
}

// noPages are addresses of files, and of a link that another test follows.
var noPages = []string{"indicators/{indicator}/{file}", "tables/figures.csv", "s/{code}",
	"explore/chart.svg", "explore/chart.png", "explore/figures.csv", "feed.xml", "benchmark/own/{token}/workbook"}

func readPage(t *testing.T, w *browsertest.Window, address, object string) {
	t.Helper()
	w.Go(address)
	w.Look()
	for _, fault := range htmltest.Faults(sourceOf(t, w.Origin+address)) {
		t.Errorf("source of %s: %s", address, fault)
	}
	if strings.HasPrefix(address, "/da/") { // the languages differ in words only
		w.Keys()
		w.Modes()
	}
	if !strings.Contains("published release, questionnaire, response", object) {
		return
	}
	body := strings.ToLower(browsertest.Ask[string](w, `document.body.innerText`))
	if !strings.Contains(body, "syntet") && !strings.Contains(body, "synthetic") {
		t.Errorf("%s does not say that its data are synthetic", address)
	}
}
