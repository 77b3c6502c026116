package htmltest_test

import (
	"strings"
	"testing"

	"barometer/internal/htmltest"
)

// Every fault is one that a browser forgives without a word.
func TestFaultsAreFound(t *testing.T) {
	page := func(body string) string {
		return `<!doctype html><html lang="da"><head><title>Side</title><meta charset="utf-8"></head><body><h1>Side</h1>` + body + `</body></html>`
	}
	sound := page(`<p>Tekst<br>og mere</p><form><label for="a">A</label><input id="a"></form>
		<svg viewBox="0 0 1 1"><path d="M0 0"/></svg><ul><li><a href="#a">A</a></li></ul>`)
	if faults := htmltest.Faults([]byte(sound)); faults != nil {
		t.Fatalf("faults of a sound page: %v", faults)
	}
	for want, source := range map[string]string{
		"names no language":   strings.Replace(page(""), ` lang="da"`, "", 1),
		"no title":            strings.Replace(page(""), "Side", "", 1),
		"2 headings":          page("<h1>Igen</h1>"),
		"level 3 after 1":     page("<h3>Tabel</h3>"),
		"block <div> in <p>":  page("<p><div></div></p>"),
		"</p> closes nothing": page("<div></p></div>"),
		"never closed":        page("") + "<p>",
		"id \"a\" twice":      page(`<p id="a"></p><p id="a"></p>`),
		"leads to \"b\"":      page(`<a href="#b">B</a>`),
		"has no label":        page(`<input id="a">`),
		"without a type":      page(`<button>Send</button>`),
		"without scope":       page(`<table><thead><tr><th>A</th></tr></thead></table>`),
		"<form> within":       page(`<form><form></form></form>`),
		"<a> within":          page(`<a href="/"><a href="/">A</a></a>`),
		"<li> in <div>":       page(`<div><li>A</li></div>`),
		"<form> in <tr>":      page(`<table><tbody><tr><form></form></tr></tbody></table>`),
		"text \"A\" in <ul>":  page(`<ul>A</ul>`),
		"policy forbids":      page(`<p style="color:red"></p>`),
		"without a text":      page(`<img src="kort.png">`),
		"text \"B\" in <dl>":  page(`<dl><dt>A</dt>B</dl>`),
		"<td> in <tbody>":     page(`<table><tbody><td></td></tbody></table>`),
	} {
		if got := strings.Join(htmltest.Faults([]byte(source)), "; "); !strings.Contains(got, want) {
			t.Errorf("want %q of %s, got %q", want, source, got)
		}
	}
}
