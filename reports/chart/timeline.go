package chart

import (
	"strings"

	"barometer/analysis/table"
	"barometer/reports/number"
)

const (
	timeHeight  = 150.0 // of the plot
	breakSpace  = 13.0  // above it, for the word at a break
	numberSpace = 15.0  // and for the number of a point at the top
)

// timeline draws the figures of one indicator from left to right: our waves as
// dots upon their intervals, joined where no break lies between; figures that
// others published as open squares that nothing joins; a break as a dashed line
// through a gap.
func (c *Chart) timeline(s *scene, y float64, f form) float64 {
	top := y + breakSpace + numberSpace
	up := area{axis: c.axis(), left: top + timeHeight, right: top} // values to heights
	left := f.margin + widest(tickTexts(up, c), axisType) + 6
	step := (f.width - f.margin - left) / float64(len(c.rows))
	for i, v := range up.ticks() {
		color, width := gridLine, gridWidth
		if i == 0 && up.low == 0 {
			color, width = axisLine, 1
		}
		s.add(line{left, up.x(v), f.width - f.margin, up.x(v), width, color, true})
		s.add(label{x: left - 4, baseline: up.x(v) + axisType.size*0.35, text: number.Decimal(v, 0, c.lang), face: axisType, color: textMuted, anchor: end})
	}
	at := func(i int) float64 { return left + (float64(i)+0.5)*step }
	c.joins(s, up, at)
	for i := range c.rows {
		c.moment(s, up, at(i), c.rows[i].points[0])
		if i > 0 && c.broken(i) {
			c.breakLine(s, at(i)-step/2, y, top)
		}
	}
	return c.periods(s, top+timeHeight+4, at, step)
}

func tickTexts(a area, c *Chart) []string {
	var texts []string
	for _, v := range a.ticks() {
		texts = append(texts, number.Decimal(v, 0, c.lang))
	}
	return texts
}

// broken reports whether a break lies between a row and the one before it.
func (c *Chart) broken(i int) bool { return len(c.over.BreaksBetween(c.wave(i-1), c.wave(i))) > 0 }

// joins draws lines between our own successive figures.
func (c *Chart) joins(s *scene, up area, at func(int) float64) {
	last := -1 // row of the own figure before, -1 after a break or a gap
	for i, r := range c.rows {
		if i > 0 && c.broken(i) {
			last = -1
		}
		p := r.points[0]
		switch {
		case p.External:
			continue
		case !p.Shown():
			last = -1
			continue
		case last >= 0:
			s.add(line{at(last), up.x(c.rows[last].points[0].Value), at(i), up.x(p.Value), whiskerWidth, backdrop, true})
		}
		last = i
	}
}

// moment draws one figure at its time.
func (c *Chart) moment(s *scene, up area, x float64, p Point) {
	if !p.Shown() {
		s.add(label{x: x, baseline: up.left - 4, text: signSuppressed, face: labelType, color: textMuted, anchor: middle})
		return
	}
	y, high := up.x(p.Value), up.x(p.High)
	if p.Low != p.High {
		low := up.x(p.Low)
		s.add(line{x, low, x, high, whiskerWidth, focus, false},
			line{x - whiskerCap, low, x + whiskerCap, low, whiskerWidth, focus, false},
			line{x - whiskerCap, high, x + whiskerCap, high, whiskerWidth, focus, false})
	}
	s.add(c.timeMark(x, y, p))
	s.add(label{x: x, baseline: min(high-3, y-dotRadius-3), text: p.Label, face: labelType, color: textDark, anchor: middle})
}

func (c *Chart) timeMark(x, y float64, p Point) dot {
	if p.External {
		return dot{x: x, y: y, r: dotRadius, color: textMuted, square: true, hollow: true}
	}
	return dot{x: x, y: y, r: dotRadius, color: focus, hollow: p.Status == table.Uncertain}
}

// breakLine marks that figures on both sides are not comparable.
func (c *Chart) breakLine(s *scene, x, y, top float64) {
	const dash = 4.0
	s.add(label{x: x, baseline: y + axisType.ascent() + 1, text: wordBreak.In(c.lang), face: axisType, color: textMuted, anchor: middle})
	for from := y + breakSpace; from < top+timeHeight; from += 2 * dash {
		s.add(line{x, from, x, min(from+dash, top+timeHeight), 1, textMuted, true})
	}
}

// periods writes below each figure what time it is of, in as many lines as the
// width asks for, and the unit under all.
func (c *Chart) periods(s *scene, y float64, at func(int) float64, step float64) float64 {
	bottom := y
	for i, r := range c.rows {
		lines := axisType.wrap(r.label, step-4)
		if widest(lines, axisType) > step-4 {
			lines = axisType.wrap(strings.ReplaceAll(r.label, "–", "– "), step-4)
		}
		for k, text := range lines {
			s.add(label{x: at(i), baseline: y + axisType.ascent() + float64(k)*axisType.leading(), text: text, face: axisType, color: textMuted, anchor: middle})
		}
		bottom = max(bottom, y+float64(len(lines))*axisType.leading())
	}
	return s.text(at(0)-step/2, bottom+2, []string{c.unit}, axisType, textMuted)
}
