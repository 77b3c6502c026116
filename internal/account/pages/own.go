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
	Faults     []web.Fault
	Note       note
	Label      i18n.Text
	Name       string // as typed or as it is
	Address    string // as it is
	NewAddress string // as typed
	Closing    string // day on which the account is erased, empty unless it is closing
	Roles      []roleRow
	Sessions   []sessionRow
	Workplaces []workplaceRow
}

type (
	roleRow struct {
		Grant   int64
		Name    string
		State   string
		Person  string // path of the person's page
		By      i18n.Text
		Mine    bool // the reader asked for it, or it is the reader's own: another confirms it
		Waiting bool
		Open    bool // it has not ended
	}
	sessionRow struct {
		ID     string
		Device string
		How    string
		Begun  string
		Seen   string
		Here   bool // the reader's own
	}
	workplaceRow struct {
		PNumber, CVR, Role, Since string
		Verified                  bool
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
		v.Closing = i18n.Date(account.Local(person.Entered.Add(account.ClosingTime)), web.Lang(r))
	}
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
	for _, one := range sessions {
		row := p.sessionRow(r, one)
		row.Here = one.ID == s.ID
		v.Sessions = append(v.Sessions, row)
	}
	grants, err := p.Accounts.Grants(r.Context(), s.Person.ID)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.Holds() {
			v.Roles = append(v.Roles, roleRow{Grant: g.ID, Name: p.role(r, g.Role)})
		}
	}
	workplaces, err := p.Accounts.Memberships(r.Context(), s.Person.ID)
	for _, m := range workplaces {
		if m.Until.IsZero() {
			v.Workplaces = append(v.Workplaces, workplaceRow{m.PNumber, m.CVR, p.T(r, "workplace."+m.Role), p.day(r, m.Since), m.VerifiedBy != ""})
		}
	}
	return err
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
		ID: s.ID, Device: p.T(r, "device", "browser", browser, "system", system), How: p.T(r, "how."+s.How.Method),
		Begun: p.moment(r, s.Begun), Seen: p.moment(r, s.Seen),
	}
}

func (p *Pages) role(r *http.Request, role policy.Role) string { return p.T(r, "role."+string(role)) }

func (p *Pages) day(r *http.Request, t time.Time) string {
	return i18n.Date(account.Local(t), web.Lang(r))
}

// moment writes a day and a time of day, as Danish clocks show it.
func (p *Pages) moment(r *http.Request, t time.Time) string {
	return p.T(r, "moment", "date", p.day(r, t), "time", account.Local(t).Format("15:04"))
}

// welcome asks a person who has just come for a name.
func (p *Pages) welcome(w http.ResponseWriter, r *http.Request, s account.Session) {
	if s.Person.State != account.Verified {
		redirect(w, r, accountPath)
		return
	}
	p.renderWelcome(w, r, http.StatusOK, nil, s.Person.Name)
}

func (p *Pages) renderWelcome(w http.ResponseWriter, r *http.Request, status int, faults []web.Fault, name string) {
	page := p.view(r, p.T(r, "welcome.title"), welcomePath)
	page.Fault = faults != nil
	p.render(w, r, status, page, "welcome", struct {
		Faults []web.Fault
		Name   string
	}{faults, name})
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
