package unlinkpage

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/unlink"
)

// view is what the page of a wave shows.
type view struct {
	Back    string
	Title   string
	Faults  web.Faults
	State   *web.Alert
	Facts   web.Facts
	Missing []string
	Losses  []string
	Panel   bool
	Plan    bool // what will be destroyed is of interest
	Acts    []web.Act
	Report  *reportView
}

// reportView is the report in words.
type reportView struct {
	Destroyed web.Table
	Checks    web.Table
	Alone     string
	Warnings  []string
}

func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, faults web.Faults) {
	o, err := p.Waves.Outlook(r.Context(), chi.URLParam(r, "wave"))
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	l := web.Lang(r)
	v := view{Back: web.Localise(l, path), Title: p.views.T(l, "title", "wave", o.Title.In(l)), Faults: faults, Panel: o.Panel}
	v.State = p.state(r, o)
	v.Facts = p.facts(r, o)
	if open := o.Request.State == unlink.Linked || o.Request.State == unlink.Asked; open {
		v.Missing, v.Losses, v.Plan = words(o.Missing, l), words(o.Losses, l), true
	}
	actor, err := p.Actor(r)
	if err != nil {
		p.refuse(w, r, err)
		return
	}
	v.Acts = p.acts(l, o, actor)
	if o.Report != nil {
		v.Report = p.report(l, o.Report)
	}
	p.draw(w, r, status, web.Page{Title: v.Title, Path: wavePath(o.ID), Fault: faults != nil}, "wave", v)
}

func words(texts []i18n.Text, l i18n.Lang) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = t.In(l)
	}
	return list
}

// state says in a sentence where the wave stands.
func (p *Pages) state(r *http.Request, o Outlook) *web.Alert {
	l, kind := web.Lang(r), web.Info
	switch {
	case o.Request.State == unlink.Proved:
		kind = web.Success
	case o.Request.State == unlink.Confirmed && o.Report != nil && !o.Report.Passed():
		return &web.Alert{Kind: web.Danger, Text: p.views.T(l, "state.left.text")}
	case o.Request.State == unlink.Asked:
		kind = web.Warning
	}
	return &web.Alert{Kind: kind, Text: p.views.T(l, "state."+string(o.Request.State)+".text")}
}

func (p *Pages) facts(r *http.Request, o Outlook) (facts web.Facts) {
	l := web.Lang(r)
	add := func(key, text string) { facts = append(facts, web.Fact{Term: p.views.T(l, key), Text: text}) }
	if !o.Due.IsZero() {
		add("promised", i18n.Date(o.Due, l))
	}
	person := func(id string) string { return p.Name(r.Context(), id, l) }
	if o.Request.AskedBy != "" {
		add("asked", person(o.Request.AskedBy)+", "+i18n.Date(o.Request.Asked.In(p.Zone), l))
	}
	if o.Request.ConfirmedBy != "" {
		add("confirmed", person(o.Request.ConfirmedBy)+", "+i18n.Date(o.Request.Confirmed.In(p.Zone), l))
	}
	if !o.Request.Proved.IsZero() {
		add("proved", i18n.Date(o.Request.Proved.In(p.Zone), l))
	}
	return facts
}

// acts are what the reader may do now: whoever asked does not confirm.
func (p *Pages) acts(l i18n.Lang, o Outlook, actor string) (acts []web.Act) {
	add := func(verb string, look web.Look) {
		acts = append(acts, web.Act{Action: web.Localise(l, wavePath(o.ID)) + "/" + verb, Label: p.views.T(l, "act."+verb), Object: o.Title.In(l), Look: look})
	}
	switch {
	case o.Request.State == unlink.Linked && len(o.Missing) == 0:
		add("ask", web.Primary)
	case o.Request.State == unlink.Asked:
		if o.Request.AskedBy != actor {
			add("confirm", web.Caution)
		}
		add("withdraw", web.Secondary)
	}
	return acts
}

// report puts the report into tables.
func (p *Pages) report(l i18n.Lang, r *unlink.Report) *reportView {
	t := func(key string) string { return p.views.T(l, key) }
	v := &reportView{
		Destroyed: web.Table{Name: "destroyed", Caption: t("report.destroyed"), Quiet: true, None: t("report.none"),
			Columns: []web.Column{{Label: t("report.what")}, {Label: t("report.number"), Number: true}}},
		Checks: web.Table{Name: "checks", Caption: t("report.checks"), Quiet: true,
			Columns: []web.Column{{Label: t("report.way")}, {Label: t("report.tried"), Number: true}, {Label: t("report.found")}}},
		Alone: p.views.T(l, "report.alone", "rows", fmt.Sprint(r.Alone.Rows), "of", fmt.Sprint(r.Alone.Of), "answered", fmt.Sprint(r.Alone.Answered)),
	}
	for _, name := range slices.Sorted(maps.Keys(r.Rows)) {
		v.Destroyed.Rows = append(v.Destroyed.Rows, web.Row{{Text: name, Lang: "en"}, {Text: fmt.Sprint(r.Rows[name])}})
	}
	for _, file := range slices.Concat(r.Files, r.Keys) {
		v.Destroyed.Rows = append(v.Destroyed.Rows, web.Row{{Text: file, Lang: "en"}, {Text: "1"}})
	}
	if r.Addresses > 0 {
		v.Destroyed.Rows = append(v.Destroyed.Rows, web.Row{{Text: t("report.addresses")}, {Text: fmt.Sprint(r.Addresses)}})
	}
	for _, c := range r.Checks {
		found := web.Cell{Tag: &web.Tag{Kind: web.Success, Text: t("report.nothing")}}
		if len(c.Found) > 0 {
			found = web.Cell{Tag: &web.Tag{Kind: web.Danger, Text: t("report.left")}, Note: strings.Join(c.Found[:min(3, len(c.Found))], "; "), Lang: "en"}
		}
		v.Checks.Rows = append(v.Checks.Rows, web.Row{{Text: t("way." + c.Name)}, {Text: fmt.Sprint(c.Tried)}, found})
	}
	for _, c := range r.Cautions {
		var what []any
		if c.What != "" {
			what = []any{"what", c.What}
		}
		v.Warnings = append(v.Warnings, p.views.T(l, "beware."+c.Name, what...))
	}
	return v
}
