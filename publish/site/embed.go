package site

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

// embedPath is below which charts stand that other sites may show in a frame.
const embedPath = "/embed"

// embedPolicy lets every site put the page in a frame. The page has no form, no
// script and no cookie, so that there is nothing to lure a press to.
const embedPolicy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"form-action 'none'; frame-ancestors *; base-uri 'none'"

// embedView is a chart with its source and the way to its figures.
type embedView struct {
	Title     string
	Chart     drawing
	Rows      []groupRow
	Level     string
	Source    string
	Link      string
	Synthetic bool
}

// embed answers with a chart for a frame.
func (s *Site) embed(w http.ResponseWriter, r *http.Request) {
	if s.current == nil {
		s.shell.NotFound(w, r)
		return
	}
	q := r.URL.Query()
	q["indicator"] = []string{chi.URLParam(r, "indicator")}
	p, err := s.pickFrom(q)
	if err != nil {
		s.shell.NotFound(w, r)
		return
	}
	l := web.Lang(r)
	page, err := s.files.get(string(l)+embedPath+"?"+p.query(), func() (*web.Static, error) { return s.embedded(p, l) })
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", embedPolicy)
	page.ServeHTTP(w, r)
}

func (s *Site) embedded(p pick, l i18n.Lang) (*web.Static, error) {
	c, err := s.explored(p, l)
	if err != nil {
		return nil, err
	}
	e := s.edition(p.Wave)
	shown := c.data.(exploreView).Shown
	body, err := s.views.HTML(l, "embed", embedView{
		Title: shown.Title, Chart: shown.Chart, Rows: shown.Rows, Level: shown.Level, Link: shown.Link, Synthetic: e.Synthetic,
		Source: s.views.T(l, "embed.source", "title", e.Title.In(l), "version", e.release.Manifest.Version.String()),
	})
	if err != nil {
		return nil, err
	}
	return web.NewStatic("text/html; charset=utf-8", []byte(body))
}

// snippet is what to paste into a page of another site, "" where the site does
// not know its own address.
func (s *Site) snippet(p pick, title string, rows int, l i18n.Lang) string {
	if s.BaseURL == "" {
		return ""
	}
	address := s.BaseURL + web.Localise(l, embedPath+"/"+p.Indicator) + "?" + url.Values{"wave": {p.Wave}, "breakdown": {p.Breakdown}}.Encode()
	return `<iframe src="` + template.HTMLEscapeString(address) + `" title="` + template.HTMLEscapeString(title) +
		`" width="100%" height="` + strconv.Itoa(300+44*rows) + `" loading="lazy" style="border: 0"></iframe>`
}
