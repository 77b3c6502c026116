// Package desk shows staff the releases with what each waits for, and lets them
// carry a release on: answer for it, approve it, set its moment, take it back.
//
// Package embargo decides what may happen and by whom; its answers are put into
// words here. Those whom the table of rules lets look see the site as it will
// be with a release, at addresses of their own below the release's page, from
// the files that everyone will get. Nothing of it may stay in a cache.
package desk

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/publish/embargo"
	"barometer/publish/release"
)

// Config is what the pages need.
type Config struct {
	Shell    *web.Shell
	Releases *embargo.Releases
	Rules    *policy.Table
	Who      func(*http.Request) (policy.Subject, error)
	Name     func(ctx context.Context, who string) i18n.Text // of a person or an actor of the audit log
	Now      func() time.Time
	Zone     *time.Location // that times are shown in
}

// Pages are the pages of releases. Safe for concurrent use.
type Pages struct {
	Config
	views *web.Views

	mu     sync.Mutex
	latest *preview // the one looked at last
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New parses the pages.
func New(cfg Config) (*Pages, error) {
	messages, err := i18n.ParseCatalogue("publish/embargo/desk/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

const path = "/staff/releases"

// Routes mounts the pages. The router's gate decides who reaches them.
func (p *Pages) Routes(router chi.Router) {
	const lang, one = "/{lang:da|en}", "/{lang:da|en}" + path + "/{wave}/{version}"
	router.Group(func(r chi.Router) {
		r.Use(unkept)
		r.Get(lang+path, p.list)
		r.Get(one, p.on(p.one))
		r.Post(one+"/submit", p.act(embargo.Submit, p.Releases.Submit))
		r.Post(one+"/approve", p.act(embargo.Approve, p.Releases.Approve))
		r.Post(one+"/schedule", p.on(p.schedule))
		r.Post(one+"/now", p.act(embargo.AtOnce, p.Releases.PublishNow))
		r.Post(one+"/withdraw", p.act(embargo.Withdraw, p.Releases.Withdraw))
		r.Get(one+"/site/*", p.on(p.site))
		r.Get(one+"/files/*", p.on(p.file))
	})
}

// pagePath is the page of a release, without language.
func pagePath(n embargo.Name) string { return path + "/" + n.Wave + "/" + n.Version.String() }

// on serves a page about the release in the address.
func (p *Pages) on(serve func(http.ResponseWriter, *http.Request, embargo.Entry)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		version, err := release.ParseVersion(chi.URLParam(r, "version"))
		if err != nil {
			p.Shell.NotFound(w, r)
			return
		}
		e, err := p.Releases.Entry(r.Context(), embargo.Name{Wave: chi.URLParam(r, "wave"), Version: version})
		if err != nil {
			p.fail(w, r, err)
			return
		}
		serve(w, r, e)
	}
}

// act carries an event out and shows the release again.
func (p *Pages) act(on embargo.Event, do func(context.Context, policy.Subject, embargo.Name) (embargo.Entry, error)) http.HandlerFunc {
	return p.on(func(w http.ResponseWriter, r *http.Request, e embargo.Entry) {
		who, err := p.Who(r)
		if err == nil {
			_, err = do(r.Context(), who, e.Name)
		}
		p.after(w, r, e, on, err)
	})
}

// after answers for an act: with the page of the release in every case.
func (p *Pages) after(w http.ResponseWriter, r *http.Request, e embargo.Entry, on embargo.Event, err error) {
	if err == nil {
		http.Redirect(w, r, web.Localise(web.Lang(r), pagePath(e.Name))+"?did="+did[on], http.StatusSeeOther)
		return
	}
	target, key, status := fault(err)
	if key == "" {
		p.fail(w, r, err)
		return
	}
	v := view{Faults: web.Faults{{Target: target, Message: p.views.T(web.Lang(r), key)}}}
	if fresh, err := p.Releases.Entry(r.Context(), e.Name); err == nil {
		e = fresh // somebody may have been faster
	}
	p.render(w, r, status, e, v)
}

// did names what was done, in an address.
var did = map[embargo.Event]string{
	embargo.Submit: "submit", embargo.Approve: "approve", embargo.Schedule: "schedule", embargo.AtOnce: "now", embargo.Withdraw: "withdraw",
}

// fault words what an act was refused for; an empty key for any other error.
func fault(err error) (target, key string, status int) {
	var moment *embargo.MomentError
	switch {
	case errors.As(err, &moment):
		return "day", "fault.moment." + string(moment.Why), http.StatusUnprocessableEntity
	case errors.Is(err, embargo.ErrTransition):
		return "state", "fault.state", http.StatusConflict
	case errors.Is(err, embargo.ErrChanged):
		return "state", "fault.changed", http.StatusConflict
	case errors.Is(err, policy.ErrSamePerson):
		return "state", "fault.same", http.StatusForbidden
	}
	return "", "", 0
}

func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	var refused *embargo.RefusedError
	switch {
	case errors.Is(err, embargo.ErrUnknown), errors.Is(err, store.ErrText): // no address of ours
		p.Shell.NotFound(w, r)
	case errors.As(err, &refused):
		p.Shell.Error(w, r, http.StatusForbidden)
	case errors.Is(err, embargo.ErrChanged):
		p.Shell.Error(w, r, http.StatusConflict)
	case errors.Is(err, store.ErrUnavailable):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	default:
		p.Shell.Fail(w, r, err)
	}
}
