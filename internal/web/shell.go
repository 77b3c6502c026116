package web

import (
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"barometer/internal/i18n"
)

// Config says what the service is called, who runs it and where its
// navigation leads.
type Config struct {
	Name      i18n.Text // of the service, in the header and in every title
	Owner     i18n.Text // the authority that answers for it
	Email     string    // where questions go; shown in the footer and on error pages
	Statement string    // address of the accessibility statement; a path is put in the reader's language
	Privacy   string    // address of the privacy notice; a path is put in the reader's language
	Nav       []Link    // main navigation
	Account   string    // path of the page of whoever asks, "/account"; empty: nobody has one
	SignOut   string    // path that takes the POST of signing out
	Host      string    // the site's host and port; requests for another are refused. Empty: any
	BaseURL   string    // address of the site as visitors see it; without one no page gives its complete address
	Proxied   bool      // the visitor's address is the last one in X-Forwarded-For
	HTTPS     bool      // the site is reached over HTTPS: Strict-Transport-Security, Secure cookies
	Log       *slog.Logger
}

// Link is one entry of the navigation.
type Link struct {
	Path  string // without language: "/tables"
	Label i18n.Text
}

// Page is what a handler hands the shell.
type Page struct {
	Lang        i18n.Lang
	Title       string // of the page; the service's name is added
	Description string // for search engines and link previews, may be empty
	Path        string // without language, for the language switch: "/survey/page/B1"
	Section     string // path of the navigation link that is current, may be empty
	Parent      Link   // page above this one; without it, the section where this is not the section's own page
	SignedIn    bool   // the page knows who reads it, and offers to sign out
	Body        template.HTML
	Synthetic   bool   // the page shows synthetic data: say so above everything
	Preview     bool   // the page shows what is not published yet: say so above everything
	NoIndex     bool   // keep out of search engines
	Plain       bool   // leave out the main navigation, as in the middle of a task
	Fault       bool   // the page reports faults in what was entered: say so in the title
	Private     bool   // title or path belong to one visitor: nothing of the page is kept
	Passing     bool   // there are more such pages than are worth keeping
	Feed        string // path, without language, of what tells of news; may be empty
	Picture     Picture
	SwitchForm  string // id of a form that the language switch sends to the page in the other language, so that nothing entered is lost
}

// Picture is what other sites show where somebody links to a page.
type Picture struct {
	Path          string // without language; empty: none
	Alt           string
	Width, Height int // in pixels
}

// Shell renders pages. It is safe for concurrent use.
type Shell struct {
	cfg      Config
	assets   *assets
	messages *i18n.Catalogue
	views    *Views
	frames   frames
	failures sync.Map // error pages that were drawn
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// NewShell loads the assets, the layout and its messages.
func NewShell(cfg Config) (*Shell, error) {
	if missing := errors.Join(needText("Name", cfg.Name), needText("Owner", cfg.Owner)); missing != nil {
		return nil, missing
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	root, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		return nil, err
	}
	s := &Shell{cfg: cfg}
	if s.assets, err = loadAssets(root); err != nil {
		return nil, err
	}
	if s.messages, err = i18n.ParseCatalogue("internal/web/messages.yaml", messageFile); err != nil {
		return nil, err
	}
	s.views, err = s.Views(templateFiles, s.messages)
	return s, err
}

// Owner is the authority that answers for the service.
func (s *Shell) Owner() i18n.Text { return s.cfg.Owner }

// Email is where questions go.
func (s *Shell) Email() string { return s.cfg.Email }

func needText(field string, t i18n.Text) error {
	if missing := t.Missing(); missing != nil {
		return errors.New("web: Config." + field + " has no wording in " + string(missing[0]))
	}
	return nil
}

// layout is what the layout template sees.
type layout struct {
	Page
	Config
	Home      string
	Statement string
	Privacy   string
	Account   string
	SignOut   string
	Switch    string // address of the page in the other language
	Other     i18n.Lang
	Here      string   // complete address of the page, empty where it has none to give
	Crumbs    []Anchor // pages above this one, the front page first
}

// Alternates are the complete addresses of the page in every language.
func (l layout) Alternates() (list []Anchor) {
	for _, lang := range i18n.Languages {
		list = append(list, Anchor{Href: l.BaseURL + Localise(lang, l.Path), Label: string(lang)})
	}
	return list
}

// Whole completes an address within the site.
func (l layout) Whole(address string) string { return l.BaseURL + address }

// Render answers with a page. Nothing is sent before the page is complete, so
// that a fault in a template becomes an error page and not half a page.
func (s *Shell) Render(w http.ResponseWriter, r *http.Request, status int, p Page) {
	s.RenderPieces(w, r, status, p, []Piece{Loose(p.Body)})
}

// RenderPieces is Render for a page whose body is in pieces.
func (s *Shell) RenderPieces(w http.ResponseWriter, r *http.Request, status int, p Page, body []Piece) {
	f, err := s.frame(p)
	if err != nil {
		s.Fail(w, r, err)
		return
	}
	send(w, r, status, f.around(body)...)
}

// whole is a page as one.
func (s *Shell) whole(p Page) (template.HTML, error) {
	f, err := s.frame(p)
	return Whole(f.around([]Piece{Loose(p.Body)})), err
}

func (s *Shell) layout(p Page) layout {
	data := layout{
		Page:      p,
		Config:    s.cfg,
		Home:      Localise(p.Lang, "/"),
		Statement: s.address(p.Lang, s.cfg.Statement),
		Privacy:   s.address(p.Lang, s.cfg.Privacy),
		Account:   s.address(p.Lang, s.cfg.Account),
		SignOut:   s.address(p.Lang, s.cfg.SignOut),
		Other:     p.Lang.Other(),
		Crumbs:    s.crumbs(p),
	}
	if p.Path != "" {
		data.Switch = Localise(data.Other, p.Path)
	}
	data.BaseURL = strings.TrimSuffix(data.BaseURL, "/")
	if data.BaseURL != "" && p.Path != "" && !p.NoIndex && !p.Private {
		data.Here = data.BaseURL + Localise(p.Lang, p.Path)
	}
	return data
}

// crumbs is the way from the front page to a page below a section.
func (s *Shell) crumbs(p Page) []Anchor {
	parent := p.Parent
	for _, link := range s.cfg.Nav {
		if parent.Path == "" && link.Path == p.Section && p.Path != p.Section {
			parent = link
		}
	}
	if parent.Path == "" || p.Plain {
		return nil
	}
	home := Anchor{Localise(p.Lang, "/"), s.views.T(p.Lang, "crumbs.home")}
	return []Anchor{home, {Localise(p.Lang, parent.Path), parent.Label.In(p.Lang)}}
}

func (s *Shell) address(l i18n.Lang, target string) string {
	if len(target) > 0 && target[0] == '/' {
		return Localise(l, target)
	}
	return target
}

// Fail logs a fault of the program and answers with the error page for it. If
// the error page itself is at fault, the answer is the bare status.
func (s *Shell) Fail(w http.ResponseWriter, r *http.Request, err error) {
	s.Report(r, err)
	page, err := s.whole(s.errorPage(Lang(r), http.StatusInternalServerError))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	send(w, r, http.StatusInternalServerError, Loose(page))
}

// Assets serves the style sheets, fonts, icons and script of all pages; mount
// it on /assets/.
func (s *Shell) Assets() http.Handler { return s.assets.serve(s.NotFound) }

// Report writes a fault of the program or its operation into the log, for those
// who answer with a page of their own.
func (s *Shell) Report(r *http.Request, err error) {
	s.cfg.Log.Error("page failed", "route", route(r), "error", err)
}
