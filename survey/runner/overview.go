package runner

import (
	"net/http"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// overviewView lists the pages on the route with what is done of each, so that
// colleagues can share them.
type overviewView struct {
	Tasks    []task
	Progress web.Progress
	More     int // pages that answers may still open
	Check    string
	Session  session
	Start    string
	Keyed    *keyedView
}

// task is one page.
type task struct {
	web.Anchor
	ID  string
	Tag *web.Tag
}

// overview shows all pages at once.
func (r *Runner) overview(w http.ResponseWriter, req *http.Request, who respondent) {
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	switch {
	case err != nil:
		r.fail(w, req, err)
		return
	case rec.Disposition == response.Complete:
		r.redirect(w, req, receiptPath)
		return
	}
	q, l := who.wave.Questionnaire, who.lang
	v := overviewView{Check: web.Localise(l, checkPath), Start: web.Localise(l, startPath), Session: r.session(who), Keyed: r.keyed(who)}
	done := 0
	for _, page := range tasks(q, rec.Answers) {
		v.Tasks = append(v.Tasks, r.task(page, l))
		if page.state == taskDone {
			done++
		}
	}
	_, about := q.Progress(rec.Answers, "")
	v.More = about - len(v.Tasks)
	v.Progress = web.Progress{
		Name: "done", Label: r.views.T(l, "overview.progress"), Done: done, All: len(v.Tasks),
		Words: r.views.T(l, "overview.done", "done", done, "all", len(v.Tasks)),
	}
	r.views.Render(w, req, http.StatusOK, r.view(req, who.wave, r.views.T(l, "overview.title"), overviewPath), "overview", v)
}

func (r *Runner) task(p pageTask, l i18n.Lang) task {
	t := task{Anchor: web.Anchor{Href: web.Localise(l, pagePath(p.ID)), Label: p.Title.In(l)}, ID: p.ID}
	switch p.state {
	case taskDone:
		t.Tag = &web.Tag{Kind: web.Success, Text: r.views.T(l, "task.done")}
	case taskUnderWay:
		t.Tag = &web.Tag{Kind: web.Info, Text: r.views.T(l, "task.underway")}
	default:
		t.Tag = &web.Tag{Text: r.views.T(l, "task.open")}
	}
	return t
}

// pageTask is a page on the route with its state.
type pageTask struct {
	questionnaire.RoutedPage
	state taskState
}

type taskState int

const (
	taskOpen     taskState = iota // nothing answered
	taskUnderWay                  // something answered, something missing or at fault
	taskDone                      // it could be sent as it is
)

func tasks(q *questionnaire.Questionnaire, a questionnaire.Answers) (list []pageTask) {
	faulty := map[string]bool{}
	for _, f := range q.Complete(a) {
		faulty[f.Item] = true
	}
	for _, page := range q.Route(a) {
		t, begun, missing := pageTask{RoutedPage: page}, false, false
		for _, item := range page.Items {
			begun = begun || !a[item.ID].IsZero()
			missing = missing || faulty[item.ID]
		}
		switch {
		case begun && missing:
			t.state = taskUnderWay
		case begun:
			t.state = taskDone
		}
		list = append(list, t)
	}
	return list
}
