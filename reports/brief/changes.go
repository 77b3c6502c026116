package brief

import (
	"fmt"

	"barometer/analysis/table"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// changes lists what happened to every indicator since the wave before, for all
// workplaces; nothing where no wave before is named.
func (b *builder) changes() []Grid {
	all := b.in.History.Changes
	if all == nil {
		return nil
	}
	w := vocabulary[b.lang]
	g := Grid{Caption: fmt.Sprintf(w.Changes, all.BeforePeriod.In(b.lang), all.AfterPeriod.In(b.lang)), LabelColumns: 1,
		Head: []string{w.Indicator, w.Change, w.Interval, w.AdjustedP, w.Verdict}}
	for _, ind := range b.in.Table.Indicators() {
		if c, ok := all.Of(ind.ID, "total"); ok {
			g.Rows = append(g.Rows, b.changeRow(ind, c))
		}
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return []Grid{g}
}

func (b *builder) changeRow(ind table.Indicator, c table.Change) []string {
	m, tested := c.Movement()
	if !tested {
		return []string{b.fullLabel(ind), "..", "", "", b.verdict(c)}
	}
	write := func(x float64) string { return number.Signed(percentScale(ind.Kind)*x, 1, b.lang) }
	return []string{b.fullLabel(ind), write(m.Difference), write(m.Low) + vocabulary[b.lang].To + write(m.High),
		number.Decimal(m.Adjusted, 3, b.lang), b.verdict(c)}
}

// verdict says in words what the test tells.
func (b *builder) verdict(c table.Change) string {
	w := vocabulary[b.lang]
	switch c.Verdict {
	case table.Up:
		return w.Up
	case table.Down:
		return w.Down
	case table.NoClear:
		return w.NoClear
	case table.Incomparable:
		return fmt.Sprintf(w.Incomparable, prose.Mid(c.Why.In(b.lang)))
	}
	return w.Hide
}
