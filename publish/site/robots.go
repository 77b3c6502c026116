package site

import (
	"encoding/xml"
	"net/http"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

// list enters a page in the sitemap.
func (s *Site) list(path string) { s.sitemap = append(s.sitemap, path) }

// robots tells search engines what to leave alone: the survey's pages, and
// everything while the figures are invented.
func (s *Site) robots(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	if s.synthetic() {
		b.WriteString("Disallow: /\n")
	} else {
		b.WriteString("Disallow: /s/\nDisallow: /da/survey\nDisallow: /en/survey\n")
		if s.BaseURL != "" {
			b.WriteString("\nSitemap: " + s.BaseURL + "/sitemap.xml\n")
		}
	}
	s.give(w, r, "text/plain; charset=utf-8", []byte(b.String()))
}

type urlSet struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string   `xml:"xmlns:xhtml,attr"`
	URLs    []mapURL `xml:"url"`
}

type mapURL struct {
	Loc       string      `xml:"loc"`
	Languages []alternate `xml:"xhtml:link"`
}

type alternate struct {
	Rel  string    `xml:"rel,attr"`
	Lang i18n.Lang `xml:"hreflang,attr"`
	Href string    `xml:"href,attr"`
}

// siteMap lists the pages in every language. Its addresses must be complete,
// so there is none where the site does not know its own.
func (s *Site) siteMap(w http.ResponseWriter, r *http.Request) {
	if s.BaseURL == "" {
		s.shell.NotFound(w, r)
		return
	}
	set := urlSet{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range s.sitemap {
		var all []alternate
		for _, l := range i18n.Languages {
			all = append(all, alternate{Rel: "alternate", Lang: l, Href: s.BaseURL + web.Localise(l, path)})
		}
		for _, a := range all {
			set.URLs = append(set.URLs, mapURL{Loc: a.Href, Languages: all})
		}
	}
	content, err := xml.MarshalIndent(set, "", " ")
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	s.give(w, r, "application/xml", append([]byte(xml.Header), content...))
}

// give answers with a small file.
func (s *Site) give(w http.ResponseWriter, r *http.Request, contentType string, content []byte) {
	answer, err := web.NewStatic(contentType, content)
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	answer.ServeHTTP(w, r)
}
