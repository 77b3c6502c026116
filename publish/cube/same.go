package cube

import (
	"fmt"
	"slices"

	"barometer/internal/i18n"
)

// In returns the cube with its texts in one language alone, as a format that
// has one language holds it.
func (c *Cube) In(l i18n.Lang) *Cube {
	one := *c
	one.Languages = []i18n.Lang{l}
	only := func(t i18n.Text) i18n.Text {
		if l == i18n.English {
			return i18n.Text{EN: t.EN}
		}
		return i18n.Text{DA: t.DA}
	}
	one.Title, one.Source = only(c.Title), only(c.Source)
	one.Notes = nil
	for _, n := range c.Notes {
		one.Notes = append(one.Notes, only(n))
	}
	one.dimensions = slices.Clone(c.dimensions)
	for i, d := range one.dimensions {
		one.dimensions[i].Label = only(d.Label)
		one.dimensions[i].Codes = slices.Clone(d.Codes)
		for j, code := range one.dimensions[i].Codes {
			one.dimensions[i].Codes[j].Label, one.dimensions[i].Codes[j].Unit, one.dimensions[i].Codes[j].Note = only(code.Label), only(code.Unit), only(code.Note)
		}
	}
	return &one
}

// Core returns the cube's codes, labels and cells without what formats of plain
// rows have no place for: titles, notes, units, decimals, years, totals.
func (c *Cube) Core() *Cube {
	core := &Cube{Meta: Meta{Languages: c.Languages}, dimensions: make([]Dimension, len(c.dimensions)), cells: c.cells}
	for i, d := range c.dimensions {
		core.dimensions[i] = Dimension{ID: d.ID}
		for _, code := range d.Codes {
			core.dimensions[i].Codes = append(core.dimensions[i].Codes, Code{ID: code.ID, Label: code.Label})
		}
	}
	for j := range core.Measures().Codes {
		core.Measures().Codes[j].Label = i18n.Text{} // a measure is the heading of a column
	}
	core.dimensions[len(core.dimensions)-1].Role = Metric
	return core
}

// Bare returns the cube's codes and cells alone.
func (c *Cube) Bare() *Cube {
	bare := c.Core()
	bare.Languages = nil
	for i := range bare.dimensions {
		bare.dimensions[i].Label = i18n.Text{}
		for j := range bare.dimensions[i].Codes {
			bare.dimensions[i].Codes[j].Label = i18n.Text{}
		}
	}
	return bare
}

// Differ names the first place in which two cubes differ, nil where they are
// identical.
func Differ(a, b *Cube) error {
	for _, m := range []struct {
		what string
		a, b any
	}{
		{"id", a.ID, b.ID}, {"title", a.Title, b.Title}, {"source", a.Source, b.Source}, {"wave", a.Wave, b.Wave},
		{"version", a.Version, b.Version}, {"contact", a.Contact, b.Contact}, {"licence", a.Licence, b.Licence},
		{"number of notes", len(a.Notes), len(b.Notes)}, {"number of dimensions", len(a.dimensions), len(b.dimensions)},
		{"number of cells", len(a.cells), len(b.cells)},
	} {
		if m.a != m.b {
			return fmt.Errorf("%s: %q, not %q", m.what, m.a, m.b)
		}
	}
	if !a.Updated.Equal(b.Updated) {
		return fmt.Errorf("last change: %v, not %v", a.Updated, b.Updated)
	}
	for i := range a.Notes {
		if a.Notes[i] != b.Notes[i] {
			return fmt.Errorf("note %d: %q, not %q", i+1, a.Notes[i], b.Notes[i])
		}
	}
	for i := range a.dimensions {
		if err := a.dimensions[i].differs(b.dimensions[i]); err != nil {
			return err
		}
	}
	for i := range a.cells {
		if a.cells[i] != b.cells[i] {
			n := len(a.Measures().Codes)
			return fmt.Errorf("cell %s: %v, not %v", a.Address(i/n, i%n), a.cells[i], b.cells[i])
		}
	}
	return nil
}

func (d Dimension) differs(o Dimension) error {
	if d.ID != o.ID || d.Label != o.Label || d.Role != o.Role || d.Total != o.Total || len(d.Codes) != len(o.Codes) {
		return fmt.Errorf("dimension %s (%v, role %d, total %q, %d codes), not %s (%v, role %d, total %q, %d codes)",
			d.ID, d.Label, d.Role, d.Total, len(d.Codes), o.ID, o.Label, o.Role, o.Total, len(o.Codes))
	}
	for i := range d.Codes {
		if d.Codes[i] != o.Codes[i] {
			return fmt.Errorf("dimension %s: code %+v, not %+v", d.ID, d.Codes[i], o.Codes[i])
		}
	}
	return nil
}

// String writes a cell for an error.
func (c Cell) String() string {
	if x, shown := c.Number(); shown {
		return fmt.Sprint(x, " ", c.status)
	}
	return "no number, " + c.status.String()
}
