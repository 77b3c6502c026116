package cube

import (
	"time"

	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// Role says what a dimension is to a reader of cubes.
type Role uint8

const (
	Classification Role = iota
	Time                // its codes are years
	Metric              // its codes are measures, each with a unit
)

// Dimension is one axis of a cube.
type Dimension struct {
	ID    string // "sector"
	Label i18n.Text
	Role  Role
	Total string // the code that stands for all, "" where there is none
	Codes []Code
}

// Code is one place on an axis.
type Code struct {
	ID       string // "kommune"
	Label    i18n.Text
	Unit     i18n.Text // of a measure or an indicator; else empty
	Decimals int       // of a measure
	Note     i18n.Text // may be empty
}

// Index is the place of a code in a dimension, -1 where it has none.
func (d Dimension) Index(code string) int {
	for i, c := range d.Codes {
		if c.ID == code {
			return i
		}
	}
	return -1
}

// IDs lists the ids of a dimension's codes.
func (d Dimension) IDs() []string {
	ids := make([]string, len(d.Codes))
	for i, c := range d.Codes {
		ids[i] = c.ID
	}
	return ids
}

// Meta says what a cube is about.
type Meta struct {
	ID        string // "2025-sector"
	Title     i18n.Text
	Source    i18n.Text // who publishes it
	Notes     []i18n.Text
	Wave      string
	Version   string    // of the release
	Updated   time.Time // to the minute
	Contact   string
	Licence   formats.Licence
	Languages []i18n.Lang // in which it has texts; nil = all
}

// Spoken lists the languages of the cube.
func (m Meta) Spoken() []i18n.Lang {
	if m.Languages == nil {
		return i18n.Languages
	}
	return m.Languages
}

// Cube is a full array of cells over its dimensions. The last dimension holds
// the measures. It is never changed.
type Cube struct {
	Meta
	dimensions []Dimension
	cells      []Cell // row-major: the last dimension varies fastest
}

// Dimensions returns the axes in order. The caller must not change them.
func (c *Cube) Dimensions() []Dimension { return c.dimensions }

// Cells returns the cells, row-major. The caller must not change them.
func (c *Cube) Cells() []Cell { return c.cells }

// Measures is the last dimension.
func (c *Cube) Measures() Dimension { return c.dimensions[len(c.dimensions)-1] }

// Dimension finds a dimension by its id.
func (c *Cube) Dimension(id string) (Dimension, bool) {
	for _, d := range c.dimensions {
		if d.ID == id {
			return d, true
		}
	}
	return Dimension{}, false
}

// Sizes are the lengths of the dimensions.
func (c *Cube) Sizes() []int {
	sizes := make([]int, len(c.dimensions))
	for i, d := range c.dimensions {
		sizes[i] = len(d.Codes)
	}
	return sizes
}

// Observations is the number of rows: combinations of codes, measures aside.
func (c *Cube) Observations() int { return len(c.cells) / len(c.Measures().Codes) }

// Observation returns the cells of one row, one for each measure.
func (c *Cube) Observation(row int) []Cell {
	n := len(c.Measures().Codes)
	return c.cells[row*n : (row+1)*n]
}

// Place tells which code of each dimension, measures aside, a row stands for.
func (c *Cube) Place(row int) []int {
	at := make([]int, len(c.dimensions)-1)
	for i := len(at) - 1; i >= 0; i-- {
		n := len(c.dimensions[i].Codes)
		at[i], row = row%n, row/n
	}
	return at
}

// RowStatus is what a row is marked with: the status its cells share, those that
// do not apply aside.
func RowStatus(cells []Cell) Status {
	for _, c := range cells {
		if c.status != NotApplicable {
			return c.status
		}
	}
	return NotApplicable
}
