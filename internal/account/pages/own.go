package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"barometer/internal/account"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
)

// accountView is a person's own account.
type accountView struct {
	Faults     web.Faults
	Note       *web.Alert
	Label      i18n.Text
	Name       string // as typed or as it is
	Address    string // as it is
	NewAddress string // as typed
	NameField  web.Field
	NewField   web.Field
	Closing    *web.Alert // says when the account is erased, nil unless it is closing
	Roles      []roleRow
	Sessions   web.Table
	Workplaces web.Table
	Staff      []web.Card // pages that the reader's roles open
}

type (
	roleRow struct {
		Name   string
		State  string
		Acts   []web.Act
		Person string // path of the person's page
		By     i18n.Text
	}
	sessionRow struct {
		Device string
		How    string
		Begun  string
		Seen   string
	}
)

// account shows the own account.
func (p *Pages) account(w http.ResponseWriter, r *http.Request, s account.Session) {
	v := accountView{Note: p.noted(w, r)}
	p.renderAccount(w, r, http.StatusOK, s, v)
}

func (p *Pages) renderAccount(w http.ResponseWriter, r *http.Request, status int, s account.Session, v accountView) {
	person := s.Person
	v.Label, v.Address = person.Label(), person.Address
	if v.Name == "" {
		v.Name = person.Name
	}
	if person.State == account.Closing {
		v.Closing = p.closingAlert(r, person)
	}
	v.NameField = p.nameField(r, v.Name, v.Faults)
	v.NewField = p.addressField(r, "account.address.new", "account.address.hint", v.NewAddress, v.Faults)
	v.Staff = p.staffPages(r, s)
	if err := p.fillAccount(r, s, &v); err != nil {
		p.fail(w, r, err)
		return
	}
	page := p.view(r, p.T(r, "account.title"), accountPath)
	page.Fault = v.Faults != nil
	p.render(w, r, status, page, "account", v)
}

func (p *Pages) fillAccount(r *http.Request, s account.Session, v *accountView) error {
	sessions, err := p.Accounts.Sessions(r.Context(), s.Person.ID)
	if err != nil {
		return err
	}
	v.Sessions = p.sessionTable(r, sessions, s.ID)
	grants, err := p.Accounts.Grants(r.Context(), s.Person.ID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.Holds() {
			v.Roles = append(v.Roles, roleRow{Name: p.role(r, g.Role), Acts: []web.Act{p.layDownAct(r, g)}})
		}
	}
	workplaces, err := p.Accounts.Memberships(r.Context(), s.Person.ID)
	v.Workplaces = p.workplaceTable(r, workplaces)
	return err
}

// staffPages leads to what the reader's roles open.
func (p *Pages) staffPages(r *http.Request, s account.Session) (cards []web.Card) {
	if p.Staff == nil {
		return nil
	}
	for _, page := range p.Staff(s.Subject()) {
		cards = append(cards, web.Card{Anchor: web.Anchor{Href: link(r, page.Path), Label: page.Label.In(web.Lang(r))}})
	}
	return cards
}

// closingAlert says that the account is closing, and offers to keep it.
func (p *Pages) closingAlert(r *http.Request, person account.Person) *web.Alert {
	day := p.day(r, person.Entered.Add(account.ClosingTime))
	return &web.Alert{
		Kind: web.Warning, Heading: p.T(r, "account.closing", "date", day), Text: p.T(r, "account.closing.text"),
		Act: &web.Act{Action: link(r, accountPath+"/reopen"), Label: p.T(r, "account.reopen"), Look: web.Primary},
	}
}

func (p *Pages) layDownAct(r *http.Request, g account.Grant) web.Act {
	return web.Act{
		Action: link(r, accountPath+"/role"), Label: p.T(r, "roles.end"), Object: p.role(r, g.Role), Look: web.Tertiary,
		Fields: []web.Hidden{{Name: "grant", Value: strconv.FormatInt(g.ID, 10)}},
	}
}

// sessionTable lists the places where a person is signed in, each with the way
// to end it.
func (p *Pages) sessionTable(r *http.Request, sessions []account.Session, here string) web.Table {
	t := web.Table{
		Name: "sessions", Caption: p.T(r, "sessions.title"), Quiet: true,
		Columns: p.columns(r, "sessions.device", "sessions.how", "sessions.begun", "sessions.seen", "sessions.end"),
	}
	for _, one := range sessions {
		row := p.sessionRow(r, one)
		device := web.Cell{Text: row.Device}
		if one.ID == here {
			device.Tag = &web.Tag{Kind: web.Info, Text: p.T(r, "sessions.here")}
		}
		end := web.Act{
			Action: link(r, accountPath+"/sessions"), Label: p.T(r, "signout"), Object: row.Device + ", " + row.Begun, Look: web.Tertiary,
			Fields: []web.Hidden{{Name: "session", Value: one.ID}},
		}
		t.Rows = append(t.Rows, web.Row{device, {Text: row.How}, {Text: row.Begun}, {Text: row.Seen}, {Acts: []web.Act{end}}})
	}
	return t
}

