// Package unlinkpage is where statisticians part the answers of a wave from its
// workplaces: one asks, another confirms.
//
// It shows what will be destroyed, what has to come first, and afterwards the
// report; it names no workplace. Who may look and who may act is the business
// of the table in front of the router, that two persons are needed is package
// unlink's.
package unlinkpage

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/unlink"
)

// Outlook is what a page shows of a wave.
type Outlook struct {
	ID      string
	Title   i18n.Text
	Request unlink.Request
	Due     time.Time   // promised; zero: nothing was promised yet
	Missing []i18n.Text // must come first
	Losses  []i18n.Text // cannot be done afterwards
	Panel   bool        // the key that joins waves is destroyed, too
	Report  *unlink.Report
}

// Waves is what the home knows of its waves and does to them.
type Waves interface {
	Outlooks(ctx context.Context) ([]Outlook, error)
	Outlook(ctx context.Context, wave string) (Outlook, error) // ErrNoWave
	Ask(ctx context.Context, by, wave string) error
	Confirm(ctx context.Context, by, wave string) error // carried out soon after
	Withdraw(ctx context.Context, by, wave string) error
}

// ErrNoWave says that there is no such wave.
var ErrNoWave = errors.New("no such wave")

// Config is what the pages need.
type Config struct {
	Shell *web.Shell
	Waves Waves
	Actor func(*http.Request) (string, error) // id of the person who acts
	Name  func(ctx context.Context, id string, l i18n.Lang) string
	Now   func() time.Time
	Zone  *time.Location // that times are shown in
}

// Pages are the pages of unlinking.
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
	messages, err := i18n.ParseCatalogue("survey/unlink/unlinkpage/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

const path = "/staff/waves"

// Routes mounts the pages. The router's gate decides who reaches them.
func (p *Pages) Routes(r chi.Router) {
	r.Get("/{lang:da|en}"+path, p.list)
	r.Get("/{lang:da|en}"+path+"/{wave}/unlink", p.one)
	r.Post("/{lang:da|en}"+path+"/{wave}/unlink/ask", p.act(func(ctx context.Context, by, wave string) error {
		if o, err := p.Waves.Outlook(ctx, wave); err != nil || len(o.Missing) > 0 {
			return errors.Join(err, errMissing)
		}
		return p.Waves.Ask(ctx, by, wave)
	}))
	r.Post("/{lang:da|en}"+path+"/{wave}/unlink/confirm", p.act(p.Waves.Confirm))
	r.Post("/{lang:da|en}"+path+"/{wave}/unlink/withdraw", p.act(p.Waves.Withdraw))
}

// errMissing says that something must come first; the page names it.
var errMissing = errors.New("the wave cannot be unlinked yet")

func wavePath(id string) string { return path + "/" + id + "/unlink" }

func (p *Pages) one(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusOK, nil)
}

// act carries an act out on one wave and leads back to its page.
func (p *Pages) act(do func(ctx context.Context, by, wave string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		actor, err := p.Actor(r)
		wave := chi.URLParam(r, "wave")
		if err == nil {
			err = do(r.Context(), actor, wave)
		}
		l := web.Lang(r)
		if key := refusal(err); key != "" {
			p.render(w, r, http.StatusConflict, web.Faults{{Target: "state", Message: p.views.T(l, key)}})
			return
		}
		if err != nil {
			p.refuse(w, r, err)
			return
		}
		http.Redirect(w, r, web.Localise(l, wavePath(wave)), http.StatusSeeOther)
	}
}

// refusal is the message for an act that came too late or from the wrong
// person, empty for anything else.
func refusal(err error) string {
	for _, known := range []struct {
		err error
		key string
	}{
		{policy.ErrSamePerson, "fault.same"}, {unlink.ErrAsked, "fault.asked"}, {unlink.ErrNotAsked, "fault.notasked"}, {errMissing, "fault.missing"},
	} {
		if errors.Is(err, known.err) && !errors.Is(err, ErrNoWave) {
			return known.key
		}
	}
	return ""
}

func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrNoWave):
		p.Shell.Error(w, r, http.StatusNotFound)
	case errors.Is(err, store.ErrUnavailable):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	default:
		p.Shell.Fail(w, r, err)
	}
}

// list shows all waves with what was promised.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	all, err := p.Waves.Outlooks(r.Context())
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	l := web.Lang(r)
	t := web.Table{Name: "waves", Caption: p.views.T(l, "list.title"), Quiet: true, None: p.views.T(l, "list.none")}
	for _, key := range []string{"list.wave", "list.state", "list.due"} {
		t.Columns = append(t.Columns, web.Column{Label: p.views.T(l, key)})
	}
	for _, o := range all {
		due := ""
		if !o.Due.IsZero() {
			due = i18n.Date(o.Due, l)
		}
		t.Rows = append(t.Rows, web.Row{{Text: o.Title.In(l), Href: web.Localise(l, wavePath(o.ID)), Note: o.ID}, {Tag: p.tag(l, o)}, {Text: due}})
	}
	p.draw(w, r, http.StatusOK, web.Page{Title: p.views.T(l, "list.title"), Path: path}, "waves", t)
}

// tag is the state of a wave in a word.
func (p *Pages) tag(l i18n.Lang, o Outlook) *web.Tag {
	switch {
	case o.Request.State == unlink.Proved:
		return &web.Tag{Kind: web.Success, Text: p.views.T(l, "state.proved")}
	case !o.Due.IsZero() && p.Now().After(o.Due):
		return &web.Tag{Kind: web.Warning, Text: p.views.T(l, "state.late")}
	}
	return &web.Tag{Text: p.views.T(l, "state."+string(o.Request.State))}
}

func (p *Pages) draw(w http.ResponseWriter, r *http.Request, status int, page web.Page, name string, data any) {
	page.Lang, page.NoIndex, page.SignedIn = web.Lang(r), true, true
	w.Header().Set("Cache-Control", "no-store")
	p.views.Render(w, r, status, page, name, data)
}
