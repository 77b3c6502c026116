package casefile

import (
	"context"

	"barometer/analysis/estimate"
)

// quantiles answers quantiles with Woodruff's intervals.
func (p *problem) quantiles(ctx context.Context) ([]Row, error) {
	r := p.Request
	if len(r.Vars) == 0 {
		return nil, badCase("key request.vars: no variable is named")
	}
	if len(r.Options.Probs) == 0 {
		return nil, badCase("key request.options.probs: no probability is named")
	}
	for _, x := range r.Options.Probs {
		if !(x >= 0 && x <= 1) {
			return nil, badCase("key request.options.probs: %v is not between 0 and 1", x)
		}
	}
	reps, err := p.replicate(ctx)
	if err != nil {
		return nil, err
	}
	list, warnings, err := estimate.Quantiles(ctx, p.src, p.spec, estimate.QuantileRequest{
		Vars: r.Vars, Probs: r.Options.Probs, Breakdown: estimate.Breakdown{By: r.By, Where: r.Where},
		Rule: estimate.QuantileRule(r.Options.Rule), Logit: r.Options.Interval == "xlogit",
		Level: r.Options.level(), DF: r.Options.DF.of(), Replicates: reps,
	})
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
