// Package stylepage shows every component of package web in every state, in
// both languages: what a page may be built of, for whoever builds one, and one
// address at which a browser can examine them all. It asks for nothing and
// keeps nothing; its forms lead nowhere.
package stylepage

import (
	"embed"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed messages.yaml
var messageFile []byte

// Page serves the style page. It is safe for concurrent use.
type Page struct {
	shell *web.Shell
	views *web.Views
}

// New returns the page.
func New(shell *web.Shell) (*Page, error) {
	messages, err := i18n.ParseCatalogue("internal/web/stylepage/messages.yaml", messageFile)
	if err != nil {
		return nil, err
	}
	views, err := shell.Views(templateFiles, messages)
	return &Page{shell, views}, err
}

const path = "/style"

// Routes mounts the page.
func (p *Page) Routes(r chi.Router) { r.Get("/{lang:da|en}/style", p.show) }

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	l := web.Lang(r)
	s := speaker{p.views, l}
	p.views.Render(w, r, http.StatusOK, web.Page{
		Lang: l, Title: s.T("title"), Path: path, NoIndex: true, Parent: web.Link{Path: "/about", Label: i18n.Text{DA: p.views.T(i18n.Danish, "parent"), EN: p.views.T(i18n.English, "parent")}},
	}, "style", s.view())
}

// view is what the template shows: components that are blank, and the same
// with faults.
type view struct {
	Alerts   []web.Alert
	Tags     []web.Tag
	Acts     []web.Act
	Blank    form
	Faulty   form
	Faults   web.Faults
	Table    web.Table
	Empty    web.Table
	Facts    web.Facts
	Cards    []web.Card
	Folds    []web.Fold
	Timeline []web.Event
	Progress []web.Progress
	Pagers   []*web.Pager
}

// form is one field of every kind.
type form struct {
	Field, Code web.Field
	Area        web.Area
	Select      web.Select
	Radios      web.Choices
	Boxes       web.Choices
	Consent     web.Consent
	Date        web.Date
	Upload      web.Upload
}

// speaker words components in one language.
type speaker struct {
	views *web.Views
	lang  i18n.Lang
}

func (s speaker) T(key string, values ...any) string { return s.views.T(s.lang, key, values...) }

func (s speaker) view() view {
	v := view{
		Blank: s.form("blank-", web.Faults{}), Faults: s.faults("faulty-"),
		Table: s.table(), Empty: web.Table{Name: "empty", None: s.T("table.none")},
		Facts: web.Facts{
			{Term: s.T("facts.base"), Text: s.T("facts.base.text")},
			{Term: s.T("facts.method"), Text: s.T("facts.method.text"), Note: s.T("facts.method.note")},
			{Term: s.T("facts.none")},
		},
		Cards: []web.Card{
			{Anchor: web.Anchor{Href: s.href("/report"), Label: s.T("card.report")}, Text: s.T("card.report.text")},
			{Anchor: web.Anchor{Href: s.href("/tables"), Label: s.T("card.tables")}, Text: s.T("card.tables.text")},
		},
		Folds: []web.Fold{
			{Heading: s.T("fold.who"), Text: []string{s.T("fold.who.text")}},
			{Heading: s.T("fold.why"), Text: []string{s.T("fold.why.text")}, Open: true},
		},
		Timeline: []web.Event{
			{When: s.T("time.3"), What: s.T("time.3.what"), Tag: &web.Tag{Kind: web.Success, Text: s.T("tag.success")}},
			{When: s.T("time.2"), What: s.T("time.2.what"), Note: s.T("time.2.note")},
			{When: s.T("time.1"), What: s.T("time.1.what")},
		},
		Progress: []web.Progress{
			{Name: "progress-some", Label: s.T("progress"), Done: 312, All: 500, Words: s.T("progress.some")},
			{Name: "progress-none", Label: s.T("progress"), Done: 0, All: 500, Words: s.T("progress.none")},
		},
	}
	v.Faulty = s.form("faulty-", v.Faults)
	for _, k := range []web.Kind{web.Info, web.Success, web.Warning, web.Danger} {
		v.Alerts = append(v.Alerts, web.Alert{Kind: k, Heading: s.T("alert." + string(k)), Text: s.T("alert.text")})
		v.Tags = append(v.Tags, web.Tag{Kind: k, Text: s.T("tag." + string(k))})
	}
	v.Alerts[2].Act = &web.Act{Action: s.href(path), Label: s.T("button.secondary")}
	v.Tags = append(v.Tags, web.Tag{Text: s.T("tag.plain")})
	for _, look := range []web.Look{web.Primary, web.Secondary, web.Tertiary, web.Caution} {
		v.Acts = append(v.Acts, web.Act{Action: s.href(path), Label: s.T("button." + string(look)), Look: look})
	}
	for i, at := range []int{1, 7, 12} {
		v.Pagers = append(v.Pagers, web.NewPager(s.T("pager", "n", i+1), at, 12, func(part int) string { return fmt.Sprintf("?part=%d", part) }))
	}
	return v
}

