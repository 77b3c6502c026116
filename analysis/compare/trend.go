package compare

import (
	"context"
	"errors"
	"fmt"
	"math"

	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/weighting/design"
)

// Edition is a wave as its archive holds it: the derived variables under its
// own weights and design, and the table of what may be shown.
type Edition struct {
	Wave
	Table *table.Table
}

// Moved is the change of one figure on its way to the disclosure gate.
type Moved struct {
	Indicator, Domain string
	Verdict           table.Verdict
	Why               i18n.Text // of table.Incomparable
	table.Movement
}

// Trend is the changes between two waves.
type Trend struct {
	How      table.Comparison
	Moved    []Moved // indicator by indicator, domains in the order of the later table
	Warnings []estimate.Warning
}

// Trends tests how the figures of a wave changed since an earlier one, in the
// breakdowns of the plan: differences of weighted means under the design of each
// wave, with the covariance of units that are in both samples where panel names
// the column that tells them, else as if the samples were independent. A figure
// is tested only where it is shown in both waves and no break lies between;
// p-values are adjusted within an indicator family and breakdown.
//
// Real and synthetic waves are not compared.
func Trends(ctx context.Context, before, after Edition, plan indicator.Plan, panel string) (*Trend, error) {
	if err := compatible(before.Table, after.Table); err != nil {
		return nil, err
	}
	t := &trend{before: before, after: after, plan: plan, panel: panel}
	t.How = table.Comparison{
		Before: before.Table.Wave, After: after.Table.Wave,
		BeforePeriod: before.Table.Period, AfterPeriod: after.Table.Period, Synthetic: after.Table.Synthetic,
		Level: after.Table.Level, Significance: plan.Significance, Adjust: plan.Adjust, Panel: panel != "",
	}
	for _, family := range families(after.Table) {
		if err := t.family(ctx, family); err != nil {
			return nil, fmt.Errorf("changes of %s from %s to %s: %w", family[0].Family, t.How.Before, t.How.After, err)
		}
	}
	return &t.Trend, nil
}

// compatible refuses waves that say nothing about each other.
func compatible(before, after *table.Table) error {
	var faults []error
	if before.Wave >= after.Wave {
		faults = append(faults, fmt.Errorf("wave %s is not before wave %s: waves are ordered by their names", before.Wave, after.Wave))
	}
	if before.Synthetic != after.Synthetic {
		faults = append(faults, fmt.Errorf("one of the waves %s and %s is synthetic: real and invented figures are not compared", before.Wave, after.Wave))
	}
	if before.Level != after.Level {
		faults = append(faults, fmt.Errorf("wave %s has %v intervals, wave %s %v", before.Wave, before.Level, after.Wave, after.Level))
	}
	return errors.Join(faults...)
}

// families lists the estimated indicators of a table by family.
func families(t *table.Table) [][]table.Indicator {
	var list [][]table.Indicator
	place := make(map[string]int)
	for _, ind := range t.Indicators() {
		if ind.Counted {
			continue // a count of the sample has no sampling error and tells of no population
		}
		at, met := place[ind.Family]
		if !met {
			at, list = len(list), append(list, nil)
			place[ind.Family] = at
		}
		list[at] = append(list[at], ind)
	}
	return list
}

type trend struct {
	Trend
	before, after Edition
	plan          indicator.Plan
	panel         string
}

// family compares the members of an indicator family.
func (t *trend) family(ctx context.Context, members []table.Indicator) error {
	var asked []Moved
	for _, ind := range members {
		for _, b := range t.plan.Breakdowns {
			for _, d := range t.after.Table.Breakdown(b) {
				asked = append(asked, t.ask(ind, d))
			}
		}
	}
	found, err := t.changes(ctx, members, asked)
	if err != nil {
		return err
	}
	for _, b := range t.plan.Breakdowns {
		if err := t.test(asked, t.after.Table.Breakdown(b), found); err != nil {
			return err
		}
	}
	t.Moved = append(t.Moved, asked...)
	return nil
}

// ask decides whether a figure can be tested; its verdict is then still open.
func (t *trend) ask(ind table.Indicator, d table.Domain) Moved {
	m := Moved{Indicator: ind.ID, Domain: d.ID()}
	if why, ok := comparable(t.before.Table, ind, d, t.How.After); !ok {
		m.Verdict, m.Why = table.Incomparable, why
		return m
	}
	earlier, _ := t.before.Table.Cell(ind.ID, d.ID())
	later, _ := t.after.Table.Cell(ind.ID, d.ID())
	if earlier.Status().Suppressed() || later.Status().Suppressed() {
		m.Verdict = table.Hidden
	}
	return m
}

