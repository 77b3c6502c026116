package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"barometer/cmd/barometer/demo"
	"barometer/internal/testenv"
	"barometer/publish/release"
	"barometer/survey/contact"
	"barometer/survey/response"
)

// TestWholeWave carries a national wave from frame to release. One workplace
// answers by hand in Chromium, the others are robots; the answer must be among
// the figures, and the report must open in the browser.
func TestWholeWave(t *testing.T) {
	chromium := testenv.Need(t, "chromium")
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

	serve := func() *httptest.Server {
		handler, err := newHandler(h, c, slog.New(slog.DiscardHandler), a.now)
		must(t, err)
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return server
	}
	visitor := openChromium(t, chromium)
	receipt := visitor.answerSurvey(serve().URL, byHand.Code)
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
	visitor.readSite(serve().URL)
	must(t, c.close())
	rerunChangesNothing(t, a, w, out)
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

// visitor is a person at a browser window as wide as a phone.
type visitor struct {
	t   *testing.T
	ctx context.Context
}

func openChromium(t *testing.T, path string) *visitor {
	t.Helper()
	alloc, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.DisableGPU, chromedp.NoSandbox)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(stop)
	v := &visitor{t, ctx}
	v.do(chromedp.EmulateViewport(390, 844))
	return v
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	must(v.t, chromedp.Do(v.ctx, steps...))
}

// press clicks and waits for the page it leads to.
func (v *visitor) press(selector string) {
	v.t.Helper()
	_, err := chromedp.RunResponse(v.ctx, chromedp.Click(chromedp.CSS(selector)))
	must(v.t, err)
}

func ask[T any](v *visitor, expression string) T {
	v.t.Helper()
	value, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expression))
	must(v.t, err)
	return value
}

// answerSurvey opens the link of the letter, presses Start, answers every page
// with its first choices, and submits. It returns the text of the receipt.
func (v *visitor) answerSurvey(site string, code contact.Code) string {
	v.t.Helper()
	v.do(chromedp.Navigate(site + "/s/" + strings.ReplaceAll(code.String(), "-", "")))
	for range 40 {
		path := ask[string](v, `location.pathname`)
		switch {
		case strings.HasSuffix(path, "/receipt"):
			return ask[string](v, `document.querySelector("main").innerText`)
		case strings.Contains(path, "/page/"):
			v.answerPage()
			v.press(`#answers button[value=continue]`)
		default:
			v.press(`#answers button`)
		}
	}
	v.t.Fatalf("no receipt after 40 pages; the last one is %s", ask[string](v, `location.pathname`))
	return ""
}

// answerPage clicks the first choice of every question on the page.
func (v *visitor) answerPage() {
	v.t.Helper()
	first := ask[[]string](v, `(() => {
		const seen = new Set(), ids = []
		for (const i of document.querySelectorAll("#answers input[type=radio], #answers input[type=checkbox]"))
			if (!seen.has(i.name)) { seen.add(i.name); if (!i.checked) ids.push(i.id) }
		return ids
	})()`)
	for _, id := range first {
		v.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`label[for=%q]`, id))))
	}
}

// readSite opens the public pages as a reader does.
func (v *visitor) readSite(site string) {
	v.t.Helper()
	for _, page := range []string{"/da/", "/da/report", "/en/report", "/da/indicators/innov_rate", "/da/downloads"} {
		v.do(chromedp.Navigate(site + page))
		if h1 := ask[string](v, `document.querySelector("h1").innerText`); h1 == "" {
			v.t.Errorf("%s has no heading", page)
		}
		if width := ask[int64](v, `document.documentElement.scrollWidth`); width > 390 {
			v.t.Errorf("%s is %d pixels wide on a phone of 390", page, width)
		}
		if body := ask[string](v, `document.body.innerText`); !strings.Contains(strings.ToLower(body), "syntet") && !strings.Contains(strings.ToLower(body), "synthetic") {
			v.t.Errorf("%s does not say that its data are synthetic", page)
		}
	}
}
