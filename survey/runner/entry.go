package runner

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// about is what a respondent is told before the first question.
type about struct {
	Title    string
	Intro    []questionnaire.Block
	Deadline string
	Minutes  int
	Owner    string
	Email    string
	Phone    string
	Privacy  string
}

func (r *Runner) about(wave *Wave, l i18n.Lang) about {
	q := wave.Questionnaire
	a := about{
		Title: q.Title.In(l), Intro: questionnaire.Blocks(q.Intro.In(l)),
		Deadline: wave.Deadline.In(l), Minutes: wave.Minutes,
		Owner: r.Owner.In(l), Email: r.Email, Phone: r.Phone, Privacy: r.Privacy,
	}
	if strings.HasPrefix(a.Privacy, "/") {
		a.Privacy = web.Localise(l, a.Privacy)
	}
	return a
}

// view starts a survey page. wave is nil where no session tells it.
func (r *Runner) view(req *http.Request, wave *Wave, title, path string) web.Page {
	if wave == nil {
		wave = &r.Waves[0]
	}
	return web.Page{
		Lang: web.Lang(req), Title: title, Path: path, Section: home,
		NoIndex: true, Plain: true, Synthetic: wave.Synthetic,
	}
}

// entryView is the page that asks for a code.
type entryView struct {
	about
	Faults  web.Faults
	Code    string // as typed, to be put right
	Field   web.Field
	Page    string // where to go once the code is accepted
	Expired bool
}

// entry asks for the access code, or for it again after a long pause.
func (r *Runner) entry(w http.ResponseWriter, req *http.Request) {
	v := entryView{Expired: req.URL.Query().Get("expired") != "", Page: req.URL.Query().Get("page")}
	r.renderEntry(w, req, http.StatusOK, v)
}

func (r *Runner) renderEntry(w http.ResponseWriter, req *http.Request, status int, v entryView) {
	l := web.Lang(req)
	v.about, v.Field = r.about(&r.Waves[0], l), r.codeField(l, v.Code, v.Faults)
	p := r.view(req, nil, v.Title, home)
	p.Fault, p.SwitchForm = v.Faults != nil, formID
	r.views.Render(w, req, status, p, "entry", v)
}

// askCode answers a form that came without a session or with a code that does
// not hold. An entry form is shown again with what is wrong; any other form is
// carried along until the code is there, so that nothing typed is lost.
func (r *Runner) askCode(w http.ResponseWriter, req *http.Request, f form, reason error) {
	status, faults := r.codeFaults(w, req, reason)
	name := lastElement(strings.TrimSuffix(req.URL.Path, "/"))
	switch name {
	case "survey", "start", "decline", "ineligible", "paradata":
		r.renderEntry(w, req, status, entryView{Faults: faults, Code: f.Code, Page: f.Page})
		return
	}
	p := r.view(req, nil, r.views.T(web.Lang(req), "carry.title"), "")
	p.Fault = faults != nil
	r.views.Render(w, req, status, p, "carry", struct {
		Other  bool // the browser is signed in with another code
		Action string
		Field  web.Field
		Faults web.Faults
		Fields []hidden
	}{errors.Is(reason, errOther), req.URL.Path, r.codeField(web.Lang(req), f.Code, faults), faults, f.carried()})
}

// codeField asks for the access code.
func (r *Runner) codeField(l i18n.Lang, typed string, faults web.Faults) web.Field {
	return web.Field{
		Control: web.Control{Name: "code", Label: r.views.T(l, "code.label"), Hint: r.views.T(l, "code.hint"), Fault: faults.On("code")},
		Value:   typed, MaxLength: 40, Code: true,
	}
}

// codeFaults words what is wrong with a code. Codes that never were, were
// revoked or belong to nobody get one and the same answer.
func (r *Runner) codeFaults(w http.ResponseWriter, req *http.Request, reason error) (int, web.Faults) {
	l := web.Lang(req)
	var tooMany *tooManyError
	switch {
	case errors.As(reason, &tooMany):
		w.Header().Set("Retry-After", tooMany.seconds())
		return http.StatusTooManyRequests, web.Faults{{Target: "code", Message: r.views.T(l, "code.wait", "seconds", tooMany.seconds())}}
	case errors.Is(reason, contact.ErrTypo):
		return http.StatusUnprocessableEntity, web.Faults{{Target: "code", Message: r.views.T(l, "code.typo")}}
	case errors.Is(reason, contact.ErrUnknown):
		return http.StatusUnprocessableEntity, web.Faults{{Target: "code", Message: r.views.T(l, "code.unknown")}}
	}
	if errors.Is(reason, errOther) {
		return http.StatusConflict, nil
	}
	return http.StatusUnauthorized, nil
}

// enter lets a respondent with a code in: to the page they came from, to where
// they left off, or to the introduction.
func (r *Runner) enter(w http.ResponseWriter, req *http.Request, who respondent, f form) {
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	_, known := who.wave.Questionnaire.Page(f.Page)
	switch {
	case known || f.Page == checkPage || f.Page == overviewPage:
		r.redirect(w, req, pagePath(f.Page))
	case rec.Revision == 0:
		r.redirect(w, req, startPath)
	default:
		r.redirect(w, req, landing(who.wave.Questionnaire, rec))
	}
}

// landing is the page a respondent resumes at.
func landing(q *questionnaire.Questionnaire, rec response.Record) string {
	if rec.Disposition == response.Complete {
		return receiptPath
	}
	if rec.Page == checkPage {
		return checkPath
	}
	if _, onRoute := q.RoutedPage(rec.Answers, rec.Page); onRoute {
		return pagePath(rec.Page)
	}
	first, ok := q.Next(rec.Answers, "")
	if !ok {
		first = checkPage
	}
	return pagePath(first)
}

// startView is the introduction with its Start button. Code is set when the
// page was opened by the link in a letter: it is sent along by the buttons, so
// that opening the page changes nothing and mail scanners do no harm.
type startView struct {
	about
	Code     string
	Begun    bool
	Paradata *paradataView // nil where the wave keeps none
}

// link is the address in the letter.
func (r *Runner) link(w http.ResponseWriter, req *http.Request) {
	code := chi.URLParam(req, "code")
	v := startView{about: r.about(&r.Waves[0], web.Lang(req)), Code: code}
	if r.Waves[0].Paradata {
		v.Paradata = &paradataView{Action: web.Localise(web.Lang(req), paradataPath)}
	}
	p := r.view(req, nil, v.Title, "/s/"+code)
	p.Private = true // the address holds the code
	r.views.Render(w, req, http.StatusOK, p, "start", v)
}

func (r *Runner) start(w http.ResponseWriter, req *http.Request, who respondent) {
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	v := startView{about: r.about(who.wave, who.lang), Begun: rec.Revision > 0}
	if v.Paradata, err = r.paradata(req, who); err != nil {
		r.fail(w, req, err)
		return
	}
	r.views.Render(w, req, http.StatusOK, r.view(req, who.wave, v.Title, startPath), "start", v)
}

// begin answers the Start button.
func (r *Runner) begin(w http.ResponseWriter, req *http.Request, who respondent, _ form) {
	if err := r.stillOpen(req, who); err != nil {
		r.fail(w, req, err)
		return
	}
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	r.redirect(w, req, landing(who.wave.Questionnaire, rec))
}

// stillOpen spares respondents a questionnaire whose answers are refused.
func (r *Runner) stillOpen(req *http.Request, who respondent) error {
	at, err := r.Responses.Closed(req.Context(), who.Wave)
	if err == nil && !at.IsZero() {
		return response.ErrClosed
	}
	return err
}
