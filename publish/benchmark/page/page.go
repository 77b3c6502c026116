// Package page shows a workplace beside its peers: by the link to its own answers,
// by a short form that is kept nowhere, and at a meeting.
//
// Forms, tokens and codes come in; pages go out that are stored by no cache and
// set no cookie. What the short form is answered with is compared, shown and
// forgotten: it is in no store and no log. The package compares nothing itself.
package page

import (
	"context"
	"embed"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/limit"
	"barometer/internal/web"
	"barometer/publish/benchmark"
	"barometer/publish/benchmark/own"
	"barometer/publish/benchmark/room"
)

// Wave is a wave that answers can be compared with.
type Wave struct {
	*benchmark.Source
	Release string // path of its release, without language
}

// Links open own answers; [own.Links] is one.
type Links interface {
	Open(ctx context.Context, token string) (own.Saved, error)
}

// Config is what the pages need.
type Config struct {
	Shell   *web.Shell
	Waves   []Wave // whose results are out, the newest first
	Links   Links
	Rooms   *room.Rooms
	Now     func() time.Time
	Zone    *time.Location
	Nonce   func() string // of forms at a meeting: random, and never twice the same
	BaseURL string        // address of the site, for codes to scan; the request's where empty
	Proxied bool          // the visitor's address is the last one in X-Forwarded-For
}

// Pages is safe for concurrent use.
type Pages struct {
	Config
	views *web.Views

	opening *limit.Buckets[string] // of rooms, by network
	joining *limit.Buckets[string] // tries of codes and answers in rooms, by network
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New parses the pages.
func New(cfg Config) (*Pages, error) {
	messages, err := i18n.ParseCatalogue("publish/benchmark/page/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, "/")
	p := &Pages{
		Config:  cfg,
		opening: limit.NewBuckets[string](1.0/600, 10, 10_000), // a training day has several meetings
		joining: limit.NewBuckets[string](2, 300, 10_000),      // a meeting sits behind one address
	}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

// Path is where the pages begin, without language.
const Path = openPath

// Paths of the pages, without language.
const (
	openPath  = "/benchmark"
	bookPath  = openPath + "/workbook"
	ownPath   = openPath + "/own/"
	roomsPath = openPath + "/rooms"
	joinPath  = openPath + "/room"
	lookPath  = openPath + "/screen/"
)

// OwnPath is where a link to own answers leads, without language.
func OwnPath(token string) string { return ownPath + token }

// Navigation is what the pages add to the main navigation.
func Navigation() []web.Link {
	return []web.Link{{Path: openPath, Label: i18n.Text{DA: "Sammenlign jer", EN: "Compare yourself"}}}
}

// Routes mounts the pages.
func (p *Pages) Routes(router chi.Router) {
	router.Route("/{lang:da|en}"+openPath, func(r chi.Router) {
		r.Use(private)
		r.Get("/", p.form)
		r.Post("/", p.compare)
		r.Post("/workbook", p.workbook)
		r.Get("/own/{token}", p.own)
		r.Get("/own/{token}/workbook", p.ownWorkbook)
		r.Get("/rooms", p.rooms)
		r.Post("/rooms", p.openRoom)
		r.Get("/room", p.join)
		r.Post("/room", p.enter)
		r.Get("/room/{room}", p.room)
		r.Post("/room/{room}", p.answer)
		r.Get("/screen/{token}", p.screen)
		r.Post("/screen/{token}", p.close)
	})
}

// private keeps pages out of caches, and addresses with a token in them out of
// other sites' logs.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// current is the newest wave, nil before the first release.
func (p *Pages) current() *Wave {
	if len(p.Waves) == 0 {
		return nil
	}
	return &p.Waves[0]
}

// wave is the one of a name, nil where its results are not out.
func (p *Pages) wave(id string) *Wave {
	for i := range p.Waves {
		if p.Waves[i].Table.Wave == id {
			return &p.Waves[i]
		}
	}
	return nil
}

// render answers with a page of the section. private says that its address is a
// secret of its reader.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, name string, at place, v any) {
	l := web.Lang(r)
	current := p.current()
	p.views.Render(w, r, status, web.Page{
		Lang: l, Title: p.views.T(l, name+".title"), Path: at.path, Section: openPath, Fault: at.fault,
		Private: at.private, SwitchForm: at.switches, NoIndex: at.private || at.fault || at.path != openPath, Plain: at.plain,
		Synthetic: current != nil && current.Table.Synthetic,
	}, name, v)
}

// place is where a page stands.
type place struct {
	path    string
	private bool // title or address are for one reader alone
	plain   bool // without the main navigation
	fault   bool // it reports faults in what was entered

	switches string // id of the form that the language switch takes along
}

// pending answers before the first release.
func (p *Pages) pending(w http.ResponseWriter, r *http.Request, path string) {
	p.render(w, r, http.StatusOK, "pending", place{path: path}, nil)
}

// network is what counts as one visitor.
func (p *Pages) network(r *http.Request) string {
	return limit.Network(limit.Address(r, p.Proxied)).String()
}

// slow refuses a visitor who asks too often.
func (p *Pages) slow(w http.ResponseWriter, r *http.Request, b *limit.Buckets[string]) bool {
	wait := b.Take(p.network(r), p.Now())
	if wait == 0 {
		return false
	}
	w.Header().Set("Retry-After", seconds(wait))
	p.Shell.Error(w, r, http.StatusTooManyRequests)
	return true
}
