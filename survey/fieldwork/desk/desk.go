// Package desk is the pages on which staff run the fieldwork: how it goes, who
// is missing, whom to ring, and what to do about one workplace.
//
// Counts and lists come from package fieldwork, names and addresses from
// package contact, answers go through the runner's own pages, to which a member
// of staff is handed a session. Who may look and who may act is the business of
// the table in front of the router. Every look at a contact and every act is
// written into the audit log, an act in its own transaction. Addresses of pages
// name workplaces by their random keys: no name, number or telephone stands in
// one, nor in the log.
package desk

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/fieldwork"
	"barometer/survey/response"
)

// Wave is one collection as the desk knows it.
type Wave struct {
	ID        string
	Title     i18n.Text
	Deadline  time.Time // last day to answer, a date; zero = not said
	Target    float64   // share of the sample expected to answer, 0 = not said
	Synthetic bool      // no real workplace answers
}

// Config is what the pages need.
type Config struct {
	Shell     *web.Shell
	Store     *store.DB
	Fieldwork *fieldwork.Desk
	Contacts  *contact.Access
	Responses *response.Store
	Letters   Letters
	Waves     []Wave // in the order they are listed
	Now       func() time.Time
	Zone      *time.Location // that times are shown in

	May   func(r *http.Request, method, pattern string) bool                     // whether the reader may use a route
	Actor func(*http.Request) (string, error)                                    // id of the person who acts
	Name  func(ctx context.Context, actor string, l i18n.Lang) string            // of the person behind an id
	Hand  func(w http.ResponseWriter, r *http.Request, s contact.Session) string // gives the browser a session to key in with; returns the path it begins at
}

// Letters knows which workplaces want none; [dispatch.Dispatcher] is one.
type Letters interface {
	Stopped(ctx context.Context, wave, unit string) (since time.Time, err error)
	StopFor(ctx context.Context, actor, wave, unit string) error
	Resume(ctx context.Context, actor, wave, unit string) error
}

// Pages are the pages of the desk.
type Pages struct {
	Config
	views    *web.Views
	messages *i18n.Catalogue
	waves    map[string]Wave
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New parses the pages.
func New(cfg Config) (*Pages, error) {
	messages, err := i18n.ParseCatalogue("survey/fieldwork/desk/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg, messages: messages, waves: map[string]Wave{}}
	for _, w := range cfg.Waves {
		p.waves[w.ID] = w
	}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

// Paths of the pages, without language.
const path = "/staff/fieldwork"

func wavePath(wave string) string { return path + "/" + wave }

// UnitPath is the page of one workplace.
func UnitPath(wave, unit string) string { return wavePath(wave) + "/units/" + unit }

// Routes mounts the pages. The router's gate decides who reaches them.
func (p *Pages) Routes(router chi.Router) {
	router.Group(func(r chi.Router) {
		r.Use(private)
		const base = "/{lang:da|en}" + path
		r.Get(base, p.list)
		r.Post(base+"/digest", p.posted(p.switchDigest))
		r.Get(base+"/{wave}", p.inWave(p.monitor))
		r.Get(base+"/{wave}/representativity", p.inWave(p.representativity))
		r.Get(base+"/{wave}/contacts", p.inWave(p.contacts))
		r.Post(base+"/{wave}/contacts", p.posted(p.find))
		r.Post(base+"/{wave}/contacts/export", p.posted(p.export))
		r.Get(base+"/{wave}/units/{unit}", p.unit)
		r.Post(base+"/{wave}/units/{unit}/{act}", p.posted(p.act))
	})
}

// private keeps pages with names out of caches.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// inWave serves a page of a wave that the home has.
func (p *Pages) inWave(serve func(http.ResponseWriter, *http.Request, Wave)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		wave, ok := p.waves[chi.URLParam(r, "wave")]
		if !ok {
			p.Shell.Error(w, r, http.StatusNotFound)
			return
		}
		serve(w, r, wave)
	}
}

// asked is a form that a member of staff sent, about a wave of the home; the
// forms that are about none have the zero Wave.
type asked struct {
	wave  Wave
	actor string
}

// posted reads a form and who sent it.
func (p *Pages) posted(take func(http.ResponseWriter, *http.Request, asked)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := asked{}
		if id := chi.URLParam(r, "wave"); id != "" {
			wave, ok := p.waves[id]
			if !ok {
				p.Shell.Error(w, r, http.StatusNotFound)
				return
			}
			a.wave = wave
		}
		if err := r.ParseForm(); err != nil {
			p.fail(w, r, err)
			return
		}
		var err error
		if a.actor, err = p.Actor(r); err != nil {
			p.fail(w, r, err)
			return
		}
		take(w, r, a)
	}
}

// fail answers for an error that no form can put right.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		p.Shell.Error(w, r, http.StatusRequestEntityTooLarge)
	case errors.Is(err, fieldwork.ErrNoUnit):
		p.Shell.Error(w, r, http.StatusNotFound)
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.Canceled):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	default:
		p.Shell.Fail(w, r, err)
	}
}

// note writes an event into the audit log, in a transaction of its own: for
// looks, which change nothing else.
func (p *Pages) note(ctx context.Context, actor, action, object string, detail map[string]string) error {
	return p.Store.Write(ctx, func(tx *store.Tx) error {
		return audit.Record(tx, p.Now(), audit.Event{Actor: actor, Action: action, Object: object, Detail: detail})
	})
}

// view starts a page of the desk.
func (p *Pages) view(r *http.Request, title, at string, wave Wave) web.Page {
	page := web.Page{Lang: web.Lang(r), Title: title, Path: at, NoIndex: true, SignedIn: true, Synthetic: wave.Synthetic}
	switch {
	case at == path:
	case at == wavePath(wave.ID):
		page.Parent = web.Link{Path: path, Label: p.both("title")}
	default:
		page.Parent = web.Link{Path: wavePath(wave.ID), Label: wave.Title}
		page.Private = true
	}
	return page
}

func (p *Pages) both(key string) i18n.Text {
	text, _ := p.messages.Text(key) // a key that is missing fails the test of messages
	return text
}

// T words a message in the language of the request.
func (p *Pages) T(r *http.Request, key string, values ...any) string {
	return p.views.T(web.Lang(r), key, values...)
}

func (p *Pages) link(r *http.Request, to string) string { return web.Localise(web.Lang(r), to) }

func (p *Pages) redirect(w http.ResponseWriter, r *http.Request, to string) {
	http.Redirect(w, r, p.link(r, to), http.StatusSeeOther)
}

// columns heads a table.
func (p *Pages) columns(r *http.Request, number map[string]bool, keys ...string) (list []web.Column) {
	for _, k := range keys {
		list = append(list, web.Column{Label: p.T(r, k), Number: number[k]})
	}
	return list
}

// said is what an act left for this page to say, nil for nothing.
func (p *Pages) said(w http.ResponseWriter, r *http.Request) *web.Alert {
	key := p.Shell.Said(w, r)
	if !saids[key] {
		return nil
	}
	return web.Done(p.T(r, key))
}

// saids are the messages that a page may be told to say.
var saids = map[string]bool{
	"said.digest.on": true, "said.digest.off": true, "said.disposition": true, "said.remark": true,
	"said.contact": true, "said.revoked": true, "said.reopened": true, "said.stopped": true, "said.resumed": true,
}
