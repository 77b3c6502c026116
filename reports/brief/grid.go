package brief

import (
	"fmt"
	"slices"
	"strings"

	"barometer/analysis/table"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// Grid is a table in the page. Its first columns name the row.
type Grid struct {
	Caption      string
	Head         []string
	Rows         [][]string
	LabelColumns int
	Prose        bool // cells are sentences, not figures
}

// Labels returns the cells that name a row.
func (g Grid) Labels(row []string) []string { return row[:g.LabelColumns] }

// Values returns the other cells of a row.
func (g Grid) Values(row []string) []string { return row[g.LabelColumns:] }

// Short reports whether a printed page has room for the whole table.
func (g Grid) Short() bool { return len(g.Rows) <= 14 }

// withoutEmptyLast drops the last column where no row has anything in it.
func (g Grid) withoutEmptyLast() Grid {
	last := len(g.Head) - 1
	for _, row := range g.Rows {
		if row[last] != "" {
			return g
		}
	}
	g.Head = g.Head[:last]
	for i, row := range g.Rows {
		g.Rows[i] = row[:last]
	}
	return g
}

// quality tells how good the survey is in figures.
func (b *builder) quality() Grid {
	w, m, l := vocabulary[b.lang], b.in.Table.Meta, b.lang
	return Grid{Caption: w.Quality, Head: []string{w.Measure, w.Value}, LabelColumns: 1, Rows: [][]string{
		{w.Frame, number.Integer(m.Frame, l)},
		{w.Sample, number.Integer(m.Sample, l)},
		{w.Ineligible, number.Integer(m.Ineligible, l)},
		{w.Respondents, number.Integer(m.Respondents, l)},
		{w.ResponseRate, number.PercentDecimals(m.ResponseRate, 1, l)},
		{w.EffectiveN, number.Decimal(m.EffectiveN, 0, l)},
		{w.Deff, number.Decimal(float64(m.Respondents)/m.EffectiveN, 2, l)},
		{w.Widest, b.widest("total")},
		{w.WidestSector, b.widest("sector")},
		{w.Hidden, b.hidden()},
	}}
}

// widest is the largest half-width of the shares in a breakdown.
func (b *builder) widest(breakdown string) string {
	half := 0.0
	for _, ind := range b.in.Table.Indicators() {
		for _, d := range b.in.Table.Breakdown(breakdown) {
			cell, _ := b.in.Table.Cell(ind.ID, d.ID())
			if f, shown := cell.Figure(); shown && ind.Kind == table.Share {
				half = max(half, (f.High-f.Low)/2)
			}
		}
	}
	return "±" + number.Decimal(100*half, 1, b.lang) + vocabulary[b.lang].Points
}

// hidden counts the cells of the table that are not shown.
func (b *builder) hidden() string {
	hidden, all := 0, 0
	for _, ind := range b.in.Table.Indicators() {
		for _, d := range b.in.Table.Domains() {
			cell, _ := b.in.Table.Cell(ind.ID, d.ID())
			all++
			if cell.Status().Suppressed() {
				hidden++
			}
		}
	}
	return fmt.Sprintf(vocabulary[b.lang].OutOf, number.Integer(hidden, b.lang), number.Integer(all, b.lang))
}

// questions lists the questionnaire items behind the indicators.
func (b *builder) questions() Grid {
	w := vocabulary[b.lang]
	g := Grid{Caption: w.Questions, Head: []string{w.Item, w.Question, w.Base}, LabelColumns: 1, Prose: true}
	var seen []string
	for _, ind := range b.in.Table.Indicators() {
		key := ind.Item + ind.Base.In(b.lang)
		if ind.Item == "" || slices.Contains(seen, key) {
			continue
		}
		seen = append(seen, key)
		g.Rows = append(g.Rows, []string{ind.Item, ind.Question.In(b.lang), ind.Base.In(b.lang)})
	}
	slices.SortStableFunc(g.Rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return g
}

// tables gives every indicator for the whole population and each sector, one
// table for shares and one for scores.
func (b *builder) tables() []Grid {
	w := vocabulary[b.lang]
	sectors := b.in.Table.Breakdown("sector")
	var grids []Grid
	for _, kind := range []table.Kind{table.Share, table.Score} {
		g := Grid{Caption: w.Shares, Head: []string{w.Indicator, w.All, w.Interval, w.Answers}, LabelColumns: 1}
		if kind == table.Score {
			g.Caption = w.Scores
		}
		for _, d := range sectors {
			g.Head = append(g.Head, d.Label.In(b.lang))
		}
		for _, ind := range b.in.Table.Indicators() {
			if ind.Kind == kind {
				g.Rows = append(g.Rows, b.tableRow(ind, sectors))
			}
		}
		if len(g.Rows) > 0 {
			grids = append(grids, g)
		}
	}
	return grids
}

func (b *builder) tableRow(ind table.Indicator, sectors []table.Domain) []string {
	row := []string{b.fullLabel(ind), b.bare(ind, "total"), "", ""}
	cell, _ := b.in.Table.Cell(ind.ID, "total")
	if f, shown := cell.Figure(); shown {
		scale := percentScale(ind.Kind)
		if !ind.Counted {
			row[2] = number.Interval(scale*f.Low, scale*f.High, 1, b.lang)
		}
		row[3] = number.Integer(f.N, b.lang)
	}
	for _, d := range sectors {
		row = append(row, b.bare(ind, d.ID()))
	}
	return row
}

// fullLabel names an indicator where its family does not stand above it.
func (b *builder) fullLabel(ind table.Indicator) string {
	label := ind.Label.In(b.lang)
	if !strings.Contains(ind.ID, ".") {
		return label
	}
	return ind.FamilyLabel.In(b.lang) + ": " + prose.Mid(label)
}

// bare writes a cell's value without its unit, to one decimal.
func (b *builder) bare(ind table.Indicator, domain string) string {
	cell, _ := b.in.Table.Cell(ind.ID, domain)
	f, shown := cell.Figure()
	if !shown {
		return ".."
	}
	s := number.Decimal(percentScale(ind.Kind)*f.Value, 1, b.lang)
	if cell.Status() == table.Uncertain {
		return "(" + s + ")"
	}
	return s
}

func percentScale(k table.Kind) float64 {
	if k == table.Share {
		return 100
	}
	return 1
}
