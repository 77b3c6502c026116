package cube

import (
	"fmt"
	"math"
	"strconv"

	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// StatusColumn is the column of a grid that holds the letter of a row's status.
const StatusColumn = "status"

// Grid lays out the cube for files of rows: a row for each figure, its codes, its
// labels in every language of the cube (wave aside, whose label is its code), a
// column for each measure, and the status. An empty number in a row whose status
// is none or u does not apply.
func (c *Cube) Grid() (*formats.Grid, error) {
	g := &formats.Grid{Name: c.ID, Rows: c.Observations()}
	rest := c.dimensions[:len(c.dimensions)-1]
	for i, d := range rest {
		g.Columns = append(g.Columns, c.column(d.ID, i, func(code Code) string { return code.ID }))
	}
	for i, d := range rest {
		if d.ID == WaveDimension {
			continue
		}
		for _, l := range c.Spoken() {
			g.Columns = append(g.Columns, c.column(d.ID+"_"+string(l), i, func(code Code) string { return code.Label.In(l) }))
		}
	}
	for j, m := range c.Measures().Codes {
		g.Columns = append(g.Columns, formats.Column{Name: m.ID, Type: formats.Number, Cell: func(r int) formats.Cell {
			if x, shown := c.Observation(r)[j].Number(); shown {
				return formats.NumberCell(x)
			}
			return formats.Blank
		}})
	}
	g.Columns = append(g.Columns, formats.Column{Name: StatusColumn, Cell: func(r int) formats.Cell {
		return formats.TextCell(RowStatus(c.Observation(r)).String())
	}})
	return g, g.Check()
}

// column is a text column about the codes of one dimension.
func (c *Cube) column(name string, dimension int, of func(Code) string) formats.Column {
	every := 1 // rows in which the dimension keeps its code
	for _, d := range c.dimensions[dimension+1 : len(c.dimensions)-1] {
		every *= len(d.Codes)
	}
	codes := c.dimensions[dimension].Codes
	return formats.Column{Name: name, Cell: func(r int) formats.Cell { return formats.TextCell(of(codes[r/every%len(codes)])) }}
}

// FromRows reads a cube back from the rows of a file that [Cube.Grid] was written
// to: header and fields as texts, an empty text for nothing. It returns what
// [Cube.Core] keeps, and refuses rows that are not a full cube in order.
func FromRows(header []string, rows [][]string, languages []i18n.Lang) (*Cube, error) {
	r, err := newRowReader(header, languages)
	if err != nil {
		return nil, err
	}
	return r.readAll(rows)
}

// FromBareRows reads a cube as [Cube.Bare] returns it: the ids of the dimensions
// and of the measures, and rows of codes, numbers and the letter of a status.
func FromBareRows(dimensions, measures []string, rows [][]string) (*Cube, error) {
	header := append(append(append([]string{}, dimensions...), measures...), StatusColumn)
	r := &rowReader{column: make(map[string]int), measures: measures}
	for i, name := range header {
		r.column[name] = i
	}
	if len(r.column) != len(header) {
		return nil, fmt.Errorf("of the columns %q one stands twice", header)
	}
	for _, id := range dimensions {
		r.dimensions = append(r.dimensions, Dimension{ID: id})
	}
	return r.readAll(rows)
}

// rowReader collects the codes of a file of rows in order of appearance.
type rowReader struct {
	dimensions []Dimension
	languages  []i18n.Lang
	column     map[string]int
	measures   []string
	cells      []Cell
}

func newRowReader(header []string, languages []i18n.Lang) (*rowReader, error) {
	r := &rowReader{languages: languages, column: make(map[string]int)}
	for i, name := range header {
		if _, twice := r.column[name]; twice {
			return nil, fmt.Errorf("the column %q stands twice", name)
		}
		r.column[name] = i
	}
	i := 0
	for ; i < len(header) && r.coded(header[i]); i++ {
		r.dimensions = append(r.dimensions, Dimension{ID: header[i]})
	}
	i += (len(r.dimensions) - 1) * len(languages)
	if len(r.dimensions) < 2 || i >= len(header)-1 || header[len(header)-1] != StatusColumn {
		return nil, fmt.Errorf("the columns %q are not those of a table", header)
	}
	r.measures = header[i : len(header)-1]
	return r, nil
}

// coded reports whether a column holds the codes of a dimension: labels stand
// beside it, or it is the wave.
func (r *rowReader) coded(name string) bool {
	_, labelled := r.column[name+"_"+string(r.languages[0])]
	return labelled || name == WaveDimension
}

func (r *rowReader) readAll(rows [][]string) (*Cube, error) {
	for i, row := range rows {
		if err := r.read(row); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return r.cube(rows)
}

func (r *rowReader) read(row []string) error {
	if len(row) != len(r.column) {
		return fmt.Errorf("%d fields for %d columns", len(row), len(r.column))
	}
	for i := range r.dimensions {
		if err := r.readCode(&r.dimensions[i], row); err != nil {
			return err
		}
	}
	status, err := ParseStatus(row[len(row)-1], func(m Marks) bool { return m.Letter == row[len(row)-1] })
	if err != nil {
		return err
	}
	for _, m := range r.measures {
		cell, err := readNumber(row[r.column[m]], status)
		if err != nil {
			return fmt.Errorf("column %s: %w", m, err)
		}
		r.cells = append(r.cells, cell)
	}
	return nil
}

// readCode enters the code of a row, or compares it with what was entered.
func (r *rowReader) readCode(d *Dimension, row []string) error {
	code := Code{ID: row[r.column[d.ID]]}
	for _, l := range r.languages {
		label := code.ID // of a wave
		if at, ok := r.column[d.ID+"_"+string(l)]; ok {
			label = row[at]
		}
		if l == i18n.English {
			code.Label.EN = label
		} else {
			code.Label.DA = label
		}
	}
	if i := d.Index(code.ID); i < 0 {
		d.Codes = append(d.Codes, code)
	} else if d.Codes[i] != code {
		return fmt.Errorf("column %s: the code %s has two labels", d.ID, code.ID)
	}
	return nil
}

func readNumber(field string, status Status) (Cell, error) {
	switch {
	case field == "" && status.Suppressed():
		return Gap(status), nil
	case field == "":
		return Gap(NotApplicable), nil
	case status.Suppressed():
		return Cell{}, fmt.Errorf("a number beside the status %s", status)
	}
	x, err := strconv.ParseFloat(field, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || strconv.FormatFloat(x, 'f', -1, 64) != field {
		return Cell{}, fmt.Errorf("%.80q is no number as it is written here", field)
	}
	return Number(x, status == Uncertain), nil
}

// cube puts the cells together and compares every row's codes with the place it
// stands in.
func (r *rowReader) cube(rows [][]string) (*Cube, error) {
	measures := Dimension{ID: MeasureDimension, Role: Metric}
	for _, m := range r.measures {
		measures.Codes = append(measures.Codes, Code{ID: m})
	}
	c := &Cube{dimensions: append(r.dimensions, measures), cells: r.cells}
	if len(r.languages) == 1 {
		c.Languages = r.languages
	}
	want := len(r.measures)
	for _, d := range r.dimensions {
		want = min(want, MaxCells) * len(d.Codes)
	}
	if want != len(r.cells) || want == 0 {
		return nil, fmt.Errorf("%d rows are not every combination of codes once", len(rows))
	}
	for i, row := range rows {
		for j, p := range c.Place(i) {
			if row[r.column[r.dimensions[j].ID]] != r.dimensions[j].Codes[p].ID {
				return nil, fmt.Errorf("row %d is out of order", i+1)
			}
		}
	}
	return c, nil
}
