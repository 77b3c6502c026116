// Package microdata holds rectangular data in columns: one row a unit, one
// column a variable.
//
// [Data] is what weighting and analysis compute on, whether it was read from a
// CSV file, from Parquet, or frozen from a wave. [Wave] is the frozen wave
// itself: every sampled unit with its disposition, design columns and answers,
// and nothing by which a unit could be found. It leaves out how files are read
// (analysis/duck) and where the values come from (survey/freeze).
package microdata

import (
	"fmt"
	"math"

	"barometer/survey/codebook"
)

// Column is one variable of all units. Exactly one of Code and Number is set.
type Column struct {
	Name string

	// Levels are the categories; Code holds each unit's position in Levels,
	// or -1 where the value is missing.
	Levels []string
	Code   []int32

	// Number holds each unit's value, NaN where it is missing.
	Number []float64

	// Reason says why a value is missing, unit by unit. It is nil where the
	// source does not tell (a CSV file with empty fields).
	Reason []codebook.Missing
}

// Categories makes a categorical column; the levels are numbered in the order
// given and every value must be one of them or "" for missing.
func Categories(name string, levels, values []string) (Column, error) {
	position := make(map[string]int32, len(levels))
	for i, l := range levels {
		position[l] = int32(i)
	}
	code := make([]int32, len(values))
	for i, v := range values {
		switch p, ok := position[v]; {
		case v == "":
			code[i] = -1
		case ok:
			code[i] = p
		default:
			return Column{}, fmt.Errorf("column %s, row %d: %q is none of its %d levels", name, i+1, v, len(levels))
		}
	}
	return Column{Name: name, Levels: levels, Code: code}, nil
}

// Numbers makes a numeric column; NaN marks a missing value.
func Numbers(name string, values []float64) Column {
	return Column{Name: name, Number: values}
}

// IsNumeric reports whether the column holds numbers rather than categories.
func (c *Column) IsNumeric() bool { return c.Code == nil }

// IsLogical reports whether the column's categories are TRUE and FALSE.
func (c *Column) IsLogical() bool {
	for _, l := range c.Levels {
		if l != "TRUE" && l != "FALSE" {
			return false
		}
	}
	return len(c.Levels) > 0
}

// Values returns each unit's number, NaN where it is missing: that of a numeric
// column, and 1 for TRUE and 0 for FALSE. Other categories have none.
func (c *Column) Values() (numbers []float64, ok bool) {
	if c.IsNumeric() || !c.IsLogical() {
		return c.Number, c.IsNumeric()
	}
	numbers = make([]float64, len(c.Code))
	for i := range numbers {
		switch c.Level(i) {
		case "":
			numbers[i] = math.NaN()
		case "TRUE":
			numbers[i] = 1
		}
	}
	return numbers, true
}

// Len returns the number of units.
func (c *Column) Len() int {
	if c.IsNumeric() {
		return len(c.Number)
	}
	return len(c.Code)
}

// Missing reports whether unit i has no value.
func (c *Column) Missing(i int) bool {
	if c.IsNumeric() {
		return math.IsNaN(c.Number[i])
	}
	return c.Code[i] < 0
}

// Level returns the category of unit i, "" where it is missing.
func (c *Column) Level(i int) string {
	if c.Code[i] < 0 {
		return ""
	}
	return c.Levels[c.Code[i]]
}

// Data is a set of columns of equal length with distinct names.
type Data struct {
	columns []Column
	index   map[string]int
	rows    int
}

// New binds columns to one table. It refuses repeated names and unequal lengths.
func New(columns ...Column) (*Data, error) {
	d := &Data{index: make(map[string]int, len(columns))}
	for _, c := range columns {
		if err := d.Add(c); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Add appends a column.
func (d *Data) Add(c Column) error {
	if _, taken := d.index[c.Name]; taken {
		return fmt.Errorf("column %s stands twice", c.Name)
	}
	if len(d.columns) > 0 && c.Len() != d.rows {
		return fmt.Errorf("column %s has %d rows, the others have %d", c.Name, c.Len(), d.rows)
	}
	d.index[c.Name] = len(d.columns)
	d.columns = append(d.columns, c)
	d.rows = c.Len()
	return nil
}

// Rows returns the number of units.
func (d *Data) Rows() int { return d.rows }

// Columns returns the columns in order. The caller must not change them.
func (d *Data) Columns() []Column { return d.columns }

// Column returns the named column.
func (d *Data) Column(name string) (*Column, error) {
	i, ok := d.index[name]
	if !ok {
		return nil, fmt.Errorf("no column %s", name)
	}
	return &d.columns[i], nil
}
