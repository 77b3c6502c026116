package cube

import (
	"fmt"
	"strings"
)

// Unknown says that a cube has no such dimension, or a dimension no such code,
// and which there are.
type Unknown struct {
	Dimension string // "" where the dimension itself is unknown
	Given     string
	Valid     []string
}

func (u *Unknown) Error() string {
	if u.Dimension == "" {
		return fmt.Sprintf("there is no dimension %.80q; there are %s", u.Given, strings.Join(u.Valid, ", "))
	}
	return fmt.Sprintf("dimension %s has no code %.80q; it has %s", u.Dimension, u.Given, strings.Join(u.Valid, ", "))
}

// Pick returns the part of the cube that has the wanted codes, by dimension; a
// dimension that is not named keeps all. Codes keep the order they have in the
// cube. No cell is made that the cube does not have.
func (c *Cube) Pick(wanted map[string][]string) (*Cube, error) {
	if err := c.named(wanted); err != nil {
		return nil, err
	}
	part := &Cube{Meta: c.Meta, dimensions: make([]Dimension, len(c.dimensions))}
	kept := make([][]int, len(c.dimensions))
	for i, d := range c.dimensions {
		p, err := d.Places(wanted[d.ID])
		if err != nil {
			return nil, err
		}
		part.dimensions[i] = d
		part.dimensions[i].Codes = nil
		for _, at := range p {
			part.dimensions[i].Codes = append(part.dimensions[i].Codes, d.Codes[at])
		}
		if part.dimensions[i].Index(d.Total) < 0 {
			part.dimensions[i].Total = ""
		}
		kept[i] = p
	}
	part.cells = c.gather(kept)
	return part, nil
}

// named refuses dimensions that the cube does not have.
func (c *Cube) named(wanted map[string][]string) error {
	var ids []string
	for _, d := range c.dimensions {
		ids = append(ids, d.ID)
	}
	for id := range wanted {
		if _, ok := c.Dimension(id); !ok {
			return &Unknown{Given: id, Valid: ids}
		}
	}
	return nil
}

// Places returns the places of the wanted codes in order, all where none is named.
func (d Dimension) Places(wanted []string) ([]int, error) {
	keep := make([]bool, len(d.Codes))
	for _, code := range wanted {
		i := d.Index(code)
		if i < 0 {
			return nil, &Unknown{Dimension: d.ID, Given: code, Valid: d.IDs()}
		}
		keep[i] = true
	}
	var places []int
	for i := range keep {
		if keep[i] || wanted == nil {
			places = append(places, i)
		}
	}
	return places, nil
}

// gather copies the cells at the kept places of every dimension.
func (c *Cube) gather(kept [][]int) []Cell {
	offsets := []int{0}
	for i, d := range c.dimensions {
		next := make([]int, 0, len(offsets)*len(kept[i]))
		for _, o := range offsets {
			for _, p := range kept[i] {
				next = append(next, o*len(d.Codes)+p)
			}
		}
		offsets = next
	}
	cells := make([]Cell, len(offsets))
	for i, o := range offsets {
		cells[i] = c.cells[o]
	}
	return cells
}

// Size is the number of cells that Pick would return, without picking them. It
// is 0 where a wanted code is unknown.
func (c *Cube) Size(wanted map[string][]string) int {
	n := 1
	for _, d := range c.dimensions {
		p, err := d.Places(wanted[d.ID])
		if err != nil {
			return 0
		}
		n *= len(p)
	}
	return n
}
