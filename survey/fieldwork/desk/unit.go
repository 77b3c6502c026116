package desk

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/figure"
	"barometer/survey/response"
)

// unitView is one workplace.
type unitView struct {
	Faults  web.Faults
	Said    *web.Alert
	Name    string
	Path    string
	Facts   web.Facts
	State   *web.Tag
	History []web.Event
	Key     []web.Act // ways of keying in, none where it cannot be
	KeyNote string

	Disposition web.Choices
	Reason      web.Select
	Remark      web.Select
	Text        web.Area
	Reopen      *web.Select // why, where there is something to reopen
	Contact     []web.Field // nil where there is no contact
	HasCode     bool
	Codes       []web.Act
	Code        string // just issued, shown this once
	Letters     string // whether it gets any
	LetterActs  []web.Act
}

// typed is what a form on the page was filled in with, when it comes back.
type typed struct {
	faults web.Faults
	form   map[string]string
	person *contact.Person
	code   contact.Code
}

// unit shows a workplace to staff, and notes that it did.
func (p *Pages) unit(w http.ResponseWriter, r *http.Request) {
	wave, ok := p.waves[chi.URLParam(r, "wave")]
	if !ok {
		p.Shell.Error(w, r, http.StatusNotFound)
		return
	}
	p.renderUnit(w, r, http.StatusOK, wave, typed{})
}

