package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Modes looks at the page on paper and in the reader's own colours. On paper
// there must be nothing to press and nothing cut off; in the reader's colours a
// choice that is made must differ from one that is not.
func (w *Window) Modes() {
	w.t.Helper()
	for _, fault := range w.ModeFaults() {
		w.t.Errorf("%s: %s", w.place(), fault)
	}
}

// ModeFaults is what [Window.Modes] finds.
func (w *Window) ModeFaults() (faults []string) {
	w.t.Helper()
	w.emulate("print", "")
	w.Do(chromedp.EmulateViewport(paper, 844))
	for _, fault := range Ask[[]string](w, onPaper) {
		faults = append(faults, "on paper: "+fault)
	}
	w.picture(paper)
	w.emulate("screen", "active")
	w.Do(chromedp.EmulateViewport(Phone, 844))
	for _, fault := range Ask[[]string](w, inOwnColours) {
		faults = append(faults, "in forced colours: "+fault)
	}
	w.picture(Phone + 1)
	w.emulate("", "none")
	return faults
}

// paper is the width of A4 between margins of 1 cm, in pixels of CSS.
const paper = 718

func (w *Window) emulate(medium, forced string) {
	w.t.Helper()
	p := emulation.SetEmulatedMediaParams{Media: medium}
	if forced != "" {
		p.Features = []*emulation.MediaFeature{{Name: "forced-colors", Value: forced}}
	}
	w.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, p)
		return err
	}))
}

const onPaper = `(() => {
	const faults = [...document.querySelectorAll("button, nav, .skipnav")].filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 2)
		.map(e => e.tagName.toLowerCase() + " " + e.innerText.slice(0, 40));
	for (const e of document.querySelectorAll(".table-box, pre"))
		if (getComputedStyle(e).overflowX !== "visible") faults.push("scrolls: " + e.className);
	return faults;
})()`

const inOwnColours = `(() => {
	const sight = e => ["::before", "::after"].map(p => { const s = getComputedStyle(e, p); return s.backgroundColor + s.borderTopWidth + s.content; }).join();
	const label = (type, state) => { const i = document.querySelector("input[type=" + type + "]" + state); return i && i.labels[0]; };
	return ["radio", "checkbox"].filter(type => {
		const on = label(type, ":checked"), off = label(type, ":not(:checked)");
		return on && off && sight(on) === sight(off);
	}).map(type => "a chosen " + type + " looks like one that is not");
})()`