func (s speaker) href(path string) string { return web.Localise(s.lang, path) }

// faults names one fault for every kind of field.
func (s speaker) faults(prefix string) (list web.Faults) {
	for _, name := range []string{"field", "code", "area", "select", "radios", "boxes", "consent", "date", "upload"} {
		list = append(list, web.Fault{Target: prefix + name, Message: s.T("fault." + name)})
	}
	return list
}

func (s speaker) form(prefix string, faults web.Faults) form {
	control := func(name string) web.Control {
		return web.Control{Name: prefix + name, Label: s.T("form." + name), Hint: s.T("form." + name + ".hint"), Fault: faults.On(prefix + name)}
	}
	options := []web.Option{
		{Value: "daycare", Label: s.T("option.daycare")},
		{Value: "school", Label: s.T("option.school"), Hint: s.T("option.school.hint"), Chosen: true},
		{Value: "hospital", Label: s.T("option.hospital")},
	}
	f := form{
		Field:  web.Field{Control: control("field"), Type: "email", Autocomplete: "email", MaxLength: 254},
		Code:   web.Field{Control: control("code"), Code: true, MaxLength: 40},
		Area:   web.Area{Control: control("area"), MaxLength: 1000},
		Select: web.Select{Control: control("select"), Options: options},
		Radios: web.Choices{Control: control("radios"), Options: options},
		Boxes:  web.Choices{Control: control("boxes"), Options: options, Several: true},
		Date:   web.Date{Control: control("date"), Day: "24", Month: "11", Year: "2026"},
		Upload: web.Upload{Control: control("upload"), Accept: ".csv,.xlsx"},
	}
	f.Consent = web.Consent{Control: control("consent")}
	f.Area.Optional = true
	return f
}

func (s speaker) table() web.Table {
	end := func(of string) []web.Act {
		return []web.Act{{Action: s.href(path), Label: s.T("button.tertiary"), Object: of, Look: web.Tertiary}}
	}
	row := func(n int, sector, text string, kind web.Kind) web.Row {
		return web.Row{
			{Text: s.T(sector), Href: s.href("/tables"), Note: fmt.Sprintf("%04d", n)}, {Text: s.T(text)},
			{Text: fmt.Sprint(n)}, {Tag: &web.Tag{Kind: kind, Text: s.T("tag." + string(kind))}}, {Acts: end(s.T(sector))},
		}
	}
	return web.Table{
		Name: "samples", Caption: s.T("table.caption"), None: s.T("table.none"),
		Columns: []web.Column{{Label: s.T("table.sector")}, {Label: s.T("table.text")}, {Label: s.T("table.count"), Number: true}, {Label: s.T("table.state")}, {Label: s.T("table.acts")}},
		Rows: []web.Row{
			row(1200, "table.state.sector", "table.long", web.Success),
			row(340, "table.region", "table.short", web.Warning),
		},
	}
}
