package intakepage

import (
	"net/http"

	"barometer/internal/web"
	"barometer/survey/intake"
)

// view is the page: the form, and what came of the file before.
type view struct {
	Path   string
	Said   *web.Alert
	Faults web.Faults

	Refused web.Table // what is wrong with the file
	Number  string    // of faults
	More    string    // how many are not listed

	Checked *web.Alert
	Facts   web.Facts
	Hidden  []web.Hidden // what the second step carries along

	File    web.Upload
	Layout  web.Choices
	Key     web.Field
	Confirm web.Consent
}

// listed is how many faults the page lists: more are those of a file that was
// written in another way altogether.
const listed = 500

// blank is the page as it is first opened, or after a file was stored.
func (p *Pages) blank(w http.ResponseWriter, r *http.Request) view {
	v := p.fill(r, typed{}, nil)
	if p.Shell.Said(w, r) == "said.stored" {
		v.Said = web.Done(p.T(r, "said.stored"))
	}
	return v
}

// fill is the form as it was sent.
func (p *Pages) fill(r *http.Request, in typed, faults web.Faults) view {
	v := view{Faults: faults}
	v.File = web.Upload{
		Control: web.Control{Name: "file", Label: p.T(r, "file"), Hint: p.T(r, "file.hint", "max", Largest>>20), Fault: faults.On("file")},
		Accept:  ".csv,.txt,.tsv,.zip,.gz",
	}
	v.Layout = web.Choices{Control: web.Control{Name: "layout", Label: p.T(r, "layout"), Fault: faults.On("layout")}}
	for _, one := range intake.Layouts {
		v.Layout.Options = append(v.Layout.Options, web.Option{
			Value: string(one), Label: p.T(r, "layout."+string(one)), Hint: p.T(r, "layout."+string(one)+".hint"), Chosen: one == in.Layout,
		})
	}
	v.Key = web.Field{Control: web.Control{Name: "key", Label: p.T(r, "key"), Hint: p.T(r, "key.hint"), Optional: true}, Value: in.Key, MaxLength: 100}
	v.Confirm = web.Consent{Control: web.Control{Name: "confirm", Label: p.T(r, "confirm"), Hint: p.T(r, "confirm.hint"), Optional: true}, Chosen: in.Confirm}
	return v
}

// again shows the form with what is wrong in it.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, status int, wave Wave, in typed, target, message string) {
	p.draw(w, r, status, wave, p.fill(r, in, web.Faults{{Target: target, Message: message}}))
}

// refused lists what is wrong with a file, of which nothing was stored.
func (p *Pages) refused(w http.ResponseWriter, r *http.Request, wave Wave, in typed, faults intake.Faults) {
	v := p.fill(r, in, web.Faults{{Target: "faults", Message: p.T(r, "refused")}})
	l := web.Lang(r)
	v.Number = p.T(r, "faults.number", "n", len(faults))
	v.Refused = web.Table{Name: "faults", Caption: p.T(r, "faults"), Quiet: true}
	v.Refused.Columns = []web.Column{{Label: p.T(r, "row")}, {Label: p.T(r, "column")}, {Label: p.T(r, "what")}}
	for _, f := range faults[:min(len(faults), listed)] {
		row := p.T(r, "whole")
		if f.Row > 0 {
			row = count(f.Row)
		}
		v.Refused.Rows = append(v.Refused.Rows, web.Row{{Text: row}, {Text: short(f.Column)}, {Text: f.Message.In(l)}})
	}
	if n := len(faults) - listed; n > 0 {
		v.More = p.T(r, "faults.more", "n", n)
	}
	p.draw(w, r, http.StatusUnprocessableEntity, wave, v)
}

// short cuts a heading to what a table can show.
func short(column string) string {
	const most = 60
	if r := []rune(column); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return column
}

// checked says what would be stored, and offers to.
func (p *Pages) checked(w http.ResponseWriter, r *http.Request, wave Wave, in typed, o Outcome) {
	v := p.fill(r, in, nil)
	v.Checked = &web.Alert{Kind: web.Success, Heading: p.T(r, "checked"), Text: p.T(r, "checked.text"), Live: true}
	v.Facts = web.Facts{
		{Term: p.T(r, "fact.responses"), Text: count(o.Responses)},
		{Term: p.T(r, "fact.new"), Text: count(o.New)},
		{Term: p.T(r, "fact.known"), Text: count(o.Known)},
		{Term: p.T(r, "fact.passed"), Text: count(o.Passed)},
		{Term: p.T(r, "fact.layout"), Text: p.T(r, "layout."+string(in.Layout))},
	}
	v.Hidden = []web.Hidden{{Name: "checked", Value: o.SHA256}, {Name: "layout", Value: string(in.Layout)}, {Name: "key", Value: in.Key}}
	if in.Confirm {
		v.Hidden = append(v.Hidden, web.Hidden{Name: "confirm", Value: "yes"})
	}
	v.File.Label, v.File.Hint = p.T(r, "file.again"), p.T(r, "file.again.hint")
	p.draw(w, r, http.StatusOK, wave, v)
}

func (p *Pages) draw(w http.ResponseWriter, r *http.Request, status int, wave Wave, v view) {
	v.Path = desk(wave.ID) + "/answers"
	w.Header().Set("Cache-Control", "no-store")
	p.views.Render(w, r, status, web.Page{
		Lang: web.Lang(r), Title: p.T(r, "title"), Path: v.Path, Parent: web.Link{Path: desk(wave.ID), Label: wave.Title},
		NoIndex: true, SignedIn: true, Private: true, Synthetic: wave.Synthetic, Fault: v.Faults != nil,
	}, "answers", v)
}
