// Package browsertest opens pages in a real Chromium and looks at them as
// readers do: on a phone and on a desktop, by keyboard, with a screen reader.
//
// It serves tests only. Where BAROMETER_SCREENSHOTS names a folder, [Window.Look]
// leaves a picture of every page there.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"barometer/internal/testenv"
)

// Widths in pixels: the narrowest that WCAG 2.2 asks for (1.4.10), a phone,
// and a desktop.
const (
	Narrow  = 320
	Phone   = 390
	Desktop = 1280
)

// Window is a window of Chromium, as wide as a phone to begin with.
type Window struct {
	Origin string // of the site: http://127.0.0.1:4711

	t     *testing.T
	ctx   context.Context
	axe   string
	shots int

	mu         sync.Mutex
	complaints []string // of the browser: a blocked script, a missing file
}

// Open starts a browser for a site. It is closed with the test.
func Open(t *testing.T, origin string) *Window {
	t.Helper()
	alloc, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(testenv.Need(t, "chromium")), chromedp.Headless, chromedp.DisableGPU, chromedp.NoSandbox)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 15*time.Minute)
	t.Cleanup(stop)
	w := &Window{Origin: origin, t: t, ctx: ctx, axe: axe(t)}
	w.Do(chromedp.EmulateViewport(Phone, 844))
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		t.Fatal(err)
	}
	return w
}

// axe is the source of the accessibility checker that .ci/install fetches.
func axe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(cache, "barometer", "axe-4.14.1.js"))
	if err != nil {
		testenv.Missing(t, "axe-core is not there: run .ci/install")
	}
	return string(source)
}

// hear keeps what the browser complains of. That an error page has an error
// status is no complaint.
func (w *Window) hear(event any) {
	entry, ok := event.(*log.EventEntryAdded)
	if !ok || strings.Contains(entry.Entry.Text, "the server responded with a status of") {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.complaints = append(w.complaints, entry.Entry.Text)
}

// Do carries actions out.
func (w *Window) Do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.t.Fatalf("on %s: %v", w.place(), err)
	}
}

// Ask evaluates an expression on the page.
func Ask[T any](w *Window, expression string) T {
	w.t.Helper()
	v, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		w.t.Fatalf("on %s: %.80s: %v", w.place(), expression, err)
	}
	return v
}

// Go opens a page of the site.
func (w *Window) Go(path string) {
	w.t.Helper()
	w.Do(chromedp.Navigate(w.Origin + path))
}

// Press clicks a button or link and waits for the page it leads to.
func (w *Window) Press(selector string) {
	w.t.Helper()
	if _, err := chromedp.RunResponse(w.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		w.t.Fatalf("press %s on %s: %v", selector, w.place(), err)
	}
}

// Enter presses a key and waits for the page it leads to.
func (w *Window) Enter(key string) {
	w.t.Helper()
	if _, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent(key)); err != nil {
		w.t.Fatalf("press a key on %s: %v", w.place(), err)
	}
}

// Pick clicks the label of a choice, as a hand does.
func (w *Window) Pick(id string) {
	w.t.Helper()
	w.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`label[for=%q]`, id))))
}

// Type writes into a field.
func (w *Window) Type(selector, text string) {
	w.t.Helper()
	w.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Upload chooses a file of the machine in a field.
func (w *Window) Upload(selector, path string) {
	w.t.Helper()
	w.Do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

// Focus waits until an element holds the keyboard: a browser gives it to one
// marked autofocus a moment after the page has come. It returns who has it in
// the end.
func (w *Window) Focus(id string) string {
	w.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		has := Ask[string](w, `document.activeElement ? document.activeElement.id : ""`)
		if has == id || time.Now().After(deadline) {
			return has
		}
	}
}

// Path is the address of the page, without the site's own.
func (w *Window) Path() string {
	w.t.Helper()
	location, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimPrefix(location, w.Origin)
}

// place is the path for an error, where there is one.
func (w *Window) place() string {
	location, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		return "a page"
	}
	return strings.TrimPrefix(location, w.Origin)
}

// Cookie gives the browser a cookie of the site.
func (w *Window) Cookie(name, value string) {
	w.t.Helper()
	cookie := network.SetCookieParams{Name: name, Value: value, URL: w.Origin}
	w.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie, cookie)
		return err
	}))
}

// Forget drops what the browser complained of so far: on pages of others, that
// is theirs.
func (w *Window) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.complaints = nil
}
