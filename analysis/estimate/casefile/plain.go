package casefile

import (
	"context"

	"barometer/analysis/estimate"
)

// plain answers means, totals, ratios, shares and counts.
func (p *problem) plain(ctx context.Context) ([]Row, error) {
	req, err := p.Request.estimates(ctx, p)
	if err != nil {
		return nil, err
	}
	list, err := p.estimate(ctx, req)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(list))
	for i, e := range list {
		rows[i] = p.Request.row(e)
	}
	return rows, nil
}

// estimates turns a request into one of package estimate.
func (r *Request) estimates(ctx context.Context, p *problem) (estimate.Request, error) {
	req := estimate.Request{
		Breakdowns: []estimate.Breakdown{{By: r.By, Where: r.Where}},
		Deff:       estimate.Deff(r.Options.Deff),
		DF:         r.Options.DF.of(),
	}
	if r.Options.Level != nil {
		req.Level = *r.Options.Level
	}
	if len(r.Vars) == 0 {
		return req, badCase("key request.vars: no variable is named")
	}
	stat := estimate.Stat(r.Stat)
	switch stat {
	case estimate.Ratio:
		if len(r.Vars) != 2 {
			return req, badCase("key request.vars: a ratio needs a numerator and a denominator, %d variables are named", len(r.Vars))
		}
		req.Items = []estimate.Item{{Stat: stat, Var: r.Vars[0], Den: r.Vars[1]}}
	case estimate.Share, estimate.Count:
		for _, v := range r.Vars {
			levels, err := p.levels(ctx, v)
			if err != nil {
				return req, err
			}
			for _, l := range levels {
				req.Items = append(req.Items, estimate.Item{Stat: stat, Var: v, Level: l})
			}
		}
	default:
		for _, v := range r.Vars {
			req.Items = append(req.Items, estimate.Item{Stat: stat, Var: v})
		}
	}
	return req, nil
}

func (d df) of() estimate.DF {
	switch d.rule {
	case "domain":
		return estimate.DF{Rule: estimate.DomainDF}
	case "number":
		return estimate.DF{Rule: estimate.FixedDF, Fixed: d.number}
	}
	return estimate.DF{Rule: estimate.DesignDF}
}

// levels lists the levels of a variable that rows of the sample have.
func (p *problem) levels(ctx context.Context, name string) ([]string, error) {
	s, err := estimate.Resolve(ctx, p.src, p.spec)
	if err != nil {
		return nil, err
	}
	return s.Levels(ctx, p.src, name)
}

// row is an estimate in the answer's terms.
func (r *Request) row(e estimate.Estimate) Row {
	n := e.N
	if r.Stat == "share" || r.Stat == "count" {
		n = e.Positive
	}
	row := Row{By: e.Domain, Item: e.Item, Figures: []Figure{
		{"estimate", e.Value}, {"se", e.SE}, {"ci_low", e.Low}, {"ci_high", e.High}, {"df", e.DF},
	}}
	if r.Options.Deff != "" {
		row.Figures = append(row.Figures, Figure{"deff", e.Deff})
	}
	row.Figures = append(row.Figures, Figure{"n", float64(n)})
	return row
}
