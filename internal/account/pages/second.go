package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"barometer/internal/account"
	"barometer/internal/account/factor"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
)

const secondPath = signInPath + "/second"

func (p *Pages) routeSecond(r chi.Router) {
	r.Get(lang+"/sign-in/second", p.signedIn(p.second))
	r.Post(lang+"/sign-in/second", p.postedBy(p.prove))
}

// stillOpen reports whether a person who has shown too little may see a page: the
// one that asks for the second factor, or those on which a first one is set up.
func stillOpen(s account.Session, path string) bool {
	rest := strings.TrimPrefix(strings.TrimPrefix(path, "/da"), "/en")
	if s.Guarded {
		return rest == secondPath
	}
	return rest == securityPath || strings.HasPrefix(rest, securityPath+"/")
}

// Refuse answers for what the table of rules does not allow, and false where it
// has no better answer than the status.
func (p *Pages) Refuse(w http.ResponseWriter, r *http.Request, d policy.Decision) bool {
	switch d {
	case policy.Unnamed:
		p.Unnamed(w, r)
	case policy.Weak, policy.Stale:
		s, err := p.Session(r)
		if err != nil {
			return false
		}
		if d == policy.Weak && !s.Guarded { // has none to show: a researcher, say, sets one up first
			p.renderSecurity(w, r, http.StatusForbidden, s, securityView{})
			return true
		}
		p.prompt(w, r, s, http.StatusForbidden, nextOf(r))
	default:
		return false
	}
	return true
}

// nextOf is where a visitor was going, to be led back there.
func nextOf(r *http.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	return r.URL.RequestURI()
}

// prompt asks a person for what is missing: the second factor, the setting up of
// one, or a new sign-in.
func (p *Pages) prompt(w http.ResponseWriter, r *http.Request, s account.Session, status int, next string) {
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case s.Guarded:
		p.renderSecond(w, r, status, secondView{Next: next})
	case s.Weak():
		p.renderSecurity(w, r, status, s, securityView{})
	default:
		p.renderSignIn(w, r, http.StatusUnauthorized, signInView{Next: next, Asked: true})
	}
}

// failProof answers where a change to what guards the account failed.
func (p *Pages) failProof(w http.ResponseWriter, r *http.Request, s account.Session, err error) {
	if errors.Is(err, factor.ErrProve) {
		p.prompt(w, r, s, http.StatusForbidden, web.Localise(web.Lang(r), securityPath))
		return
	}
	p.fail(w, r, err)
}

// secondView is the page that asks for the second factor.
type secondView struct {
	Faults web.Faults
	Note   *web.Alert
	Next   string
	Keys   bool
	Code   web.Field
}

func (p *Pages) second(w http.ResponseWriter, r *http.Request, s account.Session) {
	if !s.Guarded {
		redirect(w, r, securityPath)
		return
	}
	p.renderSecond(w, r, http.StatusOK, secondView{Next: r.URL.Query().Get("next"), Note: p.noted(w, r)})
}

func (p *Pages) renderSecond(w http.ResponseWriter, r *http.Request, status int, v secondView) {
	v.Next, v.Keys, v.Code = localNext(v.Next), p.Factors.Keys(), p.codeField(r, "second.hint", v.Faults)
	page := p.view(r, p.T(r, "second.title"), secondPath)
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "second", v)
}

// prove takes a code.
func (p *Pages) prove(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	strong, err := p.Factors.Prove(r.Context(), s, form.Get("code"))
	switch faults := p.faults(r, err); {
	case err == nil:
		p.enter(w, r, web.Lang(r), strong, form.Get("next"))
	case faults != nil:
		retryAfter(w, err)
		p.renderSecond(w, r, statusOfCode(err), secondView{Faults: faults, Next: form.Get("next")})
	default:
		p.fail(w, r, err)
	}
}

// enter gives the browser a session and leads to where the visitor was going,
// by way of what is still missing.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, l i18n.Lang, s account.Session, next string) {
	p.begin(w, r, s)
	next, path := localNext(next), accountPath
	switch {
	case s.Weak() && s.Guarded && next != "":
		path = secondPath + "?next=" + url.QueryEscape(next)
	case s.Weak() && s.Guarded:
		path = secondPath
	case s.Weak():
		path = securityPath
	case next != "" && s.Person.State == account.Active:
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, web.Localise(l, path), http.StatusSeeOther)
}

func statusOfCode(err error) int {
	var locked *account.LockedError
	if errors.As(err, &locked) {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

func retryAfter(w http.ResponseWriter, err error) {
	var locked *account.LockedError
	if errors.As(err, &locked) {
		w.Header().Set("Retry-After", strconv.Itoa(int(locked.Wait.Seconds())+1))
	}
}
