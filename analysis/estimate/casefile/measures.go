package casefile

import (
	"context"

	"barometer/analysis/estimate"
)

// measures answers variances, standard deviations, Gini coefficients,
// covariances and correlations.
func (p *problem) measures(ctx context.Context) ([]Row, error) {
	if err := p.linearised(); err != nil {
		return nil, err
	}
	r := p.Request
	if r.Options.Deff != "" {
		return nil, badCase("key request.options.deff: %s has no design effect", r.Stat)
	}
	items, err := r.measureItems()
	if err != nil {
		return nil, err
	}
	list, warnings, err := estimate.RunMeasures(ctx, p.src, p.spec, estimate.MeasureRequest{Items: items,
		Breakdowns: []estimate.Breakdown{{By: r.By, Where: r.Where}}, Level: r.Options.level(), DF: r.Options.DF.of()})
	if err != nil {
		return nil, err
	}
	p.warn(warnings)
	rows := make([]Row, len(list))
	for i, e := range list {
		rows[i] = r.row(e)
	}
	return rows, nil
}

func (r *Request) measureItems() ([]estimate.MeasureItem, error) {
	m := estimate.Measure(r.Stat)
	if m == estimate.Covariance || m == estimate.Correlation {
		if len(r.Vars) != 2 {
			return nil, badCase("key request.vars: a %s is of two variables, %d are named", r.Stat, len(r.Vars))
		}
		return []estimate.MeasureItem{{Measure: m, Var: r.Vars[0], With: r.Vars[1]}}, nil
	}
	if len(r.Vars) == 0 {
		return nil, badCase("key request.vars: no variable is named")
	}
	var items []estimate.MeasureItem
	for _, v := range r.Vars {
		items = append(items, estimate.MeasureItem{Measure: m, Var: v})
	}
	return items, nil
}
