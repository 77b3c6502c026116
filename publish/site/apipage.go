package site

import (
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/api"
	"barometer/publish/cube"
	"barometer/reports/number"
)

// programsPath is the page that tells how programs fetch figures.
const programsPath = "/api"

// programsView is the page about the API.
type programsView struct {
	Description string // address of openapi.json
	Addresses   web.Table
	Examples    web.Table // none before the first release
	Formats     web.Table
	Cells       string // that an answer can have
}

func (s *Site) addPrograms() {
	s.addText(programsPath, downloadsPath, func(l i18n.Lang) (content, error) {
		return content{title: s.views.T(l, "api.title"), description: s.views.T(l, "api.lead"), template: "api", data: s.programs(l)}, nil
	})
}

func (s *Site) programs(l i18n.Lang) programsView {
	v := programsView{Description: api.Path + "/openapi.json", Cells: number.Integer(api.MaxCells, l)}
	v.Addresses = web.Table{Name: "addresses", Caption: s.views.T(l, "api.addresses"), Quiet: true,
		Columns: []web.Column{{Label: s.views.T(l, "api.address")}, {Label: s.views.T(l, "api.gives")}}}
	for _, a := range []struct{ path, key string }{
		{"/tables", "tables"}, {"/tables/{table}", "table"}, {"/tables/{table}@{version}", "version"},
		{"/cells/{table}", "cell"}, {"/indicators", "indicators"}, {"/releases", "releases"},
	} {
		v.Addresses.Rows = append(v.Addresses.Rows, web.Row{{Text: api.Path + a.path}, {Text: s.views.T(l, "api.gives."+a.key)}})
	}
	v.Formats = web.Table{Name: "formats", Caption: s.views.T(l, "api.formats"), Quiet: true,
		Columns: []web.Column{{Label: "format"}, {Label: "Accept"}, {Label: s.views.T(l, "api.use")}}}
	for _, f := range api.Formats() {
		v.Formats.Rows = append(v.Formats.Rows, web.Row{{Text: f.Name}, {Text: f.Media}, {Text: s.views.T(l, "api.use."+f.Name)}})
	}
	v.Examples = s.examples(l)
	return v
}

// examples are addresses that answer, with figures of the release that is shown.
func (s *Site) examples(l i18n.Lang) web.Table {
	t := web.Table{Name: "examples", Caption: s.views.T(l, "api.examples"), Quiet: true,
		Columns: []web.Column{{Label: s.views.T(l, "api.address")}, {Label: s.views.T(l, "api.gives")}}}
	if s.current == nil {
		return t
	}
	b := s.current.breakdowns()[0]
	domain := s.current.Breakdown(b)[0]
	ind := s.current.Indicators()[0]
	table := cube.ID(s.current.Wave, b)
	for _, e := range []struct{ address, key string }{
		{"/tables/" + table + "?format=csv", "whole"},
		{"/tables/" + table + "?indicator=" + ind.ID + "&measure=value,low,high", "part"},
		{"/cells/" + table + "?indicator=" + ind.ID + "&" + b + "=" + domain.Codes[0], "cell"},
	} {
		address := api.Path + e.address
		t.Rows = append(t.Rows, web.Row{{Text: address, Href: address}, {Text: s.views.T(l, "api.example."+e.key)}})
	}
	return t
}
