package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"

	"barometer/internal/htmltest"
)

// Look examines the page at every width. It fails on content wider than the
// window, on text that no longer fits when a reader spaces it out, on anything
// that axe-core finds against WCAG 2.2 A and AA or its best practices, and on
// complaints of the browser, such as a style that the content security policy
// blocks. What a strict reader finds in the source counts, too, and what a first
// view weighs.
func (w *Window) Look() {
	w.t.Helper()
	for _, fault := range w.Faults() {
		w.t.Errorf("%s: %s", w.place(), fault)
	}
}

// Faults is what [Window.Look] finds.
func (w *Window) Faults() (faults []string) {
	w.t.Helper()
	w.shots++
	for _, width := range []int64{Narrow, Desktop, Phone} {
		w.Do(chromedp.EmulateViewport(width, 844))
		if got := Ask[int64](w, `document.documentElement.scrollWidth`); got > width {
			faults = append(faults, fmt.Sprintf("%d pixels wide in a window of %d: %v", got, width, Ask[[]string](w, tooWide)))
		}
		w.picture(width)
		if width != Phone {
			faults = append(faults, w.listen()...)
		}
	}
	if n := Ask[int](w, weight); n > mostBytes {
		faults = append(faults, fmt.Sprintf("a first view fetches %d bytes, more than %d", n, mostBytes))
	}
	faults = append(faults, w.spaceOut()...)
	faults = append(faults, htmltest.Faults([]byte("<!doctype html>"+Ask[string](w, `document.documentElement.outerHTML`)))...)
	w.mu.Lock()
	defer w.mu.Unlock()
	faults = append(faults, w.complaints...)
	w.complaints = nil
	return faults
}

// mostBytes is what a visitor who has nothing of the site yet may have to fetch
// for a page, compressed as it travels.
const mostBytes = 150_000

// weight adds up the page and what it needs, whether fetched now or kept from
// the page before.
const weight = `performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
	.reduce((sum, e) => sum + e.encodedBodySize, 0)`

// tooWide names up to five elements that reach out of the window.
const tooWide = `[...document.querySelectorAll("body *")]
	.filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
	.slice(0, 5).map(e => e.tagName.toLowerCase() + "." + e.className)`

// rules are the ones that the law asks for and those that axe-core advises.
const rules = `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`

// listen reads the page as assistive technology does.
func (w *Window) listen() []string {
	w.t.Helper()
	if !Ask[bool](w, `typeof axe === "object"`) {
		Ask[bool](w, w.axe+"; true")
	}
	found, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]string](`axe.run(document, `+rules+`).then(r => r.violations.flatMap(
		v => v.nodes.map(n => v.id + ": " + v.help + ": " + n.html.slice(0, 160))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("axe on %s: %v", w.place(), err)
	}
	return found
}

// spaceOut sets the text as far apart as a reader may (WCAG 2.2, 1.4.12), and
// looks for text that is cut off then.
func (w *Window) spaceOut() []string {
	w.t.Helper()
	return Ask[[]string](w, `(() => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }" +
			"p { margin-bottom: 2em !important }");
		document.adoptedStyleSheets = [sheet];
		const cut = [...document.querySelectorAll("main *, header *, footer *, nav *")].filter(e => {
			const s = getComputedStyle(e);
			const clips = v => v === "hidden" || v === "clip";
			return e.childNodes.length && e.clientWidth > 2 && e.clientHeight > 2 && e.innerText && e.innerText.trim() &&
				(clips(s.overflowX) && e.scrollWidth > e.clientWidth + 1 || clips(s.overflowY) && e.scrollHeight > e.clientHeight + 1);
		}).slice(0, 5).map(e => "cut off when spaced out: " + e.tagName.toLowerCase() + "." + e.className + ": " + e.innerText.slice(0, 40));
		if (document.documentElement.scrollWidth > innerWidth) cut.push("page: wider than the window");
		document.adoptedStyleSheets = [];
		return cut;
	})()`)
}

func (w *Window) picture(width int64) {
	w.t.Helper()
	dir := os.Getenv("BAROMETER_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		w.t.Fatal(err)
	}
	name := strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-").Replace(strings.TrimPrefix(w.Path(), "/"))
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d-%02d-%s.png", width, w.shots, name)), png, 0o644); err != nil {
		w.t.Fatal(err)
	}
}
