package site

import (
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/reports/chart"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// The figures of the front page: the share of innovative workplaces, and what
// stands beside it where the wave has it.
const headline = "innov_rate"

var keyFigures = []string{"reuse", "collab_any", "evaluated", "shared"}

// claim says whether the sectors differ, as far as a test supports it.
var claim = i18n.Text{
	DA: `{{if differ "innov_rate" "sector"}}Forskellen mellem sektorerne er større, end tilfældigheder kan forklare.{{else}}Forskellen mellem sektorerne er ikke større, end tilfældigheder kan forklare.{{end}}`,
	EN: `{{if differ "innov_rate" "sector"}}The difference between the sectors is larger than chance can explain.{{else}}The difference between the sectors is not larger than chance can explain.{{end}}`,
}

// frontView is the front page.
type frontView struct {
	Options
	Finding  string
	Sentence string
	Claim    string // what a test says of the sectors
	Search   string // address of the search
	News     web.Table
	Chart    *drawing
	Rows     []groupRow // the figures of the chart
	Level    string
	Path     string // of the headline's page
	Cards    []card
	Onward   []web.Card
}

// card is a key figure.
type card struct {
	Path, Label, Base string
	figure
}

func (s *Site) addFront() {
	s.addPage(frontPath, frontPath, s.front)
	s.list(frontPath)
}

func (s *Site) front(l i18n.Lang) (content, error) {
	v := frontView{Options: s.Options, Finding: s.current.Title.In(l), Level: number.Percent(s.current.Level, l), Onward: s.onward(l),
		Search: web.Localise(l, searchPath)}
	v.News = s.releaseTable(s.byDate()[:min(3, len(s.releases))], l)
	v.News.Name = "news"
	for _, id := range keyFigures {
		if ind, ok := s.current.Indicator(id); ok {
			f := s.figure(ind, s.current.cell(ind, totalDomain), l)
			v.Cards = append(v.Cards, card{indicatorPath(ind), ind.Label.In(l), ind.Base.In(l), f})
		}
	}
	if ind, ok := s.current.Indicator(headline); ok {
		if err := s.finding(&v, ind, l); err != nil {
			return content{}, err
		}
	}
	return content{title: v.Finding, description: v.Sentence, template: "front", data: v}, nil
}

// onward leads to the other pages.
func (s *Site) onward(l i18n.Lang) (list []web.Card) {
	add := func(path, label, text string) {
		list = append(list, web.Card{Anchor: web.Anchor{Href: web.Localise(l, path), Label: s.views.T(l, label)}, Text: s.views.T(l, text)})
	}
	add(reportPath, "front.report", "front.report.text")
	add(indicatorsPath, "front.indicators", "front.indicators.text")
	add(explorePath, "front.explore", "front.explore.text")
	add(tablesPath, "front.tables", "front.tables.text")
	add(downloadsPath, "front.downloads", "front.downloads.text")
	add(releasesPath, "front.releases", "front.releases.text")
	if s.Compare != "" {
		add(s.Compare, "front.compare", "front.compare.text")
	}
	if s.Survey {
		add("/survey", "front.survey", "front.survey.text")
	}
	return list
}

// finding puts the wave's headline into words and a chart.
func (s *Site) finding(v *frontView, ind table.Indicator, l i18n.Lang) error {
	v.Path = indicatorPath(ind)
	period := s.current.Period.In(l)
	f := s.figure(ind, s.current.cell(ind, totalDomain), l)
	if !f.Shown {
		v.Sentence = s.lead(ind, f, l)
		return nil
	}
	v.Finding = s.views.T(l, "front.finding", "value", f.Value)
	v.Sentence = s.views.T(l, "front.sentence", "value", f.Value, "period", period, "n", f.N,
		"interval", f.Interval, "level", v.Level)
	if len(s.current.Breakdown("sector")) == 0 {
		return nil
	}
	var err error
	if v.Claim, err = prose.New(s.current.Table, l).Write("front page", claim.In(l)); err != nil {
		return err
	}
	c, err := chart.New(s.current.Table, chart.Spec{
		ID: "front", Kind: chart.Bar, Indicators: []string{headline}, Domains: []string{totalDomain, "sector:*"},
	}, l)
	if err != nil {
		return err
	}
	d, err := draw(c)
	v.Chart, v.Rows = &d, s.rows(ind, s.current.groupsOf("sector"), l)
	return err
}
