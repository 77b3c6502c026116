package chart

import (
	"fmt"
	"math"
)

// scene is a drawing as a list of marks, painted in order. One scene is checked
// once and painted in any format.
type scene struct {
	width, height float64
	marks         []mark
}

// mark is something drawn.
type mark interface{ bounds() box }

type box struct{ left, top, right, bottom float64 }

func (a box) overlaps(b box) bool {
	const touch = 0.3 // letters may come this close
	return a.left < b.right-touch && b.left < a.right-touch && a.top < b.bottom-touch && b.top < a.bottom-touch
}

// rect is a filled rectangle, with an outline where stroke is not its fill.
type rect struct {
	x, y, w, h   float64
	fill, stroke tint
}

// line is a straight stroke. A ground line lies behind the figures (grid,
// axis) and text may cross it.
type line struct {
	x1, y1, x2, y2, width float64
	color                 tint
	ground                bool
}

// dot is a circle or a square around a point; a hollow one is white inside.
type dot struct {
	x, y, r        float64
	color          tint
	square, hollow bool
}

// curve is a stroke through points; it lies behind the figures.
type curve struct {
	points [][2]float64
	width  float64
	color  tint
}

type anchor int

const (
	start anchor = iota
	middle
	end
)

// label is one line of text on its baseline. An inside label stands upon a
// filled rectangle.
type label struct {
	x, baseline float64
	text        string
	face        typeface
	color       tint
	anchor      anchor
	inside      bool
}

func (r rect) bounds() box { return box{r.x, r.y, r.x + r.w, r.y + r.h} }
func (d dot) bounds() box  { return box{d.x - d.r, d.y - d.r, d.x + d.r, d.y + d.r} }
func (l line) bounds() box {
	h := l.width / 2
	return box{min(l.x1, l.x2) - h, min(l.y1, l.y2) - h, max(l.x1, l.x2) + h, max(l.y1, l.y2) + h}
}
func (k curve) bounds() box {
	if len(k.points) == 0 {
		return box{}
	}
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range k.points {
		b = box{min(b.left, p[0]), min(b.top, p[1]), max(b.right, p[0]), max(b.bottom, p[1])}
	}
	return b
}
func (l label) bounds() box {
	w := l.face.width(l.text)
	return box{l.left(w), l.baseline - l.face.ascent(), l.left(w) + w, l.baseline + l.face.descent()}
}

// left is where a label of width w begins.
func (l label) left(w float64) float64 { return l.x - w*float64(l.anchor)/2 }

func (s *scene) add(m ...mark) { s.marks = append(s.marks, m...) }

// text adds the lines of a paragraph from the top down and returns the y below.
func (s *scene) text(x, top float64, lines []string, face typeface, c tint) float64 {
	for i, l := range lines {
		s.add(label{x: x, baseline: top + face.ascent() + float64(i)*face.leading(), text: l, face: face, color: c})
	}
	return top + float64(len(lines))*face.leading()
}

// LayoutError names a text that does not fit its chart.
type LayoutError struct {
	Chart, Text, Problem string
}

func (e *LayoutError) Error() string {
	return fmt.Sprintf("chart %s: %q %s", e.Chart, e.Text, e.Problem)
}

// check refuses a drawing with text that cannot be read: outside the canvas, on
// top of another text or a mark, or with a character the font lacks.
func (s *scene) check(chart string) error {
	canvas := box{0, 0, s.width, s.height}
	bounds := make([]box, len(s.marks))
	for i, m := range s.marks {
		bounds[i] = m.bounds()
	}
	for i, m := range s.marks {
		l, ok := m.(label)
		if !ok {
			continue
		}
		if r, missing := l.face.missing(l.text); missing {
			return &GlyphError{Chart: chart, Rune: r, Text: l.text}
		}
		if over := canvas.excess(bounds[i]); over > 0.01 {
			return &LayoutError{chart, l.text, fmt.Sprintf("lies %.0f pt outside the drawing: shorten it or give soft hyphens", math.Ceil(over))}
		}
		for j, other := range s.marks {
			if i != j && bounds[i].overlaps(bounds[j]) && solid(l, other) {
				return &LayoutError{chart, l.text, "lies on top of " + describe(other)}
			}
		}
	}
	return nil
}

// excess is how far b sticks out of a.
func (a box) excess(b box) float64 {
	return max(a.left-b.left, b.right-a.right, a.top-b.top, b.bottom-a.bottom)
}

// solid reports whether a mark may not lie under a label.
func solid(l label, m mark) bool {
	switch m := m.(type) {
	case rect:
		return !l.inside && m.fill != white
	case line:
		return !m.ground
	case curve:
		return false
	}
	return true
}

func describe(m mark) string {
	switch o := m.(type) {
	case label:
		return fmt.Sprintf("%q", o.text)
	case rect:
		return "a bar"
	case line:
		return "a line"
	}
	return "a dot"
}
