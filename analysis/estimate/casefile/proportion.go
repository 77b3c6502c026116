package casefile

import (
	"context"
	"fmt"

	"barometer/analysis/estimate"
)

// proportions answers confidence intervals for proportions.
func (p *problem) proportions(ctx context.Context) ([]Row, error) {
	asMean := p.Request
	asMean.Stat = "mean"
	req, err := asMean.estimates(ctx, p)
	if err != nil {
		return nil, err
	}
	methods := p.Request.Options.Methods
	if len(methods) == 0 {
		methods = list{string(estimate.Logit)}
	}
	estimates, err := p.estimate(ctx, req)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, e := range estimates {
		if e.Value < 0 || e.Value > 1 {
			return nil, &Error{BadData, fmt.Sprintf("column %s: its mean %v is not a proportion", e.Item, e.Value)}
		}
		for _, m := range methods {
			each := e
			each.Low, each.High, err = estimate.ProportionInterval(estimate.ProportionMethod(m), e, p.Request.Options.level())
			if err != nil {
				return nil, badCase("key request.options.methods: %v", err)
			}
			each.Item += "|" + m
			rows = append(rows, asMean.row(each))
		}
		if e.Value == 0 || e.Value == 1 {
			p.warn([]estimate.Warning{estimate.Warning(fmt.Sprintf("%s is exactly %v: only the beta interval says something of it", e.Item, e.Value))})
		}
	}
	return rows, nil
}

func (o Options) level() float64 {
	if o.Level == nil {
		return 0.95
	}
	return *o.Level
}
