package casefile

import (
	"context"

	"barometer/analysis/regress"
)

// effects answers average marginal effects of a model.
func (p *problem) effects(ctx context.Context) ([]Row, error) {
	m, err := p.Request.parseModel()
	if err != nil {
		return nil, err
	}
	kind := regress.Kind(m.Kind)
	if kind != regress.Linear && kind != regress.Logistic {
		return nil, badCase("key request.model.kind: %q is none of linear, logistic", m.Kind)
	}
	if len(m.WaldTerms) > 0 {
		return nil, badCase("key request.model.wald_terms: terms are tested by stat %s, not by margins", kind)
	}
	if level := p.Request.Options.Level; level != nil && *level != 0.95 {
		return nil, badCase("key request.options.level: effects have intervals of level 0.95")
	}
	reps, err := p.replicate(ctx)
	if err != nil {
		return nil, err
	}
	effects, fit, err := regress.AverageEffects(ctx, p.src, p.spec, regress.Model{Kind: kind, Outcome: m.Outcome,
		Factors: m.Factors, Numeric: m.Numeric, Interactions: m.Interactions, Where: p.Request.Where, Replicates: reps})
	if err != nil {
		return nil, err
	}
	p.warn(fit.Warnings)
	var rows []Row
	for _, e := range effects {
		rows = append(rows, Row{Item: e.Name, Figures: []Figure{
			{"estimate", e.Value}, {"se", e.SE}, {"ci_low", e.Low}, {"ci_high", e.High}, {"df", fit.DF},
			{"n", float64(fit.N)}, {"statistic", e.Value / e.SE}, {"p", e.P}, {"se_population", e.SEPopulation}}})
	}
	return rows, nil
}
