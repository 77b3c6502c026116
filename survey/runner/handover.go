package runner

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"net/mail"
	"strings"

	"github.com/go-chi/chi/v5"

	"barometer/internal/limit"
	mailer "barometer/internal/mail"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
)

const handOverPath = "/survey/handover"

// handOverPages mounts the pages on which a response is passed on. The link's
// token is called code, so that it is kept out of logs and of other sites as
// a code is.
func (r *Runner) handOverPages(router chi.Router) {
	router.Get("/handover", r.member(r.offerHandOver))
	router.Post("/handover", r.posted(r.giveOn))
	router.Get("/handover/{code}", unreferred(r.offerTakeOver))
	router.Post("/handover/{code}", unreferred(r.takeOver))
}

// unreferred keeps the address of a page out of the Referer of what it leads to.
func unreferred(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Referrer-Policy", "no-referrer")
		serve(w, req)
	}
}

// handOverView asks whom the response is passed on to.
type handOverView struct {
	Back   string
	Faults web.Faults
	Sent   *web.Alert
	Email  *web.Field // nil where no mail can be sent
	Alone  web.Consent
}

func (r *Runner) offerHandOver(w http.ResponseWriter, req *http.Request, who respondent) {
	r.renderHandOver(w, req, http.StatusOK, who, form{}, nil, nil)
}

func (r *Runner) renderHandOver(w http.ResponseWriter, req *http.Request, status int, who respondent, f form, faults web.Faults, sent *web.Alert) {
	l := who.lang
	v := handOverView{Back: web.Localise(l, startPath), Faults: faults, Sent: sent, Alone: web.Consent{
		Control: web.Control{Name: "alone", Label: r.views.T(l, "handover.alone"), Hint: r.views.T(l, "handover.alone.text")},
		Chosen:  f.Answers.Get("alone") != "",
	}}
	if r.Mail != nil {
		v.Email = &web.Field{
			Control: web.Control{Name: "email", Label: r.views.T(l, "handover.email"), Hint: r.views.T(l, "handover.email.hint"), Fault: faults.On("email"), Optional: true},
			Value:   f.Answers.Get("email"), Type: "email", MaxLength: 254,
		}
	}
	p := r.view(req, who.wave, r.views.T(l, "handover.title"), handOverPath)
	p.Fault = faults != nil
	r.views.Render(w, req, status, p, "handover", v)
}

// giveOn makes the link, and mails or shows it.
func (r *Runner) giveOn(w http.ResponseWriter, req *http.Request, who respondent, f form) {
	if err := r.stillOpen(req, who); err != nil {
		r.fail(w, req, err)
		return
	}
	how, email := f.Answers.Get("how"), strings.TrimSpace(f.Answers.Get("email"))
	if how != "show" && (how != "mail" || r.Mail == nil) {
		r.fail(w, req, errBadForm)
		return
	}
	var send func(*store.Tx, contact.HandOver) error
	if how == "mail" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email || mailer.CheckAddress(email) != nil {
			r.refuseHandOver(w, req, who, f, http.StatusUnprocessableEntity, "handover.address")
			return
		}
		send = func(tx *store.Tx, h contact.HandOver) error { return r.mailHandOver(req, tx, who, email, h) }
	}
	h, err := r.Access.HandOver(req.Context(), who.Session, f.Answers.Get("alone") != "", send)
	switch {
	case errors.Is(err, contact.ErrManyHandOvers):
		r.refuseHandOver(w, req, who, f, http.StatusTooManyRequests, "handover.many")
	case err != nil:
		r.fail(w, req, err)
	case how == "mail":
		r.renderHandOver(w, req, http.StatusOK, who, form{}, nil, web.Done(r.views.T(who.lang, "handover.sent")))
	default:
		r.showLink(w, req, who, h)
	}
}

func (r *Runner) refuseHandOver(w http.ResponseWriter, req *http.Request, who respondent, f form, status int, message string) {
	target := "email"
	if r.Mail == nil {
		target = "answers"
	}
	r.renderHandOver(w, req, status, who, f, web.Faults{{Target: target, Message: r.views.T(who.lang, message)}}, nil)
}

// showLink shows the link, this once.
func (r *Runner) showLink(w http.ResponseWriter, req *http.Request, who respondent, h contact.HandOver) {
	p := r.view(req, who.wave, r.views.T(who.lang, "handover.made"), handOverPath)
	p.Private = true
	r.views.Render(w, req, http.StatusOK, p, "handedover", struct{ Link, Until, On string }{
		r.handOverLink(req, h), moment(h.Expires, who.lang), web.Localise(who.lang, startPath),
	})
}

