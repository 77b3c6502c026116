package margin

import (
	"slices"

	"barometer/internal/i18n"
)

// Provenance says where counted totals come from and which day they hold for.
type Provenance struct {
	Source i18n.Text
	Date   string
}

// Count makes a margin from a list of all population units, a frame for
// example: level returns a unit's level in each of the columns. Levels stand
// in sorted order.
//
// The units are any type, so that a margin can be counted from a frame without
// this package, or a stage after it, ever seeing what else a frame knows.
func Count[U any](units []U, name string, columns []string, level func(U) []string, from Provenance) Margin {
	m := Margin{Name: name, Columns: columns, Source: from.Source, Date: from.Date}
	counts := map[string]*Total{}
	for _, u := range units {
		l := level(u)
		key := m.LevelLabel(Total{Level: l})
		if counts[key] == nil {
			counts[key] = &Total{Level: slices.Clone(l)}
		}
		counts[key].Total++
	}
	for _, t := range counts {
		m.Totals = append(m.Totals, *t)
	}
	slices.SortFunc(m.Totals, func(a, b Total) int { return slices.Compare(a.Level, b.Level) })
	return m
}