func (p *Pages) workplaceTable(r *http.Request, workplaces []account.Membership) web.Table {
	t := web.Table{
		Name: "workplaces", Caption: p.T(r, "workplaces.title"), Quiet: true, None: p.T(r, "workplaces.none"),
		Columns: p.columns(r, "workplace.pnumber", "workplace.cvr", "workplace.role", "workplace.since", "workplace.verified"),
	}
	for _, m := range workplaces {
		if !m.Until.IsZero() {
			continue
		}
		verified := p.T(r, "no")
		if m.VerifiedBy != "" {
			verified = p.T(r, "yes")
		}
		t.Rows = append(t.Rows, web.Row{{Text: m.PNumber}, {Text: m.CVR}, {Text: p.T(r, "workplace."+m.Role)}, {Text: p.day(r, m.Since)}, {Text: verified}})
	}
	return t
}

func (p *Pages) sessionRow(r *http.Request, s account.Session) sessionRow {
	browser, system := s.Device.Browser, s.Device.System
	if browser == "" {
		browser = p.T(r, "device.browser")
	}
	if system == "" {
		system = p.T(r, "device.system")
	}
	return sessionRow{
		Device: p.T(r, "device", "browser", browser, "system", system), How: p.T(r, "how."+s.How.Method),
		Begun: p.moment(r, s.Begun), Seen: p.moment(r, s.Seen),
	}
}

func (p *Pages) role(r *http.Request, role policy.Role) string { return p.T(r, "role."+string(role)) }

func (p *Pages) day(r *http.Request, t time.Time) string {
	return i18n.Date(account.Local(t), web.Lang(r))
}

// moment writes a day and a time of day, as Danish clocks show it.
func (p *Pages) moment(r *http.Request, t time.Time) string {
	return p.T(r, "moment", "date", p.day(r, t), "time", i18n.Clock(account.Local(t), web.Lang(r)))
}

// welcome asks a person who has just come for a name.
func (p *Pages) welcome(w http.ResponseWriter, r *http.Request, s account.Session) {
	if s.Person.State != account.Verified {
		redirect(w, r, accountPath)
		return
	}
	p.renderWelcome(w, r, http.StatusOK, nil, s.Person.Name)
}

func (p *Pages) renderWelcome(w http.ResponseWriter, r *http.Request, status int, faults web.Faults, name string) {
	page := p.view(r, p.T(r, "welcome.title"), welcomePath)
	page.Fault = faults != nil
	p.render(w, r, status, page, "welcome", struct {
		Faults web.Faults
		Field  web.Field
	}{faults, p.nameField(r, name, faults)})
}

func (p *Pages) setName(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	err := p.Accounts.SetName(r.Context(), s.Person.ID, form.Get("name"))
	switch faults := p.faults(r, err); {
	case err == nil:
		p.say(w, "note.name")
		redirect(w, r, accountPath)
	case faults == nil:
		p.fail(w, r, err)
	case s.Person.State == account.Verified:
		p.renderWelcome(w, r, http.StatusUnprocessableEntity, faults, form.Get("name"))
	default:
		p.renderAccount(w, r, http.StatusUnprocessableEntity, s, accountView{Faults: faults, Name: form.Get("name")})
	}
}

func (p *Pages) setAddress(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	err := p.Accounts.AskAddress(r.Context(), s.Person.ID, p.askFor(w, r, form))
	switch faults := p.faults(r, err); {
	case err == nil:
		p.say(w, "note.addressasked")
		redirect(w, r, accountPath)
	case faults == nil:
		p.fail(w, r, err)
	default:
		p.renderAccount(w, r, http.StatusUnprocessableEntity, s, accountView{Faults: faults, NewAddress: form.Get("address")})
	}
}

// endSessions ends one of the own sessions, or all but this one.
func (p *Pages) endSessions(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	var err error
	said := "note.session"
	switch id := form.Get("session"); {
	case form.Get("all") != "":
		said = "note.sessions"
		err = p.Accounts.RevokeOthers(r.Context(), s.Actor(), s.Person.ID, s.ID)
	case id == s.ID:
		p.signOut(w, r)
		return
	default:
		err = p.Accounts.Revoke(r.Context(), s.Actor(), s.Person.ID, id)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.say(w, said)
	redirect(w, r, accountPath)
}

// layDown ends a role of one's own. The session ends with it.
func (p *Pages) layDown(w http.ResponseWriter, r *http.Request, s account.Session, form url.Values) {
	id, err := strconv.ParseInt(form.Get("grant"), 10, 64)
	if err != nil {
		p.fail(w, r, errBadForm)
		return
	}
	grants, err := p.Accounts.Grants(r.Context(), s.Person.ID)
	if err == nil && !holds(grants, id) {
		err = account.ErrNoGrant
	}
	if err == nil {
		_, err = p.Accounts.EndGrant(r.Context(), s.Actor(), id)
	}
	switch faults := p.faults(r, err); {
	case err == nil:
		p.say(w, "note.role")
		redirect(w, r, signInPath)
	case faults == nil:
		p.fail(w, r, err)
	default:
		p.renderAccount(w, r, http.StatusConflict, s, accountView{Faults: faults})
	}
}

func holds(grants []account.Grant, id int64) bool {
	for _, g := range grants {
		if g.ID == id && g.Holds() {
			return true
		}
	}
	return false
}
