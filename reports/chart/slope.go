package chart

import (
	"cmp"
	"fmt"
	"slices"

	"barometer/analysis/table"
	"barometer/reports/number"
)

// mostSlopes is the number of lines that can be followed by eye.
const mostSlopes = 10

// fillSlope makes a row of each figure with its values in the wave before and in
// this one.
func (c *Chart) fillSlope(s selector, list []table.Indicator, domains []table.Domain) error {
	if len(s.past.Earlier) == 0 {
		return s.fail("a slope joins two waves, and no earlier wave is given")
	}
	if len(list) > 1 && len(domains) > 1 || len(list)*len(domains) > mostSlopes {
		return s.fail("a slope shows at most %d indicators in one domain or one indicator in as many domains, not %d in %d", mostSlopes, len(list), len(domains))
	}
	before := slices.MaxFunc(s.past.Earlier, func(a, b *table.Table) int { return cmp.Compare(a.Wave, b.Wave) })
	c.series = []string{before.Period.In(c.lang), s.t.Period.In(c.lang)}
	for _, ind := range list {
		for _, d := range domains {
			r := row{label: d.Label.In(c.lang), verdict: c.verdict(s, ind, d, before.Wave)}
			if len(list) > 1 {
				r.label = ind.Label.In(c.lang)
			}
			for i, t := range []*table.Table{before, s.t} {
				p, err := selector{t: t, spec: s.spec, lang: s.lang}.pointOrEmpty(ind, d)
				if err != nil {
					return err
				}
				p.Period = c.series[i]
				r.points = append(r.points, p)
			}
			c.rows = append(c.rows, r)
		}
	}
	return nil
}

// pointOrEmpty is [selector.point]; a wave that did not ask has an empty point.
func (s selector) pointOrEmpty(ind table.Indicator, d table.Domain) (Point, error) {
	if _, ok := s.t.Cell(ind.ID, d.ID()); !ok {
		return Point{Indicator: ind.ID, IndicatorLabel: ind.Label.In(s.lang), Domain: d.ID(), DomainLabel: d.Label.In(s.lang),
			Wave: s.t.Wave, Status: table.Empty}, nil
	}
	return s.point(ind, d)
}

// verdict is what may be said of a change: that of its test, or that a break
// lies between; "" where it was not tested.
func (c *Chart) verdict(s selector, ind table.Indicator, d table.Domain, before string) table.Verdict {
	if len(ind.BreaksBetween(before, s.t.Wave)) > 0 {
		return table.Incomparable
	}
	change, _ := s.past.Changes.Of(ind.ID, d.ID())
	return change.Verdict
}

// slope draws two axes of the same scale and a line from each figure to its
// successor. What surely changed is dark, the rest grey, and the words beside
// each line say which it is; a break leaves the two ends unjoined.
func (c *Chart) slope(s *scene, y float64, f form) float64 {
	const names = 1.28 * 9.5 // height of the periods above the axes
	room := c.numberWidth() + valueGap + 2
	side := 0.44 * f.inner() // what the labels at the right may take
	reach := float64(len(c.rows)-1) * slopeStep
	right := c.slopeLabels(side - room)
	left := area{left: f.margin + room + 6, right: f.width - f.margin - side - reach}
	height := max(timeHeight, right.height())
	top := y + names + 8
	up := area{axis: c.axis(), left: top + height, right: top}
	s.add(label{x: left.left, baseline: y + headingType.ascent(), text: c.series[0], face: headingType, color: textMuted},
		label{x: left.right + reach, baseline: y + headingType.ascent(), text: c.series[1], face: headingType, color: textMuted, anchor: end})
	for _, x := range []float64{left.left, left.right} {
		s.add(line{x, top, x, top + height, gridWidth, gridLine, true})
	}
	c.slopeLines(s, up, left)
	c.slopeStarts(s, up, left.left-6)
	c.slopeEnds(s, up, left.right+reach+8, right)
	return s.text(f.margin, top+height+4, []string{c.unit}, axisType, textMuted)
}

// slopeStep keeps the intervals of neighbouring lines apart.
const slopeStep = 4.0

