package desk

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"barometer/internal/audit"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/fieldwork"
	"barometer/survey/frame"
	"barometer/survey/response"
)

// deed is an act on one workplace.
type deed struct {
	asked
	unit string
}

// back is the page that the act leads back to.
func (d deed) back() string { return UnitPath(d.wave.ID, d.unit) }

// act carries an act out on one workplace of the sample.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, a asked) {
	take, known := map[string]func(http.ResponseWriter, *http.Request, deed){
		"disposition": p.dispose, "remark": p.remark, "contact": p.changeContact, "replace": p.replaceCode,
		"revoke": p.revokeCode, "reopen": p.reopen, "key": p.keyIn,
		"letters-stop": p.stopLetters, "letters-resume": p.resumeLetters,
	}[chi.URLParam(r, "act")]
	if !known {
		p.Shell.Error(w, r, http.StatusNotFound)
		return
	}
	d := deed{a, chi.URLParam(r, "unit")}
	if _, err := p.Fieldwork.Unit(r.Context(), a.wave.ID, d.unit); err != nil {
		p.fail(w, r, err)
		return
	}
	take(w, r, d)
}

// record writes the act and its event in one transaction.
func (p *Pages) record(r *http.Request, d deed, action string, detail map[string]string, do func(*store.Tx) error) error {
	return p.Store.Write(r.Context(), func(tx *store.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return p.noteUnit(tx, d, action, detail)
	})
}

// noteUnit writes an event about a workplace into the audit log.
func (p *Pages) noteUnit(tx *store.Tx, d deed, action string, detail map[string]string) error {
	object, err := contact.AuditObject(tx, d.wave.ID, d.unit)
	if err != nil {
		return err
	}
	return audit.Record(tx, p.Now(), audit.Event{Actor: d.actor, Action: action, Object: object, Detail: detail})
}

// done leads back and says what was done.
func (p *Pages) done(w http.ResponseWriter, r *http.Request, d deed, say string) {
	p.Shell.Say(w, say)
	p.redirect(w, r, d.back())
}

// again shows the page with what is wrong in a form.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, d deed, status int, target, message string) {
	form := map[string]string{}
	for name := range maps.Keys(r.PostForm) {
		form[name] = r.PostForm.Get(name)
	}
	p.renderUnit(w, r, status, d.wave, typed{faults: web.Faults{{Target: target, Message: message}}, form: form})
}

// dispose notes what became of the workplace.
func (p *Pages) dispose(w http.ResponseWriter, r *http.Request, d deed) {
	outcome, reason := response.Disposition(r.PostForm.Get("disposition")), r.PostForm.Get("reason")
	switch {
	case !slices.Contains([]response.Disposition{response.Refused, response.Noncontact, response.Unknown, response.Ineligible}, outcome):
		p.again(w, r, d, http.StatusUnprocessableEntity, "disposition", p.T(r, "disposition.fault"))
		return
	case !slices.Contains(reasons, reason) || reason == "button":
		p.again(w, r, d, http.StatusUnprocessableEntity, "reason", p.T(r, "reason.fault"))
		return
	}
	err := p.record(r, d, "response.dispose", map[string]string{"disposition": string(outcome), "reason": reason}, func(tx *store.Tx) error {
		return p.Responses.Dispose(tx, d.wave.ID, d.unit, outcome, d.actor, reason)
	})
	switch {
	case errors.Is(err, response.ErrSubmitted):
		p.again(w, r, d, http.StatusConflict, "disposition", p.T(r, "disposition.submitted"))
	case err != nil:
		p.fail(w, r, err)
	default:
		p.done(w, r, d, "said.disposition")
	}
}

// remark keeps what staff found out.
func (p *Pages) remark(w http.ResponseWriter, r *http.Request, d deed) {
	m := fieldwork.Remark{Actor: d.actor, Code: r.PostForm.Get("subject"), Text: r.PostForm.Get("text")}
	err := p.record(r, d, "remark.add", map[string]string{"subject": m.Code}, func(tx *store.Tx) error {
		return p.Fieldwork.AddRemark(tx, d.wave.ID, d.unit, m)
	})
	var fault *fieldwork.RemarkError
	switch {
	case errors.As(err, &fault) && fault.Field == "code":
		p.again(w, r, d, http.StatusUnprocessableEntity, "subject", p.T(r, "remark.fault"))
	case errors.As(err, &fault):
		p.again(w, r, d, http.StatusUnprocessableEntity, "text", p.T(r, "remark.text.fault", "max", fieldwork.MaxRemark))
	case err != nil:
		p.fail(w, r, err)
	default:
		p.done(w, r, d, "said.remark")
	}
}

// changeContact puts right how the workplace is reached.
func (p *Pages) changeContact(w http.ResponseWriter, r *http.Request, d deed) {
	get := r.PostForm.Get
	one := contact.Person{
		Unit: d.unit, Name: get("name"), Attention: get("attention"), Phone: get("phone"), Email: get("email"),
		Address: get("street"), Postcode: get("postcode"), City: get("city"),
	}
	err := p.Contacts.ChangePerson(r.Context(), d.actor, d.wave.ID, one)
	switch {
	case err == nil:
		p.done(w, r, d, "said.contact")
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, contact.ErrNoPerson):
		p.fail(w, r, err)
	default:
		p.renderUnit(w, r, http.StatusUnprocessableEntity, d.wave, typed{faults: p.contactFaults(r, one), person: &one})
	}
}

