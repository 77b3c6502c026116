package casefile

import (
	"context"
	"math"
	"slices"
	"strings"

	"barometer/analysis/compare"
	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// contrasts answers combinations of domain estimates.
func (p *problem) contrasts(ctx context.Context) ([]Row, error) {
	joint, df, err := p.joint(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Row
	var ps []float64
	for _, c := range p.Request.Contrasts {
		row, err := c.row(joint, df, p.Request.Options.level())
		if err != nil {
			return nil, err
		}
		pvalue, _ := row.Figure("p")
		rows, ps = append(rows, row), append(ps, pvalue)
	}
	return adjusted(rows, ps, p.Request.Options.AdjustP)
}

// joint estimates what contrasts are of, with all covariances.
func (p *problem) joint(ctx context.Context) (*estimate.Joint, float64, error) {
	of := p.Request.Of
	if of == nil || !contains("mean total ratio share count", of.Stat) {
		return nil, 0, badCase("key request.of: a contrast is of a mean, total, ratio, share or count")
	}
	if len(p.Request.Contrasts) == 0 {
		return nil, 0, badCase("key request.contrasts: no contrast is named")
	}
	base := *of
	base.Options = p.Request.Options
	req, err := base.estimates(ctx, p)
	if err != nil {
		return nil, 0, err
	}
	if req.DF.Rule == estimate.DomainDF {
		req.DF = estimate.DF{} // a contrast has no domain of its own
	}
	reps, err := p.replicate(ctx)
	if err != nil {
		return nil, 0, err
	}
	joint, err := estimate.RunJoint(ctx, p.src, p.spec, req, reps)
	if err != nil {
		return nil, 0, err
	}
	p.warn(joint.Warnings)
	return joint, joint.Sheet.DF(req.DF, nil), nil
}

// adjusted adds p-values adjusted for the family of all contrasts.
func adjusted(rows []Row, ps []float64, methods list) ([]Row, error) {
	for _, m := range methods {
		values, err := compare.AdjustP(m, ps)
		if err != nil {
			return nil, badCase("key request.options.adjust_p: %v", err)
		}
		for i := range rows {
			rows[i].Figures = append(rows[i].Figures, Figure{"p_" + m, values[i]})
		}
	}
	return rows, nil
}

func (c Contrast) row(joint *estimate.Joint, df, level float64) (Row, error) {
	at, coef := make([]int, len(c.Terms)), make([]float64, len(c.Terms))
	for i, t := range c.Terms {
		k, err := t.find(joint)
		if err != nil {
			return Row{}, badCase("contrast %s, term %d: %v", c.Name, i+1, err)
		}
		at[i], coef[i] = k, 1
		if t.Coef != nil {
			coef[i] = *t.Coef
		}
	}
	form := compare.ContrastForm(c.Form)
	if c.Form == "" {
		form = compare.LinearForm
	}
	value, v, err := compare.Combine(joint, form, at, coef)
	if err != nil {
		return Row{}, badCase("contrast %s: %v", c.Name, err)
	}
	se := estimate.StandardError(v, value)
	t := estimate.TQuantile(level, df)
	return Row{Item: c.Name, Figures: []Figure{
		{"estimate", value}, {"se", se}, {"ci_low", value - t*se}, {"ci_high", value + t*se}, {"df", df},
		{"statistic", value / se}, {"p", compare.TwoSided(value/se, df)},
	}}, nil
}

// find returns the number of the one estimate that the term means.
func (t Term) find(joint *estimate.Joint) (int, error) {
	found := -1
	for i, e := range joint.Estimates {
		if t.Var != "" && t.Var != e.Item || !slices.Equal(sorted(t.By), sorted(e.Domain)) {
			continue
		}
		if found >= 0 {
			return 0, badCase("several estimates fit it: name var")
		}
		found = i
	}
	if found < 0 {
		return 0, badCase("no estimate fits it")
	}
	return found, nil
}

func sorted(l []design.Level) []design.Level {
	l = slices.Clone(l)
	slices.SortFunc(l, func(a, b design.Level) int { return strings.Compare(a.Column, b.Column) })
	return l
}

var nan = math.NaN()
