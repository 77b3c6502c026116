package browsertest

import (
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys walks the page with the tabulator key, as readers without a mouse do,
// from wherever focus is when the page opens, past its end and around. It fails when a link, a field or a button is never reached, when focus is lost
// or caught, and when it cannot be seen where it is.
func (w *Window) Keys() {
	w.t.Helper()
	for _, fault := range w.KeyFaults() {
		w.t.Errorf("%s: %s", w.place(), fault)
	}
}

// mostStops bounds the walk: a page with more is walked so far only.
const mostStops = 120

// KeyFaults is what [Window.Keys] finds.
func (w *Window) KeyFaults() (faults []string) {
	w.t.Helper()
	stops := min(Ask[int](w, tabbable), mostStops)
	ends := 0
	for stop := range stops {
		w.Do(chromedp.KeyEvent(kb.Tab))
		if Ask[bool](w, `document.activeElement === document.body`) && ends == 0 { // from the last element to the first
			ends++
			w.Do(chromedp.KeyEvent(kb.Tab))
		}
		fault := Ask[string](w, atStop)
		if strings.HasPrefix(fault, noRing) { // drawn a moment later by a browser that has much to do
			time.Sleep(ringDelay)
			fault = Ask[string](w, `window.ringless(document.activeElement)`)
		}
		if fault != "" {
			faults = append(faults, fmt.Sprintf("stop %d of %d: %s", stop+1, stops, fault))
		}
	}
	if missed := Ask[[]string](w, `window.awaited.filter(e => !window.visited.has(e)).map(window.named)`); stops < mostStops && len(missed) > 0 {
		faults = append(faults, fmt.Sprintf("never reached by keyboard: %v", missed))
	}
	return faults
}

// noRing begins what is said of an element whose focus cannot be seen, and
// ringDelay is how long a busy browser may take to show it.
const (
	noRing    = "no ring"
	ringDelay = 300 * time.Millisecond
)

// tabbable counts what the tabulator key should stop at: of radio buttons with
// one name only one.
const tabbable = `(() => {
	document.activeElement.blur();
	window.scrollTo(0, 0);
	getSelection().setPosition(document.body, 0);
	const groups = new Set();
	window.visited = new Set();
	window.named = e => e.tagName.toLowerCase() + "#" + e.id + " " + (e.innerText || e.name || "").trim().slice(0, 40);
	window.ringless = e => {
		const ringed = s => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== "none";
		const label = e.labels && e.labels[0];
		return ringed(getComputedStyle(e)) || label && ringed(getComputedStyle(label, "::before")) ? "" : "no ring around " + window.named(e);
	};
	window.awaited = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter(e => {
		if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({visibilityProperty: true}) || e.closest("details:not([open])") && e.tagName !== "SUMMARY") return false;
		if (e.type !== "radio") return true;
		const group = [...document.querySelectorAll("input[type=radio]")].filter(o => o.name === e.name && o.form === e.form);
		return e === (group.find(o => o.checked) || group[0]);
	});
	return window.awaited.length;
})()`

// atStop says what is wrong with the element in focus. What draws the ring of a
// radio button or a box is its label.
const atStop = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "focus is lost";
	if (window.visited.has(e)) return "caught at " + window.named(e);
	window.visited.add(e);
	const box = e.getBoundingClientRect();
	if (box.bottom < 0 || box.top > innerHeight) return "out of sight: " + window.named(e);
	return window.ringless(e);
})()`
