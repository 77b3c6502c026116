package jsonstat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats"
)

// Read reads a document that Write wrote, as a cube of one language. It refuses
// members that a dataset does not have and everything in which the document
// contradicts itself.
func Read(r io.Reader) (*cube.Cube, error) {
	var d document
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("json-stat: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("json-stat: something follows the document")
	}
	c, err := d.cube()
	if err != nil {
		return nil, fmt.Errorf("json-stat: %w", err)
	}
	return c, nil
}

func (d document) cube() (*cube.Cube, error) {
	l, err := i18n.ParseLang(d.Extension.Language)
	if err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	updated, err := time.Parse(time.RFC3339, d.Updated)
	if err != nil {
		return nil, fmt.Errorf("updated: %w", err)
	}
	m := cube.Meta{ID: d.Extension.ID, Title: in(l, d.Label), Source: in(l, d.Source), Version: d.Extension.Release, Updated: updated,
		Contact: d.Extension.Contact, Licence: formats.Licence{Name: d.Extension.License}, Languages: []i18n.Lang{l}}
	if d.Link != nil {
		m.Licence = formats.Licence{Name: d.Link.License[0].Label, URL: d.Link.License[0].Href}
	}
	for _, n := range d.Note {
		m.Notes = append(m.Notes, in(l, n))
	}
	axes, err := d.axes(l)
	if err != nil {
		return nil, err
	}
	m.Wave = axes[0].Codes[0].ID
	cells, err := d.cells()
	if err != nil {
		return nil, err
	}
	return cube.New(m, axes, cells)
}

// check compares the parts of the document that name each other.
func (d document) check() error {
	switch {
	case d.Version != "2.0" || d.Class != "dataset":
		return fmt.Errorf("version %q and class %q are not those of a dataset of JSON-stat 2.0", d.Version, d.Class)
	case len(d.ID) != len(d.Size) || len(d.ID) != len(d.Dimension) || len(d.ID) == 0:
		return fmt.Errorf("%d ids, %d sizes and %d dimensions", len(d.ID), len(d.Size), len(d.Dimension))
	case d.Link != nil && len(d.Link.License) != 1:
		return errors.New("the document does not name one licence")
	case len(d.Role.Metric) != 1:
		return fmt.Errorf("%d dimensions have the role metric, not one", len(d.Role.Metric))
	}
	for _, id := range append(slices.Clone(d.Role.Time), d.Role.Metric...) {
		if !slices.Contains(d.ID, id) {
			return fmt.Errorf("the role of the unknown dimension %q", id)
		}
	}
	for i, id := range d.ID {
		axis, ok := d.Dimension[id]
		if !ok || len(axis.Category.Index) != d.Size[i] || len(axis.Category.Label) != d.Size[i] || d.Size[i] == 0 {
			return fmt.Errorf("dimension %q is missing, or has another number of categories or labels than its size %d", id, d.Size[i])
		}
	}
	return nil
}

// axes reads the dimensions.
func (d document) axes(l i18n.Lang) ([]cube.Dimension, error) {
	var axes []cube.Dimension
	for _, id := range d.ID {
		axis := d.Dimension[id]
		role := cube.Classification
		if slices.Contains(d.Role.Time, id) {
			role = cube.Time
		}
		if slices.Contains(d.Role.Metric, id) {
			role = cube.Metric
		}
		a := cube.Dimension{ID: id, Label: in(l, axis.Label), Role: role}
		if axis.Extension == nil {
			axis.Extension = &axisExtension{}
		}
		a.Total = axis.Extension.Total
		for _, code := range axis.Category.Index {
			a.Codes = append(a.Codes, axis.code(code, l))
		}
		if err := axis.known(a); err != nil {
			return nil, err
		}
		axes = append(axes, a)
	}
	return axes, nil
}

func (d dimension) code(id string, l i18n.Lang) cube.Code {
	c := cube.Code{ID: id, Label: in(l, d.Category.Label[id])}
	if u, ok := d.Category.Unit[id]; ok {
		c.Unit, c.Decimals = in(l, u.Label), u.Decimals
	} else if u, ok := d.Extension.Unit[id]; ok {
		c.Unit = in(l, u)
	}
	if notes := d.Category.Note[id]; len(notes) > 0 {
		c.Note = in(l, notes[0])
	}
	return c
}

// known refuses labels, units and notes of categories that there are not.
func (d dimension) known(a cube.Dimension) error {
	var about []string
	for id := range d.Category.Label {
		about = append(about, id)
	}
	for id := range d.Category.Unit {
		about = append(about, id)
	}
	for id, notes := range d.Category.Note {
		about = append(about, id)
		if len(notes) != 1 {
			return fmt.Errorf("dimension %s: category %q has %d notes, not one", a.ID, id, len(notes))
		}
	}
	for id := range d.Extension.Unit {
		about = append(about, id)
	}
	for _, id := range about {
		if a.Index(id) < 0 {
			return fmt.Errorf("dimension %s: there is no category %q", a.ID, id)
		}
	}
	return nil
}

// cells reads values and statuses.
func (d document) cells() ([]cube.Cell, error) {
	var values []*float64
	dec := json.NewDecoder(bytes.NewReader(d.Value))
	if err := dec.Decode(&values); err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	want := 1
	for _, n := range d.Size {
		if want *= n; want > cube.MaxCells {
			return nil, fmt.Errorf("more than %d cells", cube.MaxCells)
		}
	}
	if len(values) != want {
		return nil, fmt.Errorf("%d values for sizes of %v", len(values), d.Size)
	}
	status, err := d.status(want)
	if err != nil {
		return nil, err
	}
	cells := make([]cube.Cell, want)
	for i, x := range values {
		switch {
		case (x == nil) != status[i].Suppressed():
			return nil, fmt.Errorf("value %d does not fit its status %q", i, status[i])
		case x == nil:
			cells[i] = cube.Gap(status[i])
		default:
			cells[i] = cube.Number(*x, status[i] == cube.Uncertain)
		}
	}
	return cells, nil
}

func (d document) status(cells int) ([]cube.Status, error) {
	list := make([]cube.Status, cells)
	if d.Status == nil {
		return list, nil
	}
	var sparse map[string]string
	if err := json.Unmarshal(d.Status, &sparse); err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	for at, letter := range sparse {
		i, err := strconv.Atoi(at)
		if err != nil || i < 0 || i >= cells || strconv.Itoa(i) != at {
			return nil, fmt.Errorf("status of the value %q, which there is not", at)
		}
		s, err := cube.ParseStatus(letter, func(m cube.Marks) bool { return m.Letter == letter && letter != "" })
		if err != nil {
			return nil, err
		}
		list[i] = s
	}
	return list, nil
}

// in is a text in one language alone.
func in(l i18n.Lang, s string) i18n.Text {
	if l == i18n.English {
		return i18n.Text{EN: s}
	}
	return i18n.Text{DA: s}
}
