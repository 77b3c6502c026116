// Package margin holds control totals: what is known of the population, for
// the weights of a sample to agree with.
//
// Totals come in from a count of the frame or from a file, each with its
// source and reference date; the weighting steps poststratify, rake and
// calibrate take them. The package also says where margins contradict each
// other or the sample, before any step begins. It leaves out the weights
// themselves.
package margin

import (
	"fmt"
	"math"
	"strings"

	"barometer/internal/i18n"
	"barometer/weighting/design"
)

// Margin is one set of control totals: the number of population units, or the
// population sum of Value, at every level of one or several crossed columns.
type Margin struct {
	Name    string
	Columns []string // classifying columns; empty = a single total of the whole population
	Value   string   // numeric column that is summed; "" = units are counted
	Totals  []Total
	Source  i18n.Text // where the totals come from
	Date    string    // the day they hold for, 2024-12-31
}

// Total is the control total of one level.
type Total struct {
	Level []string // one level for each of the margin's columns
	Total float64
}

// Label names the margin: its name, or its columns where it has none.
func (m Margin) Label() string {
	switch {
	case m.Name != "":
		return m.Name
	case len(m.Columns) > 0:
		return strings.Join(m.Columns, " × ")
	case m.Value != "":
		return m.Value
	}
	return "population"
}

// Where returns total t as conditions on columns.
func (m Margin) Where(t Total) []design.Level {
	where := make([]design.Level, len(m.Columns))
	for i, c := range m.Columns {
		where[i] = design.Level{Column: c, Level: t.Level[i]}
	}
	return where
}

// Auxiliaries returns the margin as calibration variables, one a total.
func (m Margin) Auxiliaries() []design.Auxiliary {
	aux := make([]design.Auxiliary, len(m.Totals))
	for i, t := range m.Totals {
		aux[i] = design.Auxiliary{Where: m.Where(t), Value: m.Value}
	}
	return aux
}

// Sum adds the totals of all levels.
func (m Margin) Sum() float64 {
	var sum float64
	for _, t := range m.Totals {
		sum += t.Total
	}
	return sum
}

// Faults lists what is wrong with the margin taken alone, in words that name
// the margin and the level.
func (m Margin) Faults() []string {
	var faults []string
	add := func(format string, args ...any) {
		faults = append(faults, "margin "+m.Label()+": "+fmt.Sprintf(format, args...))
	}
	if len(m.Totals) == 0 {
		add("it has no totals")
	}
	seen := map[string]bool{}
	for _, t := range m.Totals {
		name := m.LevelLabel(t)
		switch {
		case len(t.Level) != len(m.Columns):
			add("%d levels are given for %d columns", len(t.Level), len(m.Columns))
			continue
		case seen[name]:
			add("level %s stands twice", name)
		case math.IsNaN(t.Total) || math.IsInf(t.Total, 0):
			add("level %s has no finite total", name)
		case m.Value == "" && t.Total < 0:
			add("level %s has the negative count %v", name, t.Total)
		}
		seen[name] = true
	}
	return faults
}

// LevelLabel names one level of the margin: "sector=stat, size=100+".
func (m Margin) LevelLabel(t Total) string {
	if len(m.Columns) == 0 {
		return "total"
	}
	parts := make([]string, len(t.Level))
	for i, l := range t.Level {
		parts[i] = l
		if i < len(m.Columns) {
			parts[i] = m.Columns[i] + "=" + l
		}
	}
	return strings.Join(parts, ", ")
}

// AgreeTolerance is how far, in proportion, the grand totals of two margins
// may lie apart and still count as the same: room for totals that were
// published rounded, not for totals of different populations.
const AgreeTolerance = 1e-6

// Disagreements lists the pairs of counting margins whose grand totals differ.
// Every counting margin covers the whole population, so all must add to the
// same number; each sentence names both margins and both sums.
func Disagreements(margins []Margin) []string {
	var out []string
	var first *Margin
	for i := range margins {
		m := &margins[i]
		if m.Value != "" || len(m.Totals) == 0 {
			continue
		}
		if first == nil {
			first = m
			continue
		}
		a, b := first.Sum(), m.Sum()
		if math.Abs(a-b) > AgreeTolerance*math.Max(math.Abs(a), math.Abs(b)) {
			out = append(out, fmt.Sprintf("margin %s adds to %.10g but margin %s to %.10g: they must describe the same population",
				first.Label(), a, m.Label(), b))
		}
	}
	return out
}
