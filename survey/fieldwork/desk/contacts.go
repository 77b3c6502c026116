package desk

import (
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"barometer/internal/audit"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/figure"
	"barometer/survey/response"
)

// contactsView lists whom to ring.
type contactsView struct {
	Wave    string
	Path    string
	Faults  web.Faults
	Stratum web.Select
	State   web.Select
	Quiet   web.Select
	Find    web.Field
	Number  string // of workplaces found, in words
	List    web.Table
	Pager   *web.Pager
	Export  web.Act
}

// asks is what a list is narrowed to, as its address says.
type asks struct {
	fieldwork.Filter
	days int
	page int
}

// quiets are the numbers of days that can be asked for.
var quiets = []int{0, 7, 14, 21, 28}

// readAsks takes what it knows from an address or a form; the rest counts as
// not said.
func readAsks(values url.Values) asks {
	a := asks{Filter: fieldwork.Filter{Stratum: values.Get("stratum"), State: fieldwork.State(values.Get("state"))}, page: 1}
	if !slices.Contains(fieldwork.States(), a.State) && values.Get("state") != "all" {
		a.State = fieldwork.Chase
	}
	if values.Get("state") == "all" {
		a.State = ""
	}
	if n, err := strconv.Atoi(values.Get("quiet")); err == nil && slices.Contains(quiets, n) {
		a.days, a.Quiet = n, time.Duration(n)*24*time.Hour
	}
	if n, err := strconv.Atoi(values.Get("page")); err == nil && n > 0 && n < 10_000 {
		a.page = n
	}
	return a
}

// state is the filter's state as addresses and forms write it.
func (a asks) state() string {
	if a.State == "" {
		return "all"
	}
	return string(a.State)
}

func (a asks) values() url.Values {
	return url.Values{"stratum": {a.Stratum}, "state": {a.state()}, "quiet": {strconv.Itoa(a.days)}}
}

// detail is what the audit log says of a list.
func (a asks) detail(n int) map[string]string {
	return map[string]string{"stratum": a.Stratum, "state": a.state(), "quiet": strconv.Itoa(a.days), "workplaces": strconv.Itoa(n)}
}

// listed is how many workplaces a page shows.
const listed = 50

func (p *Pages) contacts(w http.ResponseWriter, r *http.Request, wave Wave) {
	p.renderContacts(w, r, http.StatusOK, wave, nil)
}

