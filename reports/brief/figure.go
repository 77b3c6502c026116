package brief

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// figure is a chart in the page: caption, drawing in two widths, notes, and
// the table of what it plots.
type figure struct {
	ID       string
	Number   int
	Title    string
	Subtitle string
	Wide     template.HTML
	Phone    template.HTML
	Notes    []string
	Source   string
	Data     Grid
}

// figure draws a chart; a time line that has nothing to show is nil.
func (b *builder) figure(id string) (*figure, error) {
	spec, _ := b.in.Source.spec(id) // known: checked when the source was read
	if !b.in.shows(spec) {
		return nil, nil
	}
	c, err := chart.Over(b.in.Table, b.in.History, spec, b.lang)
	if err != nil {
		return nil, err
	}
	b.charts = append(b.charts, c)
	var wide, phone bytes.Buffer
	if err := c.Inline(&wide, false); err != nil {
		return nil, err
	}
	if err := c.Inline(&phone, true); err != nil {
		return nil, err
	}
	n := len(b.charts)
	return &figure{ID: "figure-" + id, Number: n, Title: c.Title, Subtitle: c.Subtitle,
		Wide: template.HTML(wide.String()), Phone: template.HTML(phone.String()),
		Notes: c.Remarks(), Source: c.Source, Data: b.plotted(c, n)}, nil
}

// pair draws two charts that stand side by side.
func (b *builder) pair(ids []string) ([]*figure, error) {
	var list []*figure
	for _, id := range ids {
		f, err := b.figure(id)
		if err != nil {
			return nil, err
		}
		if f != nil {
			list = append(list, f)
		}
	}
	return list, nil
}

// plotted is the table of a chart's values.
func (b *builder) plotted(c *chart.Chart, n int) Grid {
	w := vocabulary[b.lang]
	data := c.Data()
	names := naming(data)
	g := Grid{Caption: fmt.Sprintf(w.DataCaption, n, c.Title), LabelColumns: len(names)}
	for _, name := range names {
		g.Head = append(g.Head, name.head.In(b.lang))
	}
	g.Head = append(g.Head, c.Unit(), w.Interval, w.Answers, w.Remark)
	for _, p := range data {
		var cells []string
		for _, name := range names {
			cells = append(cells, name.of(p))
		}
		g.Rows = append(g.Rows, append(cells, b.values(p)...))
	}
	return g.withoutEmptyLast()
}

func (b *builder) values(p chart.Point) []string {
	if !p.Shown() {
		return []string{"..", "", "", prose.Suppressed(p.Status, b.lang)}
	}
	if p.External { // as printed by others
		remark := p.Series
		if p.Remark != "" {
			remark += ". " + p.Remark
		}
		return []string{p.Label, "", "", remark}
	}
	value := number.Decimal(p.Value, 1, b.lang)
	if p.N == 0 { // a remainder
		return []string{value, "", "", ""}
	}
	remark := ""
	if p.Status == table.Uncertain {
		remark = vocabulary[b.lang].Uncertain
	}
	interval := number.Interval(p.Low, p.High, 1, b.lang)
	if p.Low == p.High { // a count
		interval = ""
	}
	return []string{value, interval, number.Integer(p.N, b.lang), remark}
}

// name is a column that tells rows of a data table apart.
type name struct {
	head i18n.Text
	of   func(chart.Point) string
}

// direction is the side of a pair or scale. The series of a time line say who
// made the figure, which its remark tells.
func direction(p chart.Point) string {
	if p.Period != "" {
		return ""
	}
	return p.Series
}

// naming picks the columns that differ between the points.
func naming(data []chart.Point) []name {
	all := []name{
		{i18n.Text{DA: "Gruppe", EN: "Group"}, func(p chart.Point) string { return p.DomainLabel }},
		{i18n.Text{DA: "Indikator", EN: "Indicator"}, func(p chart.Point) string { return p.IndicatorLabel }},
		{i18n.Text{DA: "Periode", EN: "Period"}, func(p chart.Point) string { return p.Period }},
		{i18n.Text{DA: "Retning", EN: "Direction"}, func(p chart.Point) string { return direction(p) }},
	}
	var used []name
	for _, n := range all {
		for _, p := range data {
			if n.of(p) != n.of(data[0]) {
				used = append(used, n)
				break
			}
		}
	}
	if len(used) == 0 && data[0].Period != "" {
		return all[2:3]
	}
	if len(used) == 0 {
		return all[1:2]
	}
	return used
}

// keyFigure is a card on the title page, or of a group beside all.
type keyFigure struct {
	Value, Label, Interval string
	Beside                 string // "All: 83%. No clear difference"
}

// keys makes the cards of a command: of the total, or of the domain that stands
// first.
func (b *builder) keys(bl block) ([]keyFigure, error) {
	domain, ids := "total", bl.args
	if strings.Contains(ids[0], ":") {
		domain, ids = ids[0], ids[1:]
	}
	var list []keyFigure
	for _, id := range ids {
		k, err := b.key(id, domain)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", b.file, bl.line, err)
		}
		list = append(list, k)
	}
	return list, nil
}

func (b *builder) key(id, domain string) (keyFigure, error) {
	ind, ok := b.in.Table.Indicator(id)
	if !ok {
		return keyFigure{}, fmt.Errorf("the table has no indicator %q", id)
	}
	cell, ok := b.in.Table.Cell(id, domain)
	if !ok {
		return keyFigure{}, fmt.Errorf("the table has no domain %q", domain)
	}
	k := keyFigure{Value: "..", Label: b.fullLabel(ind), Interval: prose.Suppressed(cell.Status(), b.lang)}
	f, shown := cell.Figure()
	if shown {
		k.Value = prose.Value(f.Value, ind.Kind, b.lang)
		k.Interval = b.span(f, ind.Kind)
	}
	if domain == "total" || !shown {
		return k, nil
	}
	var err error
	k.Beside, err = b.plain.Write(b.file, fmt.Sprintf(vocabulary[b.lang].Beside, id, domain))
	return k, err
}

// span writes an interval with the unit of the indicator.
func (b *builder) span(f table.Figure, kind table.Kind) string {
	if kind == table.Score {
		return number.Interval(f.Low, f.High, 0, b.lang)
	}
	return number.PercentInterval(f.Low, f.High, b.lang)
}
