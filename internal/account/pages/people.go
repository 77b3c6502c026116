package pages

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-chi/chi/v5"

	"barometer/internal/account"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
)

// peopleView lists everyone with an account.
type peopleView struct {
	Faults  []web.Fault
	Note    note
	People  []personRow
	Waiting []roleRow // grants that await a second administrator
	Name    string    // as typed
	Address string    // as typed
	Kind    string
	Kinds   []choice
}

type personRow struct {
	Path, ID, Label, Address, State, Roles string
}

// choice is one entry of a list to choose from.
type choice struct {
	Code, Label string
	Chosen      bool
}

func personPath(id account.ID) string { return peoplePath + "/" + id.String() }

func (p *Pages) listPeople(w http.ResponseWriter, r *http.Request, s account.Session) {
	p.renderPeople(w, r, http.StatusOK, s, peopleView{Note: p.noted(w, r), Kind: string(account.Employee)})
}

func (p *Pages) renderPeople(w http.ResponseWriter, r *http.Request, status int, s account.Session, v peopleView) {
	people, err := p.Accounts.Persons(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	l := web.Lang(r)
	labels := map[account.ID]i18n.Text{}
	for _, one := range people {
		labels[one.ID] = one.Label()
		v.People = append(v.People, personRow{
			Path: personPath(one.ID), ID: one.ID.String(), Label: one.Label().In(l), Address: one.Address,
			State: p.T(r, "state."+string(one.State)), Roles: p.roleList(r, one.Roles),
		})
	}
	waiting, err := p.Accounts.WaitingGrants(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	for _, g := range waiting {
		v.Waiting = append(v.Waiting, p.roleRow(r, s, g, labels))
	}
	for _, k := range account.Kinds() {
		v.Kinds = append(v.Kinds, choice{string(k), p.T(r, "kind."+string(k)), string(k) == v.Kind})
	}
	page := p.view(r, p.T(r, "people.title"), peoplePath)
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "people", v)
}

func (p *Pages) roleList(r *http.Request, roles []policy.Role) string {
	text := ""
	for i, role := range roles {
		if i > 0 {
			text += ", "
		}
		text += p.role(r, role)
	}
	return text
}

// roleRow is a grant as an administrator sees it.
func (p *Pages) roleRow(r *http.Request, s account.Session, g account.Grant, labels map[account.ID]i18n.Text) roleRow {
	row := roleRow{
		Grant: g.ID, Name: p.role(r, g.Role), Person: personPath(g.Person), By: labels[g.Person],
		Waiting: g.Waits(), Open: g.Ended.IsZero(), Mine: g.AskedBy == s.Person.ID.String() || g.Person == s.Person.ID,
	}
	switch {
	case g.Waits():
		row.State = p.T(r, "grant.waits", "who", p.actor(r, g.AskedBy), "when", p.moment(r, g.Asked))
	case g.Holds():
		row.State = p.T(r, "grant.holds", "who", p.actor(r, g.ConfirmedBy), "when", p.moment(r, g.Confirmed))
	default:
		row.State = p.T(r, "grant.ended", "who", p.actor(r, g.EndedBy), "when", p.moment(r, g.Ended))
	}
	return row
}

// actor words who did something.
func (p *Pages) actor(r *http.Request, who string) string {
	id, ok := account.ParseID(who)
	switch {
	case who == audit.Operator:
		return p.T(r, "actor.operator")
	case !ok:
		return p.T(r, "actor.system")
	}
	person, err := p.Accounts.Person(r.Context(), id)
	if err != nil {
		return who
	}
	return person.Label().In(web.Lang(r))
}

func (p *Pages) addPerson(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	n := account.Newcomer{Kind: account.Kind(form.Get("kind")), Lang: web.Lang(r), Name: form.Get("name"), Address: form.Get("address")}
	id, err := p.Accounts.Add(r.Context(), s.Actor(), n)
	switch faults := p.faults(r, err); {
	case err == nil:
		p.say(w, "note.added")
		redirect(w, r, personPath(id))
	case faults == nil:
		p.fail(w, r, err)
	default:
		v := peopleView{Faults: faults, Name: n.Name, Address: n.Address, Kind: string(n.Kind)}
		p.renderPeople(w, r, http.StatusUnprocessableEntity, s, v)
	}
}

// personView is one person as an administrator sees them.
type personView struct {
	Faults   []web.Fault
	Note     note
	Label    string
	ID       string
	Path     string
	Address  string
	State    string
	Kind     string
	Added    string
	Self     bool // the reader's own: others decide about it
	Roles    []roleRow
	Choices  []choice // roles that can be asked for
	Sessions []sessionRow
	Suspend  bool
	Restore  bool
}

func (p *Pages) onePerson(w http.ResponseWriter, r *http.Request, s account.Session, person account.Person) {
	p.renderPerson(w, r, http.StatusOK, s, person, personView{Note: p.noted(w, r)})
}

func (p *Pages) renderPerson(w http.ResponseWriter, r *http.Request, status int, s account.Session, person account.Person, v personView) {
	l := web.Lang(r)
	v.Label, v.ID, v.Path, v.Address = person.Label().In(l), person.ID.String(), personPath(person.ID), person.Address
	v.State, v.Kind, v.Added = p.T(r, "state."+string(person.State)), p.T(r, "kind."+string(person.Kind)), p.moment(r, person.Added)
	v.Self = person.ID == s.Person.ID
	v.Suspend, v.Restore = p.possible(s, person, account.Suspend), p.possible(s, person, account.Reinstate)
	grants, err := p.Accounts.Grants(r.Context(), person.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	open := map[policy.Role]bool{}
	for _, g := range grants {
		v.Roles = append(v.Roles, p.roleRow(r, s, g, nil))
		open[g.Role] = open[g.Role] || g.Ended.IsZero()
	}
	for _, role := range policy.Grantable() {
		if !open[role] && !v.Self && person.State != account.Erased {
			v.Choices = append(v.Choices, choice{Code: string(role), Label: p.role(r, role)})
		}
	}
	sessions, err := p.Accounts.Sessions(r.Context(), person.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	for _, one := range sessions {
		v.Sessions = append(v.Sessions, p.sessionRow(r, one))
	}
	page := p.view(r, v.Label, v.Path)
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "person", v)
}

// possible reports whether the reader may bring an event about.
func (p *Pages) possible(s account.Session, person account.Person, on account.Event) bool {
	_, err := account.Step(person.State, on, s.Actor().Capacities(person.ID)...)
	return err == nil
}

// after answers for an act on a person: with the person's page in every case.
func (p *Pages) after(w http.ResponseWriter, r *http.Request, a act, err error, note string) {
	switch faults := p.faults(r, err); {
	case err == nil:
		p.say(w, note)
		redirect(w, r, personPath(a.person.ID))
	case faults == nil:
		p.fail(w, r, err)
	default:
		p.renderPerson(w, r, http.StatusConflict, a.by, a.person, personView{Faults: faults})
	}
}

// grant asks for a role for a person.
func (p *Pages) grant(w http.ResponseWriter, r *http.Request, a act) {
	_, err := p.Accounts.Grant(r.Context(), a.by.Actor(), a.person.ID, policy.Role(a.form.Get("role")))
	p.after(w, r, a, err, "note.asked")
}

// settle confirms a grant, or ends it.
func (p *Pages) settle(w http.ResponseWriter, r *http.Request, a act) {
	id, err := strconv.ParseInt(chi.URLParam(r, "grant"), 10, 64)
	if err != nil {
		p.Shell.Error(w, r, http.StatusNotFound)
		return
	}
	switch a.form.Get("action") {
	case "confirm":
		_, err = p.Accounts.ConfirmGrant(r.Context(), a.by.Actor(), id)
		p.after(w, r, a, err, "note.confirmed")
	case "end":
		_, err = p.Accounts.EndGrant(r.Context(), a.by.Actor(), id)
		p.after(w, r, a, err, "note.ended")
	default:
		p.fail(w, r, errBadForm)
	}
}

func (p *Pages) setState(w http.ResponseWriter, r *http.Request, a act) {
	switch a.form.Get("action") {
	case "suspend":
		p.after(w, r, a, p.Accounts.Suspend(r.Context(), a.by.Actor(), a.person.ID), "note.suspended")
	case "reinstate":
		p.after(w, r, a, p.Accounts.Reinstate(r.Context(), a.by.Actor(), a.person.ID), "note.reinstated")
	default:
		p.fail(w, r, errBadForm)
	}
}

func (p *Pages) revokeSessions(w http.ResponseWriter, r *http.Request, a act) {
	p.after(w, r, a, p.Accounts.RevokeOthers(r.Context(), a.by.Actor(), a.person.ID, ""), "note.sessions")
}
