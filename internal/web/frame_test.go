package web

import (
	"bytes"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"barometer/internal/i18n"
)

// A frame that is kept must be taken for the same page only, whatever body it
// is drawn around.
func TestKeptFrameFitsItsPage(t *testing.T) {
	name := i18n.Text{DA: "Barometer", EN: "Barometer"}
	newShell := func() *Shell {
		s, err := NewShell(Config{Name: name, Owner: name, Nav: []Link{{"/tables", name}}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	plain := Page{Lang: i18n.Danish, Title: "Side", Path: "/page", Body: "<p>a</p>"}
	pages := []Page{plain}
	for _, alter := range []func(*Page){
		func(p *Page) { p.Lang = i18n.English },
		func(p *Page) { p.Title = "<Anden> side \x00body\x00" },
		func(p *Page) { p.Description = "beskrivelse" },
		func(p *Page) { p.Path = "/other" },
		func(p *Page) { p.Section = "/tables" },
		func(p *Page) { p.Synthetic = true },
		func(p *Page) { p.NoIndex = true },
		func(p *Page) { p.Plain = true },
		func(p *Page) { p.Fault = true },
		func(p *Page) { p.SwitchForm = "answers" },
	} {
		p := plain
		alter(&p)
		pages = append(pages, p)
	}
	kept := newShell()
	for _, body := range []template.HTML{"<p>a</p>", "<p>b\x00body\x00</p>", ""} {
		for _, p := range pages {
			p.Body = body
			got, want := draw(t, kept, p), draw(t, newShell(), p)
			if got != want || strings.Count(got, string(body)) == 0 {
				t.Errorf("page %+v is drawn otherwise the second time", p)
			}
		}
	}
}

func draw(t *testing.T, s *Shell, p Page) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Render(w, httptest.NewRequest(http.MethodGet, "/da/page", nil), http.StatusOK, p)
	if w.Code != http.StatusOK || !bytes.Contains(w.Body.Bytes(), []byte("</html>")) {
		t.Fatalf("status %d, page %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// What belongs to one visitor, such as an address with a code, is not kept;
// and however many pages there are, what is kept is bounded.
func TestFramesKeptAreBounded(t *testing.T) {
	name := i18n.Text{DA: "Barometer", EN: "Barometer"}
	s, err := NewShell(Config{Name: name, Owner: name})
	if err != nil {
		t.Fatal(err)
	}
	draw(t, s, Page{Lang: i18n.Danish, Title: "Kode", Path: "/s/ABCD", Private: true})
	if n := len(s.frames.kept); n != 0 {
		t.Errorf("%d frames of a private page are kept", n)
	}
	for i := range mostFrames + 10 {
		draw(t, s, Page{Lang: i18n.Danish, Title: strings.Repeat("i", i)})
	}
	if n := len(s.frames.kept); n != 10 {
		t.Errorf("%d frames are kept, want the 10 since the bound was reached", n)
	}
}
