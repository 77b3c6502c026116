package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/i18n"
	"barometer/internal/web"
)

const identityPath = "/account/identity"

func (p *Pages) routeProviders(r chi.Router) {
	r.Get(lang+"/sign-in/with/{provider}", p.goOut)
	r.Get(broker.AnswerPath("{provider}"), p.comeBack)
	r.Get(lang+"/account/identity", p.named(p.identity))
	r.Post(lang+"/account/identity", p.postedBy(p.linkIdentity))
}

// providerLink is a way to sign in.
type providerLink struct {
	ID   string
	Name i18n.Text
	Next string
}

func (p *Pages) providers(next string) (list []providerLink) {
	for _, one := range p.Brokers.All() {
		list = append(list, providerLink{one.ID, one.Name, next})
	}
	return list
}

// goOut sends the browser to a provider. It is a link and no form: a form may
// lead to this site alone.
func (p *Pages) goOut(w http.ResponseWriter, r *http.Request) {
	address, err := p.Brokers.Begin(r.Context(), chi.URLParam(r, "provider"), broker.Start{
		Browser: p.browser(w, r), Lang: web.Lang(r), Next: localNext(r.URL.Query().Get("next")),
	})
	if err != nil {
		p.failProvider(w, r, web.Lang(r), err)
		return
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// comeBack takes what the browser brings from a provider.
func (p *Pages) comeBack(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address holds the code
	q := r.URL.Query()
	done, err := p.Brokers.Finish(r.Context(), chi.URLParam(r, "provider"), broker.Answer{
		State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error"), Issuer: q.Get("iss"),
		Browser: p.cookie(r, browserCookie), Device: p.device(r), Before: p.token(r),
	})
	if done.Lang == "" {
		done.Lang = i18n.Danish
	}
	switch {
	case err != nil:
		p.failProvider(w, r, done.Lang, err)
	case done.Waiting != "":
		p.set(w, identityCookie, done.Waiting, account.CeremonyTime)
		http.Redirect(w, r, web.Localise(done.Lang, identityPath), http.StatusSeeOther)
	default:
		p.enter(w, r, done.Lang, done.Session, done.Next)
	}
}

// failProvider answers where a sign-in at a provider came to nothing.
func (p *Pages) failProvider(w http.ResponseWriter, r *http.Request, l i18n.Lang, err error) {
	var said string
	switch {
	case errors.Is(err, broker.ErrProvider):
		p.Shell.Error(w, r, http.StatusNotFound)
		return
	case errors.Is(err, broker.ErrDeclined):
		said = "note.declined"
	case errors.Is(err, broker.ErrAnswer):
		said = "note.answer"
	case errors.Is(err, broker.ErrUnreachable):
		said = "note.unreachable"
	default:
		p.fail(w, r, err)
		return
	}
	p.Log.Warn("sign-in at a provider", "error", err)
	p.say(w, said)
	http.Redirect(w, r, web.Localise(l, signInPath), http.StatusSeeOther)
}

// identityView is an identity that waits to be linked.
type identityView struct {
	Faults   web.Faults
	Identity broker.Identity
	Provider i18n.Text
	Label    i18n.Text // of the person signed in
	Address  string
}

// identity asks whether a waiting identity is the person's.
func (p *Pages) identity(w http.ResponseWriter, r *http.Request, s account.Session) {
	p.renderIdentity(w, r, http.StatusOK, s, nil)
}

func (p *Pages) renderIdentity(w http.ResponseWriter, r *http.Request, status int, s account.Session, faults web.Faults) {
	i, err := p.Brokers.Waiting(r.Context(), p.cookie(r, identityCookie), p.cookie(r, browserCookie))
	if errors.Is(err, account.ErrCeremony) {
		p.drop(w, identityCookie)
		redirect(w, r, securityPath)
		return
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := identityView{Faults: faults, Identity: i, Label: s.Person.Label(), Address: s.Person.Address}
	for _, one := range p.Brokers.All() {
		if one.ID == i.Provider {
			v.Provider = one.Name
		}
	}
	p.render(w, r, status, p.view(r, p.T(r, "identity.title"), identityPath), "identity", v)
}

// linkIdentity links it, or forgets it.
func (p *Pages) linkIdentity(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	if form.Get("act") != "link" {
		p.drop(w, identityCookie)
		redirect(w, r, accountPath)
		return
	}
	err := p.Factors.MayChange(s)
	if err == nil {
		err = p.Brokers.Link(r.Context(), s, p.cookie(r, identityCookie), p.cookie(r, browserCookie))
	}
	switch faults := p.faults(r, err); {
	case err == nil:
		p.drop(w, identityCookie)
		p.say(w, "note.linked")
		redirect(w, r, securityPath)
	case errors.Is(err, account.ErrCeremony):
		redirect(w, r, securityPath)
	case faults != nil:
		p.drop(w, identityCookie)
		p.renderSecurity(w, r, http.StatusConflict, s, securityView{Faults: faults})
	default:
		p.failProof(w, r, s, err)
	}
}
