package runner

import (
	"errors"
	"net/http"
	"time"
	_ "time/tzdata" // Danish time on machines without a zone database

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// receiptView is the respondent's own copy.
type receiptView struct {
	Number string
	Email  string
	Action string
	Sent   *web.Alert
	Wishes []web.Field
	Kept   *web.Alert // the addresses left are stored
	Faults web.Faults
	Pages  []answeredPage
	Keyed  *keyedView
	Mirror *mirrorView // nil where no link is given
}

// wish is an offer the respondent said yes to, which needs an e-mail address.
// The address is kept with the contacts, apart from the answers.
type wish struct {
	Purpose contact.Purpose
	Label   string
	Value   string // as typed
	Fault   string
}

// offers are the items that ask whether an e-mail address may be left. Their
// ids are frozen across waves.
var offers = []struct {
	item, yes string
	purpose   contact.Purpose
	label     string
}{
	{"L2", "ja", contact.Mirror, "wish.mirror"},
	{"L3", "ja", contact.Case, "wish.case"},
}

func (r *Runner) wishes(a questionnaire.Answers, l i18n.Lang) []wish {
	var list []wish
	for _, o := range offers {
		if a[o.item].Has(o.yes) {
			list = append(list, wish{Purpose: o.purpose, Label: r.views.T(l, o.label)})
		}
	}
	return list
}

// receipt shows that everything is received, and what it was.
func (r *Runner) receipt(w http.ResponseWriter, req *http.Request, who respondent) {
	rec, ok := r.submitted(w, req, who)
	if !ok {
		return
	}
	wishes := r.wishes(who.wave.Questionnaire.OnRoute(rec.Answers), who.lang)
	r.renderReceipt(w, req, http.StatusOK, who, rec, wishes, req.URL.Query().Has("kept"), r.mirror(who))
}

// submitted loads a response that is final; any other is led on.
func (r *Runner) submitted(w http.ResponseWriter, req *http.Request, who respondent) (response.Record, bool) {
	rec, err := r.Responses.Load(req.Context(), who.Wave, who.Unit)
	if err != nil {
		r.fail(w, req, err)
		return rec, false
	}
	if rec.Disposition != response.Complete {
		r.redirect(w, req, landing(who.wave.Questionnaire, rec))
		return rec, false
	}
	return rec, true
}

func (r *Runner) renderReceipt(w http.ResponseWriter, req *http.Request, status int, who respondent,
	rec response.Record, wishes []wish, kept bool, mirror *mirrorView) {
	l := who.lang
	v := receiptView{
		Number: rec.Receipt, Email: r.Email,
		Sent: &web.Alert{
			Kind: web.Success, Heading: r.views.T(l, "receipt.sent"), Text: r.views.T(l, "receipt.at", "time", moment(rec.Submitted, l)), Live: true,
		},
		Action: web.Localise(l, receiptPath), Keyed: r.keyed(who), Pages: answered(who.wave.Questionnaire, rec.Answers, l),
		Mirror: mirror,
	}
	if kept {
		v.Kept = web.Done(r.views.T(l, "wish.kept"))
	}
	for _, wish := range wishes {
		v.Wishes = append(v.Wishes, web.Field{
			Control: web.Control{Name: string(wish.Purpose), Label: wish.Label, Fault: wish.Fault, Optional: true},
			Type:    "email", Value: wish.Value, MaxLength: 254, Autocomplete: "email",
		})
		if wish.Fault != "" {
			v.Faults = append(v.Faults, web.Fault{Target: string(wish.Purpose), Message: wish.Fault})
		}
	}
	p := r.view(req, who.wave, r.views.T(l, "receipt.title"), receiptPath)
	p.Fault = v.Faults != nil
	if v.Wishes != nil {
		p.SwitchForm = "wishes"
	}
	r.views.Render(w, req, status, p, "receipt", v)
}

// keepWishes stores the e-mail addresses left on the receipt. An empty field
// withdraws the wish.
func (r *Runner) keepWishes(w http.ResponseWriter, req *http.Request, who respondent, f form) {
	rec, ok := r.submitted(w, req, who)
	if !ok {
		return
	}
	wishes := r.wishes(who.wave.Questionnaire.OnRoute(rec.Answers), who.lang)
	for i := range wishes {
		wishes[i].Value = f.Answers.Get(string(wishes[i].Purpose))
	}
	if f.Action == actionLanguage {
		r.renderReceipt(w, req, http.StatusOK, who, rec, wishes, false, r.mirror(who))
		return
	}
	faulty := false
	for i := range wishes {
		err := r.Access.KeepWish(req.Context(), who.Wave, who.Unit, wishes[i].Purpose, wishes[i].Value)
		switch {
		case errors.Is(err, contact.ErrAddress):
			faulty = true
			wishes[i].Fault = r.views.T(who.lang, "wish.fault")
		case err != nil:
			r.fail(w, req, err)
			return
		}
	}
	if faulty {
		r.renderReceipt(w, req, http.StatusUnprocessableEntity, who, rec, wishes, false, r.mirror(who))
		return
	}
	r.redirect(w, req, receiptPath+"?kept=yes")
}

// moment writes a time as people in Denmark read it.
func moment(t time.Time, l i18n.Lang) string {
	if l == i18n.English {
		return i18n.Date(t.In(copenhagen), l) + ", " + timeOfDay(t, l)
	}
	return i18n.Date(t.In(copenhagen), l) + " kl. " + timeOfDay(t, l)
}

// timeOfDay is the time on Danish clocks.
func timeOfDay(t time.Time, l i18n.Lang) string {
	if l == i18n.English {
		return t.In(copenhagen).Format("15:04")
	}
	return t.In(copenhagen).Format("15.04")
}

var copenhagen = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err) // time/tzdata is linked in
	}
	return loc
}()
