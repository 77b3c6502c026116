package pages

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"barometer/internal/account"
	"barometer/internal/account/factor"
	"barometer/internal/web"
)

func (p *Pages) routePasskeys(r chi.Router) {
	r.Post(lang+"/sign-in/passkey", p.posted(p.askKey))
	r.Post(lang+"/sign-in/passkey/answer", p.posted(p.showKey))
	r.Post(lang+"/account/security/keys", p.postedBy(p.askNewKey))
	r.Post(lang+"/account/security/keys/answer", p.postedBy(p.makeKey))
}

// keyView is a page on which the browser's device is asked for something. Its
// script asks, and sends the form with the answer.
type keyView struct {
	Faults web.Faults
	Asked  factor.Asked
	Next   string
	Label  string
	New    bool
}

// Control is the part of the field that the shell draws: what is wrong with it.
func (v keyView) Control() web.Control {
	return web.Control{Name: "label", Fault: v.Faults.On("label")}
}

// askKey asks for a key: to sign in, or as a second factor.
func (p *Pages) askKey(w http.ResponseWriter, r *http.Request, form url.Values) {
	asked, err := p.Factors.BeginShow(r.Context(), p.browser(w, r))
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.render(w, r, http.StatusOK, p.view(r, p.T(r, "passkey.title"), ""), "passkey", keyView{Asked: asked, Next: localNext(form.Get("next"))})
}

func (p *Pages) showKey(w http.ResponseWriter, r *http.Request, form url.Values) {
	before, err := p.Session(r)
	if err != nil && !errors.Is(err, account.ErrNoSession) {
		p.fail(w, r, err)
		return
	}
	s, err := p.Factors.Show(r.Context(), factor.Shown{
		Token: form.Get("token"), Answer: form.Get("answer"), Browser: p.cookie(r, browserCookie),
		Device: p.device(r), Before: before,
	})
	switch {
	case err == nil:
		p.enter(w, r, web.Lang(r), s, form.Get("next"))
	case errors.Is(err, factor.ErrKey), errors.Is(err, account.ErrCeremony):
		p.say(w, "note.passkey")
		p.backToSignIn(w, r, before)
	default:
		p.fail(w, r, err)
	}
}

// backToSignIn leads to where a proof can be tried again.
func (p *Pages) backToSignIn(w http.ResponseWriter, r *http.Request, before account.Session) {
	if before.Guarded {
		redirect(w, r, secondPath)
		return
	}
	redirect(w, r, signInPath)
}

func (p *Pages) askNewKey(w http.ResponseWriter, r *http.Request, s account.Session, _ url.Values) {
	p.renderNewKey(w, r, http.StatusOK, s, keyView{})
}

func (p *Pages) renderNewKey(w http.ResponseWriter, r *http.Request, status int, s account.Session, v keyView) {
	var err error
	if v.Asked, err = p.Factors.BeginKey(r.Context(), s); err != nil {
		p.failProof(w, r, s, err)
		return
	}
	v.New = true
	page := p.view(r, p.T(r, "passkey.new"), "")
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "passkey", v)
}

func (p *Pages) makeKey(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	strong, paper, err := p.Factors.MakeKey(r.Context(), s, form.Get("token"), form.Get("answer"), form.Get("label"))
	switch faults := p.faults(r, err); {
	case err == nil:
		p.begin(w, r, strong)
		p.added(w, r, paper)
	case faults != nil:
		p.renderNewKey(w, r, http.StatusUnprocessableEntity, s, keyView{Faults: faults, Label: form.Get("label")})
	case errors.Is(err, factor.ErrKey), errors.Is(err, account.ErrCeremony):
		p.say(w, "note.passkey")
		redirect(w, r, securityPath)
	default:
		p.failProof(w, r, s, err)
	}
}
