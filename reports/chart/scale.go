package chart

import (
	"fmt"
	"math"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// fillScale makes a row of each family, whose members are the steps of a scale
// from the one end to the other; or of each domain where there is one family.
// Answers that are no step stand last.
func (c *Chart) fillScale(s selector, domains []table.Domain) error {
	families, err := s.scales()
	if err != nil {
		return err
	}
	if len(families) > 1 && len(domains) > 1 {
		return s.fail("a %s chart shows many statements or many domains, not both", s.spec.Kind)
	}
	for _, ind := range families[0] {
		c.series = append(c.series, ind.Label.In(c.lang))
	}
	for _, family := range families {
		for _, d := range domains {
			r, err := s.scaleRow(family, d, len(families) > 1)
			if err != nil {
				return err
			}
			c.rows = append(c.rows, r)
		}
	}
	return c.addNet(s, domains)
}

// scales resolves the families of a scale and checks that all have the same
// steps, at most five of them beside the answers that are no step.
func (s selector) scales() ([][]table.Indicator, error) {
	var families [][]table.Indicator
	for _, pattern := range s.spec.Indicators {
		name, ok := strings.CutSuffix(pattern, ".*")
		if !ok {
			return nil, s.fail("a %s chart takes whole families, such as %s.*, not the indicator %s", s.spec.Kind, pattern, pattern)
		}
		list, err := s.indicators([]string{name + ".*"})
		if err != nil {
			return nil, err
		}
		list = stepsFirst(list)
		families = append(families, list)
		if a, b := codes(list), codes(families[0]); a != b {
			return nil, s.fail("the steps of %s are %s, those of %s %s", pattern, a, s.spec.Indicators[0], b)
		}
	}
	if n := countSteps(families[0]); n < 2 || n > len(likert) {
		return nil, s.fail("%d steps: a scale has 2 to %d", n, len(likert))
	}
	return families, nil
}

// stepsFirst moves answers that are no step of the scale to the end.
func stepsFirst(list []table.Indicator) []table.Indicator {
	var onScale, apart []table.Indicator
	for _, ind := range list {
		if residual(ind.ID) {
			apart = append(apart, ind)
			continue
		}
		onScale = append(onScale, ind)
	}
	return append(onScale, apart...)
}

func codes(list []table.Indicator) string {
	var names []string
	for _, ind := range list {
		names = append(names, code(ind.ID))
	}
	return strings.Join(names, ", ")
}

// countSteps is the number of members that are steps of the scale.
func countSteps(list []table.Indicator) int {
	n := 0
	for _, ind := range list {
		if !residual(ind.ID) {
			n++
		}
	}
	return n
}

func (s selector) scaleRow(family []table.Indicator, d table.Domain, byFamily bool) (row, error) {
	r := row{label: d.Label.In(s.lang), strong: d.Breakdown == "total" && !byFamily}
	if byFamily {
		r.label = family[0].FamilyLabel.In(s.lang)
	}
	for _, ind := range family {
		p, err := s.point(ind, d)
		if err != nil {
			return row{}, err
		}
		p.Series = ind.Label.In(s.lang)
		if byFamily {
			p.IndicatorLabel = r.label
		}
		r.points = append(r.points, p)
	}
	return r, nil
}

// addNet sets the net agreement beside each row. It is estimated as a score, in
// which the steps for count 100, those against 0 and all other answers 50, so
// that its interval knows how the steps vary together.
func (c *Chart) addNet(s selector, domains []table.Domain) error {
	if len(s.spec.Net) == 0 {
		return nil
	}
	list, err := s.indicators(s.spec.Net)
	if err != nil {
		return err
	}
	if len(list)*len(domains) != len(c.rows) {
		return s.fail("net names %d indicators for %d rows", len(list), len(c.rows))
	}
	for i := range c.rows {
		ind := list[min(i, len(list)-1)]
		if ind.Kind != table.Score {
			return s.fail("net agreement is a score, and %s is a %s", ind.ID, ind.Kind)
		}
		p, err := s.point(ind, domains[i%len(domains)])
		if err != nil {
			return err
		}
		if p.Shown() {
			p.Value, p.Low, p.High, p.se = tenth(2*p.Value-100), tenth(2*p.Low-100), tenth(2*p.High-100), 2*p.se
			p.Label = number.Signed(p.Value, 0, c.lang)
			if p.Status == table.Uncertain {
				p.Label = "(" + p.Label + ")"
			}
		}
		p.Series, p.IndicatorLabel = wordNet.In(c.lang), c.rows[i].points[0].IndicatorLabel
		c.rows[i].net = &p
	}
	return nil
}

// apartNotes name the answers that are no step of the scale.
func (c *Chart) apartNotes() []string {
	var notes []string
	for _, name := range c.series[c.onScale():] {
		notes = append(notes, sentence(fmt.Sprintf(wordApart.In(c.lang), name)))
	}
	return notes
}

// onScale is the number of parts of a row that are steps of the scale.
func (c *Chart) onScale() int {
	n := 0
	for _, p := range c.rows[0].points {
		if !residual(p.Indicator) {
			n++
		}
	}
	return n
}

// stepTints are the colours of the steps, from the one end to the other.
func stepTints(n int) []tint {
	switch n {
	case 2:
		return []tint{likert[0], likert[4]}
	case 3:
		return []tint{likert[0], likert[2], likert[4]}
	case 4:
		return []tint{likert[0], likert[1], likert[3], likert[4]}
	}
	return likert
}

// scaleRow draws the steps side by side with white gaps, from zero or from the
// middle of the scale, and what is no step after them: apart and unfilled.
func (c *Chart) scaleRow(s *scene, areas []area, r placed) {
	for _, p := range r.points {
		if !p.Shown() {
			c.absent(s, areas[0], r, p)
			return
		}
	}
	a, n := areas[0], c.onScale()
	from := 0.0
	if c.spec.Kind == Diverging {
		from = -r.against()
	}
	for i, p := range r.points[:n] {
		c.step(s, a, r.centre, from, from+p.Value, stepTints(n)[i], p)
		from += p.Value
	}
	if c.spec.Kind == Diverging {
		c.beside(s, a.right+valueGap+4, r)
		return
	}
	for _, p := range r.points[n:] {
		const apart = 3.0
		c.step(s, area{a.axis, a.left + apart, a.right}, r.centre, from, min(from+p.Value, 100), white, p)
		from += p.Value
	}
	if len(areas) > 1 && r.net != nil {
		c.netMark(s, areas[1], r)
	}
}

// against is what lies on the one side of the middle: the lower half of the
// steps, and half of the one in the middle where their number is odd.
func (r row) against() float64 {
	var on []Point
	for _, p := range r.points {
		if !residual(p.Indicator) {
			on = append(on, p)
		}
	}
	sum := 0.0
	for _, p := range on[:len(on)/2] {
		sum += p.Value
	}
	if len(on)%2 == 1 {
		sum += on[len(on)/2].Value / 2
	}
	return sum
}

// step draws one part of a scale, with its number where there is room for it.
func (c *Chart) step(s *scene, a area, y, from, to float64, fill tint, p Point) {
	const gap, smallest = 1.0, 6.0
	left, right := a.x(from), a.x(to)
	if right-left <= gap {
		return
	}
	stroke := fill
	if fill == white {
		stroke = textMuted
	}
	s.add(rect{left, y - barHeight/2 - 1, right - left - gap, barHeight + 2, fill, stroke})
	if p.Value >= smallest && right-left > axisType.width(p.Label)+4 {
		s.add(label{x: (left + right - gap) / 2, baseline: y + axisType.size*0.36, text: p.Label,
			face: axisType, color: fill.on(), anchor: middle, inside: true})
	}
}

// beside writes the answers that are no step as numbers at the right.
func (c *Chart) beside(s *scene, x float64, r placed) {
	for _, p := range r.points[c.onScale():] {
		s.value(x, r.centre, p.Label, start, labelType)
		x += besideWidth
	}
}

// besideWidth is the room of a column of numbers beside a diverging scale.
const besideWidth = 52.0

// netMark draws the net agreement upon its own axis.
func (c *Chart) netMark(s *scene, a area, r placed) {
	p := *r.net
	if !p.Shown() {
		s.add(label{x: a.left, baseline: r.centre + axisType.size*0.35, text: signSuppressed, face: axisType, color: textMuted})
		return
	}
	s.whisker(a, r.centre, p, focus)
	s.add(dot{x: a.x(p.Value), y: r.centre, r: dotRadius, color: focus, hollow: p.Status == table.Uncertain})
	s.value(a.right+valueGap+4, r.centre, p.Label, start, labelType)
}

// netWords tells the net agreement where no axis has room for it.
func (c *Chart) netWords(r row) string {
	if r.net == nil {
		return ""
	}
	if !r.net.Shown() {
		return fmt.Sprintf(" (%s %s)", wordNetShort.In(c.lang), signSuppressed)
	}
	write := func(x float64) string { return number.Signed(x, 0, c.lang) }
	return fmt.Sprintf(" (%s %s; %s%s%s)", wordNetShort.In(c.lang), write(r.net.Value), write(r.net.Low), i18n.Text{DA: " til ", EN: " to "}.In(c.lang), write(r.net.High))
}

// scaleAreas are the areas of the steps and of the net agreement beside them.
func (c *Chart) scaleAreas(left float64, f form) []area {
	const gutter, narrow = 20.0, 92.0
	right := f.width - f.margin - c.netWidth() - valueGap - 4
	low, high := 0.0, 0.0
	for _, r := range c.rows {
		low, high = min(low, r.net.Low), max(high, r.net.High)
	}
	step := 50.0
	if low > -50 && high < 50 {
		step = 25
	}
	net := axis{math.Floor(low/step) * step, math.Ceil(high/step) * step, step}
	if net.high == net.low {
		net.high += step
	}
	return []area{{c.scaleAxis(), left + 4, right - narrow - gutter}, {net, right - narrow, right}}
}

// netWidth is the width of the widest number of net agreement.
func (c *Chart) netWidth() float64 {
	w := labelType.width(signSuppressed)
	for _, r := range c.rows {
		w = max(w, labelType.width(r.net.Label))
	}
	return w
}

// columnTitles name what stands beside the steps.
func (c *Chart) columnTitles(s *scene, y float64, areas []area, f form) float64 {
	switch {
	case c.spec.Kind == Scale && len(areas) > 1:
		return s.text(areas[1].left-4, y, axisType.wrap(wordNet.In(c.lang), f.width-f.margin-areas[1].left+4), axisType, textMuted) + 3
	case c.spec.Kind == Diverging && len(c.series) > c.onScale():
		x, bottom := areas[0].right+valueGap+4, y
		for _, name := range c.series[c.onScale():] {
			bottom = max(bottom, s.text(x, y, axisType.wrap(name, besideWidth-4), axisType, textMuted))
			x += besideWidth
		}
		return bottom + 3
	}
	return y
}

// tick writes a value of the axis; both sides of a diverging scale count upwards
// from the middle.
func (c *Chart) tick(v float64) string {
	if c.spec.Kind == Diverging {
		v = math.Abs(v)
	}
	return number.Decimal(v, 0, c.lang)
}

// scaleAxis runs to both sides of the middle as far as the steps need.
func (c *Chart) scaleAxis() axis {
	if c.spec.Kind == Scale {
		return axis{0, 100, 25}
	}
	most := 1.0
	for _, r := range c.rows {
		sum := 0.0
		for _, p := range r.points {
			if p.Shown() && !residual(p.Indicator) {
				sum += p.Value
			}
		}
		most = max(most, r.against(), sum-r.against())
	}
	for _, step := range []float64{5, 10, 25, 50} {
		if most <= 2*step {
			return axis{-2 * step, 2 * step, step}
		}
	}
	return axis{-100, 100, 50}
}
