// Package optout is the page that a mail to a workplace leads to where no more
// letters are wanted.
//
// A token out of a letter comes in; a stop goes out to package dispatch, which
// honours it. Opening the page changes nothing and looks nothing up, so that
// mail scanners may; the button does it, and so does a mail program that posts
// to the address by itself (RFC 8058), without a cookie or a page of ours. The
// page names no workplace: whoever has the link learns nothing by it.
package optout

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact/dispatch"
)

// Config is what the pages need.
type Config struct {
	Shell *web.Shell
	Stop  func(ctx context.Context, token string) error // dispatch.Dispatcher.Stop
	Email string                                        // for who has changed their mind
}

// Pages serve the page and take its button.
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
	messages, err := i18n.ParseCatalogue("survey/contact/optout/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	p := &Pages{Config: cfg}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

const pattern = "/{lang:da|en}/stop/{token}"

// Routes mounts the pages.
func (p *Pages) Routes(r chi.Router) {
	r.Get(pattern, p.ask)
	r.Post(pattern, p.stop)
}

// view is what the template sees.
type view struct {
	Title, Text string
	Act         *web.Act // nil once it is done, or cannot be
	Survey      string   // address of the questionnaire's entry
	Email       string
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request) {
	l := web.Lang(r)
	v := view{Act: &web.Act{Action: web.Localise(l, "/stop/"+chi.URLParam(r, "token")), Label: p.views.T(l, "ask.button"), Look: web.Primary}}
	p.render(w, r, http.StatusOK, "ask", v)
}

// stop answers with a page and no redirect: mail programs follow none.
func (p *Pages) stop(w http.ResponseWriter, r *http.Request) {
	switch err := p.Stop(r.Context(), chi.URLParam(r, "token")); {
	case errors.Is(err, dispatch.ErrNoSuchLetter):
		p.render(w, r, http.StatusNotFound, "unknown", view{})
	case errors.Is(err, store.ErrUnavailable):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	case err != nil:
		p.Shell.Fail(w, r, err)
	default:
		p.render(w, r, http.StatusOK, "done", view{})
	}
}

// render shows one of the three pages. Their address is a secret of its
// reader: it is kept nowhere, and told to nobody.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	l := web.Lang(r)
	v.Title, v.Text = p.views.T(l, name+".title"), p.views.T(l, name+".text")
	v.Survey, v.Email = web.Localise(l, "/survey"), p.Email
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	p.views.Render(w, r, status, web.Page{
		Lang: l, Title: v.Title, Path: "/stop/" + chi.URLParam(r, "token"), NoIndex: true, Plain: true, Private: true,
	}, "optout", v)
}