func (p *Pages) renderUnit(w http.ResponseWriter, r *http.Request, status int, wave Wave, in typed) {
	key := chi.URLParam(r, "unit")
	u, err := p.Fieldwork.Unit(r.Context(), wave.ID, key)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	actor, err := p.Actor(r)
	if err == nil {
		err = p.Store.Write(r.Context(), func(tx *store.Tx) error {
			return p.noteUnit(tx, deed{asked{wave: wave, actor: actor}, key}, "contact.read", nil)
		})
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	person, err := p.Contacts.Person(r.Context(), wave.ID, key)
	known := !errors.Is(err, contact.ErrNoPerson)
	if err != nil && known {
		p.fail(w, r, err)
		return
	}
	v := unitView{Faults: in.faults, Said: p.said(w, r), Name: person.Name, Path: UnitPath(wave.ID, key), State: p.unitTag(r, u), Code: in.code.String()}
	if v.Name == "" {
		v.Name = p.T(r, "nameless")
	}
	codes, err := p.Contacts.Codes(r.Context(), wave.ID, key)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if v.History, err = p.history(r, wave, u, codes); err != nil {
		p.fail(w, r, err)
		return
	}
	closed, err := p.Responses.Closed(r.Context(), wave.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v.Facts = p.facts(r, u, person)
	p.acts(r, &v, u, codes, !closed.IsZero(), in)
	if err := p.letters(r, &v, wave, key); err != nil {
		p.fail(w, r, err)
		return
	}
	if known {
		shown := person
		if in.person != nil {
			shown = *in.person
		}
		v.Contact = p.contactFields(r, shown, in.faults)
	}
	page := p.view(r, v.Name, v.Path, wave)
	page.Parent = web.Link{Path: wavePath(wave.ID) + "/contacts", Label: p.both("contacts.title")}
	page.Fault = in.faults != nil
	p.views.Render(w, r, status, page, "unit", v)
}

// facts are what is known of the workplace.
func (p *Pages) facts(r *http.Request, u fieldwork.Unit, one contact.Person) web.Facts {
	l := web.Lang(r)
	answers := p.T(r, "answers.none")
	if u.Answered > 0 {
		answers = p.T(r, "answers.some", "n", u.Answered, "how", u.Mode.Label().In(l))
	}
	return web.Facts{
		{Term: p.T(r, "pnumber"), Text: one.PNumber, Note: numbered(p.T(r, "cvr"), one.CVR)},
		{Term: p.T(r, "attention"), Text: one.Attention},
		{Term: p.T(r, "phone"), Text: one.Phone},
		{Term: p.T(r, "email"), Text: one.Email},
		{Term: p.T(r, "address"), Text: joined(", ", one.Address, joined(" ", one.Postcode, one.City))},
		{Term: p.T(r, "stratum"), Text: stratumName(u.Stratum, l)},
		{Term: p.T(r, "unit.key"), Text: u.Key},
		{Term: p.T(r, "answers"), Text: answers},
	}
}

// happened is an entry of the history with its time.
type happened struct {
	at time.Time
	web.Event
}

// history is everything that has happened to a unit, the latest first: its
// response, its codes, what staff found out.
func (p *Pages) history(r *http.Request, wave Wave, u fieldwork.Unit, codes []contact.Issued) ([]web.Event, error) {
	l := web.Lang(r)
	events, err := p.Responses.History(r.Context(), wave.ID, u.Key)
	if err != nil {
		return nil, err
	}
	remarks, err := p.Fieldwork.Remarks(r.Context(), wave.ID, u.Key)
	if err != nil {
		return nil, err
	}
	var all []happened
	add := func(at time.Time, what, note string, tag *web.Tag) {
		if !at.IsZero() {
			all = append(all, happened{at, web.Event{When: p.moment(at, l), What: what, Note: note, Tag: tag}})
		}
	}
	for _, c := range codes {
		add(c.At, p.T(r, "event.code"), "", nil)
		add(c.Opened, p.T(r, "event.opened"), "", nil)
		add(c.Revoked, p.T(r, "event.revoked"), "", nil)
	}
	for _, e := range events {
		add(e.At, p.eventName(r, e), p.eventNote(r, e), nil)
	}
	for _, m := range remarks {
		what := p.T(r, "event.remark", "subject", p.T(r, "remark."+m.Code))
		add(m.At, what, joined(". ", m.Text, p.by(r, m.Actor)), nil)
	}
	slices.SortStableFunc(all, func(a, b happened) int { return cmp.Compare(b.at.UnixMilli(), a.at.UnixMilli()) })
	list := make([]web.Event, len(all))
	for i, h := range all {
		list[i] = h.Event
	}
	return list, nil
}

// eventName says what changed.
func (p *Pages) eventName(r *http.Request, e response.Event) string {
	if e.Kind == "disposed" {
		return p.T(r, "event.disposed", "outcome", e.Disposition.Label().In(web.Lang(r)))
	}
	return p.T(r, "event."+e.Kind)
}

// eventNote says how, why and by whom. The page and the hash of a file are
// nothing that staff look for here.
func (p *Pages) eventNote(r *http.Request, e response.Event) string {
	how, why := "", ""
	if e.Mode != "" {
		how = figure.Sentence(e.Mode.Label().In(web.Lang(r)))
	}
	if slices.Contains(reasons, e.Reason) {
		why = p.T(r, "reason."+e.Reason)
	}
	return joined(". ", how, why, p.by(r, e.Actor))
}

// by names who did something; the workplace itself is not named.
func (p *Pages) by(r *http.Request, actor string) string {
	if actor == "respondent" || actor == "" {
		return ""
	}
	return p.T(r, "by", "name", p.Name(r.Context(), actor, web.Lang(r)))
}

// acts are what staff may do about the unit as it stands.
func (p *Pages) acts(r *http.Request, v *unitView, u fieldwork.Unit, codes []contact.Issued, closed bool, in typed) {
	complete := u.Disposition == response.Complete
	for _, c := range codes {
		v.HasCode = v.HasCode || c.Revoked.IsZero()
	}
	switch {
	case closed:
		v.KeyNote = p.T(r, "key.closed")
	case complete:
		v.KeyNote = p.T(r, "key.submitted")
	case u.Disposition == response.Ineligible:
		v.KeyNote = p.T(r, "key.ineligible")
	default:
		for _, mode := range []response.Mode{response.Paper, response.Telephone} {
			v.Key = append(v.Key, web.Act{
				Action: p.link(r, v.Path+"/key"), Label: p.T(r, "key."+string(mode)), Look: web.Secondary, Fields: []web.Hidden{{Name: "mode", Value: string(mode)}},
			})
		}
	}
	v.Disposition = web.Choices{Control: web.Control{Name: "disposition", Label: p.T(r, "disposition.label"), Fault: in.faults.On("disposition")}}
	for _, d := range []response.Disposition{response.Refused, response.Noncontact, response.Unknown, response.Ineligible} {
		if complete && d != response.Ineligible {
			continue
		}
		v.Disposition.Options = append(v.Disposition.Options, web.Option{
			Value: string(d), Label: figure.Sentence(d.Label().In(web.Lang(r))), Hint: p.T(r, "disposition."+string(d)), Chosen: in.form["disposition"] == string(d),
		})
	}
	v.Reason = p.choose(r, "reason", "reason.label", "reason.", reasons, in)
	v.Remark = p.choose(r, "subject", "remark.label", "remark.", fieldwork.RemarkCodes, in)
	v.Text = web.Area{
		Control: web.Control{Name: "text", Label: p.T(r, "remark.text"), Hint: p.T(r, "remark.hint", "max", fieldwork.MaxRemark), Fault: in.faults.On("text"), Optional: true},
		Value:   in.form["text"], Rows: 3, MaxLength: fieldwork.MaxRemark,
	}
	if complete && !closed {
		reopen := p.choose(r, "why", "reopen.label", "reopen.", reopenings, in)
		v.Reopen = &reopen
	}
	if len(codes) > 0 {
		v.Codes = []web.Act{{Action: p.link(r, v.Path+"/replace"), Label: p.T(r, "code.replace"), Look: web.Secondary}}
	}
	if v.HasCode {
		v.Codes = append(v.Codes, web.Act{Action: p.link(r, v.Path+"/revoke"), Label: p.T(r, "code.revoke"), Look: web.Caution})
	}
}

// letters says whether the workplace gets letters, and offers the other.
func (p *Pages) letters(r *http.Request, v *unitView, wave Wave, unit string) error {
	since, err := p.Letters.Stopped(r.Context(), wave.ID, unit)
	if err != nil {
		return err
	}
	v.Letters = p.T(r, "letters.sent")
	act := web.Act{Action: p.link(r, v.Path+"/letters-stop"), Label: p.T(r, "letters.stop"), Look: web.Secondary}
	if !since.IsZero() {
		v.Letters = p.T(r, "letters.stopped", "time", p.moment(since, web.Lang(r)))
		act = web.Act{Action: p.link(r, v.Path+"/letters-resume"), Label: p.T(r, "letters.resume"), Look: web.Secondary}
	}
	v.LetterActs = []web.Act{act}
	return nil
}

// reasons for a disposition, and for reopening a response.
var (
	reasons    = []string{"phone_call", "letter", "email", "closed", "merged", "not_public", "duplicate", "no_time", "principle", "other", "button"}
	reopenings = []string{"asked", "misread", "wrong_workplace"}
)

// choose offers codes that messages name.
func (p *Pages) choose(r *http.Request, name, label, prefix string, codes []string, in typed) web.Select {
	s := web.Select{Control: web.Control{Name: name, Label: p.T(r, label), Fault: in.faults.On(name)}, Options: []web.Option{{Label: p.T(r, "choose")}}}
	for _, c := range codes {
		if c == "button" {
			continue // the respondent's
		}
		s.Options = append(s.Options, web.Option{Value: c, Label: p.T(r, prefix+c), Chosen: in.form[name] == c})
	}
	return s
}

// contactFields are the form in which a contact is put right.
func (p *Pages) contactFields(r *http.Request, one contact.Person, faults web.Faults) []web.Field {
	field := func(name, value, kind string, max int, optional bool) web.Field {
		return web.Field{Control: web.Control{Name: name, Label: p.T(r, name), Fault: faults.On(name), Optional: optional}, Value: value, Type: kind, MaxLength: max}
	}
	return []web.Field{
		field("name", one.Name, "", 200, false), field("attention", one.Attention, "", 200, true), field("phone", one.Phone, "tel", 30, true),
		field("email", one.Email, "email", 254, true), field("street", one.Address, "", 200, true), field("postcode", one.Postcode, "", 4, true), field("city", one.City, "", 100, true),
	}
}
