package desk

import (
	"context"
	"errors"
	"net/http"

	"barometer/internal/policy"
	"barometer/internal/web"
	"barometer/publish/research"
)

func (p *Pages) all(w http.ResponseWriter, r *http.Request) {
	who, err := p.Who(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	list, err := p.Projects.All(r.Context(), who)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.views.Render(w, r, http.StatusOK, p.page(r, p.views.T(web.Lang(r), "staff.heading"), staffPath), "all", p.table(r, list, readPath, true))
}

// readView is a project as staff see it.
type readView struct {
	Faults web.Faults
	Did    *web.Alert
	Title  string
	State  *web.Tag
	Facts  web.Facts
	Events []web.Event
	Accept *web.Act
	Reason *reasonForm
}

// reasonForm takes a decision against a project.
type reasonForm struct {
	Heading, Text, Button, Action string
	Reason                        web.Area
}

func (p *Pages) read(w http.ResponseWriter, r *http.Request, who policy.Subject, one research.Project) {
	v := readView{}
	if r.URL.Query().Get("did") == "1" && one.State != research.Asked {
		v.Did = web.Done(p.views.T(web.Lang(r), "did."+string(one.State)))
	}
	p.show(w, r, http.StatusOK, who, one, v, "")
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, who policy.Subject, one research.Project, v readView, typed string) {
	l := web.Lang(r)
	v.Title, v.State = one.Title, p.state(l, one)
	v.Facts = append(web.Facts{{Term: p.views.T(l, "researcher"), Text: p.Name(r.Context(), one.Person).In(l)}}, p.facts(l, one)...)
	v.Events = p.events(r, one)
	at := web.Localise(l, readPath(one.ID))
	if one.State == research.Asked && who.Person != one.Person {
		v.Accept = &web.Act{Action: at + "/accept", Label: p.views.T(l, "accept"), Look: web.Primary}
	}
	if key := map[research.State]string{research.Asked: "refuse", research.Accepted: "end"}[one.State]; key != "" {
		v.Reason = &reasonForm{Heading: p.views.T(l, key), Text: p.views.T(l, key+".text"), Button: p.views.T(l, key+".button"), Action: at + "/" + key,
			Reason: web.Area{Control: web.Control{Name: "reason", Label: p.views.T(l, "reason"), Hint: p.views.T(l, "reason.hint"), Fault: v.Faults.On("reason")},
				Value: typed, Rows: 3, MaxLength: research.MaxText}}
	}
	page := p.page(r, one.Title, readPath(one.ID))
	page.Parent, page.Fault = p.parent("staff.heading", staffPath), v.Faults != nil
	p.views.Render(w, r, status, page, "read", v)
}

// events tell the life of a project, the latest first.
func (p *Pages) events(r *http.Request, one research.Project) (list []web.Event) {
	l := web.Lang(r)
	name := func(who string) string { return p.Name(r.Context(), who).In(l) }
	if !one.Ended.IsZero() {
		list = append(list, web.Event{When: p.moment(l, one.Ended), What: p.views.T(l, "event.ended", "who", name(one.EndedBy))})
	}
	if !one.Decided.IsZero() {
		key := "event.accepted"
		if one.State == research.Refused {
			key = "event.refused"
		}
		list = append(list, web.Event{When: p.moment(l, one.Decided), What: p.views.T(l, key, "who", name(one.DecidedBy))})
	}
	return append(list, web.Event{When: p.moment(l, one.Asked), What: p.views.T(l, "event.asked", "who", name(one.Person)), Note: p.views.T(l, "event.contract", "hash", one.Contract[:16])})
}

func (p *Pages) accept(w http.ResponseWriter, r *http.Request, who policy.Subject, id int64) {
	one, err := p.Projects.Accept(r.Context(), who, id)
	p.after(w, r, who, one, id, err, "")
}

// against carries out a decision against a project, with its reason.
func (p *Pages) against(do func(context.Context, policy.Subject, int64, string) (research.Project, error)) func(http.ResponseWriter, *http.Request, policy.Subject, int64) {
	return func(w http.ResponseWriter, r *http.Request, who policy.Subject, id int64) {
		if err := r.ParseForm(); err != nil {
			p.Shell.Error(w, r, http.StatusBadRequest)
			return
		}
		reason := r.PostForm.Get("reason")
		one, err := do(r.Context(), who, id, reason)
		p.after(w, r, who, one, id, err, reason)
	}
}

// after answers for a decision: with the page of the project wherever there is
// one to show.
func (p *Pages) after(w http.ResponseWriter, r *http.Request, who policy.Subject, one research.Project, id int64, err error, typed string) {
	if err == nil {
		http.Redirect(w, r, web.Localise(web.Lang(r), readPath(one.ID))+"?did=1", http.StatusSeeOther)
		return
	}
	target, key, status := "", "", 0
	var faults research.FormError
	switch {
	case errors.As(err, &faults):
		target, key, status = "reason", "fault.reason."+faults["reason"], http.StatusUnprocessableEntity
	case errors.Is(err, research.ErrState):
		target, key, status = "state", "fault.state", http.StatusConflict
	case errors.Is(err, policy.ErrSamePerson):
		target, key, status = "state", "fault.same", http.StatusForbidden
	default:
		p.fail(w, r, err)
		return
	}
	fresh, err := p.Projects.Project(r.Context(), who, id)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := readView{Faults: web.Faults{{Target: target, Message: p.views.T(web.Lang(r), key)}}}
	p.show(w, r, status, who, fresh, v, typed)
}
