package chart

// keyFigure draws one number large, its interval on a line from 0 to 100, and
// what it is.
func (c *Chart) keyFigure(s *scene, y float64, f form) float64 {
	p := c.rows[0].points[0]
	text := c.withSign(p.Label)
	s.add(label{x: f.margin, baseline: y + keyType.ascent() + 4, text: text, face: keyType, color: focus})
	y += keyType.leading() + 6
	y = s.text(f.margin, y, labelType.wrap(p.IndicatorLabel, f.inner()), labelType, textDark) + 10
	a := area{axis{0, 100, 25}, f.margin + 4, f.width - f.margin - 9}
	s.add(line{a.left, y, a.right, y, 2, gridLine, true})
	s.whisker(a, y, p, focus)
	s.add(dot{x: a.x(p.Value), y: y, r: dotRadius, color: focus, hollow: p.Label[0] == '('})
	return c.ticksOf(s, y+6, a)
}

// ticksOf writes the ends of the line.
func (c *Chart) ticksOf(s *scene, y float64, a area) float64 {
	for _, v := range []struct {
		x    float64
		text string
	}{{a.left, "0"}, {a.right, "100"}} {
		s.add(label{x: v.x, baseline: y + axisType.ascent(), text: v.text, face: axisType, color: textMuted, anchor: middle})
	}
	return y + axisType.leading()
}