// handOverLink is the address that a colleague opens, in the giver's language.
func (r *Runner) handOverLink(req *http.Request, h contact.HandOver) string {
	return r.address(req) + web.Localise(web.Lang(req), handOverPath+"/"+h.Token)
}

// address is that of the site: as configured, else as the browser asked.
func (r *Runner) address(req *http.Request) string {
	if base := strings.TrimSuffix(r.BaseURL, "/"); base != "" {
		return base
	}
	return map[bool]string{true: "https://", false: "http://"}[r.HTTPS] + req.Host
}

//go:embed letters/*.txt
var letterFiles embed.FS

// HandOverLetter is what the mail to a colleague says beside its wording.
type HandOverLetter struct {
	Title, Link, Until, Owner string
}

// Letters are the wordings of the mails this package writes, for the mailer to
// know.
func Letters() (*mailer.Templates, error) {
	wordings, err := fs.Sub(letterFiles, "letters")
	if err != nil {
		return nil, err
	}
	return mailer.ParseTemplates(wordings, map[string]any{
		"survey-handover": HandOverLetter{Title: "Innovationsbarometeret 2025", Link: "https://example.dk/da/survey/handover/x", Until: "31. december 2026 kl. 12.00", Owner: "COI"},
	})
}

// mailHandOver sends the link to a colleague. The key of the mail is of its own,
// and tells neither the workplace nor the address.
func (r *Runner) mailHandOver(req *http.Request, tx *store.Tx, who respondent, email string, h contact.HandOver) error {
	return r.Mail.Send(req.Context(), tx, mailer.Message{
		Key: "handover/" + rand.Text(), To: email, Lang: who.lang, Template: "survey-handover", Urgent: true, Expires: h.Expires,
		Data: HandOverLetter{
			Title: who.wave.Questionnaire.Title.In(who.lang), Link: r.handOverLink(req, h), Until: moment(h.Expires, who.lang), Owner: r.Owner.In(who.lang),
		},
	})
}

// offerTakeOver is the page of the link: a button, and nothing that happens by
// opening it. It looks the same for every link.
func (r *Runner) offerTakeOver(w http.ResponseWriter, req *http.Request) {
	l, path := web.Lang(req), handOverPath+"/"+chi.URLParam(req, "code")
	p := r.view(req, nil, r.views.T(l, "takeover.title"), path)
	p.Private = true // the address opens the response
	r.views.Render(w, req, http.StatusOK, p, "takeover", struct{ Title, Action string }{
		r.Waves[0].Questionnaire.Title.In(l), web.Localise(l, path),
	})
}

// takeOver uses the link up and lets the colleague in.
func (r *Runner) takeOver(w http.ResponseWriter, req *http.Request) {
	s, code, err := r.redeemLink(req, chi.URLParam(req, "code"))
	var tooMany *tooManyError
	switch {
	case errors.As(err, &tooMany):
		w.Header().Set("Retry-After", tooMany.seconds())
		r.Shell.Error(w, req, http.StatusTooManyRequests)
		return
	case errors.Is(err, contact.ErrUnknown):
		r.renderNotice(w, req, http.StatusGone, "takeover.gone", "")
		return
	case err != nil:
		r.fail(w, req, err)
		return
	}
	wave := r.waves[s.Wave]
	if wave == nil {
		r.fail(w, req, errWaveOver)
		return
	}
	http.SetCookie(w, r.cookie(s.Token))
	l := web.Lang(req)
	p := r.view(req, wave, r.views.T(l, "takeover.code.title"), startPath)
	p.Private = true
	r.views.Render(w, req, http.StatusOK, p, "takenover", struct{ Code, On string }{code.String(), web.Localise(l, startPath)})
}

// redeemLink is held to the same patience as codes are.
func (r *Runner) redeemLink(req *http.Request, token string) (contact.Session, contact.Code, error) {
	address := limit.Address(req, r.Proxied)
	if wait := r.Throttle.Wait(address, r.Now()); wait > 0 {
		return contact.Session{}, "", &tooManyError{wait}
	}
	s, code, err := r.Access.TakeOver(context.WithoutCancel(req.Context()), token)
	if errors.Is(err, contact.ErrUnknown) {
		r.Throttle.Failed(address, r.Now())
	}
	return s, code, err
}
