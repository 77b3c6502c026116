package casefile

import (
	"context"
	"fmt"
	"slices"

	"barometer/analysis/compare"
	"barometer/analysis/estimate"
	"barometer/survey/microdata"
)

// waveChange answers the change of means between two waves in one file.
func (p *problem) waveChange(ctx context.Context) ([]Row, error) {
	r, o := p.Request, p.Request.Options
	switch {
	case len(r.Vars) == 0:
		return nil, badCase("key request.vars: no variable is named")
	case o.Wave == "" || o.Unit == "" || len(o.Waves) != 2:
		return nil, badCase("key request.options: wave, unit and two waves must be named")
	case len(p.Design.IDs) > 0 || len(p.Adjust) > 0:
		return nil, badCase("key request.stat: wave_change is for element samples with weights as they are, without ids and adjust")
	}
	var waves [2]compare.Wave
	for i, w := range o.Waves {
		part, err := p.rowsWhere(ctx, o.Wave, w)
		if err != nil {
			return nil, err
		}
		waves[i] = compare.Wave{Source: estimate.FromData(part), Spec: p.spec}
	}
	found, err := compare.Changes(ctx, waves[0], waves[1], compare.ChangeRequest{
		Vars: r.Vars, Breakdowns: []estimate.Breakdown{{By: r.By, Where: r.Where}}, Unit: o.Unit, Level: o.level(), DF: o.DF.of()})
	if err != nil {
		return nil, err
	}
	for _, a := range found.Alone {
		return nil, fmt.Errorf("%s: the domain %v is in one of the waves only", a.Var, a.Domain)
	}
	p.warn(found.Warnings)
	var rows []Row
	for _, c := range found.Changes {
		rows = append(rows, p.changeRows(c)...)
	}
	return rows, nil
}

func (p *problem) changeRows(c compare.Change) []Row {
	o := p.Request.Options
	t := estimate.TQuantile(o.level(), c.DF)
	line := func(item string, value, se float64) Row {
		return Row{By: c.Domain, Item: c.Var + "|" + item, Figures: []Figure{
			{"estimate", value}, {"se", se}, {"ci_low", value - t*se}, {"ci_high", value + t*se}, {"df", c.DF}}}
	}
	return []Row{
		line("wave"+o.Waves[0], c.First.Value, c.First.SE),
		line("wave"+o.Waves[1], c.Second.Value, c.Second.SE),
		line("change|overlap", c.Difference, c.Overlap),
		line("change|independent", c.Difference, c.Apart),
		{By: c.Domain, Item: c.Var + "|covariance", Figures: []Figure{{"estimate", c.Covariance}}},
	}
}

// rowsWhere returns the rows at a level of a column.
func (p *problem) rowsWhere(ctx context.Context, column, level string) (*microdata.Data, error) {
	levels, err := p.src.Levels(ctx, column)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(levels, level) {
		return nil, badCase("key request.options.waves: column %s has no level %s", column, level)
	}
	c, err := p.data.Column(column)
	if err != nil {
		return nil, err
	}
	var rows []int
	for i, l := range keys(c) {
		if l == level {
			rows = append(rows, i)
		}
	}
	return pick(p.data, rows)
}

// pick returns the given rows of data.
func pick(d *microdata.Data, rows []int) (*microdata.Data, error) {
	var columns []microdata.Column
	for _, c := range d.Columns() {
		picked := microdata.Column{Name: c.Name, Levels: c.Levels}
		for _, i := range rows {
			if c.IsNumeric() {
				picked.Number = append(picked.Number, c.Number[i])
			} else {
				picked.Code = append(picked.Code, c.Code[i])
			}
		}
		columns = append(columns, picked)
	}
	return microdata.New(columns...)
}
