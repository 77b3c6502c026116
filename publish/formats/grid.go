// Package formats says what the files of a release contain, before any of
// them is written.
//
// It stands between the results and the files. A table.Table or the research
// file of package anonymise comes in; grids go out: columns with a name, a
// title and cells. The subpackages csv, xlsx and parquet turn the same grids
// into bytes, so that every format holds the same values. The package writes
// nothing itself and knows no clock.
package formats

import (
	"math"
	"time"

	"barometer/survey/microdata"
)

// Type says what a column holds and how a workbook shows its numbers. Every
// format stores the number as it is.
type Type uint8

const (
	Text    Type = iota
	Count        // a whole number
	Number       // any number, shown with all its digits
	Decimal      // any number, shown with one decimal
	Percent      // a fraction of one, shown in percent
)

// Cell is a text, a number, or nothing.
type Cell struct {
	Text   string
	Number float64
	Shown  Type // how a workbook shows the number; Text = as its column says
	kind   cellKind
}

type cellKind uint8

const (
	isBlank cellKind = iota
	isText
	isNumber
)

// Blank is a cell that holds nothing.
var Blank Cell

// TextCell makes a cell of a text; an empty text is no content.
func TextCell(s string) Cell {
	if s == "" {
		return Blank
	}
	return Cell{Text: s, kind: isText}
}

// NumberCell makes a cell of a number; negative zero becomes zero.
func NumberCell(x float64) Cell { return Cell{Number: x + 0, kind: isNumber} }

// IsText reports whether the cell holds a text.
func (c Cell) IsText() bool { return c.kind == isText }

// IsNumber reports whether the cell holds a number.
func (c Cell) IsNumber() bool { return c.kind == isNumber }

// Column is one column of a grid.
type Column struct {
	Name  string // the column's name in data files, the same in every language
	Title string // its heading in a workbook; "" = Name
	Type  Type
	Width float64 // in a workbook, in characters; 0 = by heading
	Wrap  bool    // break long texts into lines in a workbook
	Cell  func(row int) Cell
}

// Heading is what stands at the head of the column in a workbook.
func (c Column) Heading() string {
	if c.Title != "" {
		return c.Title
	}
	return c.Name
}

// Sheet is one sheet of a workbook: a grid under the name on its tab.
type Sheet struct {
	Name  string
	Fixed int // leading columns that stay in view
	*Grid
}

// Book is a workbook in one language.
type Book struct {
	Title    string
	Subject  string
	Author   string
	Language string // "da"
	Created  time.Time
	Sheets   []Sheet
	Bars     *Bars // nil: the workbook has no chart
}

// Bars is a bar chart on a sheet of its own, drawn by the spreadsheet program from
// columns of another sheet.
type Bars struct {
	Name   string // on the tab
	Title  string
	Of     int   // place of the sheet that holds the data
	Labels int   // place of its column of labels
	Values []int // places of its columns of numbers, one a series
}

// Grid is a rectangle of cells. A text column holds texts; a number column
// holds numbers and, where one is missing, at most the reason as a text.
type Grid struct {
	Name    string // "tables", "microdata": names the grid in errors
	Columns []Column
	Rows    int
}

// ReasonSuffix ends the name of a column that holds, for a number column of
// the same name, why a number is missing. Only column-typed formats need one.
const ReasonSuffix = "_missing"

// Data returns the grid as typed columns, for formats in which a column holds
// one type. A number column with reasons is followed by a column of them.
func (g *Grid) Data() (*microdata.Data, error) {
	data, err := microdata.New()
	if err != nil {
		return nil, err
	}
	for _, c := range g.Columns {
		if c.Type == Text {
			err = data.Add(g.texts(c, c.Name))
		} else {
			err = g.addNumbers(data, c)
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (g *Grid) addNumbers(data *microdata.Data, c Column) error {
	values := make([]float64, g.Rows)
	reasons := false
	for i := range values {
		cell := c.Cell(i)
		reasons = reasons || cell.IsText()
		values[i] = math.NaN()
		if cell.IsNumber() {
			values[i] = cell.Number
		}
	}
	if err := data.Add(microdata.Numbers(c.Name, values)); err != nil || !reasons {
		return err
	}
	return data.Add(g.texts(c, c.Name+ReasonSuffix))
}

// texts collects the texts of a column, levels in order of appearance.
func (g *Grid) texts(c Column, name string) microdata.Column {
	position := make(map[string]int32)
	column := microdata.Column{Name: name, Code: make([]int32, g.Rows)}
	for i := range column.Code {
		cell := c.Cell(i)
		if !cell.IsText() {
			column.Code[i] = -1
			continue
		}
		p, known := position[cell.Text]
		if !known {
			p = int32(len(column.Levels))
			position[cell.Text] = p
			column.Levels = append(column.Levels, cell.Text)
		}
		column.Code[i] = p
	}
	return column
}
