package site

import (
	"net/http"
	"strings"
	"sync"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

// page is one address of the site, made when first asked for.
type page struct {
	answer      func() (*web.Static, error)
	disposition string // Content-Disposition, for files
}

// content is what a page says in one language. The rest of a web.Page follows
// from its place on the site.
type content struct {
	title       string
	description string
	template    string
	data        any
	picture     web.Picture
	hidden      bool // from search engines
	fault       bool // it reports faults in what was asked for
}

// addPage enters a page in every language. section is the path of the
// navigation link it belongs to.
func (s *Site) addPage(path, section string, write func(l i18n.Lang) (content, error)) {
	for _, l := range i18n.Languages {
		s.pages[web.Localise(l, path)] = &page{answer: sync.OnceValues(func() (*web.Static, error) {
			c, err := write(l)
			if err != nil {
				return nil, err
			}
			body, err := s.views.HTML(l, c.template, c.data)
			if err != nil {
				return nil, err
			}
			p := s.around(c, l, path, section)
			p.Body = body
			return s.shell.Static(p)
		})}
	}
}

// around is what stands around a page's content.
func (s *Site) around(c content, l i18n.Lang, path, section string) web.Page {
	p := web.Page{
		Lang: l, Title: c.title, Description: c.description, Path: path, Section: section, Fault: c.fault,
		Synthetic: s.synthetic(), Preview: s.Preview, NoIndex: s.Preview || c.hidden, SignedIn: s.Preview, Picture: c.picture,
	}
	if s.current == nil || s.BaseURL == "" || s.Preview {
		p.Picture = web.Picture{}
		return p
	}
	p.Feed = feedPath
	if ind, ok := s.current.Indicator(headline); ok && p.Picture.Path == "" {
		p.Picture = s.cardOf(ind, l)
	}
	return p
}

// render answers with a page that depends on what was asked for, which is not
// kept.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, c content, path string) {
	l := web.Lang(r)
	section, _, _ := strings.Cut(path, "?")
	p := s.around(c, l, path, section)
	p.Passing = true
	s.views.Render(w, r, status, p, c.template, c.data)
}

// addFile enters a file that is made from the table, in every language.
func (s *Site) addFile(path, contentType, disposition string, write func(l i18n.Lang) ([]byte, error)) {
	for _, l := range i18n.Languages {
		s.pages[web.Localise(l, path)] = &page{disposition: disposition, answer: sync.OnceValues(func() (*web.Static, error) {
			b, err := write(l)
			if err != nil {
				return nil, err
			}
			return web.NewStatic(contentType, b)
		})}
	}
}

// synthetic reports whether the figures shown are invented.
func (s *Site) synthetic() bool { return s.current != nil && s.current.Synthetic }

// page answers with the page at the path of a request.
func (s *Site) page(w http.ResponseWriter, r *http.Request) { s.answer(w, r, r.URL.Path) }

// answer gives the page at an address.
func (s *Site) answer(w http.ResponseWriter, r *http.Request, address string) {
	p, ok := s.pages[address]
	if !ok {
		s.shell.NotFound(w, r)
		return
	}
	answer, err := p.answer()
	if err != nil {
		s.shell.Fail(w, r, err)
		return
	}
	if p.disposition != "" {
		w.Header().Set("Content-Disposition", p.disposition)
	}
	answer.ServeHTTP(w, r)
}

// addPages enters every page of the site.
func (s *Site) addPages() {
	s.addTexts()
	if s.current == nil {
		s.addPending()
		return
	}
	s.addFront()
	s.addReport()
	s.addIndicators()
	s.addTables()
	s.list(explorePath)
	s.addDownloads()
	s.addReleases()
}

// addPending enters the pages that wait for the first release.
func (s *Site) addPending() {
	for _, path := range []string{frontPath, reportPath, indicatorsPath, explorePath, tablesPath, downloadsPath, releasesPath} {
		s.addPage(path, path, func(l i18n.Lang) (content, error) {
			return content{title: s.views.T(l, "pending.title"), template: "pending", data: s.Options}, nil
		})
	}
}
