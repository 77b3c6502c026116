package formats

import (
	"barometer/analysis/external"
	"barometer/analysis/table"
)

// Changes returns the changes since an earlier wave as a long grid for data
// files. Changes of shares are fractions of one; a change that was not tested
// has a verdict and no number.
func Changes(c *table.Changes) (*Grid, error) {
	rows := c.All()
	g := &Grid{Name: "changes", Rows: len(rows)}
	g.text("before", func(int) string { return c.Before })
	g.text("after", func(int) string { return c.After })
	g.text("indicator", func(r int) string { return rows[r].Indicator })
	g.text("domain", func(r int) string { return rows[r].Domain })
	g.text("verdict", func(r int) string { return string(rows[r].Verdict) })
	for _, f := range movements {
		g.number(f.name, Number, func(r int) Cell {
			if m, tested := rows[r].Movement(); tested {
				return NumberCell(f.of(m))
			}
			return Blank
		})
	}
	g.text("why_da", func(r int) string { return rows[r].Why.DA })
	g.text("why_en", func(r int) string { return rows[r].Why.EN })
	return g, g.Check()
}

// movements are the numbers of a change in the order they stand in every file.
var movements = []struct {
	name string
	of   func(table.Movement) float64
}{
	{"difference", func(m table.Movement) float64 { return m.Difference }},
	{"low", func(m table.Movement) float64 { return m.Low }},
	{"high", func(m table.Movement) float64 { return m.High }},
	{"se", func(m table.Movement) float64 { return m.SE }},
	{"df", func(m table.Movement) float64 { return m.DF }},
	{"p", func(m table.Movement) float64 { return m.P }},
	{"p_adjusted", func(m table.Movement) float64 { return m.Adjusted }},
}

// External returns the figures that others published as a long grid. They are
// percentages as printed and have no interval; the file is one of its own, so
// that nobody takes them for estimates of ours.
func External(s *external.Series) (*Grid, error) {
	rows := s.Figures
	wave := func(r int) external.Wave {
		w, _ := s.Wave(rows[r].Wave)
		return w
	}
	g := &Grid{Name: "external", Rows: len(rows)}
	g.text("publisher_da", func(int) string { return s.Label.DA })
	g.text("publisher_en", func(int) string { return s.Label.EN })
	g.text("wave", func(r int) string { return rows[r].Wave })
	g.text("period", func(r int) string { return wave(r).Period.EN })
	g.text("indicator", func(r int) string { return rows[r].Indicator })
	g.text("domain", func(r int) string { return rows[r].Domain })
	g.number("percent", Number, func(r int) Cell { return NumberCell(rows[r].Percent) })
	g.text("about", func(r int) string { return map[bool]string{true: "about"}[rows[r].About] })
	g.text("source_da", func(r int) string { return s.Origin(rows[r], "da") })
	g.text("source_en", func(r int) string { return s.Origin(rows[r], "en") })
	g.text("note_da", func(r int) string { return rows[r].Note.DA })
	g.text("note_en", func(r int) string { return rows[r].Note.EN })
	return g, g.Check()
}
