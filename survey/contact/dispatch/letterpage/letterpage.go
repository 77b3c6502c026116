// Package letterpage is where staff write to workplaces: a dry run that lists
// who gets a letter and why, the press that sends it, the log of what was sent,
// and the files that are to be printed or handed to Digital Post.
//
// Who is written to is decided by package dispatch, here as by command, and
// decided anew when the press comes: a letter that was sent meanwhile is not
// sent again. The files hold access codes; they lie on the server that made
// them until somebody says that they are to be destroyed. Every list with names,
// every sending, every file that is fetched or destroyed is written into the
// audit log. Who may come here is the business of the table in front of the
// router.
package letterpage

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// Wave is one collection that letters belong to.
type Wave struct {
	ID        string
	Title     i18n.Text
	Synthetic bool
	Outgoing  string // folder of its letters in files
}

// Config is what the pages need.
type Config struct {
	Shell   *web.Shell
	Store   *store.DB
	Letters *dispatch.Dispatcher
	Waves   []Wave
	Open    func(id string) (*dispatch.Wave, error)    // the wave as its folder says now; an error that is [ErrNoSample] where nobody was drawn
	Publish func(ctx context.Context, id string) error // its questionnaire, before workplaces are invited to it
	Now     func() time.Time
	Zone    *time.Location // that times are shown in

	Actor func(*http.Request) (string, error)           // id of the person who acts
	May   func(r *http.Request, method, at string) bool // whether the reader may use a route
}

// ErrNoSample says that the wave has no sample yet.
var ErrNoSample = errors.New("the wave has no sample yet")

// Pages are the pages of letters.
type Pages struct {
	Config
	views    *web.Views
	messages *i18n.Catalogue
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New parses the pages.
func New(cfg Config) (*Pages, error) {
	messages, err := i18n.ParseCatalogue("survey/contact/dispatch/letterpage/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg, messages: messages}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

// Paths of the pages, without language.
const desk = "/staff/fieldwork"

func path(wave string) string { return desk + "/" + wave + "/letters" }

// base is the route of a wave's letters.
const base = "/{lang:da|en}" + desk + "/{wave}/letters"

// Routes mounts the pages. The router's gate decides who reaches them.
func (p *Pages) Routes(router chi.Router) {
	router.Group(func(r chi.Router) {
		r.Use(private)
		r.Get(base, p.inWave(p.overview))
		r.Get(base+"/plan", p.inWave(p.plan))
		r.Post(base+"/send", p.inWave(p.send))
		r.Get(base+"/log", p.inWave(p.log))
		r.Get(base+"/files/{batch}/{file}", p.inWave(p.fetch))
		r.Post(base+"/destroy", p.inWave(p.destroy))
	})
}

// private keeps pages with names, and files with codes, out of caches.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// asked is a request about a wave of the home, by somebody on the staff.
type asked struct {
	Wave
	actor string
}

func (p *Pages) inWave(serve func(http.ResponseWriter, *http.Request, asked)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(p.Waves, func(one Wave) bool { return one.ID == chi.URLParam(r, "wave") })
		if i < 0 {
			p.Shell.Error(w, r, http.StatusNotFound)
			return
		}
		actor, err := p.Actor(r)
		if err == nil {
			err = r.ParseForm()
		}
		if err != nil {
			p.fail(w, r, err)
			return
		}
		serve(w, r, asked{p.Waves[i], actor})
	}
}

// fail answers for an error that no form can put right.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		p.Shell.Error(w, r, http.StatusRequestEntityTooLarge)
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.Canceled):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	default:
		p.Shell.Fail(w, r, err)
	}
}

// note writes an event into the audit log.
func (p *Pages) note(ctx context.Context, a asked, action string, detail map[string]string) error {
	return p.Store.Write(ctx, func(tx *store.Tx) error {
		return audit.Record(tx, p.Now(), audit.Event{Actor: a.actor, Action: action, Object: a.ID, Detail: detail})
	})
}

// hindrance is why nothing can be sent as things are.
type hindrance struct {
	key   string   // of the message
	lines []string // faults, in English: they name files, fields and places in them
}

// hindered sorts an error: one that staff can do something about is a
// hindrance, any other is handed back.
func hindered(err error) (*hindrance, error) {
	var faults wording.Faults
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, ErrNoSample):
		return &hindrance{key: "hindered.sample"}, nil
	case errors.As(err, &faults):
		h := &hindrance{key: "hindered.wording"}
		for _, f := range faults {
			f.File = filepath.Base(f.File)
			h.lines = append(h.lines, f.String())
		}
		return h, nil
	case errors.Is(err, response.ErrClosed):
		return &hindrance{key: "hindered.closed"}, nil
	case errors.Is(err, dispatch.ErrPaused):
		return &hindrance{key: "hindered.paused"}, nil
	case errors.Is(err, response.ErrDefinition):
		return &hindrance{key: "hindered.definition"}, nil
	case errors.Is(err, dispatch.ErrIncomplete):
		return &hindrance{key: "hindered.incomplete", lines: []string{err.Error()}}, nil
	}
	return nil, err
}

// T words a message in the language of the request.
func (p *Pages) T(r *http.Request, key string, values ...any) string {
	return p.views.T(web.Lang(r), key, values...)
}

func (p *Pages) link(r *http.Request, to string) string { return web.Localise(web.Lang(r), to) }

// view starts a page of the wave.
func (p *Pages) view(r *http.Request, title, at string, a asked) web.Page {
	page := web.Page{Lang: web.Lang(r), Title: title, Path: at, NoIndex: true, SignedIn: true, Private: true, Synthetic: a.Synthetic}
	page.Parent = web.Link{Path: desk + "/" + a.ID, Label: a.Title}
	if at != path(a.ID) {
		text, _ := p.messages.Text("title") // a key that is missing fails the test of messages
		page.Parent = web.Link{Path: path(a.ID), Label: text}
	}
	return page
}

// columns heads a table.
func (p *Pages) columns(r *http.Request, keys ...string) (list []web.Column) {
	for _, k := range keys {
		list = append(list, web.Column{Label: p.T(r, k), Number: k == "n"})
	}
	return list
}

// moment writes a point in time.
func (p *Pages) moment(t time.Time, l i18n.Lang) string { return i18n.Moment(t.In(p.Zone), l) }
