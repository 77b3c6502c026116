package runner

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// pageView is a question page.
type pageView struct {
	Heading   template.HTML
	Notes     []web.Alert
	Action    string // address the form posts to
	From      string // "check" when an answer is being changed from there
	Progress  string // place of the page on the route
	Revision  string
	Response  string
	Drawn     string // when the page is sent out, "" = nobody wants to know
	Session   session
	Keyed     *keyedView
	Saved     bool // everything sent so far is stored
	Faults    web.Faults
	Questions template.HTML
}

// page shows a page with the answers stored so far.
func (r *Runner) page(w http.ResponseWriter, req *http.Request, who respondent) {
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	q := who.wave.Questionnaire
	page, onRoute := q.RoutedPage(rec.Answers, chi.URLParam(req, "page"))
	if _, known := q.Page(chi.URLParam(req, "page")); !known {
		r.Shell.Error(w, req, http.StatusNotFound)
		return
	}
	if rec.Disposition == response.Complete || !onRoute {
		r.redirect(w, req, landing(q, rec))
		return
	}
	f := form{Revision: rec.Revision}
	if req.URL.Query().Get("from") == checkPage {
		f.From = checkPage
	}
	r.renderPage(w, req, http.StatusOK, who, page, rec.Answers, f, nil)
}

// renderPage draws a page, as stored or, with faults, as it was filled in.
func (r *Runner) renderPage(w http.ResponseWriter, req *http.Request, status int, who respondent,
	page questionnaire.RoutedPage, answers questionnaire.Answers, f form, faults []questionnaire.Fault) {
	q, l := who.wave.Questionnaire, who.lang
	place, about := q.Progress(answers, page.ID)
	v := pageView{
		Heading:  who.wave.drawn.headings[drawing{l, page.ID, ""}],
		Notes:    notes(page.Notes, l),
		Action:   web.Localise(l, pagePath(page.ID)),
		From:     f.From,
		Progress: r.views.T(l, "progress", "page", place, "total", about),
		Revision: strconv.Itoa(f.Revision),
		Response: who.response(),
		Drawn:    r.drawnAt(who),
		Session:  r.session(who),
		Keyed:    r.keyed(who),
		Saved:    faults == nil && f.Revision > 0,
	}
	questions, summary, err := who.wave.drawn.questions(page, answers, faults, l)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	v.Faults = summary
	p := r.view(req, who.wave, page.Title.In(l), pagePath(page.ID))
	p.Fault = faults != nil
	p.SwitchForm = formID
	body, err := who.wave.drawn.body(v, page.ID, questions, l)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	r.Shell.RenderPieces(w, req, status, p, body)
}

// formID is the element id of the form that holds the answers of a page.
const formID = "answers"

// before is the path of the page that comes before another; "" is the check
// of answers.
func before(q *questionnaire.Questionnaire, a questionnaire.Answers, page string, f form) string {
	if f.From == checkPage {
		return checkPath
	}
	if prev, ok := q.Prev(a, page); ok {
		return pagePath(prev)
	}
	return startPath
}

// notes are the remarks of a page.
func notes(texts []i18n.Text, l i18n.Lang) (list []web.Alert) {
	for _, t := range texts {
		list = append(list, web.Alert{Kind: web.Info, Text: t.In(l)})
	}
	return list
}

// savePage takes a page in. Continuing asks for valid answers; stopping,
// staying, going back and changing language keep what is there, since every
// answer is checked again before it is submitted.
func (r *Runner) savePage(w http.ResponseWriter, req *http.Request, who respondent, f form) {
	q, id := who.wave.Questionnaire, chi.URLParam(req, "page")
	if _, known := q.Page(id); !known {
		r.Shell.Error(w, req, http.StatusNotFound)
		return
	}
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		r.lose(w, req, who, f, err)
		return
	}
	page, onRoute := q.RoutedPage(rec.Answers, id)
	if !onRoute {
		r.keep(w, req, who, f, errMoved)
		return
	}
	answers, faults, err := q.ReadPage(page.ID, f.Answers, who.lang, rec.Answers)
	switch {
	case err != nil && f.Revision != rec.Revision:
		r.keep(w, req, who, f, errMoved) // drawn from a route that has changed since
	case err != nil:
		r.fail(w, req, err)
	case len(faults) > 0 && goesOn(f) && rec.Disposition != response.Complete:
		r.sendBack(w, req, who, page, answers, f, faults)
	case rec.Disposition == response.Complete && unchanged(page, rec.Answers, answers):
		r.redirect(w, req, receiptPath) // a button pressed twice
	default:
		saved, err := r.save(req, who, page, answers, f)
		r.answerSave(w, req, who, page, saved, f, err)
	}
}

