package chart

import (
	"fmt"
	"math"

	"barometer/reports/number"
)

// spread puts the remainder between the two ends of a scale: against, neither,
// for.
func (c *Chart) spread() {
	rest := wordRest.In(c.lang)
	if !c.spec.Rest.IsZero() {
		rest = c.spec.Rest.In(c.lang)
	}
	for i, r := range c.rows {
		high, low := r.points[0], r.points[1]
		between := Point{Indicator: "rest", IndicatorLabel: high.IndicatorLabel, Domain: high.Domain, DomainLabel: high.DomainLabel}
		switch {
		case !high.Shown():
			between.Status = high.Status
		case !low.Shown():
			between.Status = low.Status
		default:
			between.Value = tenth(100 - high.Value - low.Value) // below zero: no whole, refused by checkParts
			between.Low, between.High = between.Value, between.Value
			between.Label = number.Decimal(between.Value, 0, c.lang)
		}
		c.rows[i].points = []Point{low, between, high}
	}
	c.series = []string{c.series[1], rest, c.series[0]}
}

// checkParts refuses rows whose parts are not parts of one whole.
func (c *Chart) checkParts() error {
	if c.spec.Kind != Stacked && c.spec.Kind != Scale && c.spec.Kind != Diverging {
		return nil
	}
	if c.spec.Kind == Stacked && len(c.spec.Against) == 0 && c.coloured() > len(categories) {
		return fmt.Errorf("chart %s: %d parts, more than the %d colours that can be told apart", c.ID, c.coloured(), len(categories))
	}
	for _, r := range c.rows {
		if sum, whole := r.sum(); !whole {
			return fmt.Errorf("chart %s: the parts of row %q add to %.1f, not to 100", c.ID, r.label, sum)
		}
	}
	return nil
}

// sum adds the parts of a row and reports whether they make a whole, within
// the rounding of each. A row with a suppressed part is not drawn and passes.
func (r row) sum() (sum float64, whole bool) {
	const rounding = 0.6
	for _, p := range r.points {
		if !p.Shown() {
			return 100, true
		}
		if p.Value < 0 {
			return 100 - p.Value, false
		}
		sum += p.Value
	}
	return sum, math.Abs(sum-100) <= rounding
}

// coloured is the number of parts that need a colour of their own.
func (c *Chart) coloured() int {
	n := 0
	for i := range c.series {
		if c.tintOf(i) != remainder {
			n++
		}
	}
	return n
}

// tintOf is the colour of a part. Don't know is grey.
func (c *Chart) tintOf(part int) tint {
	if c.spec.Kind == Scale || c.spec.Kind == Diverging {
		if n := c.onScale(); part < n {
			return stepTints(n)[part]
		}
		return white
	}
	if len(c.spec.Against) > 0 {
		return []tint{sides[1], remainder, sides[0]}[part]
	}
	if len(c.rows) > 0 && residual(c.rows[0].points[part].Indicator) {
		return remainder
	}
	return categories[part%len(categories)]
}

// stack draws the parts of a row side by side with white gaps, and a number in
// each part that has room for it. Where a part is suppressed the row is, since
// the others would give it away.
func (c *Chart) stack(s *scene, a area, r placed) {
	for _, p := range r.points {
		if !p.Shown() {
			c.absent(s, a, r, p)
			return
		}
	}
	const gap, smallest = 1.0, 6.0
	from := 0.0
	for i, p := range r.points {
		to := min(from+p.Value, 100)
		left, right := a.x(from), a.x(to)
		fill := c.tintOf(i)
		if right-left > gap {
			s.add(rect{left, r.centre - barHeight/2 - 1, right - left - gap, barHeight + 2, fill, fill})
		}
		if p.Value >= smallest && right-left > labelType.width(p.Label)+4 {
			s.add(label{x: (left + right - gap) / 2, baseline: r.centre + axisType.size*0.36, text: p.Label,
				face: axisType, color: fill.on(), anchor: middle, inside: true})
		}
		from = to
	}
}
