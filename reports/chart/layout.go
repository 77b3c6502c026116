package chart

import (
	"strings"
)

// form is a size and completeness in which a chart is drawn.
type form struct {
	width, margin float64
	whole         bool // with title, subtitle, notes and source
	narrow        bool // labels above their rows
}

func (f form) inner() float64 { return f.width - 2*f.margin }

// draw lays the chart out in its four forms and checks each.
func (c *Chart) draw() error {
	if err := c.axis().check(c.spec.Kind, c.ID); err != nil {
		return err
	}
	wide := wideWidth
	half := c.spec.Kind == Key || c.spec.Half
	if half {
		wide = halfWidth
	}
	const bareMargin = 2
	forms := []struct {
		scene **scene
		form  form
	}{
		{&c.whole, form{wide, margin, true, half}},
		{&c.phone, form{narrowWidth, margin, true, true}},
		{&c.bare, form{wide, bareMargin, false, half}},
		{&c.barePhn, form{narrowWidth, bareMargin, false, true}},
	}
	for _, v := range forms {
		s, err := c.layout(v.form)
		if err != nil {
			return err
		}
		*v.scene = s
	}
	return nil
}

func (c *Chart) layout(f form) (*scene, error) {
	s := &scene{width: f.width}
	s.add(rect{}) // the paper, whose height is known at the end
	y := f.margin
	if f.whole {
		y = s.text(f.margin, y, titleType.wrap(c.Title, f.inner()), titleType, textDark) + 2
		y = s.text(f.margin, y, subtitleType.wrap(c.Subtitle, f.inner()), subtitleType, textMuted) + 6
	}
	y = c.legend(s, y, f)
	y = c.body(s, y, f)
	if f.whole {
		y = c.footer(s, y+6, f)
	}
	s.height = y + f.margin
	s.marks[0] = rect{w: s.width, h: s.height, fill: white, stroke: white}
	return s, s.check(c.ID)
}

func (c *Chart) body(s *scene, y float64, f form) float64 {
	message, empty := c.nothing()
	switch {
	case empty:
		return s.message(y, f, message)
	case c.spec.Kind == Key:
		return c.keyFigure(s, y, f)
	case c.spec.Kind == TimeLine:
		return c.timeline(s, y, f)
	case c.spec.Kind == Slope:
		return c.slope(s, y, f)
	case c.spec.Kind == Funnel:
		return c.funnel(s, y, f)
	case c.spec.Kind == Tiles:
		return c.tiles(s, y, f)
	}
	return c.plot(s, y, f)
}

// nothing reports that the chart has no figure to show, and why.
func (c *Chart) nothing() (string, bool) {
	var first *Point
	for _, r := range c.rows {
		for i, p := range r.points {
			if p.Shown() {
				return "", false
			}
			if first == nil {
				first = &r.points[i]
			}
		}
	}
	if first == nil {
		return wordNothing.In(c.lang), true
	}
	return suppressed(first.Status, c.lang), true
}

// message fills the place of the plot with words.
func (s *scene) message(y float64, f form, words string) float64 {
	lines := labelType.wrap(words, f.inner()-20)
	height := float64(len(lines))*labelType.leading() + 24
	s.add(rect{f.margin, y, f.inner(), height, white, gridLine})
	s.text(f.margin+10, y+12, lines, labelType, textMuted)
	return y + height
}

func (c *Chart) footer(s *scene, y float64, f form) float64 {
	for _, n := range append(c.Remarks(), c.Source) {
		y = s.text(f.margin, y, sourceType.wrap(n, f.inner()), sourceType, textMuted) + 1.5
	}
	return y
}

// legend names the series where a row has several.
func (c *Chart) legend(s *scene, y float64, f form) float64 {
	if _, empty := c.nothing(); empty || len(c.series) < 2 || c.spec.Kind == Panels || c.spec.Kind == Slope {
		return y
	}
	const swatch, gap = 9.0, 14.0
	x := f.margin
	for i, name := range c.legendNames() {
		lines := labelType.wrap(name, f.inner()-swatch-4)
		w := swatch + 4 + widest(lines, labelType)
		if x > f.margin && x+w > f.width-f.margin {
			x, y = f.margin, y+labelType.leading()+2
		}
		c.swatch(s, i, x, y+1, swatch)
		end := s.text(x+swatch+4, y+1, lines, labelType, textDark)
		if len(lines) > 1 {
			x, y = f.margin, end+2
			continue
		}
		x += w + gap
	}
	if x == f.margin {
		return y + 4
	}
	return y + labelType.leading() + 6
}

// legendNames are the series but for those that a column of numbers names.
func (c *Chart) legendNames() []string {
	if c.spec.Kind == Diverging {
		return c.series[:c.onScale()]
	}
	return c.series
}

func (c *Chart) swatch(s *scene, series int, x, y, size float64) {
	if c.spec.Kind == TimeLine {
		s.add(c.timeMark(x+size/2, y+size/2-0.5, Point{External: series == 1}))
		return
	}
	if c.spec.Kind == Pairs {
		s.add(dot{x: x + size/2, y: y + size/2 - 0.5, r: dotRadius, color: sides[series], square: series == 1})
		return
	}
	fill := c.tintOf(series)
	stroke := fill
	if fill == white {
		stroke = textMuted
	}
	s.add(rect{x, y - 0.5, size, size, fill, stroke})
}

func widest(lines []string, face typeface) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, face.width(l))
	}
	return w
}

// sentence ends a text with one point.
func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
