package chart

import (
	"cmp"
	"fmt"
	"slices"

	"barometer/analysis/external"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// History is what a time line shows beside the wave of the table. Its parts may
// be absent.
type History struct {
	Earlier  []*table.Table   // earlier waves of ours
	Changes  *table.Changes   // tested since the wave before
	External *external.Series // published by others: marked apart, never joined to ours
}

// Knows reports whether there is anything to set beside a figure of a table: a
// figure of an earlier wave that is shown, or one that others published.
func (h History) Knows(indicator, domain string) bool {
	if len(h.External.Of(indicator, domain)) > 0 {
		return true
	}
	return slices.ContainsFunc(h.Earlier, func(t *table.Table) bool {
		c, ok := t.Cell(indicator, domain)
		return ok && !c.Status().Suppressed()
	})
}

// Timeline is the chart of one indicator in one domain over all waves.
func Timeline(indicator, domain string) Spec {
	return Spec{ID: "trend-" + Overview(indicator).ID, Kind: TimeLine, Indicators: []string{indicator}, Domains: []string{domain}}
}

// overWaves makes a row of each wave and of each published survey, oldest first.
func (s selector) overWaves(ind table.Indicator, d table.Domain) ([]row, error) {
	tables := append(slices.Clone(s.past.Earlier), s.t)
	var rows []row
	for _, t := range tables {
		if _, ok := t.Cell(ind.ID, d.ID()); !ok {
			continue
		}
		p, err := selector{t: t, spec: s.spec, lang: s.lang}.point(ind, d)
		if err != nil {
			return nil, err
		}
		p.Series = ownSeries(t.Synthetic).In(s.lang)
		rows = append(rows, row{label: t.Period.In(s.lang), points: []Point{p}})
	}
	for _, f := range s.past.External.Of(ind.ID, d.ID()) {
		w, _ := s.past.External.Wave(f.Wave) // known: checked when the series was read
		rows = append(rows, row{label: w.Period.In(s.lang), points: []Point{s.published(f, ind, d)}})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.points[0].Wave, b.points[0].Wave) })
	for i := range rows {
		rows[i].points[0].Period = rows[i].label
	}
	return rows, nil
}

// published is a figure of others as a point without interval.
func (s selector) published(f external.Figure, ind table.Indicator, d table.Domain) Point {
	p := Point{Indicator: ind.ID, IndicatorLabel: ind.Label.In(s.lang), Domain: d.ID(), DomainLabel: d.Label.In(s.lang),
		Wave: f.Wave, External: true, Series: s.past.External.Label.In(s.lang), Remark: f.Note.In(s.lang),
		Value: f.Percent, Low: f.Percent, High: f.Percent, Label: number.Decimal(f.Percent, 0, s.lang)}
	if f.About {
		p.Label = wordAbout.In(s.lang) + p.Label
	}
	return p
}

func ownSeries(synthetic bool) i18n.Text {
	if synthetic {
		return i18n.Text{DA: "Denne undersøgelse (syntetiske data)", EN: "This survey (synthetic data)"}
	}
	return i18n.Text{DA: "Denne undersøgelse", EN: "This survey"}
}

// development says in a title what the test tells of the change since the wave
// before, "" where there is none.
func (c *Chart) development(h History, ind table.Indicator) string {
	change, ok := h.Changes.Of(ind.ID, c.rows[0].points[0].Domain)
	if !ok {
		return ""
	}
	words := map[table.Verdict]i18n.Text{
		table.Up:           {DA: "steget siden %s", EN: "up since %s"},
		table.Down:         {DA: "faldet siden %s", EN: "down since %s"},
		table.NoClear:      {DA: "ingen sikker ændring siden %s", EN: "no clear change since %s"},
		table.Incomparable: {DA: "kan ikke sammenlignes med %s", EN: "not comparable with %s"},
	}[change.Verdict].In(c.lang)
	if words == "" {
		return ""
	}
	return ", " + fmt.Sprintf(words, h.Changes.BeforePeriod.In(c.lang))
}

// pastNotes explain the marks of a time line: where others' figures come from,
// why figures cannot be compared, and how the change was tested.
func (c *Chart) pastNotes(t *table.Table, h History, ind table.Indicator) []string {
	var notes []string
	figures := h.External.Of(ind.ID, c.rows[0].points[0].Domain)
	if len(figures) > 0 {
		notes = append(notes, c.originNotes(h.External, figures))
		if t.Synthetic {
			notes = append(notes, sentence(wordNoTrend.In(c.lang)))
		}
	}
	for i := range c.rows[1:] {
		for _, b := range ind.BreaksBetween(c.wave(i), c.wave(i+1)) {
			notes = append(notes, sentence(fmt.Sprintf(wordBreakNote.In(c.lang), c.rows[i].label, c.rows[i+1].label, b.Reason.In(c.lang))))
		}
	}
	if change, ok := h.Changes.Of(ind.ID, c.rows[0].points[0].Domain); ok && change.Verdict.Tested() {
		notes = append(notes, c.testNote(h.Changes, change))
	}
	return notes
}

func (c *Chart) originNotes(s *external.Series, figures []external.Figure) string {
	parts := []string{s.Label.In(c.lang), s.Uncertainty.In(c.lang)}
	for _, f := range figures {
		w, _ := s.Wave(f.Wave)
		part := w.Period.In(c.lang) + ": " + s.Origin(f, c.lang)
		if !f.Note.IsZero() {
			part += ". " + f.Note.In(c.lang)
		}
		parts = append(parts, part)
	}
	return sentences(parts...)
}

// testNote gives the change in numbers.
func (c *Chart) testNote(all *table.Changes, change table.Change) string {
	m, _ := change.Movement()
	scale, unit := 100.0, wordPointsOfPercent.In(c.lang)
	if c.score {
		scale, unit = 1, c.sign()
	}
	write := func(x float64) string { return number.Signed(scale*x, 1, c.lang) }
	return sentence(fmt.Sprintf(wordTest.In(c.lang), all.BeforePeriod.In(c.lang), write(m.Difference), unit,
		number.Percent(all.Level, c.lang), write(m.Low), write(m.High), number.Decimal(m.Adjusted, 3, c.lang)))
}

func (c *Chart) wave(row int) string { return c.rows[row].points[0].Wave }
