package site

import (
	"bytes"
	"net/url"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats/csv"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// pngDPI is the resolution of a chart that is downloaded as an image: sharp in
// a printed document (170 mm wide).
const pngDPI = 200

// Files of an indicator, below its page.
const (
	svgName = "/chart.svg"
	pngName = "/chart.png"
	csvName = "/figures.csv"
)

func (s *Site) addIndicators() {
	s.addPage(indicatorsPath, indicatorsPath, s.indicatorList)
	s.list(indicatorsPath)
	for _, ind := range s.current.Indicators() {
		path := indicatorPath(ind)
		s.addPage(path, indicatorsPath, func(l i18n.Lang) (content, error) { return s.indicator(ind, l) })
		s.list(path)
		s.addChart(path, ind)
		s.addCard(path, ind)
		s.addTrend(path, ind)
		s.addFile(path+csvName, csvType, attachment(s.current.release.Manifest, ind.ID+".csv"), func(i18n.Lang) ([]byte, error) {
			return s.current.csv(func(field func(string) string) bool { return field("indicator") == ind.ID })
		})
	}
}

func indicatorPath(ind table.Indicator) string { return indicatorsPath + "/" + url.PathEscape(ind.ID) }

// addChart enters the chart of an indicator as files.
func (s *Site) addChart(path string, ind table.Indicator) {
	m := s.current.release.Manifest
	s.addFile(path+svgName, "image/svg+xml", inline(m, ind.ID+".svg"), func(l i18n.Lang) ([]byte, error) {
		c, err := s.current.overview(ind, l)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = c.SVG(&b)
		return b.Bytes(), err
	})
	s.addFile(path+pngName, "image/png", inline(m, ind.ID+".png"), func(l i18n.Lang) ([]byte, error) {
		c, err := s.current.overview(ind, l)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = c.PNG(&b, pngDPI)
		return b.Bytes(), err
	})
}

const csvType = "text/csv; charset=utf-8"

// csv writes a selection of the table in the columns of the release's own data
// file.
func (e *edition) csv(keep func(field func(column string) string) bool) ([]byte, error) {
	g, err := selection(e.Table, keep)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = csv.Write(&b, g)
	return b.Bytes(), err
}

// entry is one indicator in the list of all.
type entry struct {
	Path, Label string
	figure
}

// familyView is a family of indicators in the list of all.
type familyView struct {
	Label   string // "" where the indicator is alone
	Members []entry
}

func (s *Site) indicatorList(l i18n.Lang) (content, error) {
	var families []familyView
	for _, members := range s.current.families() {
		var f familyView
		if len(members) > 1 {
			f.Label = members[0].FamilyLabel.In(l)
		}
		for _, ind := range members {
			f.Members = append(f.Members, entry{indicatorPath(ind), ind.Label.In(l), s.figure(ind, s.current.cell(ind, totalDomain), l)})
		}
		families = append(families, f)
	}
	return content{
		title:       s.views.T(l, "indicators.title"),
		description: s.views.T(l, "indicators.lead", "period", s.current.Period.In(l)),
		template:    "indicators",
		data: struct {
			Period   i18n.Text
			Level    string
			Families []familyView
		}{s.current.Period, number.Percent(s.current.Level, l), families},
	}, nil
}

// indicatorView is the page of one indicator.
type indicatorView struct {
	Title     string
	Lead      string
	Chart     drawing
	Groups    []group
	Models    []modelView
	Level     string
	Counted   bool
	Item      string
	Question  string
	Base      string
	N         string
	Weighting i18n.Text
	Period    i18n.Text
	Note      string // how many answers are imputed
	Trend     *trendView
	Files     string // path below which the files stand
	TableView string // path of the family's table, where it has several members
	Siblings  []entry
	Explore   string // path of the explorer with the indicator chosen
}

// group is one breakdown in the table of an indicator.
type group struct {
	Label string
	Rows  []groupRow
}

type groupRow struct {
	Label string
	figure
}

func (s *Site) indicator(ind table.Indicator, l i18n.Lang) (content, error) {
	e := s.current
	c, err := e.overview(ind, l)
	if err != nil {
		return content{}, err
	}
	d, err := draw(c)
	if err != nil {
		return content{}, err
	}
	trend, err := s.trend(ind, l)
	if err != nil {
		return content{}, err
	}
	total := s.figure(ind, e.cell(ind, totalDomain), l)
	v := indicatorView{
		Title: name(ind, l), Lead: s.lead(ind, total, l), Chart: d, Groups: s.groups(ind, l), Models: s.modelsOf(ind, l), Trend: trend,
		Level: number.Percent(e.Level, l), Counted: ind.Counted,
		Item: ind.Item, Question: ind.Question.In(l), Base: ind.Base.In(l), N: total.N,
		Weighting: e.Weighting, Period: e.Period, Note: ind.Note.In(l), Files: indicatorPath(ind), Siblings: s.siblings(ind, l),
		Explore: explorePath + "?" + pick{e.Wave, ind.ID, e.breakdowns()[0]}.query(),
	}
	if len(v.Siblings) > 0 {
		v.TableView = choice{Family: ind.Family, Breakdown: e.breakdowns()[0]}.path()
	}
	return content{title: v.Title, description: v.Lead, template: "indicator", data: v, picture: s.cardOf(ind, l)}, nil
}

// lead is the figure of all workplaces in a sentence.
func (s *Site) lead(ind table.Indicator, total figure, l i18n.Lang) string {
	base := prose.Mid(ind.Base.In(l))
	switch {
	case !total.Shown:
		return s.views.T(l, "indicator.lead.suppressed", "base", base, "status", total.Status)
	case ind.Counted:
		return s.views.T(l, "indicator.lead.counted", "value", total.Value, "base", base)
	case ind.Kind == table.Score:
		return s.views.T(l, "indicator.lead.score", "value", total.Value, "base", base, "interval", total.Interval)
	}
	return s.views.T(l, "indicator.lead.share", "value", total.Value, "base", base, "interval", total.Interval)
}

// groups are the rows of an indicator's table, by breakdown.
func (s *Site) groups(ind table.Indicator, l i18n.Lang) []group {
	var list []group
	for _, b := range append([]string{totalDomain}, s.current.breakdowns()...) {
		g := group{}
		if b != totalDomain {
			g.Label = breakdownName(b, l)
		}
		g.Rows = s.rows(ind, s.current.Breakdown(b), l)
		list = append(list, g)
	}
	return list
}

// rows are the figures of an indicator in some domains.
func (s *Site) rows(ind table.Indicator, domains []table.Domain, l i18n.Lang) []groupRow {
	var rows []groupRow
	for _, d := range domains {
		rows = append(rows, groupRow{d.Label.In(l), s.figure(ind, s.current.cell(ind, d.ID()), l)})
	}
	return rows
}

// siblings are all members of an indicator's family, none where it is alone.
func (s *Site) siblings(ind table.Indicator, l i18n.Lang) []entry {
	members := s.current.Family(ind.Family)
	if len(members) == 1 {
		return nil
	}
	var list []entry
	for _, m := range members {
		e := entry{Label: m.Label.In(l), figure: s.figure(m, s.current.cell(m, totalDomain), l)}
		if m.ID != ind.ID {
			e.Path = indicatorPath(m)
		}
		list = append(list, e)
	}
	return list
}
