package indicator

import (
	"context"
	"fmt"
	"math"
	"strings"

	"barometer/analysis/estimate"
	"barometer/analysis/table"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// Variables binds what the estimation of the formulas needs to one table: the
// design and domain columns of the wave, and one derived variable per formula.
// kept names the columns of data to take over.
func Variables(formulas []Formula, data *microdata.Data, kept []string) (*microdata.Data, error) {
	var columns []microdata.Column
	for _, name := range kept {
		c, err := data.Column(name)
		if err != nil {
			return nil, err
		}
		columns = append(columns, *c)
	}
	derived, err := Derive(formulas, data)
	if err != nil {
		return nil, err
	}
	return microdata.New(append(columns, derived...)...)
}

// Estimate computes every formula in every domain from a source that holds the
// derived variables. It returns one estimate per formula and domain, formula by
// formula, domains in order; a domain without rows has N = 0 and NaN numbers.
func Estimate(ctx context.Context, src estimate.Source, spec design.Spec, formulas []Formula, domains []table.Domain) ([]estimate.Estimate, []estimate.Warning, error) {
	req := estimate.Request{Breakdowns: requested(domains)}
	for _, f := range formulas {
		req.Items = append(req.Items, estimate.Item{Stat: estimate.Mean, Var: f.ID})
	}
	found, warnings, err := estimate.Run(ctx, src, spec, req)
	if err != nil {
		return nil, nil, err
	}
	at := make(map[string]estimate.Estimate, len(found))
	for _, e := range found {
		at[address(e.Item, e.Domain)] = e
	}
	cells := make([]estimate.Estimate, 0, len(formulas)*len(domains))
	for _, f := range formulas {
		for _, d := range domains {
			levels := Levels(d)
			e, ok := at[address(f.ID, levels)]
			if !ok {
				e = nothing(f.ID, levels)
			}
			cells = append(cells, e)
		}
	}
	return cells, warnings, nil
}

// Levels gives a domain as levels of the wave's columns.
func Levels(d table.Domain) []design.Level {
	var levels []design.Level
	for i, column := range BreakdownColumns(d.Breakdown) {
		levels = append(levels, design.Level{Column: column, Level: d.Codes[i]})
	}
	return levels
}

// requested lists the breakdowns of the domains, each once.
func requested(domains []table.Domain) []estimate.Breakdown {
	var list []estimate.Breakdown
	seen := map[string]bool{}
	for _, d := range domains {
		if !seen[d.Breakdown] {
			seen[d.Breakdown] = true
			list = append(list, estimate.Breakdown{By: BreakdownColumns(d.Breakdown)})
		}
	}
	return list
}

func address(item string, levels []design.Level) string {
	var b strings.Builder
	b.WriteString(item)
	for _, l := range levels {
		fmt.Fprintf(&b, "|%s=%s", l.Column, l.Level)
	}
	return b.String()
}

func nothing(item string, levels []design.Level) estimate.Estimate {
	nan := math.NaN()
	return estimate.Estimate{Item: item, Domain: levels, Value: nan, SE: nan, Low: nan, High: nan, DF: nan, Deff: nan}
}
