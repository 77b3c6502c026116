package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"barometer/analysis/compare"
	"barometer/analysis/disclosure"
	"barometer/analysis/duck"
	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
	"barometer/survey/freeze"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

func compareCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	adjust := flags.String("adjust", "", "adjust p-values by holm, bonferroni, hochberg or bh in place of the catalogue's choice")
	asJSON := flags.Bool("json", false, "print the changes as JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(2, "the earlier and the later wave", args); err != nil {
			return err
		}
		later, err := a.openWave(*dir, args[1])
		if err != nil {
			return err
		}
		earlier, err := later.home.wave(args[0])
		if err != nil {
			return err
		}
		changes, warnings, err := later.changesSince(ctx, earlier, *adjust)
		if err != nil {
			return err
		}
		for _, w := range warnings {
			fmt.Fprintln(a.stderr, "warning:", w)
		}
		if *asJSON {
			enc := json.NewEncoder(a.stdout)
			enc.SetIndent("", " ")
			return enc.Encode(changes)
		}
		t, err := later.table()
		if err != nil {
			return err
		}
		return printChanges(a.stdout, t, changes)
	}
}

// changesSince tests the changes of the wave's figures since an earlier wave,
// from the archives of both, and lets through what may be shown.
func (w *wave) changesSince(ctx context.Context, earlier *wave, adjust string) (*table.Changes, []estimate.Warning, error) {
	catalogue, err := load(w.path("indicators.yaml"), indicator.Load)
	if err != nil {
		return nil, nil, err
	}
	plan := catalogue.Changes
	if adjust != "" {
		plan.Adjust = adjust
	}
	if len(plan.Breakdowns) == 0 {
		return nil, nil, fmt.Errorf("%s: changes: name the breakdowns in which changes are tested", w.path("indicators.yaml"))
	}
	before, errBefore := earlier.edition(ctx)
	after, errAfter := w.edition(ctx)
	if err := errors.Join(errBefore, errAfter); err != nil {
		return nil, nil, err
	}
	trend, err := compare.Trends(ctx, before.Edition, after.Edition, plan, panelOf(before, after))
	if err != nil {
		return nil, nil, err
	}
	for _, of := range []*wave{earlier, w} {
		if _, err := os.Stat(of.archive.Path(imputedFile)); err == nil {
			trend.Warnings = append(trend.Warnings, estimate.Warning("wave "+of.ID+" imputes answers; changes are tested on the answers given"))
		}
	}
	changes, err := disclosure.Changes(before.Table, after.Table, trend)
	return changes, trend.Warnings, err
}

// edition is a wave's archive as comparison reads it.
type edition struct {
	compare.Edition
	data *microdata.Data
}

func (w *wave) edition(ctx context.Context) (edition, error) {
	t, err := w.table()
	if errors.Is(err, os.ErrNotExist) {
		return edition{}, fmt.Errorf("wave %s has no figures to compare yet: barometer run %s", w.ID, w.ID)
	}
	if err != nil {
		return edition{}, err
	}
	data, err := duck.ReadData(ctx, w.archive.Path("variables.parquet"))
	if err != nil {
		return edition{}, err
	}
	spec, err := load(w.archive.Path("design.json"), readJSON[design.Spec])
	return edition{compare.Edition{Wave: compare.Wave{Source: estimate.FromData(data), Spec: spec}, Table: t}, data}, err
}

// panelOf names the column that joins two waves, "" where one lacks it.
func panelOf(waves ...edition) string {
	for _, w := range waves {
		if _, err := w.data.Column(freeze.PanelColumn); err != nil {
			return ""
		}
	}
	return freeze.PanelColumn
}

// previous opens the wave that changes are measured from, nil where there is
// none.
func (w *wave) previous() (*wave, error) {
	if w.Previous == "" {
		return nil, nil
	}
	p, err := w.home.wave(w.Previous)
	if err != nil {
		return nil, fmt.Errorf("%s: previous: %w", w.path("wave.yaml"), err)
	}
	return p, nil
}

// verdicts are the words for what a test says.
var verdicts = map[table.Verdict]string{
	table.Up: "up", table.Down: "down", table.NoClear: "no clear change",
	table.Incomparable: "not comparable", table.Hidden: "not shown",
}

// printChanges writes the changes as a table for a terminal, with the reasons
// why figures are not comparable below it.
func printChanges(out io.Writer, t *table.Table, c *table.Changes) error {
	fmt.Fprintf(out, "Changes from %s to %s. Intervals %s; p adjusted by %s within each family and breakdown, tested at %v.\n",
		c.Before, c.After, number.Percent(c.Level, i18n.English), c.Adjust, c.Significance)
	if c.Panel {
		fmt.Fprintf(out, "%d workplaces have a weight in both waves; %d of them in the same stratum, which enter the standard errors.\n\n", c.Common, c.Matched)
	} else {
		fmt.Fprint(out, "Common workplaces are not known: the samples are taken to be independent.\n\n")
	}
	tab := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "indicator\tgroup\tchange\tinterval\tp\tadjusted p\t")
	var reasons []string
	for _, ch := range c.All() {
		ind, _ := t.Indicator(ch.Indicator)
		fmt.Fprintln(tab, changeLine(ind, ch))
		why := "not comparable: " + ch.Why.EN
		if ch.Verdict == table.Incomparable && !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	if err := tab.Flush(); err != nil || len(reasons) == 0 {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%s\n", strings.Join(reasons, "\n"))
	return err
}

// changeLine is one change, its fields parted by tabs: in percentage points, or
// points of a score.
func changeLine(ind table.Indicator, c table.Change) string {
	m, tested := c.Movement()
	if !tested {
		return fmt.Sprintf("%s\t%s\t\t\t\t\t%s", c.Indicator, c.Domain, verdicts[c.Verdict])
	}
	scale := 1.0
	if ind.Kind == table.Share {
		scale = 100
	}
	write := func(x float64) string { return number.Signed(scale*x, 1, i18n.English) }
	return fmt.Sprintf("%s\t%s\t%s\t%s to %s\t%.4f\t%.4f\t%s", c.Indicator, c.Domain,
		write(m.Difference), write(m.Low), write(m.High), m.P, m.Adjusted, verdicts[c.Verdict])
}
