package chart

import (
	"fmt"
	"math"

	"barometer/internal/i18n"
	"barometer/reports/number"
)

// Distribution is a chart of plain values, not of estimates: one row for each
// group with the median as a dot, the middle half as a bar and a line from the
// smallest value to the largest. It needs no table and no interval.
type Distribution struct {
	ID       string
	Title    string // states the finding
	Subtitle string
	Notes    []string
	Source   string
	Unit     string   // of the axis
	Groups   []Spread // the first may be all, in bold
}

// Spread is the distribution of the values of one group, all of them 0 or more.
type Spread struct {
	Label                    string
	N                        int
	Strong                   bool
	Min, Q1, Median, Q3, Max float64
}

// spread is the kind of a Distribution. No Spec asks for it.
const spread Kind = "spread"

// NewDistribution draws a distribution. The error names what is wrong with the
// values, or the label that does not fit.
func NewDistribution(d Distribution, l i18n.Lang) (*Chart, error) {
	if !validID.MatchString(d.ID) {
		return nil, fmt.Errorf("chart %s: the id must be lower-case letters, digits and hyphens", d.ID)
	}
	if len(d.Groups) == 0 {
		return nil, fmt.Errorf("chart %s: no groups", d.ID)
	}
	c := &Chart{ID: d.ID, Title: d.Title, Subtitle: d.Subtitle, Notes: d.Notes, Source: d.Source,
		spec: Spec{ID: d.ID, Kind: spread}, lang: l, unit: d.Unit}
	for _, g := range d.Groups {
		if !(0 <= g.Min && g.Min <= g.Q1 && g.Q1 <= g.Median && g.Median <= g.Q3 && g.Q3 <= g.Max) || math.IsInf(g.Max, 0) {
			return nil, fmt.Errorf("chart %s, %s: %v, %v, %v, %v, %v are not in order from 0 up", d.ID, g.Label, g.Min, g.Q1, g.Median, g.Q3, g.Max)
		}
		text := number.Decimal(g.Median, 1, l)
		half := Point{DomainLabel: g.Label, Value: g.Median, Low: g.Q1, High: g.Q3, Label: text, N: g.N}
		reach := half
		reach.Low, reach.High = g.Min, g.Max
		c.rows = append(c.rows, row{label: fmt.Sprintf("%s (%s)", g.Label, number.Integer(g.N, l)), strong: g.Strong, points: []Point{half, reach}})
	}
	c.alt = d.alt(l)
	if err := c.checkAlt(); err != nil {
		return nil, err
	}
	return c, c.draw()
}

func (d Distribution) alt(l i18n.Lang) string {
	g := d.Groups[0]
	text := i18n.Text{
		DA: "Median, midterste halvdel og yderpunkter for %s grupper. %s: median %s, fra %s til %s. ",
		EN: "Median, middle half and extremes of %s groups. %s: median %s, from %s to %s. ",
	}.In(l)
	decimal := func(x float64) string { return number.Decimal(x, 1, l) }
	return fmt.Sprintf(text, number.Integer(len(d.Groups), l), g.Label, decimal(g.Median), decimal(g.Min), decimal(g.Max)) + wordInTable.In(l)
}

// spreadAxis runs from zero in steps of 1, 2 or 5 times a power of ten.
func spreadAxis(high float64) axis {
	for unit := 1.0; ; unit *= 10 {
		for _, step := range []float64{unit, 2 * unit, 5 * unit} {
			if n := math.Ceil(high / step); n <= 5 {
				return axis{0, max(n, 1) * step, step}
			}
		}
	}
}

// spreadRow draws extremes, middle half and median, and the median's number.
func (c *Chart) spreadRow(s *scene, a area, r placed) {
	const thick = 7.0
	half, reach := r.points[0], r.points[1]
	s.whisker(a, r.centre, reach, focus)
	s.add(rect{a.x(half.Low), r.centre - thick/2, a.x(half.High) - a.x(half.Low), thick, backdrop, focus},
		dot{x: a.x(half.Value), y: r.centre, r: dotRadius, color: focus})
	s.value(a.x(reach.High)+valueGap, r.centre, half.Label, start, c.labelFace(r.row))
}
