package casefile

import (
	"context"

	"barometer/analysis/compare"
)

// chisq answers tests of independence.
func (p *problem) chisq(ctx context.Context) ([]Row, error) {
	if len(p.Request.Vars) != 2 {
		return nil, badCase("key request.vars: independence is tested between two variables, %d are named", len(p.Request.Vars))
	}
	if len(p.Request.By) > 0 {
		return nil, badCase("key request.by: a test of independence takes where, not by")
	}
	reps, err := p.replicate(ctx)
	if err != nil {
		return nil, err
	}
	t, err := compare.Independent(ctx, p.src, p.spec, p.Request.Vars[0], p.Request.Vars[1], p.Request.Where, reps)
	if err != nil {
		return nil, err
	}
	p.warn(t.Warnings)
	rows := []Row{
		{Item: "rao_scott_2_F", Figures: []Figure{{"statistic", t.F}, {"df1", t.DF1}, {"df2", t.DF2}, {"p", t.PF}}},
		{Item: "rao_scott_1_chisq", Figures: []Figure{{"statistic", t.Chi}, {"df1", t.Cells}, {"p", t.PChi}}},
		{Item: "pearson_x2", Figures: []Figure{{"statistic", t.Pearson}, {"df1", t.Cells}}},
	}
	for i, a := range t.Rows {
		for j, b := range t.Columns {
			rows = append(rows, one("cell|"+a+"|"+b, t.Share[i][j]))
		}
	}
	return rows, nil
}
