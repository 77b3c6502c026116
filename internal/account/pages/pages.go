// Package pages shows accounts to their owners and to administrators.
//
// Sign-in, one's own account, and the staff's pages of persons and roles are
// drawn here from package account, in the language of the address, on the
// shell of package web. Whether somebody may open a page was decided by the
// table of rules before a handler runs ([Pages.Who] tells it who is there); what
// may happen to an account is decided by package account. Cookies hold tokens
// only, every POST ends in a redirect, in the same form with its faults, or in
// what is shown once; no page needs script but those on which a device's key is
// used, and they say what to do without.
package pages

import (
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/account/factor"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
)

// Config is what pages are made of.
type Config struct {
	Shell    *web.Shell
	Accounts *account.Accounts
	Factors  *factor.Factors
	Brokers  *broker.Brokers // nil: no providers
	Log      *slog.Logger    // of sign-ins at providers that came to nothing; nil: none
	Now      func() time.Time
	HTTPS    bool // cookies travel over HTTPS only
	Proxied  bool // the visitor's address is the last one in X-Forwarded-For
	Join     bool // unknown addresses may open an account: say so

	// Staff lists the pages beyond the own account that somebody may open; nil
	// where there are none.
	Staff func(policy.Subject) []web.Link
}

// Pages serves the pages of accounts. It is safe for concurrent use.
type Pages struct {
	Config
	views *web.Views
}

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// New returns the pages.
func New(cfg Config) (*Pages, error) {
	if cfg.Shell == nil || cfg.Accounts == nil || cfg.Factors == nil || cfg.Now == nil {
		return nil, errors.New("account pages: shell, accounts, factors and clock are all needed")
	}
	messages, err := i18n.ParseCatalogue("internal/account/pages/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	if cfg.Brokers == nil {
		cfg.Brokers = new(broker.Brokers)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	p := &Pages{Config: cfg}
	p.views, err = cfg.Shell.Views(templateFiles, messages)
	return p, err
}

// paths of the pages, without language.
const (
	signInPath  = "/sign-in"
	accountPath = "/account"
	welcomePath = "/account/welcome"
	closePath   = "/account/close"
	peoplePath  = "/staff/people"
)

// Link is the address of the page that a mailed link leads to, below the
// address of the site.
func Link(base string) func(l i18n.Lang, token string) string {
	return func(l i18n.Lang, token string) string {
		return base + web.Localise(l, signInPath+"/link/"+url.PathEscape(token))
	}
}

// Routes mounts the pages.
func (p *Pages) Routes(router chi.Router) {
	router.Group(func(r chi.Router) {
		r.Use(private)
		p.routeSignIn(r)
		p.routeSecond(r)
		p.routeProviders(r)
		p.routePasskeys(r)
		p.routeOwn(r)
		p.routeSecurity(r)
		p.routePeople(r)
	})
}

// Patterns are written out in full, as the table of rules names them.
const lang = "/{lang:da|en}"

func (p *Pages) routeSignIn(r chi.Router) {
	r.Get(lang+"/sign-in", p.signIn)
	r.Post(lang+"/sign-in", p.posted(p.ask))
	r.Get(lang+"/sign-in/sent", p.sent)
	r.Get(lang+"/sign-in/link/{token}", p.link)
	r.Post(lang+"/sign-in/confirm", p.posted(p.confirm))
	r.Post(lang+"/sign-out", p.signOut)
}

func (p *Pages) routeOwn(r chi.Router) {
	r.Get(lang+"/account", p.named(p.account))
	r.Get(lang+"/account/welcome", p.signedIn(p.welcome))
	r.Post(lang+"/account/name", p.postedBy(p.setName))
	r.Post(lang+"/account/address", p.postedBy(p.setAddress))
	r.Post(lang+"/account/sessions", p.postedBy(p.endSessions))
	r.Post(lang+"/account/role", p.postedBy(p.layDown))
	r.Get(lang+"/account/export", p.signedIn(p.export))
	r.Get(lang+"/account/export.json", p.signedIn(p.exportJSON))
	r.Get(lang+"/account/close", p.signedIn(p.closeForm))
	r.Post(lang+"/account/close", p.postedBy(p.close))
	r.Post(lang+"/account/reopen", p.postedBy(p.reopen))
}

func (p *Pages) routePeople(r chi.Router) {
	r.Get(lang+"/staff/people", p.signedIn(p.listPeople))
	r.Post(lang+"/staff/people", p.postedBy(p.addPerson))
	r.Get(lang+"/staff/people/{person}", p.onPerson(p.onePerson))
	r.Post(lang+"/staff/people/{person}/roles", p.postedOn(p.grant))
	r.Post(lang+"/staff/people/{person}/grants/{grant}", p.postedOn(p.settle))
	r.Post(lang+"/staff/people/{person}/state", p.postedOn(p.setState))
	r.Post(lang+"/staff/people/{person}/sessions", p.postedOn(p.revokeSessions))
}

// private keeps these pages out of caches, and addresses with a token in them
// out of other sites' logs.
func private(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if chi.URLParam(r, "token") != "" {
			w.Header().Set("Referrer-Policy", "no-referrer")
		}
		next.ServeHTTP(w, r)
	})
}

// view starts a page.
func (p *Pages) view(r *http.Request, title, path string) web.Page {
	l := web.Lang(r)
	_, err := p.Session(r)
	return web.Page{Lang: l, Title: title, Path: path, NoIndex: true, Private: true, SignedIn: err == nil}
}

// below puts a page under the own account.
func (p *Pages) below(page web.Page) web.Page {
	page.Parent = web.Link{Path: accountPath, Label: p.both("account.title")}
	return page
}

// both is a message in both languages.
func (p *Pages) both(key string) i18n.Text {
	return i18n.Text{DA: p.views.T(i18n.Danish, key), EN: p.views.T(i18n.English, key)}
}

func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, page web.Page, name string, data any) {
	p.views.Render(w, r, status, page, name, data)
}

// T returns a message in the language of a request.
func (p *Pages) T(r *http.Request, key string, values ...any) string {
	return p.views.T(web.Lang(r), key, values...)
}

// redirect sends the browser to another page in the same language.
func redirect(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, web.Localise(web.Lang(r), path), http.StatusSeeOther)
}
