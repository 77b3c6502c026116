package pages

import (
	"encoding/json"
	"net/http"
	"net/url"

	"barometer/internal/account"
	"barometer/internal/web"
)

// exportView is all that is held of a person, to be read.
type exportView struct {
	account.Export
	Made  string
	Parts []web.Table
}

// export shows what is held of the person.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, s account.Session) {
	e, err := p.Accounts.Export(r.Context(), s.Person.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := exportView{Export: e, Made: p.moment(r, e.Made)}
	v.Parts = []web.Table{p.exportPerson(r, e), p.exportRoles(r, e), p.exportWorkplaces(r, e),
		p.exportCredentials(r, e), p.exportSessions(r, e), p.exportEvents(r, e)}
	p.render(w, r, http.StatusOK, p.below(p.view(r, p.T(r, "export.title"), accountPath+"/export")), "export", v)
}

// exportJSON is the same for programs.
func (p *Pages) exportJSON(w http.ResponseWriter, r *http.Request, s account.Session) {
	e, err := p.Accounts.Export(r.Context(), s.Person.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	text, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="account-`+e.Person.ID.String()+`.json"`)
	w.Write(append(text, '\n'))
}

// closeView asks whether the account is to be closed.
type closeView struct {
	Faults   web.Faults
	KeepName bool
	Credit   web.Choices
	Confirm  web.Consent
	Label    string
	Days     int
}

func (p *Pages) closeForm(w http.ResponseWriter, r *http.Request, s account.Session) {
	if s.Person.State == account.Closing {
		redirect(w, r, accountPath)
		return
	}
	p.renderClose(w, r, http.StatusOK, s, closeView{})
}

func (p *Pages) renderClose(w http.ResponseWriter, r *http.Request, status int, s account.Session, v closeView) {
	v.Label = account.FormerName(s.Person.ID).In(web.Lang(r))
	v.Days = int(account.ClosingTime.Hours() / 24)
	v.Credit = web.Choices{Control: web.Control{Name: "credit", Label: p.T(r, "credit.legend")}, Options: []web.Option{
		{Value: "drop", Label: p.T(r, "credit.drop", "label", v.Label), Chosen: !v.KeepName},
		{Value: "keep", Label: p.T(r, "credit.keep"), Chosen: v.KeepName},
	}}
	v.Confirm = web.Consent{Control: web.Control{Name: "confirm", Label: p.T(r, "close.confirm"), Fault: v.Faults.On("confirm")}}
	page := p.below(p.view(r, p.T(r, "close.title"), closePath))
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "close", v)
}

func (p *Pages) close(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	keep := form.Get("credit") == "keep"
	if form.Get("confirm") != "yes" {
		faults := web.Faults{{Target: "confirm", Message: p.T(r, "fault.confirm")}}
		p.renderClose(w, r, http.StatusUnprocessableEntity, s, closeView{Faults: faults, KeepName: keep})
		return
	}
	err := p.Accounts.Close(r.Context(), s, keep)
	switch faults := p.faults(r, err); {
	case err == nil:
		redirect(w, r, accountPath)
	case faults == nil:
		p.fail(w, r, err)
	default:
		for i := range faults {
			faults[i].Target = "confirm"
		}
		p.renderClose(w, r, http.StatusConflict, s, closeView{Faults: faults, KeepName: keep})
	}
}

func (p *Pages) reopen(w http.ResponseWriter, r *http.Request, s account.Session, _ url.Values) {
	if err := p.Accounts.Reopen(r.Context(), s.Person.ID); err != nil {
		p.fail(w, r, err)
		return
	}
	p.say(w, "note.reopened")
	redirect(w, r, accountPath)
}