// comparable reports whether an earlier table has a figure of the same kind,
// and why not where it has none.
func comparable(before *table.Table, ind table.Indicator, d table.Domain, later string) (i18n.Text, bool) {
	if why, ok := ind.Comparable(before.Wave, later); !ok {
		return why, false
	}
	if _, ok := before.Cell(ind.ID, d.ID()); !ok {
		return i18n.Text{DA: "Tallet findes ikke i " + before.Wave, EN: "There is no such figure in " + before.Wave}, false
	}
	was, _ := before.Indicator(ind.ID)
	if was.Kind != ind.Kind || was.Question.DA != ind.Question.DA || was.Base.DA != ind.Base.DA {
		return i18n.Text{DA: "Spørgsmålet eller grundlaget er ændret siden " + before.Wave, EN: "The question or the base has changed since " + before.Wave}, false
	}
	return i18n.Text{}, true
}

// key addresses a change.
type key struct{ indicator, domain string }

// changes estimates the changes of a family's open figures.
func (t *trend) changes(ctx context.Context, members []table.Indicator, asked []Moved) (map[key]Change, error) {
	open := make(map[string]bool)
	for _, m := range asked {
		open[m.Indicator] = open[m.Indicator] || m.Verdict == ""
	}
	req := ChangeRequest{Unit: t.panel, Level: t.How.Level}
	for _, ind := range members {
		if open[ind.ID] {
			req.Vars = append(req.Vars, ind.ID)
		}
	}
	if len(req.Vars) == 0 {
		return nil, nil
	}
	for _, b := range t.plan.Breakdowns {
		req.Breakdowns = append(req.Breakdowns, estimate.Breakdown{By: indicator.BreakdownColumns(b)})
	}
	d, err := Changes(ctx, t.before.Wave, t.after.Wave, req)
	if err != nil {
		return nil, err
	}
	t.How.Common, t.How.Matched = d.Common, d.Matched
	if t.Warnings == nil {
		t.Warnings = d.Warnings
	}
	found := make(map[key]Change, len(d.Changes))
	for _, b := range t.plan.Breakdowns {
		for _, dom := range t.after.Table.Breakdown(b) {
			at := address(indicator.Levels(dom))
			for _, c := range d.Changes {
				if address(c.Domain) == at {
					found[key{c.Var, dom.ID()}] = c
				}
			}
		}
	}
	return found, nil
}

// test gives every open figure of a family in some domains its verdict.
func (t *trend) test(asked []Moved, domains []table.Domain, found map[key]Change) error {
	var tests []*Moved
	var p []float64
	for i := range asked {
		m := &asked[i]
		if m.Verdict != "" || !among(domains, m.Domain) {
			continue
		}
		c, ok := found[key{m.Indicator, m.Domain}]
		if !ok {
			return fmt.Errorf("%s × %s: the tables show figures that the variables do not give: run the earlier wave again", m.Indicator, m.Domain)
		}
		kind, _ := t.after.Table.Indicator(m.Indicator)
		var err error
		if m.Movement, err = c.movement(kind.Kind, t.How.Level); err != nil {
			return err
		}
		tests, p = append(tests, m), append(p, m.P)
	}
	adjusted, err := AdjustP(t.plan.Adjust, p)
	if err != nil {
		return err
	}
	for i, m := range tests {
		m.Adjusted = adjusted[i]
		m.Verdict = m.verdict(t.plan.Significance)
	}
	return nil
}

func among(domains []table.Domain, id string) bool {
	for _, d := range domains {
		if d.ID() == id {
			return true
		}
	}
	return false
}

func (m *Moved) verdict(significance float64) table.Verdict {
	switch {
	case !(m.Adjusted < significance):
		return table.NoClear
	case m.Difference > 0:
		return table.Up
	}
	return table.Down
}

// movement is the change with interval and p-value.
//
// A share of 0 or 1 has a linearised variance of 0, since every respondent
// answered alike; the length of its Korn–Graubard interval over t stands in for
// the standard error, and the estimates then count as uncorrelated.
func (c Change) movement(kind table.Kind, level float64) (table.Movement, error) {
	t := estimate.TQuantile(level, c.DF)
	m := table.Movement{Difference: c.Difference, SE: c.Overlap, DF: c.DF}
	if kind == table.Share && (alike(c.First) || alike(c.Second)) {
		var se [2]float64
		for i, e := range []estimate.Estimate{c.First, c.Second} {
			se[i] = e.SE
			if alike(e) {
				low, high, err := estimate.ProportionInterval(estimate.Beta, e, level)
				if err != nil {
					return m, err
				}
				se[i] = (high - low) / t
			}
		}
		m.SE = math.Hypot(se[0], se[1])
	}
	m.Low, m.High = m.Difference-float64(t*m.SE), m.Difference+float64(t*m.SE)
	if kind == table.Share {
		m.Low, m.High = max(m.Low, -1), min(m.High, 1)
	}
	m.P = 1
	if m.Difference != 0 {
		m.P = TwoSided(m.Difference/m.SE, m.DF)
	}
	return m, nil
}

func alike(e estimate.Estimate) bool { return e.Value == 0 || e.Value == 1 }

// address writes the levels of a domain as one text.
func address(levels []design.Level) string {
	text := ""
	for _, l := range levels {
		text += l.Column + "=" + l.Level + "\n"
	}
	return text
}
