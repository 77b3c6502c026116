package chart

// placed is a row with its place in the drawing.
type placed struct {
	row
	lines   []string // of the label
	top     float64  // of the row with its heading
	label   float64  // top of the label
	centre  float64  // line on which values are drawn
	bottom  float64
	heading float64 // baseline of the heading
}

// plot draws rows of labels and values over one axis, or over one axis for
// each panel.
func (c *Chart) plot(s *scene, y float64, f form) float64 {
	labelWidth := c.labelWidth(f)
	areas := c.areas(f, labelWidth)
	y = c.columnTitles(s, c.panelTitles(s, y, areas), areas, f)
	rows, bottom := c.place(y, f, labelWidth)
	for _, a := range areas {
		if !f.narrow {
			c.grid(s, a, y, bottom)
		}
	}
	for _, r := range rows {
		c.labelRow(s, r, f)
		if f.narrow {
			c.gridUnder(s, r, areas)
		}
		c.drawRow(s, r, areas)
	}
	return c.ticks(s, bottom, areas)
}

// labelWidth is the width of the column of labels: what the labels need, up to
// a share of the drawing.
func (c *Chart) labelWidth(f form) float64 {
	if f.narrow {
		return f.inner()
	}
	limit := 0.36 * f.inner()
	w := 40.0
	for _, r := range c.rows {
		w = max(w, widest(c.labelFace(r).wrap(r.label, limit), c.labelFace(r)))
	}
	return w
}

func (c *Chart) labelFace(r row) typeface {
	if r.strong {
		return headingType
	}
	return labelType
}

// areas divides what the labels leave among the panels, with room for the
// numbers beside the marks.
func (c *Chart) areas(f form, labelWidth float64) []area {
	left := f.margin
	if !f.narrow {
		left += labelWidth + labelGap
	}
	panels := 1
	if c.spec.Kind == Panels {
		panels = len(c.rows[0].points)
	}
	const gutter = 12.0
	width := (f.width - f.margin - left - gutter*float64(panels-1)) / float64(panels)
	before, after := c.reserve()
	ax := c.axis()
	if c.spec.Kind == Scale && c.rows[0].net != nil && !f.narrow {
		return c.scaleAreas(left, f)
	}
	areas := make([]area, panels)
	for i := range areas {
		x := left + float64(i)*(width+gutter)
		areas[i] = area{axis: ax, left: x + before, right: x + width - after}
	}
	return areas
}

// reserve is the room numbers need before and after the axis.
func (c *Chart) reserve() (before, after float64) {
	const halfTick = 9.0 // of the number under the last grid line
	switch {
	case c.spec.Kind == Stacked || c.spec.Kind == Scale:
		return 4, halfTick
	case c.spec.Kind == Diverging:
		return halfTick, halfTick + besideWidth*float64(len(c.series)-c.onScale())
	}
	w := 0.0
	for _, r := range c.rows {
		for _, p := range r.points {
			w = max(w, labelType.width(p.Label), labelType.width(signSuppressed))
		}
	}
	if c.spec.Kind == Pairs {
		return w + valueGap, w + valueGap
	}
	if c.spec.Kind == Dots {
		w += dotRadius // a count has no interval beyond its dot
	}
	return 4, max(w+valueGap, halfTick)
}

// axis is the scale all areas share.
func (c *Chart) axis() axis {
	switch c.spec.Kind {
	case Stacked:
		return axis{0, 100, 25}
	case Scale, Diverging:
		return c.scaleAxis()
	}
	low, high := 100.0, 0.0
	for _, r := range c.rows {
		for _, p := range r.points {
			if p.Shown() {
				low, high = min(low, p.Low), max(high, p.High)
			}
		}
	}
	switch c.spec.Kind {
	case Dots, TimeLine, Slope, Funnel:
		return around(low, high)
	case spread:
		return spreadAxis(high)
	}
	return fromZero(high)
}

func (c *Chart) panelTitles(s *scene, y float64, areas []area) float64 {
	if c.spec.Kind != Panels {
		return y
	}
	bottom := y
	for i, a := range areas {
		limit := a.right - a.left + labelGap
		bottom = max(bottom, s.text(a.left, y, headingType.wrap(c.series[i], limit), headingType, textDark))
	}
	return bottom + 4
}

// place sets the rows one below the other.
func (c *Chart) place(y float64, f form, labelWidth float64) ([]placed, float64) {
	list := make([]placed, len(c.rows))
	for i, r := range c.rows {
		name := r.label
		if f.narrow {
			name += c.netWords(r)
		}
		p := placed{row: r, top: y, lines: c.labelFace(r).wrap(name, labelWidth)}
		if r.heading != "" {
			p.heading = y + headingSpace - 6
			y += headingSpace
		}
		text := float64(len(p.lines)) * labelType.leading()
		const level = 2 // lets the letters, not their box, stand level with the marks
		if f.narrow {
			p.label = y + 4
			p.centre = p.label + text + barHeight/2 + 1
			y = p.centre + barHeight/2 + 4
		} else {
			height := max(rowHeight, text+8)
			p.label = y + (height-text)/2 + level
			p.centre = y + height/2
			y += height
		}
		p.bottom = y
		list[i] = p
	}
	return list, y
}

func (c *Chart) labelRow(s *scene, r placed, f form) {
	if r.heading != 0 {
		s.add(label{x: f.margin, baseline: r.heading, text: r.row.heading, face: headingType, color: textMuted})
	}
	s.text(f.margin, r.label, r.lines, c.labelFace(r.row), textDark)
}

func (c *Chart) grid(s *scene, a area, top, bottom float64) {
	for i, v := range a.ticks() {
		color, width := gridLine, gridWidth
		if i == 0 && a.low == 0 || v == 0 {
			color, width = axisLine, 1
		}
		s.add(line{a.x(v), top, a.x(v), bottom, width, color, true})
	}
}

// gridUnder draws the grid below one row's marks alone, where labels stand
// above their rows.
func (c *Chart) gridUnder(s *scene, r placed, areas []area) {
	for _, a := range areas {
		c.grid(s, a, r.centre-barHeight/2-2, r.centre+barHeight/2+2)
	}
}

// ticks writes the axis below the plot and returns the y under it.
func (c *Chart) ticks(s *scene, bottom float64, areas []area) float64 {
	for _, a := range areas {
		for i, v := range a.ticks() {
			if crowded := a.right-a.left < 26*float64(len(a.ticks())-1); crowded && i%2 == 1 {
				continue
			}
			s.add(label{x: a.x(v), baseline: bottom + 3 + axisType.ascent(), text: c.tick(v),
				face: axisType, color: textMuted, anchor: middle})
		}
	}
	y := bottom + 3 + axisType.leading()
	return s.text(areas[0].left-4, y, []string{c.unit}, axisType, textMuted)
}

func (c *Chart) drawRow(s *scene, r placed, areas []area) {
	switch c.spec.Kind {
	case Bar, Panels:
		for i, p := range r.points {
			c.bar(s, areas[i], r, p)
		}
	case Dots:
		c.dotRow(s, areas[0], r)
	case Pairs:
		c.pair(s, areas[0], r)
	case Stacked:
		c.stack(s, areas[0], r)
	case Scale, Diverging:
		c.scaleRow(s, areas, r)
	case spread:
		c.spreadRow(s, areas[0], r)
	}
}