// contactFaults words what is wrong with a contact that was refused.
func (p *Pages) contactFaults(r *http.Request, one contact.Person) (faults web.Faults) {
	for _, field := range []struct {
		name string
		ok   bool
	}{
		{"name", strings.TrimSpace(one.Name) != ""},
		{"phone", one.Phone == "" || frame.ValidPhone(one.Phone)},
		{"email", one.Email == "" || contact.IsAddress(strings.TrimSpace(one.Email))},
		{"street", one.Address == "" || one.Postcode != "" && one.City != ""},
		{"postcode", one.Postcode == "" || postcode.MatchString(one.Postcode)},
	} {
		if !field.ok {
			faults = append(faults, web.Fault{Target: field.name, Message: p.T(r, field.name+".fault")})
		}
	}
	if faults == nil {
		faults = web.Faults{{Target: "name", Message: p.T(r, "contact.fault")}}
	}
	return faults
}

var postcode = regexp.MustCompile(`^[0-9]{4}$`)

// replaceCode issues another code and shows it once: on this page alone, which
// nobody's cache keeps.
func (p *Pages) replaceCode(w http.ResponseWriter, r *http.Request, d deed) {
	var inv contact.Invitation
	err := p.record(r, d, "access.replace", nil, func(tx *store.Tx) (err error) {
		inv, err = p.Contacts.ReplaceIn(tx, d.wave.ID, d.unit)
		return err
	})
	switch {
	case errors.Is(err, contact.ErrNoPerson):
		p.again(w, r, d, http.StatusConflict, "codes", p.T(r, "contact.none"))
	case err != nil:
		p.fail(w, r, err)
	default:
		p.renderUnit(w, r, http.StatusOK, d.wave, typed{code: inv.Code})
	}
}

// revokeCode ends the workplace's code and its sessions.
func (p *Pages) revokeCode(w http.ResponseWriter, r *http.Request, d deed) {
	err := p.record(r, d, "access.revoke", nil, func(tx *store.Tx) error { return p.Contacts.RevokeIn(tx, d.wave.ID, d.unit) })
	switch {
	case errors.Is(err, contact.ErrUnknown):
		p.again(w, r, d, http.StatusConflict, "codes", p.T(r, "code.none"))
	case err != nil:
		p.fail(w, r, err)
	default:
		p.done(w, r, d, "said.revoked")
	}
}

// stopLetters notes that the workplace has asked for no more letters, by
// telephone for instance.
func (p *Pages) stopLetters(w http.ResponseWriter, r *http.Request, d deed) {
	if err := p.Letters.StopFor(r.Context(), d.actor, d.wave.ID, d.unit); err != nil {
		p.fail(w, r, err)
		return
	}
	p.done(w, r, d, "said.stopped")
}

// resumeLetters takes that back. Pressed in two tabs, it is done once and said
// twice.
func (p *Pages) resumeLetters(w http.ResponseWriter, r *http.Request, d deed) {
	err := p.Letters.Resume(r.Context(), d.actor, d.wave.ID, d.unit)
	if since, gone := p.Letters.Stopped(r.Context(), d.wave.ID, d.unit); err != nil && (gone != nil || !since.IsZero()) {
		p.fail(w, r, err)
		return
	}
	p.done(w, r, d, "said.resumed")
}

// reopen takes a submitted response back into work.
func (p *Pages) reopen(w http.ResponseWriter, r *http.Request, d deed) {
	why := r.PostForm.Get("why")
	if !slices.Contains(reopenings, why) {
		p.again(w, r, d, http.StatusUnprocessableEntity, "why", p.T(r, "reopen.fault"))
		return
	}
	err := p.record(r, d, "response.reopen", map[string]string{"reason": why}, func(tx *store.Tx) error {
		return p.Responses.Reopen(tx, d.wave.ID, d.unit, d.actor, why)
	})
	switch {
	case errors.Is(err, response.ErrNotSubmitted), errors.Is(err, response.ErrClosed):
		p.again(w, r, d, http.StatusConflict, "key", p.T(r, "reopen.not"))
	case err != nil:
		p.fail(w, r, err)
	default:
		p.done(w, r, d, "said.reopened")
	}
}

// keyIn hands the browser a session on the workplace's response and leads to
// its pages.
func (p *Pages) keyIn(w http.ResponseWriter, r *http.Request, d deed) {
	mode := response.Mode(r.PostForm.Get("mode"))
	if mode != response.Paper && mode != response.Telephone || p.Hand == nil {
		p.Shell.Error(w, r, http.StatusBadRequest)
		return
	}
	var session contact.Session
	err := p.record(r, d, "response.key", map[string]string{"mode": string(mode)}, func(tx *store.Tx) (err error) {
		session, err = p.Contacts.BeginKeying(tx, d.wave.ID, d.unit, d.actor, string(mode))
		return err
	})
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.redirect(w, r, p.Hand(w, r, session))
}