func (c *Chart) slopeLines(s *scene, up area, at area) {
	for i, r := range c.rows {
		p, q := r.points[0], r.points[1]
		color := r.slopeTint()
		shift := float64(i) * slopeStep
		x1, x2 := at.left+shift, at.right+shift
		if p.Shown() && q.Shown() && r.verdict != table.Incomparable {
			s.add(line{x1, up.x(p.Value), x2, up.x(q.Value), whiskerWidth, color, true})
		}
		for _, e := range []struct {
			x float64
			p Point
		}{{x1, p}, {x2, q}} {
			if e.p.Shown() {
				s.add(line{e.x, up.x(e.p.Low), e.x, up.x(e.p.High), 0.8, color, true},
					dot{x: e.x, y: up.x(e.p.Value), r: 3, color: color, hollow: e.p.Status == table.Uncertain})
			}
		}
	}
}

// slopeTint is dark where the change is sure, or where none was tested.
func (r row) slopeTint() tint {
	if r.verdict == table.Up || r.verdict == table.Down {
		return focus
	}
	return slopeGrey
}

// slopeGrey is seen as a line on white at 3:1.
const slopeGrey tint = 0x8C8C8C

// slopeStarts writes the numbers of the wave before, moved apart where they
// would touch.
func (c *Chart) slopeStarts(s *scene, up area, x float64) {
	var list []placedText
	for _, r := range c.rows {
		if p := r.points[0]; p.Shown() {
			list = append(list, placedText{lines: []string{p.Label}, face: labelType, y: up.x(p.Value)})
		}
	}
	for _, t := range moveApart(list, up.right, up.left) {
		s.add(label{x: x, baseline: t.top + t.face.ascent(), text: t.lines[0], face: t.face, color: textDark, anchor: end})
	}
}

// slopeEnds writes the numbers of this wave with their labels.
func (c *Chart) slopeEnds(s *scene, up area, x float64, list placedTexts) {
	for i := range list {
		list[i].y = up.left - 4
		if p := c.rows[list[i].row].points[1]; p.Shown() {
			list[i].y = up.x(p.Value)
		}
	}
	for _, t := range moveApart(list, up.right, up.left) {
		s.text(x, t.top, t.lines, t.face, textDark)
	}
}

// slopeLabels are the texts at the right of the lines: number, name, verdict.
func (c *Chart) slopeLabels(width float64) placedTexts {
	var list placedTexts
	for i, r := range c.rows {
		p := r.points[1]
		text := signSuppressed + " " + r.label
		if p.Shown() {
			text = p.Label + " " + r.label
		}
		if w := slopeWords(r.verdict).In(c.lang); w != "" {
			text += " (" + w + ")"
		}
		face := labelType
		if r.slopeTint() == focus {
			face = headingType
		}
		list = append(list, placedText{row: i, lines: face.wrap(text, width+c.numberWidth()), face: face})
	}
	return list
}

// numberWidth is the width of the widest number of the chart.
func (c *Chart) numberWidth() float64 {
	w := labelType.width(signSuppressed)
	for _, r := range c.rows {
		for _, p := range r.points {
			w = max(w, labelType.width(p.Label))
		}
	}
	return w
}

// placedText is a text that wants to stand level with y.
type placedText struct {
	row   int
	lines []string
	face  typeface
	y     float64
	top   float64
}

type placedTexts []placedText

func (t placedText) height() float64 { return float64(len(t.lines)) * t.face.leading() }

func (list placedTexts) height() float64 {
	const gap = 2.0
	h := 0.0
	for _, t := range list {
		h += t.height() + gap
	}
	return h
}

// moveApart sets texts one below the other, each as near to its place as the
// others let it, within top and bottom.
func moveApart(list []placedText, top, bottom float64) []placedText {
	const gap = 2.0
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b placedText) int { return cmp.Compare(a.y, b.y) })
	free := top
	for i := range sorted {
		t := &sorted[i]
		t.top = max(free, t.y-t.face.leading()/2)
		free = t.top + t.height() + gap
	}
	for i := len(sorted) - 1; i >= 0; i-- {
		t := &sorted[i]
		t.top = min(t.top, bottom-t.height())
		bottom = t.top - gap
	}
	return sorted
}

// slopeNote says how the marks of a slope are to be read.
func (c *Chart) slopeNote(h History) string {
	if h.Changes == nil {
		return wordUntested.In(c.lang)
	}
	return fmt.Sprintf(wordSlope.In(c.lang), number.Decimal(h.Changes.Significance, 2, c.lang))
}
