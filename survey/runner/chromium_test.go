package runner_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"barometer/internal/testenv"
	"barometer/survey/response"
)

// window is a real Chromium, as wide as a phone or a desktop, on pages whose
// script does not load.
// Where BAROMETER_SCREENSHOTS names a folder, it leaves a picture of every
// page there to look at.
type window struct {
	t      *testing.T
	ctx    context.Context
	origin string
	shots  int
}

// Widths in pixels: the narrowest that WCAG 2.2 asks for (1.4.10), a phone,
// where all answering is done, and a desktop.
const (
	narrow  = 320
	phone   = 360
	desktop = 1280
)

func openWindow(t *testing.T, s *survey) *window {
	t.Helper()
	alloc, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(testenv.Need(t, "chromium")), chromedp.Headless, chromedp.DisableGPU, chromedp.NoSandbox)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 40*time.Second)
	t.Cleanup(stop)
	w := &window{t: t, ctx: ctx, origin: s.server.URL}
	w.do(chromedp.EmulateViewport(phone, 800))
	return w
}

func withoutScript(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			http.NotFound(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	must(w.t, chromedp.Do(w.ctx, steps...))
}

// ask evaluates an expression on the page.
func ask[T any](w *window, expression string) T {
	w.t.Helper()
	v, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression))
	must(w.t, err)
	return v
}

func (w *window) open(path string) { w.t.Helper(); w.do(chromedp.Navigate(w.origin + path)) }

// press clicks a button or link and waits for the page it leads to.
func (w *window) press(selector string) {
	w.t.Helper()
	w.look()
	if _, err := chromedp.RunResponse(w.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		w.t.Fatalf("press %s on %s: %v", selector, w.path(), err)
	}
}

// pick clicks the label of a choice, as a hand does.
func (w *window) pick(id string) {
	w.t.Helper()
	w.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`label[for="%s"]`, id))))
}

func (w *window) path() string {
	location, err := chromedp.Run(w.ctx, chromedp.Location())
	must(w.t, err)
	return strings.TrimPrefix(location, w.origin)
}

// look fails on content wider than the window, and keeps pictures.
func (w *window) look() {
	w.t.Helper()
	w.shots++
	for _, width := range []int64{narrow, desktop, phone} {
		w.do(chromedp.EmulateViewport(width, 800))
		if got := ask[int64](w, `document.documentElement.scrollWidth`); got > width {
			w.t.Errorf("%s is %d pixels wide in a window of %d", w.path(), got, width)
		}
		w.picture(width)
	}
}

func (w *window) picture(width int64) {
	w.t.Helper()
	dir := os.Getenv("BAROMETER_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	must(w.t, err)
	name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(strings.TrimPrefix(w.path(), "/"))
	must(w.t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d-%02d-%s.png", width, w.shots, name)), png, 0o644))
}

// TestAnsweringByHandInARealBrowser walks one innovator through the survey by
// clicking and typing on a phone, without script, and looks at every page at
// every width.
func TestAnsweringByHandInARealBrowser(t *testing.T) {
	s := newSurvey(t)
	s.server.Config.Handler = withoutScript(s.handler)
	w := openWindow(t, s)
	w.open("/da/survey")
	w.do(chromedp.SendKeys(chromedp.CSS("#code"), strings.ToLower(s.code)))
	w.press("#answers button")
	w.press("#answers button")
	w.press("#answers button[value=continue]") // nothing answered: shown again with faults
	w.pick("A1-leder")
	w.pick("A2-nej")
	w.press("#answers button[value=continue]")
	w.press("button[value=language]")
	if got := w.path(); got != "/en/survey/page/fornyelser" {
		t.Fatalf("the language switch leads to %s", got)
	}
	w.press("button[value=language]")
	w.answerTheRest(s)
	w.press(`a[href$="vaerdi?from=check"]`)
	w.pick("E1-effektivitet")
	w.press("#answers button[value=continue]")
	for !strings.HasSuffix(w.path(), "/check") { // what the change opened
		w.pick("E2-kvalitet")
		w.press("#answers button[value=continue]")
	}
	w.press("#answers button")
	w.look()
	rec := s.stored()
	if !strings.HasSuffix(w.path(), "/receipt") || rec.Disposition != response.Complete {
		t.Fatalf("ended on %s with the response %s", w.path(), rec.Disposition)
	}
	if got := rec.Answers["C1"].Text; got != "Ny morgenmodtagelse æøå" {
		t.Errorf("the text typed came out as %q", got)
	}
	if got := rec.Answers["E2"].Codes; len(got) != 1 || got[0] != "kvalitet" {
		t.Errorf("E2 is %v, want kvalitet", got)
	}
}

// TestScriptOnlyAddsComfort checks what the script does: options chosen alone
// clear the others at once, and a text counts down.
func TestScriptOnlyAddsComfort(t *testing.T) {
	s := newSurvey(t)
	s.browser().answerAllBut(random(5), "/da/survey/check")
	w := openWindow(t, s)
	w.open("/da/s/" + s.code)
	w.press("#answers button")
	w.open("/da/survey/page/" + s.pageOf("D1"))
	for _, id := range []string{"D1-ved_ikke", "D1-ledere"} {
		if !ask[bool](w, fmt.Sprintf(`document.getElementById(%q).checked`, id)) {
			w.pick(id)
		}
	}
	if ask[bool](w, `document.getElementById("D1-ved_ikke").checked`) {
		t.Error("don't know stays chosen beside another answer")
	}
	w.open("/da/survey/page/" + s.pageOf("C1"))
	w.do(chromedp.Clear(chromedp.CSS("textarea")), chromedp.SendKeys(chromedp.CSS("textarea"), "æøå"))
	if got := ask[string](w, `document.getElementById("C1-count").textContent`); got != "497 tegn tilbage" {
		t.Errorf("the counter says %q", got)
	}
}

// answerTheRest picks the second choice of everything offered (the first for a
// question with several) until the check of answers.
func (w *window) answerTheRest(s *survey) {
	w.t.Helper()
	for !strings.HasSuffix(w.path(), "/check") {
		for _, id := range ask[[]string](w, choicesToPick) {
			w.pick(id)
		}
		if ask[int](w, `document.querySelectorAll("textarea").length`) > 0 && strings.Contains(w.path(), "seneste") {
			w.do(chromedp.SendKeys(chromedp.CSS("textarea"), "Ny morgenmodtagelse æøå"))
		}
		w.press("#answers button[value=continue]")
		if strings.Contains(w.path(), "afslutning") && len(s.stored().Answers) == 0 {
			w.t.Fatal("nothing was stored on the way")
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
