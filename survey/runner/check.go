package runner

import (
	"errors"
	"net/http"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// answeredPage is a page of the questionnaire on the check of answers and on
// the receipt.
type answeredPage struct {
	Title string
	Items []answeredItem
}

type answeredItem struct {
	ID      string
	Label   string
	Lines   []answerLine
	Missing bool   // an answer is needed before the whole can be sent
	Change  string // address where it is changed
}

// answerLine is one line of an answer in words.
type answerLine = questionnaire.Said

// answered puts the answers on the route in words.
func answered(q *questionnaire.Questionnaire, a questionnaire.Answers, l i18n.Lang) []answeredPage {
	faulty := map[string]bool{}
	for _, f := range q.Complete(a) {
		faulty[f.Item] = true
	}
	var pages []answeredPage
	for _, page := range q.Route(a) {
		p := answeredPage{Title: page.Title.In(l)}
		for _, item := range page.Items {
			p.Items = append(p.Items, answeredItem{
				ID: item.ID, Label: item.Label.In(l), Lines: item.InWords(a[item.ID], l), Missing: faulty[item.ID],
				Change: web.Localise(l, pagePath(page.ID)) + "?from=" + checkPage,
			})
		}
		pages = append(pages, p)
	}
	return pages
}

// checkView is the page where everything is looked over before it is sent.
type checkView struct {
	Action   string
	Back     string
	Session  session
	Revision int
	Response string
	Ready    bool
	Faults   web.Faults
	Pages    []answeredPage
	Keyed    *keyedView
}

func (r *Runner) check(w http.ResponseWriter, req *http.Request, who respondent) {
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	switch {
	case err != nil:
		r.fail(w, req, err)
	case rec.Disposition == response.Complete:
		r.redirect(w, req, receiptPath)
	default:
		r.renderCheck(w, req, http.StatusOK, who, rec, false)
	}
}

// renderCheck shows the check of answers; refused is set when they were sent
// before they were complete.
func (r *Runner) renderCheck(w http.ResponseWriter, req *http.Request, status int, who respondent, rec response.Record, refused bool) {
	q, l := who.wave.Questionnaire, who.lang
	v := checkView{
		Action: web.Localise(l, checkPath), Revision: rec.Revision, Response: who.response(), Ready: true,
		Back: web.Localise(l, before(q, rec.Answers, "", form{})), Session: r.session(who), Keyed: r.keyed(who), Pages: answered(q, rec.Answers, l),
	}
	for _, page := range v.Pages {
		for _, item := range page.Items {
			if !item.Missing {
				continue
			}
			v.Ready = false
			if refused {
				v.Faults = append(v.Faults, web.Fault{Target: "change-" + item.ID, Message: r.views.T(l, "check.missing", "question", item.Label)})
			}
		}
	}
	p := r.view(req, who.wave, r.views.T(l, "check.title"), checkPath)
	p.Fault = v.Faults != nil
	r.views.Render(w, req, status, p, "check", v)
}

// errIncomplete refuses to make an unfinished response final.
var errIncomplete = errors.New("questions on the route are unanswered")

// submit makes the response final. What is stored is checked once more inside
// the transaction that finishes it.
func (r *Runner) submit(w http.ResponseWriter, req *http.Request, who respondent, f form) {
	complete := func(a questionnaire.Answers) error {
		if len(who.wave.Questionnaire.Complete(a)) > 0 {
			return errIncomplete
		}
		return nil
	}
	_, err := r.Responses.SubmitFrom(req.Context(), who.Wave, who.Unit, f.Revision, who.source(), complete)
	var stale *response.StaleError
	switch {
	case err == nil:
		r.redirect(w, req, receiptPath)
	case errors.As(err, &stale):
		r.renderMoved(w, req, who, stale.Current)
	case errors.Is(err, errIncomplete):
		r.recheck(w, req, who)
	default:
		r.lose(w, req, who, f, err)
	}
}

func (r *Runner) recheck(w http.ResponseWriter, req *http.Request, who respondent) {
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	r.renderCheck(w, req, http.StatusUnprocessableEntity, who, rec, true)
}

// renderMoved asks for another look, because a colleague changed an answer
// after this one was looked over.
func (r *Runner) renderMoved(w http.ResponseWriter, req *http.Request, who respondent, rec response.Record) {
	l := who.lang
	title := r.views.T(l, "moved.title")
	r.views.Render(w, req, http.StatusConflict, r.view(req, who.wave, title, checkPath), "moved", struct{ Title string }{title})
}
