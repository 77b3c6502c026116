package chart

// bar draws a value as a length from zero with its interval across the end.
func (c *Chart) bar(s *scene, a area, r placed, p Point) {
	if !p.Shown() {
		c.absent(s, a, r, p)
		return
	}
	fill := c.barTint(r.row)
	if p.Label[0] == '(' {
		fill = fill.pale()
	}
	s.add(rect{a.x(0), r.centre - barHeight/2, a.x(p.Value) - a.x(0), barHeight, fill, fill})
	s.whisker(a, r.centre, p, interval)
	s.value(a.x(p.High)+valueGap, r.centre, p.Label, start, c.labelFace(r.row))
}

// barTint highlights the total among its parts, and sets answers without
// content back.
func (c *Chart) barTint(r row) tint {
	total := false
	for _, other := range c.rows {
		total = total || other.strong
	}
	if r.last || total && !r.strong {
		return backdrop
	}
	return focus
}

// absent writes why there is no mark: in words, or where panels leave no room
// for words by a sign the notes explain.
func (c *Chart) absent(s *scene, a area, r placed, p Point) {
	words := suppressed(p.Status, c.lang)
	if c.spec.Kind == Panels {
		words = signSuppressed
	}
	s.add(label{x: a.left + 4, baseline: r.centre + axisType.size*0.35, text: words, face: axisType, color: textMuted})
}

// whisker draws the interval of a point; a count has none.
func (s *scene) whisker(a area, y float64, p Point, color tint) {
	if p.Low == p.High {
		return
	}
	low, high := a.x(p.Low), a.x(p.High)
	s.add(line{low, y, high, y, whiskerWidth, color, false},
		line{low, y - whiskerCap, low, y + whiskerCap, whiskerWidth, color, false},
		line{high, y - whiskerCap, high, y + whiskerCap, whiskerWidth, color, false})
}

// value writes a number level with a mark.
func (s *scene) value(x, y float64, text string, at anchor, face typeface) {
	s.add(label{x: x, baseline: y + face.size*0.35, text: text, face: face, color: textDark, anchor: at})
}

// dotRow draws a value as a dot upon its interval.
func (c *Chart) dotRow(s *scene, a area, r placed) {
	p := r.points[0]
	if !p.Shown() {
		c.absent(s, a, r, p)
		return
	}
	s.whisker(a, r.centre, p, focus)
	s.add(dot{x: a.x(p.Value), y: r.centre, r: dotRadius, color: focus, hollow: p.Label[0] == '('})
	s.value(max(a.x(p.High), a.x(p.Value)+dotRadius)+valueGap, r.centre, p.Label, start, c.labelFace(r.row))
}

// pair draws two values on one row, the first a circle and the second a square,
// each with its interval, and the numbers outside both.
func (c *Chart) pair(s *scene, a area, r placed) {
	p, q := r.points[0], r.points[1]
	const apart = 4.0 // between the lines of the two, so that intervals can overlap
	if !p.Shown() && !q.Shown() {
		c.absent(s, a, r, p)
		return
	}
	if p.Shown() && q.Shown() {
		s.add(line{a.x(p.Value), r.centre, a.x(q.Value), r.centre, 2, backdrop, true})
	}
	c.side(s, a, r.centre-apart, p, 0)
	c.side(s, a, r.centre+apart, q, 1)
	left, right := p, q
	if p.Value > q.Value && q.Shown() || !p.Shown() {
		left, right = q, p
	}
	c.outside(s, a, r.centre, left, right)
}

func (c *Chart) side(s *scene, a area, y float64, p Point, series int) {
	if !p.Shown() {
		return
	}
	s.whisker(a, y, p, sides[series])
	s.add(dot{x: a.x(p.Value), y: y, r: dotRadius, color: sides[series], square: series == 1, hollow: p.Label[0] == '('})
}

// outside writes the two numbers of a pair left and right of both intervals;
// left has a number.
func (c *Chart) outside(s *scene, a area, y float64, left, right Point) {
	low, high := left.Low, left.High
	number := signSuppressed
	if right.Shown() {
		low, high, number = min(low, right.Low), max(high, right.High), right.Label
	}
	at := a.x(low) - valueGap
	if axis := a.x(a.low); at-labelType.width(left.Label) < axis+2 {
		at = min(at, axis-3) // clear of the axis
	}
	s.value(at, y, left.Label, end, labelType)
	s.value(a.x(high)+valueGap, y, number, start, labelType)
}
