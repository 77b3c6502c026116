// Package desk is the pages of research files: researchers apply, see what became
// of it and fetch files; staff read applications, accept the agreement, refuse
// it, and end an access.
//
// Package research decides what may happen and by whom; its answers are put into
// words here. What belongs to one researcher is kept by no cache.
package desk

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/publish/research"
)

// Config is what the pages need.
type Config struct {
	Shell    *web.Shell
	Projects *research.Projects
	Rules    *policy.Table
	Who      func(*http.Request) (policy.Subject, error)
	Name     func(ctx context.Context, who string) i18n.Text // of a person or an actor of the audit log
	Now      func() time.Time
	Zone     *time.Location // that times are shown in
}

// Pages are the pages of research files. Safe for concurrent use.
type Pages struct {
	Config
	views *web.Views
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New parses the pages.
func New(cfg Config) (*Pages, error) {
	messages, err := i18n.ParseCatalogue("publish/research/desk/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

const (
	ownPath   = "/research"
	applyPath = ownPath + "/apply"
	staffPath = "/staff/research"
)

// Routes mounts the pages. The router's gate decides who reaches them.
func (p *Pages) Routes(r chi.Router) {
	const lang, own, staff = "/{lang:da|en}", "/{lang:da|en}/research/projects/{project}", "/{lang:da|en}/staff/research/{project}"
	r.Get(lang+ownPath, p.mine)
	r.Get(lang+applyPath, p.form)
	r.Post(lang+applyPath, p.apply)
	r.Get(own, p.on(p.Projects.Own, p.own))
	r.Post(own+"/link", p.asked(p.link))
	r.Get(own+"/files/{token}", p.asked(p.files))
	r.Get(own+"/files/{token}/{file}", p.asked(p.download))
	r.Get(lang+staffPath, p.all)
	r.Get(staff, p.on(p.Projects.Project, p.read))
	r.Post(staff+"/accept", p.asked(p.accept))
	r.Post(staff+"/refuse", p.asked(p.against(p.Projects.Refuse)))
	r.Post(staff+"/end", p.asked(p.against(p.Projects.End)))
}

func projectPath(id int64) string { return ownPath + "/projects/" + strconv.FormatInt(id, 10) }
func readPath(id int64) string    { return staffPath + "/" + strconv.FormatInt(id, 10) }

// asked serves what somebody asks about the project in the address.
func (p *Pages) asked(serve func(http.ResponseWriter, *http.Request, policy.Subject, int64)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		id, err := strconv.ParseInt(chi.URLParam(r, "project"), 10, 64)
		if err != nil {
			p.Shell.NotFound(w, r)
			return
		}
		who, err := p.Who(r)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		serve(w, r, who, id)
	}
}

// on serves a page about the project in the address.
func (p *Pages) on(find func(context.Context, policy.Subject, int64) (research.Project, error), serve func(http.ResponseWriter, *http.Request, policy.Subject, research.Project)) http.HandlerFunc {
	return p.asked(func(w http.ResponseWriter, r *http.Request, who policy.Subject, id int64) {
		one, err := find(r.Context(), who, id)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		serve(w, r, who, one)
	})
}

func (p *Pages) page(r *http.Request, title, path string) web.Page {
	return web.Page{Lang: web.Lang(r), Title: title, Path: path, NoIndex: true, Private: true, SignedIn: true}
}

func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	var refused *research.RefusedError
	switch {
	case errors.Is(err, research.ErrUnknown), errors.Is(err, research.ErrLink), errors.Is(err, research.ErrNoFiles),
		errors.Is(err, fs.ErrNotExist), errors.Is(err, store.ErrText):
		p.Shell.NotFound(w, r)
	case errors.As(err, &refused), errors.Is(err, research.ErrClosed), errors.Is(err, policy.ErrSamePerson):
		p.Shell.Error(w, r, http.StatusForbidden)
	case errors.Is(err, store.ErrUnavailable):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	default:
		p.Shell.Fail(w, r, err)
	}
}

// moment writes a point in time as people read it; nothing for one that is not
// there.
func (p *Pages) moment(l i18n.Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.Zone)
	return p.views.T(l, "at", "day", i18n.Date(t, l), "time", i18n.Clock(t, l))
}

// state is how far a project has come, at a glance.
func (p *Pages) state(l i18n.Lang, one research.Project) *web.Tag {
	kinds := map[research.State]web.Kind{research.Asked: web.Info, research.Accepted: web.Success, research.Refused: web.Danger, research.Ended: web.Warning}
	if one.State == research.Accepted && !one.Opens(p.Now()) {
		return &web.Tag{Kind: web.Warning, Text: p.views.T(l, "state.past")}
	}
	return &web.Tag{Kind: kinds[one.State], Text: p.views.T(l, "state."+string(one.State))}
}

// facts tell what a project is.
func (p *Pages) facts(l i18n.Lang, one research.Project) web.Facts {
	f := web.Facts{
		{Term: p.views.T(l, "institution"), Text: one.Institution}, {Term: p.views.T(l, "wave"), Text: one.Wave},
		{Term: p.views.T(l, "purpose"), Text: one.Purpose}, {Term: p.views.T(l, "persons"), Text: one.Persons},
		{Term: p.views.T(l, "until"), Text: i18n.Date(one.Until, l)}, {Term: p.views.T(l, "asked"), Text: p.moment(l, one.Asked)},
	}
	if one.Reason != "" {
		f = append(f, web.Fact{Term: p.views.T(l, "reason"), Text: one.Reason})
	}
	return f
}

// table lists projects.
func (p *Pages) table(r *http.Request, list []research.Project, path func(int64) string, staff bool) web.Table {
	l := web.Lang(r)
	t := web.Table{Name: "projects", Caption: p.views.T(l, "projects"), Quiet: true, None: p.views.T(l, "none"), Columns: []web.Column{
		{Label: p.views.T(l, "title")}, {Label: p.views.T(l, "state")}, {Label: p.views.T(l, "wave")}, {Label: p.views.T(l, "until")}}}
	if staff {
		t.Columns = append(t.Columns, web.Column{Label: p.views.T(l, "researcher")})
	}
	for _, one := range list {
		row := web.Row{{Text: one.Title, Href: web.Localise(l, path(one.ID)), Note: one.Institution}, {Tag: p.state(l, one)}, {Text: one.Wave}, {Text: i18n.Date(one.Until, l)}}
		if staff {
			row = append(row, web.Cell{Text: p.Name(r.Context(), one.Person).In(l)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
