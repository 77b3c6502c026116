package formats

import (
	"fmt"
	"slices"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// Tables returns every cell of a table as one long grid for data files: codes,
// labels in both languages, and the figure. Shares are fractions of one, the
// interval is that of the table's level, and a suppressed cell has a status
// and no number.
func Tables(t *table.Table) (*Grid, error) {
	cells, err := listCells(t, t.Domains())
	if err != nil {
		return nil, err
	}
	g := &Grid{Name: "tables", Rows: len(cells)}
	g.text("wave", func(r int) string { return t.Wave })
	g.text("indicator", func(r int) string { return cells[r].indicator.ID })
	g.text("family", func(r int) string { return cells[r].indicator.Family })
	g.text("kind", func(r int) string { return string(cells[r].indicator.Kind) })
	g.text("breakdown", func(r int) string { return cells[r].domain.Breakdown })
	for _, d := range dimensions(t.Domains()) {
		g.text(d, func(r int) string { return cells[r].code(d) })
	}
	g.text("indicator_da", func(r int) string { return cells[r].indicator.Label.DA })
	g.text("indicator_en", func(r int) string { return cells[r].indicator.Label.EN })
	g.text("group_da", func(r int) string { return cells[r].domain.Label.DA })
	g.text("group_en", func(r int) string { return cells[r].domain.Label.EN })
	for _, f := range figures {
		g.number(f.name, Number, func(r int) Cell { return cells[r].figure(f.of) })
	}
	g.text("status", func(r int) string { return string(cells[r].cell.Status()) })
	return g, g.Check()
}

// figures are the numbers of a cell in the order they stand in every file.
var figures = []struct {
	name string
	of   func(table.Figure) float64
}{
	{"value", func(f table.Figure) float64 { return f.Value }},
	{"low", func(f table.Figure) float64 { return f.Low }},
	{"high", func(f table.Figure) float64 { return f.High }},
	{"se", func(f table.Figure) float64 { return f.SE }},
	{"df", func(f table.Figure) float64 { return f.DF }},
	{"n", func(f table.Figure) float64 { return float64(f.N) }},
}

func (g *Grid) text(name string, value func(row int) string) *Column {
	g.Columns = append(g.Columns, Column{Name: name, Type: Text, Cell: func(r int) Cell { return TextCell(value(r)) }})
	return &g.Columns[len(g.Columns)-1]
}

func (g *Grid) number(name string, t Type, value func(row int) Cell) *Column {
	g.Columns = append(g.Columns, Column{Name: name, Type: t, Cell: value})
	return &g.Columns[len(g.Columns)-1]
}

// listed is one cell of a table with its address.
type listed struct {
	indicator table.Indicator
	domain    table.Domain
	cell      table.Cell
}

// listCells lists the cells of some domains, indicator by indicator.
func listCells(t *table.Table, domains []table.Domain) ([]listed, error) {
	var faults Faults
	cells := make([]listed, 0, len(t.Indicators())*len(domains))
	for _, d := range domains {
		if dims := DimensionsOf(d.Breakdown); len(dims) != len(d.Codes) {
			faults.Addf("table: domain %s has %d codes for the %d dimensions of its breakdown", d.ID(), len(d.Codes), len(dims))
		}
	}
	for _, ind := range t.Indicators() {
		for _, d := range domains {
			c, ok := t.Cell(ind.ID, d.ID())
			if !ok {
				faults.Addf("table: there is no cell %s × %s", ind.ID, d.ID())
			}
			cells = append(cells, listed{indicator: ind, domain: d, cell: c})
		}
	}
	return cells, faults.Err()
}

func (l listed) code(dimension string) string {
	if i := slices.Index(DimensionsOf(l.domain.Breakdown), dimension); i >= 0 {
		return l.domain.Codes[i]
	}
	return ""
}

func (l listed) figure(of func(table.Figure) float64) Cell {
	if f, ok := l.cell.Figure(); ok {
		return NumberCell(of(f))
	}
	return Blank
}

// total is the breakdown that has no dimension.
const total = "total"

// DimensionsOf returns the classifications that a breakdown crosses:
// "sector_size" crosses sector and size.
func DimensionsOf(breakdown string) []string {
	if breakdown == total {
		return nil
	}
	return strings.Split(breakdown, "_")
}

// dimensions returns all classifications of a list of domains in the order
// they appear.
func dimensions(domains []table.Domain) []string {
	var all []string
	for _, d := range domains {
		for _, name := range DimensionsOf(d.Breakdown) {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// Breakdowns returns the breakdowns of a table in the order they appear.
func Breakdowns(t *table.Table) []string {
	var all []string
	for _, d := range t.Domains() {
		if !slices.Contains(all, d.Breakdown) {
			all = append(all, d.Breakdown)
		}
	}
	return all
}

// DimensionLabel returns what a dimension is called in words.
func DimensionLabel(name string) (i18n.Text, error) {
	c, err := ClassificationOf(name)
	return c.Label, err
}

// ClassificationOf returns the classification of a dimension's name.
func ClassificationOf(name string) (codebook.Classification, error) {
	for _, c := range []codebook.Classification{codebook.Sectors(), codebook.Subsectors(), codebook.Sizes(), codebook.Regions()} {
		if c.Name == name {
			return c, nil
		}
	}
	return codebook.Classification{}, fmt.Errorf("table: the dimension %q has no name in words", name)
}

// CheckTable names everything in a table that a release may not show: texts
// without a translation, breakdowns without a name.
func CheckTable(t *table.Table) error {
	var faults Faults
	CheckTranslated(&faults, "table: title", t.Title)
	CheckTranslated(&faults, "table: period", t.Period)
	CheckTranslated(&faults, "table: weighting", t.Weighting)
	for _, ind := range t.Indicators() {
		at := "table: indicator " + ind.ID + ": "
		CheckTranslated(&faults, at+"label", ind.Label)
		CheckTranslated(&faults, at+"label of its family", ind.FamilyLabel)
		CheckTranslated(&faults, at+"unit", ind.Unit)
		CheckTranslated(&faults, at+"base", ind.Base)
		if !ind.Question.IsZero() {
			CheckTranslated(&faults, at+"question", ind.Question)
		}
	}
	for _, d := range t.Domains() {
		CheckTranslated(&faults, "table: domain "+d.ID()+": label", d.Label)
	}
	for _, name := range dimensions(t.Domains()) {
		_, err := DimensionLabel(name)
		faults.Add(err)
	}
	return faults.Err()
}
