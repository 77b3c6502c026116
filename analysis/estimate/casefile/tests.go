package casefile

import (
	"context"

	"barometer/analysis/compare"
)

// tTest answers t tests: of two groups, of pairs, or of one mean.
func (p *problem) tTest(ctx context.Context) ([]Row, error) {
	if err := p.linearised(); err != nil {
		return nil, err
	}
	r := p.Request
	var t *compare.TTest
	var err error
	switch {
	case len(r.By) == 1 && len(r.Vars) == 1:
		t, err = p.twoGroups(ctx)
	case len(r.By) == 0 && (len(r.Vars) == 1 || len(r.Vars) == 2) && len(r.Options.Levels) == 0:
		paired := compare.Paired{Var: r.Vars[0], Null: r.Options.null(), Where: r.Where, Level: r.Options.level()}
		if len(r.Vars) == 2 {
			paired.Minus = r.Vars[1]
		}
		t, err = compare.TTestPaired(ctx, p.src, p.spec, paired)
	default:
		return nil, badCase("key request.vars: a t test is of one variable by one column, of one variable, or of two without by; %d variables by %d columns are named", len(r.Vars), len(r.By))
	}
	if err != nil {
		return nil, err
	}
	p.warn(t.Warnings)
	return []Row{{Item: "difference", Figures: []Figure{{"estimate", t.Difference}, {"se", t.SE}, {"ci_low", t.Low}, {"ci_high", t.High},
		{"df", t.DF}, {"n", float64(t.N)}, {"statistic", t.T}, {"p", t.P}}}}, nil
}

func (p *problem) twoGroups(ctx context.Context) (*compare.TTest, error) {
	r := p.Request
	if r.Options.Null != nil {
		return nil, badCase("key request.options.null: the difference of two groups is tested against 0")
	}
	groups := []string(r.Options.Levels)
	if len(groups) == 0 {
		var err error
		if groups, err = p.levels(ctx, r.By[0]); err != nil {
			return nil, err
		}
	}
	if len(groups) != 2 {
		return nil, badCase("key request.by: a t test compares two groups, and %s has %d: name two in options.levels", r.By[0], len(groups))
	}
	return compare.TTestDomains(ctx, p.src, p.spec, compare.TwoDomains{Var: r.Vars[0], By: r.By[0],
		Levels: [2]string{groups[0], groups[1]}, Where: r.Where, Level: r.Options.level()})
}

// rankTest answers design-based rank tests.
func (p *problem) rankTest(ctx context.Context) ([]Row, error) {
	if err := p.linearised(); err != nil {
		return nil, err
	}
	r := p.Request
	if len(r.Vars) != 1 || len(r.By) != 1 {
		return nil, badCase("key request.vars: a rank test is of one variable by one column; %d variables by %d columns are named", len(r.Vars), len(r.By))
	}
	score := compare.RankScore(r.Options.Score)
	if score == "" {
		score = compare.Wilcoxon
	}
	t, err := compare.Ranked(ctx, p.src, p.spec, compare.RankRequest{Var: r.Vars[0], By: r.By[0], Levels: r.Options.Levels, Score: score, Where: r.Where})
	if err != nil {
		return nil, err
	}
	p.warn(t.Warnings)
	rows := []Row{{Item: "F", Figures: []Figure{{"statistic", t.F}, {"df1", t.DF1}, {"df2", t.DF}, {"p", t.P}, {"n", float64(t.N)}}}}
	if len(t.Groups) == 2 {
		rows = append(rows, Row{Item: "difference", Figures: []Figure{{"estimate", t.Difference}, {"se", t.SE}, {"df", t.DF}, {"statistic", t.T}, {"p", t.P}}})
	}
	for i, g := range t.Groups {
		rows = append(rows, one("score|"+g, t.Means[i]))
	}
	return rows, nil
}

// wald answers joint tests of linear contrasts.
func (p *problem) wald(ctx context.Context) ([]Row, error) {
	joint, df, err := p.joint(ctx)
	if err != nil {
		return nil, err
	}
	var hypotheses []compare.Hypothesis
	for _, c := range p.Request.Contrasts {
		if c.Form != "" && compare.ContrastForm(c.Form) != compare.LinearForm {
			return nil, badCase("contrast %s: a joint test is of linear contrasts, not of form %s", c.Name, c.Form)
		}
		h := compare.Hypothesis{Name: c.Name, Null: p.Request.Options.null()}
		for i, t := range c.Terms {
			k, err := t.find(joint)
			if err != nil {
				return nil, badCase("contrast %s, term %d: %v", c.Name, i+1, err)
			}
			coef := 1.0
			if t.Coef != nil {
				coef = *t.Coef
			}
			h.At, h.Coef = append(h.At, k), append(h.Coef, coef)
		}
		hypotheses = append(hypotheses, h)
	}
	t, err := compare.Wald(joint, hypotheses, df)
	if err != nil {
		return nil, err
	}
	return []Row{
		{Item: "wald_F", Figures: []Figure{{"statistic", t.F}, {"df1", t.DF1}, {"df2", t.DF2}, {"p", t.P}}},
		{Item: "wald_adjusted_F", Figures: []Figure{{"statistic", t.AdjustedF}, {"df1", t.DF1}, {"df2", t.AdjustedDF2}, {"p", t.AdjustedP}}},
		{Item: "wald_chisq", Figures: []Figure{{"statistic", t.Chi}, {"df1", t.DF1}}},
	}, nil
}
