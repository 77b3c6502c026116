package dispatch

import (
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
)

// letter is one letter as it is handed over. Its code lives no longer.
type letter struct {
	Decision
	name   name
	code   contact.Code
	link   string
	stop   string // token, of mails alone
	worded wording.Letter
}

// write draws a code for a workplace and words its letter.
func (d *Dispatcher) write(v *view, one Decision) (*letter, error) {
	w, o := v.wave, v.order
	l := &letter{Decision: one, name: name{w.ID, one.Unit, o.Kind, one.Turn}}
	if o.Kind.Answers() {
		var err error
		if l.code, err = d.Access.Draw(); err != nil {
			return nil, err
		}
		l.link = w.link(l.code, o.Lang)
	}
	if one.Channel == wording.Email && o.Kind.Answers() {
		var err error
		if l.stop, err = d.token(); err != nil {
			return nil, err
		}
	}
	worded, err := w.Wordings.Get(o.Kind, o.Lang)
	if err != nil {
		return nil, err
	}
	l.worded = worded.Fill(one.Channel, w.values(l, o.Lang))
	return l, nil
}

// link is the page with the Start button. Opening it changes nothing.
func (w *Wave) link(c contact.Code, l i18n.Lang) string {
	path := "/s/"
	if l != i18n.Danish {
		path = "/" + string(l) + "/s/"
	}
	return w.host() + path + string(c)
}

func (w *Wave) host() string { return strings.TrimSuffix(w.Host, "/") }

// values fill a wording in for one workplace.
func (w *Wave) values(l *letter, lang i18n.Lang) wording.Values {
	v := wording.Values{
		Title: w.Title.In(lang), Name: l.Name, PNumber: l.PNumber, Code: l.code.String(), Link: l.link,
		Deadline: i18n.Date(w.Deadline, lang), Minutes: strconv.Itoa(w.Minutes), Sender: w.Sender.In(lang), Help: w.help(lang), Ended: l.ended,
	}
	if l.stop != "" {
		v.Stop = StopLink(w.host(), lang, l.stop)
	}
	return v
}

// help is where questions go.
func (w *Wave) help(lang i18n.Lang) string {
	if w.Phone == "" {
		return w.Email
	}
	return w.Email + map[i18n.Lang]string{i18n.Danish: " eller telefon ", i18n.English: " or telephone "}[lang] + w.Phone
}

// Specimen is a letter to nobody, as it would go by a channel: for staff to
// look at before anything is sent. Its code opens nothing.
func (d *Dispatcher) Specimen(w *Wave, o Order, channel wording.Channel) (Specimen, error) {
	if err := w.check(o); err != nil {
		return Specimen{}, err
	}
	p := contact.Person{
		Unit: "specimen", PNumber: "1000000000", CVR: "10000000", Name: "Børnehaven Eksempel", Attention: "Anne Eksempel",
		Email: "leder@example.dk", Phone: "12 34 56 78", Address: "Eksempelvej 1", Postcode: "1000", City: "København K",
	}
	one := Decision{Unit: p.Unit, PNumber: p.PNumber, Name: p.Name, Send: true, Channel: channel, Turn: 1, person: p}
	l := &letter{Decision: one, name: name{w.ID, p.Unit, o.Kind, 1}}
	if o.Kind.Answers() {
		l.code = specimenCode
		l.link, l.stop = w.link(l.code, o.Lang), "eksempel"
	}
	worded, err := w.Wordings.Get(o.Kind, o.Lang)
	if err != nil {
		return Specimen{}, err
	}
	l.worded = worded.Fill(channel, w.values(l, o.Lang))
	return Specimen{d: d, wave: w, order: o, letter: l}, nil
}

// specimenCode is well formed, and drawn once in 2^55 times.
const specimenCode contact.Code = "000000000000"
