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
	Faults  web.Faults
	Note    *web.Alert
	People  web.Table
	Waiting []roleRow // grants that await a second administrator
	Name    string    // as typed
	Address string    // as typed
	Kind    string
	Form    newcomerForm
}

// newcomerForm adds a person.
type newcomerForm struct {
	Address, Name web.Field
	Kind          web.Select
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
	labels := map[account.ID]i18n.Text{}
	for _, one := range people {
		labels[one.ID] = one.Label()
	}
	v.People = p.peopleTable(r, people)
	waiting, err := p.Accounts.WaitingGrants(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	for _, g := range waiting {
		v.Waiting = append(v.Waiting, p.roleRow(r, s, g, labels))
	}
	v.Form = p.newcomerForm(r, v)
	page := p.view(r, p.T(r, "people.title"), peoplePath)
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "people", v)
}

func (p *Pages) peopleTable(r *http.Request, people []account.Person) web.Table {
	t := web.Table{
		Name: "people", Caption: p.T(r, "people.list"), Quiet: true,
		Columns: p.columns(r, "name.label", "address.label", "people.state", "roles.title", "people.id"),
	}
	for _, one := range people {
		t.Rows = append(t.Rows, web.Row{
			{Text: one.Label().In(web.Lang(r)), Href: link(r, personPath(one.ID))}, {Text: one.Address},
			{Tag: p.stateTag(r, one.State)}, {Text: p.roleList(r, one.Roles)}, {Text: one.ID.String()},
		})
	}
	return t
}

// stateTag is the state of an account at a glance.
func (p *Pages) stateTag(r *http.Request, state account.State) *web.Tag {
	kinds := map[account.State]web.Kind{account.Active: web.Success, account.Suspended: web.Danger, account.Closing: web.Warning}
	return &web.Tag{Kind: kinds[state], Text: p.T(r, "state."+string(state))}
}

func (p *Pages) newcomerForm(r *http.Request, v peopleView) newcomerForm {
	f := newcomerForm{
		Address: p.addressField(r, "address.label", "", v.Address, v.Faults),
		Name: web.Field{
			Control: web.Control{Name: "name", Label: p.T(r, "people.name"), Hint: p.T(r, "people.name.hint"), Fault: v.Faults.On("name"), Optional: true},
			Value:   v.Name, MaxLength: 160,
		},
		Kind: web.Select{Control: web.Control{Name: "kind", Label: p.T(r, "kind.label")}},
	}
	f.Address.Autocomplete = "off" // it is another's
	for _, k := range account.Kinds() {
		f.Kind.Options = append(f.Kind.Options, web.Option{Value: string(k), Label: p.T(r, "kind."+string(k)), Chosen: string(k) == v.Kind})
	}
	return f
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
		Name: p.role(r, g.Role), Person: personPath(g.Person), By: labels[g.Person], Acts: p.grantActs(r, s, g),
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

// grantActs are what the reader may do about a grant. Another than whoever asked
// for it, and than whom it is for, confirms it.
func (p *Pages) grantActs(r *http.Request, s account.Session, g account.Grant) (acts []web.Act) {
	act := func(action, label string, look web.Look) {
		acts = append(acts, web.Act{
			Action: link(r, personPath(g.Person)+"/grants/"+strconv.FormatInt(g.ID, 10)), Label: p.T(r, label), Object: p.role(r, g.Role), Look: look,
			Fields: []web.Hidden{{Name: "action", Value: action}},
		})
	}
	if mine := g.AskedBy == s.Person.ID.String() || g.Person == s.Person.ID; g.Waits() && !mine {
		act("confirm", "grant.confirm", web.Primary)
	}
	switch {
	case g.Waits():
		act("end", "grant.withdraw", web.Tertiary)
	case g.Ended.IsZero():
		act("end", "grant.end", web.Tertiary)
	}
	return acts
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
	Faults   web.Faults
	Note     *web.Alert
	Label    string
	Path     string
	Facts    web.Facts
	Self     bool // the reader's own: others decide about it
	Roles    []roleRow
	Role     web.Select // roles that can be asked for
	Sessions []sessionRow
	SignOut  web.Act
	Suspend  bool
	Restore  bool
}

func (p *Pages) onePerson(w http.ResponseWriter, r *http.Request, s account.Session, person account.Person) {
	p.renderPerson(w, r, http.StatusOK, s, person, personView{Note: p.noted(w, r)})
}

func (p *Pages) renderPerson(w http.ResponseWriter, r *http.Request, status int, s account.Session, person account.Person, v personView) {
	l := web.Lang(r)
	v.Label, v.Path, v.Facts = person.Label().In(l), personPath(person.ID), p.personFacts(r, person)
	v.Role = web.Select{Control: web.Control{Name: "role", Label: p.T(r, "grant.label"), Hint: p.T(r, "grant.hint"), Fault: v.Faults.On("role")}}
	v.SignOut = web.Act{Action: link(r, v.Path+"/sessions"), Label: p.T(r, "person.signout")}
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
			v.Role.Options = append(v.Role.Options, web.Option{Value: string(role), Label: p.role(r, role)})
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
	page.Parent = web.Link{Path: peoplePath, Label: p.both("people.title")}
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "person", v)
}

func (p *Pages) personFacts(r *http.Request, person account.Person) web.Facts {
	return web.Facts{
		{Term: p.T(r, "people.id"), Text: person.ID.String()},
		{Term: p.T(r, "address.label"), Text: person.Address},
		{Term: p.T(r, "kind.label"), Text: p.T(r, "kind."+string(person.Kind))},
		{Term: p.T(r, "people.state"), Text: p.T(r, "state."+string(person.State))},
		{Term: p.T(r, "export.added"), Text: p.moment(r, person.Added)},
	}
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
