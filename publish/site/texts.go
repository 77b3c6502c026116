package site

import (
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/reports/number"
)

// aboutView is the page on method and quality.
type aboutView struct {
	Meta  *table.Meta // nil before the first release
	Level string
	Facts web.Facts
	Marks web.Table // how many figures of the release bear a mark
}

// ownerView is who answers for the service.
type ownerView struct {
	Owner i18n.Text
	Email string
	Options
}

// textPage is a page of words, which the search looks into.
type textPage struct {
	path  string
	write func(l i18n.Lang) (content, error)
}

// addText enters a page of words.
func (s *Site) addText(path, section string, write func(l i18n.Lang) (content, error)) {
	s.addPage(path, section, write)
	s.list(path)
	s.texts = append(s.texts, textPage{path, write})
}

// addTexts enters the pages that say how the survey and the service are made.
func (s *Site) addTexts() {
	s.addPrograms()
	s.addText(aboutPath, aboutPath, func(l i18n.Lang) (content, error) {
		return content{title: s.views.T(l, "about.title"), description: s.views.T(l, "about.lead"), template: "about", data: s.about(l)}, nil
	})
	for _, p := range []struct{ path, template string }{{accessibilityPath, "accessibility"}, {privacyPath, "privacy"}} {
		s.addText(p.path, "", func(l i18n.Lang) (content, error) {
			v := ownerView{Owner: s.shell.Owner(), Email: s.shell.Email(), Options: s.Options}
			return content{title: s.views.T(l, p.template+".title"), template: p.template, data: v}, nil
		})
	}
}

func (s *Site) about(l i18n.Lang) aboutView {
	if s.current == nil {
		return aboutView{}
	}
	m := s.current.Meta
	return aboutView{
		Meta: &m, Level: number.Percent(m.Level, l), Marks: s.marks(l),
		Facts: web.Facts{
			{Term: s.views.T(l, "about.frame"), Text: number.Integer(m.Frame, l)},
			{Term: s.views.T(l, "about.sample"), Text: number.Integer(m.Sample, l)},
			{Term: s.views.T(l, "about.ineligible"), Text: number.Integer(m.Ineligible, l)},
			{Term: s.views.T(l, "about.respondents"), Text: number.Integer(m.Respondents, l)},
			{Term: s.views.T(l, "about.rate"), Text: number.Percent(m.ResponseRate, l)},
			{Term: s.views.T(l, "about.effective"), Text: number.Decimal(m.EffectiveN, 0, l)},
		},
	}
}

// marks counts the figures of the release by status.
func (s *Site) marks(l i18n.Lang) web.Table {
	count := map[table.Status]int{}
	for _, ind := range s.current.Indicators() {
		for _, d := range s.current.Domains() {
			count[s.current.cell(ind, d.ID()).Status()]++
		}
	}
	all := number.Integer(len(s.current.Indicators())*len(s.current.Domains()), l)
	t := web.Table{Name: "marks", Caption: s.views.T(l, "about.marks", "count", all), Columns: []web.Column{
		{Label: s.views.T(l, "about.meaning")}, {Label: s.views.T(l, "about.sign")}, {Label: s.views.T(l, "about.count"), Number: true},
	}}
	for _, m := range []struct {
		status table.Status
		key    string
	}{
		{table.Published, "published"}, {table.Uncertain, "uncertain"}, {table.Confidential, "confidential"},
		{table.Unreliable, "unreliable"}, {table.Empty, "empty"},
	} {
		t.Rows = append(t.Rows, web.Row{
			{Text: s.views.T(l, "mark."+m.key)}, {Text: s.views.T(l, "mark."+m.key+".sign")}, {Text: number.Integer(count[m.status], l)},
		})
	}
	return t
}
