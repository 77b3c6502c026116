package brief

import (
	"fmt"

	"barometer/analysis/table"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// models lists the model-based figures, one table a model; nothing where the
// wave has none. They are no figures of the survey: every row says what it is
// computed from.
func (b *builder) models() []Grid {
	if b.in.Models == nil {
		return nil
	}
	w := vocabulary[b.lang]
	var grids []Grid
	for _, m := range b.in.Models.List {
		ind, ok := b.in.Table.Indicator(m.Indicator)
		if !ok || len(m.Figures) == 0 {
			continue
		}
		g := Grid{Caption: fmt.Sprintf(w.Models, b.fullLabel(ind), b.modelUnit(ind), number.Integer(m.Groups, b.lang)), LabelColumns: 1,
			Head: []string{w.Group, w.Model, w.Interval, w.ComputedFrom}}
		for _, f := range m.Figures {
			g.Rows = append(g.Rows, b.modelRow(ind, f))
		}
		grids = append(grids, g)
	}
	return grids
}

func (b *builder) modelUnit(ind table.Indicator) string { return prose.Mid(ind.Unit.In(b.lang)) }

func (b *builder) modelRow(ind table.Indicator, f table.ModelFigure) []string {
	w, scale := vocabulary[b.lang], percentScale(ind.Kind)
	from := w.OthersAlone
	if f.Basis == table.Combined {
		from = w.OwnAndOthers
	}
	return []string{b.domainLabel(f.Domain), number.Decimal(scale*f.Value, 1, b.lang),
		number.Interval(scale*f.Low, scale*f.High, 1, b.lang), from}
}

func (b *builder) domainLabel(id string) string {
	for _, d := range b.in.Table.Domains() {
		if d.ID() == id {
			return d.Label.In(b.lang)
		}
	}
	return id
}
