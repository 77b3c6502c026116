package chart

import (
	"strings"

	"barometer/analysis/table"
	"barometer/reports/number"
)

const (
	tileColumns = 2
	tileGap     = 8.0
	tilePad     = 8.0
)

// regionTiles places the five regions as they lie in the country, in two columns
// from the north down; the place that is left in the north-east takes the total.
var regionTiles = map[string][2]int{
	"total": {1, 0}, "region:1081": {0, 0}, "region:1082": {0, 1}, "region:1083": {0, 2}, "region:1084": {1, 1}, "region:1085": {1, 2},
}

// tiles draws one tile of the same size for each group: its name, its figure,
// the interval in words and on a line from 0 to 100. No colour stands for a
// value, and no area for a number of people.
func (c *Chart) tiles(s *scene, y float64, f form) float64 {
	width := (f.inner() - tileGap*(tileColumns-1)) / tileColumns
	height := c.tileHeight(width)
	bottom := y
	for i, r := range c.rows {
		column, line := i%tileColumns, i/tileColumns
		if at, ok := regionTiles[r.points[0].Domain]; ok && c.regional() {
			column, line = at[0], at[1]
		}
		top := y + float64(line)*(height+tileGap)
		c.tile(s, f.margin+float64(column)*(width+tileGap), top, width, height, r)
		bottom = max(bottom, top+height)
	}
	return bottom
}

// regional reports whether the groups are regions, with or without the total.
func (c *Chart) regional() bool {
	for _, r := range c.rows {
		if d := r.points[0].Domain; d != "total" && !strings.HasPrefix(d, "region:") {
			return false
		}
	}
	return true
}

// tileHeight is the height of the tile that needs most.
func (c *Chart) tileHeight(width float64) float64 {
	lines := 1
	for _, r := range c.rows {
		lines = max(lines, len(headingType.wrap(r.label, width-2*tilePad)))
		if p := r.points[0]; !p.Shown() {
			lines = max(lines, len(axisType.wrap(suppressed(p.Status, c.lang), width-2*tilePad)))
		}
	}
	return 2*tilePad + float64(lines)*headingType.leading() + tileType.leading() + axisType.leading() + 16
}

func (c *Chart) tile(s *scene, x, top, width, height float64, r row) {
	p := r.points[0]
	stroke := gridLine
	if r.strong {
		stroke = focus
	}
	s.add(rect{x, top, width, height, white, stroke})
	inner := width - 2*tilePad
	y := s.text(x+tilePad, top+tilePad, headingType.wrap(r.label, inner), headingType, textDark) + 2
	if !p.Shown() {
		s.text(x+tilePad, y, axisType.wrap(suppressed(p.Status, c.lang), inner), axisType, textMuted)
		return
	}
	s.add(label{x: x + tilePad, baseline: y + tileType.ascent(), text: c.withSign(p.Label), face: tileType, color: focus})
	y += tileType.leading()
	s.add(label{x: x + tilePad, baseline: y + axisType.ascent(), text: c.tileInterval(p), face: axisType, color: textMuted})
	a := area{axis{0, 100, 25}, x + tilePad, x + width - tilePad}
	y = top + height - tilePad - whiskerCap
	s.add(line{a.left, y, a.right, y, 1, backdrop, true})
	s.whisker(a, y, p, focus)
	s.add(dot{x: a.x(p.Value), y: y, r: 3, color: focus, hollow: p.Status == table.Uncertain})
}

// tileInterval writes the interval of a tile; a count has none.
func (c *Chart) tileInterval(p Point) string {
	if p.Low == p.High {
		return ""
	}
	return number.Interval(p.Low, p.High, 0, c.lang)
}
