package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"barometer/internal/account"
	"barometer/internal/limit"
	"barometer/internal/web"
)

// signInView is the page that asks for an address.
type signInView struct {
	Faults  web.Faults
	Note    *web.Alert
	Address string // as typed, to be put right
	Field   web.Field
	Next    string
	Asked   bool // the visitor was going to a page that needs a name
	Join    bool
	Waiting bool // an identity waits to be linked
	Keys    bool // passkeys work at this address

	Providers []providerLink
}

func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) {
	if _, err := p.Session(r); err == nil {
		redirect(w, r, accountPath)
		return
	}
	p.renderSignIn(w, r, http.StatusOK, signInView{Next: r.URL.Query().Get("next"), Note: p.noted(w, r)})
}

func (p *Pages) renderSignIn(w http.ResponseWriter, r *http.Request, status int, v signInView) {
	v.Next, v.Join, v.Keys = localNext(v.Next), p.Join, p.Factors.Keys()
	v.Providers, v.Waiting = p.providers(v.Next), p.cookie(r, identityCookie) != ""
	v.Field = p.addressField(r, "address.label", "signin.hint", v.Address, v.Faults)
	page := p.view(r, p.T(r, "signin.title"), signInPath)
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "signin", v)
}

// ask sends a link, or does not, and says the same in either case.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request, form url.Values) {
	ask := p.askFor(w, r, form)
	err := p.Accounts.AskLink(r.Context(), ask)
	switch faults := p.faults(r, err); {
	case err == nil:
		redirect(w, r, signInPath+"/sent")
	case faults != nil:
		p.renderSignIn(w, r, http.StatusUnprocessableEntity, signInView{Faults: faults, Address: ask.Address, Next: ask.Next})
	default:
		p.fail(w, r, err)
	}
}

// askFor is what a form with an address asks for.
func (p *Pages) askFor(w http.ResponseWriter, r *http.Request, form url.Values) account.Ask {
	return account.Ask{
		Address: form.Get("address"), Lang: web.Lang(r), Browser: p.browser(w, r),
		Network: limit.Address(r, p.Proxied), Next: localNext(form.Get("next")),
	}
}

func (p *Pages) sent(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, http.StatusOK, p.view(r, p.T(r, "sent.title"), signInPath+"/sent"), "sent", struct{ Minutes int }{p.Accounts.LinkMinutes()})
}

// linkView is the page that a mailed link opens.
type linkView struct {
	Token   string
	Address bool // the link changes an address
	Other   bool // it was asked for in another browser
	Gone    bool // it is worthless
}

// link shows a button and does nothing else: programs that look into mail open
// links, and press no buttons.
func (p *Pages) link(w http.ResponseWriter, r *http.Request) {
	token := chi.URLParam(r, "token")
	purpose, err := p.Accounts.Look(r.Context(), token, p.cookie(r, browserCookie))
	p.renderLink(w, r, err, linkView{Token: token, Address: purpose == account.ChangeAddress})
}

func (p *Pages) renderLink(w http.ResponseWriter, r *http.Request, err error, v linkView) {
	status, title := http.StatusOK, "link.title"
	switch {
	case errors.Is(err, account.ErrOtherBrowser):
		status, title, v = http.StatusForbidden, "other.title", linkView{Other: true}
	case errors.Is(err, account.ErrLink):
		status, title, v = http.StatusConflict, "gone.title", linkView{Gone: true}
	case err != nil:
		p.fail(w, r, err)
		return
	case v.Address:
		title = "link.address.title"
	}
	p.render(w, r, status, p.view(r, p.T(r, title), ""), "link", v)
}

// confirm uses a link up.
func (p *Pages) confirm(w http.ResponseWriter, r *http.Request, form url.Values) {
	done, err := p.Accounts.Confirm(r.Context(), account.Confirmation{
		Token: form.Get("token"), Browser: p.cookie(r, browserCookie),
		Device: p.device(r), Before: p.token(r),
	})
	if err != nil {
		p.renderLink(w, r, err, linkView{})
		return
	}
	if p.cookie(r, identityCookie) == "" { // it is the browser's, that an identity waits for
		p.drop(w, browserCookie)
	}
	if done.Purpose == account.ChangeAddress {
		p.say(w, "note.address")
		redirect(w, r, accountPath)
		return
	}
	p.enter(w, r, web.Lang(r), done.Session, done.Next)
}

// signOut ends the session. It needs no session to succeed.
func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) {
	if token := p.token(r); token != "" {
		if err := p.Accounts.EndSession(r.Context(), token); err != nil {
			p.fail(w, r, err)
			return
		}
	}
	p.drop(w, sessionCookie)
	p.say(w, "note.signedout")
	redirect(w, r, signInPath)
}
