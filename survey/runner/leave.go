package runner

import (
	"html/template"
	"net/http"
	"strings"

	"barometer/internal/web"
	"barometer/survey/response"
)

// decline notes that the workplace does not take part.
func (r *Runner) decline(w http.ResponseWriter, req *http.Request, who respondent, _ form) {
	decline := func() error { return r.Responses.Decline(req.Context(), who.Wave, who.Unit, "button") }
	if who.Actor != "" {
		decline = func() error {
			return r.Responses.SetDisposition(req.Context(), who.Wave, who.Unit, response.Refused, who.Actor)
		}
	}
	if err := decline(); err != nil {
		r.fail(w, req, err)
		return
	}
	r.leave(w, req, who, "/survey/declined")
}

// ineligible notes that the workplace is closed, merged or not public.
func (r *Runner) ineligible(w http.ResponseWriter, req *http.Request, who respondent, _ form) {
	by := "respondent"
	if who.Actor != "" {
		by = who.Actor
	}
	err := r.Responses.SetDisposition(req.Context(), who.Wave, who.Unit, response.Ineligible, by)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	r.leave(w, req, who, "/survey/ineligible")
}

// leave signs the respondent out and shows a last page.
func (r *Runner) leave(w http.ResponseWriter, req *http.Request, who respondent, path string) {
	if err := r.signOut(req.Context(), w, who); err != nil {
		r.fail(w, req, err)
		return
	}
	if who.Actor != "" {
		path = r.Keying.Desk(who.Wave, who.Unit)
	}
	r.redirect(w, req, path)
}

// notice serves a page that says one thing.
func (r *Runner) notice(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		r.renderNotice(w, req, http.StatusOK, name, "/survey/"+name)
	}
}

// closed tells a late respondent that the wave is over.
func (r *Runner) closed(w http.ResponseWriter, req *http.Request) {
	r.renderNotice(w, req, http.StatusGone, "closed", "")
}

func (r *Runner) renderNotice(w http.ResponseWriter, req *http.Request, status int, name, path string) {
	l := web.Lang(req)
	title := r.views.T(l, name+".title")
	r.views.Render(w, req, status, r.view(req, nil, title, path), "notice", struct{ Title, Text, Email string }{
		title, r.views.T(l, name+".text"), r.Email,
	})
}

// printed shows the whole questionnaire before anyone has signed in.
func (r *Runner) printed(w http.ResponseWriter, req *http.Request) {
	q, l := r.Waves[0].Questionnaire, web.Lang(req)
	var questions strings.Builder
	if err := q.PrintFragment(&questions, l); err != nil {
		r.Shell.Fail(w, req, err)
		return
	}
	r.views.Render(w, req, http.StatusOK, r.view(req, nil, q.Title.In(l), "/survey/questionnaire"), "printed", struct {
		Title     string
		Questions template.HTML // made by html/template
	}{q.Title.In(l), template.HTML(questions.String())})
}
