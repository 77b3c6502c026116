package site

import (
	"net/http"
	"net/url"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/formats"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// choice is what a reader picks on the page of tables.
type choice struct {
	Family    string
	Breakdown string
}

// query is the one way a choice is written in an address.
func (c choice) query() string {
	return url.Values{"family": {c.Family}, "breakdown": {c.Breakdown}}.Encode()
}

func (c choice) path() string { return tablesPath + "?" + c.query() }

const tableCSVPath = tablesPath + "/figures.csv"

// addTables enters a page and a file for every choice there is.
func (s *Site) addTables() {
	first := choice{s.current.Indicators()[0].Family, s.current.breakdowns()[0]}
	s.addPage(tablesPath, tablesPath, func(l i18n.Lang) (content, error) { return s.tablePage(first, l) })
	s.list(tablesPath)
	for _, family := range s.current.families() {
		for _, b := range s.current.breakdowns() {
			c := choice{family[0].Family, b}
			s.addPage(c.path(), tablesPath, func(l i18n.Lang) (content, error) { return s.tablePage(c, l) })
			name := attachment(s.current.release.Manifest, c.Family+"-"+b+".csv")
			s.addFile(tableCSVPath+"?"+c.query(), csvType, name, func(i18n.Lang) ([]byte, error) {
				return s.current.csv(c.keeps)
			})
		}
	}
}

// keeps reports whether a record of the data file belongs to the table.
func (c choice) keeps(field func(string) string) bool {
	return field("family") == c.Family && (field("breakdown") == c.Breakdown || field("breakdown") == totalDomain)
}

// tables answers with the table of the choice in the query; what else the query
// holds is of no concern. Without a choice it shows the first table.
func (s *Site) tables(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	c := choice{q.Get("family"), q.Get("breakdown")}
	if c == (choice{}) {
		s.page(w, r)
		return
	}
	s.answer(w, r, r.URL.Path+"?"+c.query())
}

// option is an entry of a select element.
type option struct {
	Value, Label string
	Chosen       bool
}

// tableView is the page of one table.
type tableView struct {
	Families   []option
	Breakdowns []option
	Caption    string
	Corner     string // heading of the row headings
	Columns    []string
	Rows       []tableRow
	Level      string
	Counted    bool
	Multiple   bool
	Base       string
	Question   string
	Item       string
	CSV        string
	Links      []entry
	Action     string
}

type tableRow struct {
	Label string
	Cells []figure
}

func (s *Site) tablePage(c choice, l i18n.Lang) (content, error) {
	members := s.current.Family(c.Family)
	first := members[0]
	v := tableView{
		Caption: s.views.T(l, "tables.caption", "family", first.FamilyLabel.In(l), "breakdown", prose.Mid(breakdownName(c.Breakdown, l)), "period", s.current.Period.In(l)),
		Level:   number.Percent(s.current.Level, l),
		Counted: first.Counted, Multiple: first.Multiple && len(members) > 1,
		Base: first.Base.In(l), Action: web.Localise(l, tablesPath), CSV: web.Localise(l, tableCSVPath+"?"+c.query()),
	}
	if sameQuestion(members) {
		v.Question, v.Item = first.Question.In(l), first.Item
	}
	for _, f := range s.current.families() {
		v.Families = append(v.Families, option{f[0].Family, f[0].FamilyLabel.In(l), f[0].Family == c.Family})
	}
	for _, b := range s.current.breakdowns() {
		v.Breakdowns = append(v.Breakdowns, option{b, breakdownName(b, l), b == c.Breakdown})
	}
	for _, ind := range members {
		v.Links = append(v.Links, entry{Path: indicatorPath(ind), Label: ind.Label.In(l)})
	}
	s.lay(&v, members, s.current.groupsOf(c.Breakdown), l)
	return content{title: v.Caption, template: "tables", data: v}, nil
}

func sameQuestion(members []table.Indicator) bool {
	for _, ind := range members {
		if ind.Question != members[0].Question {
			return false
		}
	}
	return true
}

// groupsOf are the parts of a breakdown after the total.
func (e *edition) groupsOf(breakdown string) []table.Domain {
	return append(append([]table.Domain{}, e.Breakdown(totalDomain)...), e.Breakdown(breakdown)...)
}

// lay fills the rows and columns: the longer list runs down the page.
func (s *Site) lay(v *tableView, members []table.Indicator, domains []table.Domain, l i18n.Lang) {
	if len(domains) >= len(members) {
		v.Corner = s.views.T(l, "table.group")
		for _, ind := range members {
			v.Columns = append(v.Columns, ind.Label.In(l))
		}
		for _, d := range domains {
			row := tableRow{Label: d.Label.In(l)}
			for _, ind := range members {
				row.Cells = append(row.Cells, s.figure(ind, s.current.cell(ind, d.ID()), l))
			}
			v.Rows = append(v.Rows, row)
		}
		return
	}
	v.Corner = s.views.T(l, "table.indicator")
	for _, d := range domains {
		v.Columns = append(v.Columns, d.Label.In(l))
	}
	for _, ind := range members {
		row := tableRow{Label: ind.Label.In(l)}
		for _, d := range domains {
			row.Cells = append(row.Cells, s.figure(ind, s.current.cell(ind, d.ID()), l))
		}
		v.Rows = append(v.Rows, row)
	}
}

// selection is the part of a table's data file whose records keep accepts;
// field reads a column of the record.
func selection(t *table.Table, keep func(field func(column string) string) bool) (*formats.Grid, error) {
	g, err := formats.Tables(t)
	if err != nil {
		return nil, err
	}
	columns := map[string]formats.Column{}
	for _, c := range g.Columns {
		columns[c.Name] = c
	}
	var rows []int
	for r := range g.Rows {
		if keep(func(column string) string { return columns[column].Cell(r).Text }) {
			rows = append(rows, r)
		}
	}
	part := &formats.Grid{Name: g.Name, Rows: len(rows)}
	for _, c := range g.Columns {
		whole := c.Cell
		c.Cell = func(r int) formats.Cell { return whole(rows[r]) }
		part.Columns = append(part.Columns, c)
	}
	return part, nil
}