// sendBack shows a page again with its faults, unless nobody would take it
// without them either.
func (r *Runner) sendBack(w http.ResponseWriter, req *http.Request, who respondent,
	page questionnaire.RoutedPage, answers questionnaire.Answers, f form, faults []questionnaire.Fault) {
	if err := r.stillOpen(req, who); err != nil {
		r.lose(w, req, who, f, err)
		return
	}
	r.refused(req, who, page, f, faults)
	r.renderPage(w, req, http.StatusUnprocessableEntity, who, page, answers, f, faults)
}

// unchanged reports whether a page says nothing that is not stored.
func unchanged(page questionnaire.RoutedPage, stored, sent questionnaire.Answers) bool {
	return !slices.ContainsFunc(page.Items, func(item questionnaire.RoutedItem) bool {
		return !stored[item.ID].Equal(sent[item.ID])
	})
}

// answerSave answers for a page that was saved, or for why it was not.
func (r *Runner) answerSave(w http.ResponseWriter, req *http.Request, who respondent,
	page questionnaire.RoutedPage, saved response.Record, f form, err error) {
	var stale *response.StaleError
	switch {
	case errors.As(err, &stale):
		r.renderStale(w, req, who, page, stale, f)
	case err != nil:
		r.lose(w, req, who, f, err)
	case byScript(req):
		r.tellScript(w, req, http.StatusOK, who, saved)
	case f.Action == actionClose:
		r.leave(w, req, who, savedPath)
	default:
		r.redirectAfter(w, req, who, page.ID, saved, f)
	}
}

func goesOn(f form) bool { return f.Action == "" || f.Action == actionContinue }

func (r *Runner) save(req *http.Request, who respondent, page questionnaire.RoutedPage,
	answers questionnaire.Answers, f form) (response.Record, error) {
	save := response.Save{
		Wave: who.Wave, Unit: who.Unit, Base: f.Revision, Page: page.ID, Next: page.ID,
		Lang: who.lang, Answers: answers, Definition: who.wave.Questionnaire.Hash, Source: who.source(), Trace: who.trace(req, f),
	}
	if goesOn(f) {
		save.Next = after(who.wave.Questionnaire, answers, page.ID, f)
	}
	for _, item := range page.Items {
		save.Items = append(save.Items, item.ID)
	}
	return r.Responses.Save(req.Context(), save)
}

// after is the page that follows: the next one on the route or, when an answer
// was changed from the check of answers, whatever that change left open.
func after(q *questionnaire.Questionnaire, a questionnaire.Answers, page string, f form) string {
	next, ok := q.Next(a, page)
	if f.From == checkPage {
		next, ok = q.Unanswered(a)
	}
	if !ok {
		return checkPage
	}
	return next
}

func (r *Runner) redirectAfter(w http.ResponseWriter, req *http.Request, who respondent, page string, saved response.Record, f form) {
	origin := ""
	if f.From == checkPage {
		origin = "?from=" + checkPage
	}
	switch f.Action {
	case actionStay, actionLanguage: // the switch sent the form to the page in the other language
		r.redirect(w, req, pagePath(page)+origin)
	case actionOverview:
		r.redirect(w, req, overviewPath)
	case actionBack:
		r.redirect(w, req, before(who.wave.Questionnaire, saved.Answers, page, f))
	default:
		next := after(who.wave.Questionnaire, saved.Answers, page, f)
		if next == checkPage {
			origin = ""
		}
		r.redirect(w, req, pagePath(next)+origin)
	}
}

// signedOut takes what a respondent posted after the session ran out. It is
// saved where that can be done without a question, and carried along
// otherwise. Nothing stored is shown: the code is asked for next.
func (r *Runner) signedOut(w http.ResponseWriter, req *http.Request, who respondent, f form, reason error) {
	saved, ok := r.rescued(req, who, f)
	switch {
	case ok && byScript(req):
		r.tellScript(w, req, http.StatusUnauthorized, who, saved)
	case ok:
		r.toEntry(w, req)
	default:
		r.askCode(w, req, f, reason)
	}
}

// rescued saves a page for a session that ran out, and reports whether it is
// stored.
func (r *Runner) rescued(req *http.Request, who respondent, f form) (saved response.Record, ok bool) {
	if who.wave == nil || f.Response != "" && f.Response != who.response() {
		return saved, false
	}
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		return saved, false
	}
	page, onRoute := who.wave.Questionnaire.RoutedPage(rec.Answers, chi.URLParam(req, "page"))
	if !onRoute {
		return saved, false
	}
	answers, _, err := who.wave.Questionnaire.ReadPage(page.ID, f.Answers, who.lang, rec.Answers)
	if err != nil {
		return saved, false
	}
	f.Action = actionClose
	saved, err = r.save(req, who, page, answers, f)
	return saved, err == nil
}
