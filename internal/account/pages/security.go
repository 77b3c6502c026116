package pages

import (
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"
	"rsc.io/qr"

	"barometer/internal/account"
	"barometer/internal/account/factor"
	"barometer/internal/web"
)

const (
	securityPath = "/account/security"
	totpPath     = securityPath + "/app"
)

func (p *Pages) routeSecurity(r chi.Router) {
	r.Get(lang+"/account/security", p.signedIn(p.security))
	r.Post(lang+"/account/security/app", p.postedBy(p.beginTOTP))
	r.Get(lang+"/account/security/app", p.signedIn(p.totp))
	r.Post(lang+"/account/security/app/confirm", p.postedBy(p.confirmTOTP))
	r.Post(lang+"/account/security/codes", p.postedBy(p.newPaper))
	r.Post(lang+"/account/security/remove", p.postedBy(p.removeFactor))
}

// securityView is what guards the own account.
type securityView struct {
	Faults  web.Faults
	Note    *web.Alert
	Must    *web.Alert // the person's roles ask for a second factor, and there is none
	Staff   bool
	Guarded bool
	Keys    bool // passkeys work at this address
	App     []factorRow
	Devices []factorRow
	Linked  []factorRow
	Paper   int // codes left
}

type factorRow struct{ ID, Label, Added, Used string }

func (p *Pages) security(w http.ResponseWriter, r *http.Request, s account.Session) {
	p.renderSecurity(w, r, http.StatusOK, s, securityView{Note: p.noted(w, r)})
}

func (p *Pages) renderSecurity(w http.ResponseWriter, r *http.Request, status int, s account.Session, v securityView) {
	list, err := p.Accounts.Credentials(r.Context(), s.Person.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v.Staff, v.Guarded, v.Keys = s.Person.Staff(), s.Guarded, p.Factors.Keys()
	if v.Staff && !v.Guarded {
		v.Must = &web.Alert{Kind: web.Warning, Heading: p.T(r, "security.must"), Text: p.T(r, "security.must.text")}
	}
	for _, c := range list {
		row := factorRow{ID: c.ID, Label: c.Label, Added: p.day(r, c.Added)}
		if !c.Used.IsZero() {
			row.Used = p.moment(r, c.Used)
		}
		switch c.Kind {
		case account.TOTP:
			v.App = append(v.App, row)
		case account.Passkey:
			v.Devices = append(v.Devices, row)
		case account.Identity:
			v.Linked = append(v.Linked, row)
		case account.Recovery:
			v.Paper = factor.PaperLeft(c)
		}
	}
	page := p.below(p.view(r, p.T(r, "security.title"), securityPath))
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "security", v)
}

// beginTOTP makes a secret for an app and shows it.
func (p *Pages) beginTOTP(w http.ResponseWriter, r *http.Request, s account.Session, _ url.Values) {
	if err := p.Factors.BeginTOTP(r.Context(), s); err != nil {
		p.failProof(w, r, s, err)
		return
	}
	redirect(w, r, totpPath)
}

// totpView is a secret to be taken into an app.
type totpView struct {
	Faults  web.Faults
	Picture template.URL // QR code
	Secret  string
	Code    web.Field
}

func (p *Pages) totp(w http.ResponseWriter, r *http.Request, s account.Session) {
	p.renderTOTP(w, r, http.StatusOK, s, nil)
}

func (p *Pages) renderTOTP(w http.ResponseWriter, r *http.Request, status int, s account.Session, faults web.Faults) {
	e, err := p.Factors.PendingTOTP(r.Context(), s)
	if errors.Is(err, account.ErrCeremony) {
		redirect(w, r, securityPath)
		return
	}
	picture, err2 := qrCode(e.URL)
	if err := errors.Join(err, err2); err != nil {
		p.fail(w, r, err)
		return
	}
	page := p.view(r, p.T(r, "totp.title"), totpPath)
	page.Parent = web.Link{Path: securityPath, Label: p.both("security.title")}
	page.Fault = faults != nil
	p.render(w, r, status, page, "totp", totpView{faults, picture, e.Secret, p.codeField(r, "totp.hint", faults)})
}

// qrCode draws a text as a picture that stands in the page itself: the secret
// in it gets no address of its own.
func qrCode(text string) (template.URL, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	code.Scale = 5
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())), nil
}

func (p *Pages) confirmTOTP(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	strong, paper, err := p.Factors.ConfirmTOTP(r.Context(), s, form.Get("code"))
	switch faults := p.faults(r, err); {
	case err == nil:
		p.begin(w, r, strong)
		p.added(w, r, paper)
	case errors.Is(err, account.ErrCeremony):
		redirect(w, r, securityPath)
	case faults != nil:
		retryAfter(w, err)
		p.renderTOTP(w, r, statusOfCode(err), s, faults)
	default:
		p.failProof(w, r, s, err)
	}
}

// added shows the codes for paper that came with a first factor, once.
func (p *Pages) added(w http.ResponseWriter, r *http.Request, paper []string) {
	if paper == nil {
		p.say(w, "note.factor")
		redirect(w, r, securityPath)
		return
	}
	p.renderPaper(w, r, paper)
}

// renderPaper has no address of its own: whoever changes the language would lose
// the codes.
func (p *Pages) renderPaper(w http.ResponseWriter, r *http.Request, codes []string) {
	p.render(w, r, http.StatusOK, p.view(r, p.T(r, "paper.title"), ""), "paper", struct{ Codes []string }{codes})
}

func (p *Pages) newPaper(w http.ResponseWriter, r *http.Request, s account.Session, _ url.Values) {
	codes, err := p.Factors.NewPaper(r.Context(), s)
	if err != nil {
		p.failProof(w, r, s, err)
		return
	}
	p.renderPaper(w, r, codes)
}

func (p *Pages) removeFactor(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	err := p.Factors.Remove(r.Context(), s, form.Get("credential"))
	switch faults := p.faults(r, err); {
	case err == nil:
		p.say(w, "note.removed")
		redirect(w, r, securityPath)
	case faults != nil:
		p.renderSecurity(w, r, http.StatusConflict, s, securityView{Faults: faults})
	default:
		p.failProof(w, r, s, err)
	}
}
