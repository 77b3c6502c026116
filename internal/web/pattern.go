package web

import (
	"fmt"
	"html/template"
	"strings"

	"barometer/internal/i18n"
)

// Pattern is a template that was filled in but for its holes: what differs from
// one reader to the next. Most of a page is the same for everyone, and costs
// neither drawing nor compression that way.
type Pattern struct {
	fixed []Piece
	holes []string // each after the piece of its number
}

// holeOpen and holeClose stand around the name of a hole. They are of Unicode's
// private use, so that no wording has them.
const (
	holeOpen  = "\ue000"
	holeClose = "\ue001"
)

// Hole is put in the data of a template in place of what one reader is told.
func Hole(name string) string { return holeOpen + name + holeClose }

// Pattern fills the named template in with data in which every one of the holes
// stands, as text or within an attribute in quotes. What else the data hold is
// the same for everyone, and nothing that a reader wrote.
func (v *Views) Pattern(l i18n.Lang, name string, data any, holes ...string) (Pattern, error) {
	html, err := v.HTML(l, name, data)
	if err != nil {
		return Pattern{}, err
	}
	for _, hole := range holes {
		if !strings.Contains(string(html), Hole(hole)) {
			return Pattern{}, fmt.Errorf("template %q has no place for %q as text", name, hole)
		}
	}
	var p Pattern
	parts := strings.Split(string(html), holeOpen)
	p.fixed = append(p.fixed, Fixed(template.HTML(parts[0])))
	for _, part := range parts[1:] {
		hole, rest, _ := strings.Cut(part, holeClose)
		p.holes, p.fixed = append(p.holes, hole), append(p.fixed, Fixed(template.HTML(rest)))
	}
	return p, nil
}

// Fill returns the pieces of the pattern with those of each hole between them.
func (p Pattern) Fill(pieces func(hole string) []Piece) []Piece {
	all := make([]Piece, 0, 2*len(p.fixed)+8)
	all = append(all, p.fixed[0])
	for i, hole := range p.holes {
		all = append(append(all, pieces(hole)...), p.fixed[i+1])
	}
	return all
}