func (p *Pages) renderContacts(w http.ResponseWriter, r *http.Request, status int, wave Wave, faults web.Faults) {
	a := readAsks(r.URL.Query())
	strata, err := p.Fieldwork.Strata(r.Context(), wave.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if a.Stratum != "" && !slices.Contains(strata, a.Stratum) {
		a.Stratum = ""
	}
	units, total, err := p.Fieldwork.Units(r.Context(), wave.ID, a.Filter, listed, (a.page-1)*listed)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	people, err := p.people(r, wave, units)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if err := p.noteList(r, wave, "contact.list", a, len(units)); err != nil {
		p.fail(w, r, err)
		return
	}
	at := wavePath(wave.ID) + "/contacts"
	v := contactsView{
		Wave: wave.Title.In(web.Lang(r)), Path: at, Faults: faults, Number: p.T(r, "contacts.number", "n", figure.Count(total)),
		List: p.contactTable(r, wave, units, people), Export: p.exportAct(r, at, a),
		Find: web.Field{
			Control: web.Control{Name: "workplace", Label: p.T(r, "find.label"), Hint: p.T(r, "find.hint"), Fault: faults.On("workplace")}, MaxLength: 64, Short: false,
		},
	}
	v.Stratum, v.State, v.Quiet = p.filters(r, a, strata)
	v.Pager = web.NewPager(p.T(r, "contacts.pages"), a.page, (total+listed-1)/listed, func(part int) string {
		values := a.values()
		values.Set("page", strconv.Itoa(part))
		return p.link(r, at) + "?" + values.Encode()
	})
	page := p.view(r, p.T(r, "contacts.title"), at+"?"+a.values().Encode(), wave)
	page.Fault = faults != nil
	p.views.Render(w, r, status, page, "contacts", v)
}

// people finds how to reach the units of a list. A contact that is not there,
// as before the first invitation, is left out.
func (p *Pages) people(r *http.Request, wave Wave, units []fieldwork.Unit) (map[string]contact.Person, error) {
	found := make(map[string]contact.Person, len(units))
	for _, u := range units {
		one, err := p.Contacts.Person(r.Context(), wave.ID, u.Key)
		if errors.Is(err, contact.ErrNoPerson) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[u.Key] = one
	}
	return found, nil
}

// noteList notes that a list of contacts was shown or taken out.
func (p *Pages) noteList(r *http.Request, wave Wave, action string, a asks, n int) error {
	actor, err := p.Actor(r)
	if err != nil {
		return err
	}
	detail := a.detail(n)
	detail["page"] = strconv.Itoa(a.page)
	return p.note(r.Context(), actor, action, wave.ID, detail)
}

func (p *Pages) filters(r *http.Request, a asks, strata []string) (stratum, state, quiet web.Select) {
	l := web.Lang(r)
	stratum = web.Select{Control: web.Control{Name: "stratum", Label: p.T(r, "stratum"), Optional: true}, Options: []web.Option{{Label: p.T(r, "filter.all")}}}
	for _, code := range strata {
		stratum.Options = append(stratum.Options, web.Option{Value: code, Label: stratumName(code, l), Chosen: code == a.Stratum})
	}
	state = web.Select{Control: web.Control{Name: "state", Label: p.T(r, "filter.state"), Optional: true}}
	for _, s := range fieldwork.States() {
		state.Options = append(state.Options, web.Option{Value: string(s), Label: p.stateName(r, s), Chosen: s == a.State})
	}
	state.Options = append(state.Options, web.Option{Value: "all", Label: p.T(r, "filter.all"), Chosen: a.State == ""})
	quiet = web.Select{Control: web.Control{Name: "quiet", Label: p.T(r, "filter.quiet"), Optional: true}}
	for _, n := range quiets {
		label := p.T(r, "filter.all")
		if n > 0 {
			label = p.T(r, "filter.days", "n", n)
		}
		quiet.Options = append(quiet.Options, web.Option{Value: strconv.Itoa(n), Label: label, Chosen: n == a.days})
	}
	return stratum, state, quiet
}

// stateName is a state in words.
func (p *Pages) stateName(r *http.Request, s fieldwork.State) string {
	if d := response.Disposition(s); slices.Contains(response.Dispositions, d) {
		return figure.Sentence(d.Label().In(web.Lang(r)))
	}
	return p.T(r, "state."+string(s))
}

// unitTag tells how far a unit has come, at a glance.
func (p *Pages) unitTag(r *http.Request, u fieldwork.Unit) *web.Tag {
	switch {
	case u.Disposition == response.Complete:
		return &web.Tag{Kind: web.Success, Text: p.stateName(r, fieldwork.State(u.Disposition))}
	case u.BreakOff:
		return &web.Tag{Kind: web.Warning, Text: p.T(r, "state.break_off")}
	case u.Disposition == response.Partial:
		return &web.Tag{Kind: web.Info, Text: p.stateName(r, fieldwork.State(u.Disposition))}
	case u.Disposition == response.Noncontact && !u.Opened.IsZero():
		return &web.Tag{Kind: web.Info, Text: p.T(r, "state.opened")}
	}
	return &web.Tag{Text: p.stateName(r, fieldwork.State(u.Disposition))}
}

func (p *Pages) contactTable(r *http.Request, wave Wave, units []fieldwork.Unit, people map[string]contact.Person) web.Table {
	l := web.Lang(r)
	t := web.Table{
		Name: "contact-list", Caption: p.T(r, "contacts.title"), Quiet: true, None: p.T(r, "contacts.none"),
		Columns: p.columns(r, numbers, "workplace", "reach", "address", "outcome", "contacted", "stratum"),
	}
	for _, u := range units {
		one := people[u.Key]
		name := one.Name
		if name == "" {
			name = p.T(r, "nameless")
		}
		t.Rows = append(t.Rows, web.Row{
			{Text: name, Href: p.link(r, UnitPath(wave.ID, u.Key)), Note: numbered(p.T(r, "pnumber"), one.PNumber)},
			{Text: one.Attention, Note: joined(", ", one.Phone, one.Email)},
			{Text: one.Address, Note: joined(" ", one.Postcode, one.City)},
			{Tag: p.unitTag(r, u)}, {Text: p.day(u.Contacted, l)}, {Text: stratumName(u.Stratum, l)},
		})
	}
	return t
}

func numbered(label, number string) string {
	if number == "" {
		return ""
	}
	return label + " " + number
}

// joined joins what is there.
func joined(by string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}

func (p *Pages) exportAct(r *http.Request, at string, a asks) web.Act {
	act := web.Act{Action: p.link(r, at+"/export"), Label: p.T(r, "export"), Look: web.Secondary}
	for name, value := range map[string]string{"stratum": a.Stratum, "state": a.state(), "quiet": strconv.Itoa(a.days)} {
		act.Fields = append(act.Fields, web.Hidden{Name: name, Value: value})
	}
	slices.SortFunc(act.Fields, func(x, y web.Hidden) int { return strings.Compare(x.Name, y.Name) })
	return act
}

// find leads to the page of a workplace that is named by its P-number or key:
// in a form, so that the number stands in no address.
func (p *Pages) find(w http.ResponseWriter, r *http.Request, a asked) {
	name := strings.ReplaceAll(strings.TrimSpace(r.PostForm.Get("workplace")), " ", "")
	unit, err := p.Contacts.Find(r.Context(), a.wave.ID, name)
	switch {
	case err == nil:
		p.redirect(w, r, UnitPath(a.wave.ID, unit))
	case errors.Is(err, contact.ErrNoPerson), errors.Is(err, contact.ErrSeveral):
		p.renderContacts(w, r, http.StatusUnprocessableEntity, a.wave, web.Faults{{Target: "workplace", Message: p.T(r, "find.fault")}})
	default:
		p.fail(w, r, err)
	}
}

// export sends the whole list as a file for a spreadsheet: semicolons, UTF-8
// with a byte-order mark, no cell that a spreadsheet would take for a formula.
// The audit log says so in the same transaction that reads nothing but it: a
// list that was not noted is not sent.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, a asked) {
	ask := readAsks(r.PostForm)
	units, _, err := p.Fieldwork.Units(r.Context(), a.wave.ID, ask.Filter, 0, 0)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	all, err := p.Contacts.People(r.Context(), a.wave.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	people := make(map[string]contact.Person, len(all))
	for _, one := range all {
		people[one.Unit] = one
	}
	err = p.Store.Write(r.Context(), func(tx *store.Tx) error {
		return audit.Record(tx, p.Now(), audit.Event{Actor: a.actor, Action: "contact.export", Object: a.wave.ID, Detail: ask.detail(len(units))})
	})
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="contacts-`+a.wave.ID+`.csv"`)
	p.writeList(w, r, units, people)
}

func (p *Pages) writeList(w http.ResponseWriter, r *http.Request, units []fieldwork.Unit, people map[string]contact.Person) {
	w.Write([]byte("\ufeff")) //nolint:errcheck // the visitor may be gone
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	defer out.Flush()
	write := func(cells ...string) {
		for i := range cells {
			cells[i] = inert(strings.Join(strings.Fields(cells[i]), " "))
		}
		out.Write(cells) //nolint:errcheck // the visitor may be gone
	}
	write("unit", "p_number", "name", "attention", "phone", "email", "address", "postcode", "city", "stratum", "state", "last_contact")
	for _, u := range units {
		one := people[u.Key]
		contacted := ""
		if !u.Contacted.IsZero() {
			contacted = u.Contacted.In(p.Zone).Format(time.DateOnly)
		}
		write(u.Key, one.PNumber, one.Name, one.Attention, one.Phone, one.Email, one.Address, one.Postcode, one.City, u.Stratum, p.unitTag(r, u).Text, contacted)
	}
}

// inert keeps a spreadsheet from reading a cell as a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
