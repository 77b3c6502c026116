package site

import (
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// aboutView is the page on method and quality.
type aboutView struct {
	Meta         *table.Meta // nil before the first release
	Frame        string
	Sample       string
	Respondents  string
	Ineligible   string
	ResponseRate string
	EffectiveN   string
	Level        string
	Cells        string
	Marks        []markView
}

// markView is how many figures of the release bear a mark.
type markView struct {
	Sign, Meaning, Count string
}

// ownerView is who answers for the service.
type ownerView struct {
	Owner i18n.Text
	Email string
	Options
}

// addTexts enters the pages that say how the survey and the service are made.
func (s *Site) addTexts() {
	s.addPage(aboutPath, aboutPath, func(l i18n.Lang) (content, error) {
		return content{title: s.views.T(l, "about.title"), description: s.views.T(l, "about.lead"), template: "about", data: s.about(l)}, nil
	})
	s.list(aboutPath)
	for _, p := range []struct{ path, template string }{{accessibilityPath, "accessibility"}, {privacyPath, "privacy"}} {
		s.addPage(p.path, "", func(l i18n.Lang) (content, error) {
			v := ownerView{Owner: s.shell.Owner(), Email: s.shell.Email(), Options: s.Options}
			return content{title: s.views.T(l, p.template+".title"), template: p.template, data: v}, nil
		})
		s.list(p.path)
	}
}

func (s *Site) about(l i18n.Lang) aboutView {
	if s.current == nil {
		return aboutView{}
	}
	m := s.current.Meta
	return aboutView{
		Meta: &m, Frame: number.Integer(m.Frame, l), Sample: number.Integer(m.Sample, l),
		Respondents: number.Integer(m.Respondents, l), Ineligible: number.Integer(m.Ineligible, l),
		ResponseRate: number.Percent(m.ResponseRate, l), EffectiveN: number.Decimal(m.EffectiveN, 0, l),
		Level: number.Percent(m.Level, l), Cells: number.Integer(len(s.current.Indicators())*len(s.current.Domains()), l),
		Marks: s.marks(l),
	}
}

// marks counts the figures of the release by status.
func (s *Site) marks(l i18n.Lang) []markView {
	count := map[table.Status]int{}
	for _, ind := range s.current.Indicators() {
		for _, d := range s.current.Domains() {
			count[s.current.cell(ind, d.ID()).Status()]++
		}
	}
	var list []markView
	for _, m := range []struct {
		status table.Status
		key    string
	}{
		{table.Published, "published"}, {table.Uncertain, "uncertain"}, {table.Confidential, "confidential"},
		{table.Unreliable, "unreliable"}, {table.Empty, "empty"},
	} {
		list = append(list, markView{
			Sign: s.views.T(l, "mark."+m.key+".sign"), Meaning: s.views.T(l, "mark."+m.key), Count: number.Integer(count[m.status], l),
		})
	}
	return list
}
