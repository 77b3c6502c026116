package chart

import (
	"math"
	"slices"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// fillGroups makes a row of each domain of one indicator. A funnel needs the
// total, around which it is drawn.
func (c *Chart) fillGroups(s selector, list []table.Indicator, domains []table.Domain) error {
	if len(list) != 1 {
		return s.fail("a %s chart shows one indicator, not %d", s.spec.Kind, len(list))
	}
	for _, d := range domains {
		p, err := s.point(list[0], d)
		if err != nil {
			return err
		}
		c.rows = append(c.rows, row{label: d.Label.In(c.lang), strong: d.Breakdown == "total", points: []Point{p}})
	}
	if s.spec.Kind == Funnel {
		return c.narrowing(s, list[0])
	}
	return nil
}

// narrowing finds the lines of a funnel: the range in which the figure of a
// group lies by chance alone where the group is as all are.
//
// The variance of one answer is that of the total's share times the median
// design effect of the groups; of a score, the median over the groups. A group
// is part of the total it is held against, so that its distance varies a little
// less than the lines say.
func (c *Chart) narrowing(s selector, ind table.Indicator) error {
	c.rows = slices.DeleteFunc(c.rows, func(r row) bool { return r.strong })
	if s.spec.Focus != "" && !c.any(func(p Point) bool { return p.Domain == s.spec.Focus }) {
		return s.fail("the focus %q is none of its domains", s.spec.Focus)
	}
	total, err := s.point(ind, table.Domain{Breakdown: "total"})
	if err != nil {
		return err
	}
	c.expected = &expected{centre: total.Value, shown: total.Shown()}
	var unit []float64
	for _, r := range c.rows {
		p := r.points[0]
		v := p.se * p.se * float64(p.N)
		if !c.score {
			v /= p.Value * (100 - p.Value)
		}
		if p.Shown() && v > 0 && !math.IsInf(v, 0) {
			unit = append(unit, v)
		}
	}
	if len(unit) == 0 || !total.Shown() {
		c.expected.shown = false
		return nil
	}
	slices.Sort(unit)
	c.expected.variance = unit[len(unit)/2]
	if !c.score {
		c.expected.variance *= total.Value * (100 - total.Value)
	}
	return nil
}

// expected is what groups are held against in a funnel.
type expected struct {
	shown    bool
	centre   float64
	variance float64 // of one answer
}

// The limits of a funnel: 95 % and 99.8 % of groups lie within by chance alone
// (Spiegelhalter, Statistics in Medicine 24, 2005).
const (
	innerLimit = 1.96
	outerLimit = 3.09
)

// within returns the range of the limit z for a group of n answers.
func (e expected) within(n, z float64) (low, high float64) {
	half := z * math.Sqrt(e.variance/n)
	return e.centre - half, e.centre + half
}

// outside reports whether a point lies outside the limit z.
func (e *expected) outside(p Point, z float64) bool {
	if e == nil || !e.shown || !p.Shown() || p.N == 0 {
		return false
	}
	low, high := e.within(float64(p.N), z)
	return p.Value < low || p.Value > high
}

// apart names the groups outside the outer limit, for the title.
func (c *Chart) apart() []string {
	var names []string
	for _, r := range c.rows {
		if c.expected.outside(r.points[0], outerLimit) {
			names = append(names, r.label)
		}
	}
	return names
}

// funnel draws the groups by number of answers and value, the total as a line
// and the limits as curves. Groups outside the inner limit are named, as far as
// there is room; the table behind the chart names all.
func (c *Chart) funnel(s *scene, y float64, f form) float64 {
	most := 0.0
	for _, r := range c.rows {
		most = max(most, float64(r.points[0].N))
	}
	top, height := y+4, 1.4*timeHeight
	up := area{axis: c.axis(), left: top + height, right: top}
	across := area{axis: spreadAxis(most), left: f.margin + widest(tickTexts(up, c), axisType) + 6, right: f.width - f.margin - 12}
	for i, v := range up.ticks() {
		color, width := gridLine, gridWidth
		if i == 0 && up.low == 0 {
			color, width = axisLine, 1
		}
		s.add(line{across.left, up.x(v), across.right, up.x(v), width, color, true},
			label{x: across.left - 4, baseline: up.x(v) + axisType.size*0.35, text: number.Decimal(v, 0, c.lang), face: axisType, color: textMuted, anchor: end})
	}
	c.limits(s, up, across)
	c.groups(s, up, across)
	for i, v := range across.ticks() {
		if crowded := across.right-across.left < 34*float64(len(across.ticks())-1); crowded && i%2 == 1 {
			continue
		}
		s.add(label{x: across.x(v), baseline: top + height + 3 + axisType.ascent(), text: number.Decimal(v, 0, c.lang), face: axisType, color: textMuted, anchor: middle})
	}
	words := c.unit + i18n.Text{DA: " lodret; antal svar vandret", EN: " upwards; number of answers to the right"}.In(c.lang)
	return s.text(across.left, top+height+3+axisType.leading(), []string{words}, axisType, textMuted)
}

// limits draws the total and the two pairs of curves.
func (c *Chart) limits(s *scene, up, across area) {
	if !c.expected.shown {
		return
	}
	s.add(line{across.left, up.x(c.expected.centre), across.right, up.x(c.expected.centre), 1, textMuted, true})
	for _, limit := range []struct {
		z     float64
		color tint
	}{{innerLimit, likert[3]}, {outerLimit, focus}} {
		for _, side := range []bool{false, true} {
			s.add(c.limitCurve(up, across, limit.z, side, limit.color))
		}
	}
}

// limitCurve is one limit, as far as it lies within the axes.
func (c *Chart) limitCurve(up, across area, z float64, upper bool, color tint) curve {
	const parts = 60
	k := curve{width: 1, color: color}
	for i := 1; i <= parts; i++ {
		n := across.high * float64(i) / parts
		low, high := c.expected.within(n, z)
		value := low
		if upper {
			value = high
		}
		if value < up.low || value > up.high {
			continue
		}
		k.points = append(k.points, [2]float64{across.x(n), up.x(value)})
	}
	return k
}

func (c *Chart) groups(s *scene, up, across area) {
	var named []row
	for _, r := range c.rows {
		p := r.points[0]
		if !p.Shown() {
			continue
		}
		d := dot{x: across.x(float64(p.N)), y: up.x(p.Value), r: 3.2, color: focus, hollow: p.Status == table.Uncertain}
		if p.Domain == c.spec.Focus {
			d.color, d.r, d.square = interval, 4.5, true
		}
		s.add(d)
		if p.Domain == c.spec.Focus || c.expected.outside(p, innerLimit) {
			named = append(named, r)
		}
	}
	for _, r := range named {
		p := r.points[0]
		s.name(across.x(float64(p.N)), up.x(p.Value), p.Label+" "+r.label, across)
	}
}

// name writes a text at one of the sides of a point where it meets nothing.
func (s *scene) name(x, y float64, text string, within area) {
	const away = 7.0
	level := y + labelType.size*0.35
	for _, l := range []label{
		{x: x + away, baseline: level, anchor: start},
		{x: x - away, baseline: level, anchor: end},
		{x: x + away, baseline: level - 8, anchor: start},
		{x: x + away, baseline: level + 8, anchor: start},
		{x: x - away, baseline: level - 8, anchor: end},
		{x: x - away, baseline: level + 8, anchor: end},
		{x: x, baseline: y - away, anchor: middle},
		{x: x, baseline: y + away + labelType.size*0.8, anchor: middle},
	} {
		l.text, l.face, l.color = text, labelType, textDark
		if b := l.bounds(); b.left >= within.left && b.right <= within.right && s.free(l) {
			s.add(l)
			return
		}
	}
}

// free reports whether a label lies on nothing that is drawn already.
func (s *scene) free(l label) bool {
	b := l.bounds()
	return !slices.ContainsFunc(s.marks[1:], func(m mark) bool {
		if k, ok := m.(curve); ok {
			return k.meets(b)
		}
		return b.overlaps(m.bounds()) && solid(l, m)
	})
}

// meets reports whether the curve comes through a box.
func (k curve) meets(b box) bool {
	for i := 1; i < len(k.points); i++ {
		p, q := k.points[i-1], k.points[i]
		if (box{min(p[0], q[0]), min(p[1], q[1]), max(p[0], q[0]), max(p[1], q[1])}).overlaps(b) {
			return true
		}
	}
	return false
}
