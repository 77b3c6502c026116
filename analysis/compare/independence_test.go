package compare

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// The corrections of Rao and Scott know the design: rows that are written twice, as
// clusters of two, are the same evidence. Pearson's own statistic is twice as large.
func TestConvention_RaoScottCountsAClusterOnce(t *testing.T) {
	once, err := Independent(t.Context(), repeated(t, 1), design.Spec{Weight: "w"}, "a", "b", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := Independent(t.Context(), repeated(t, 2), design.Spec{Weight: "w", IDs: []string{"unit"}}, "a", "b", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "F", twice.F, once.F)
	near(t, "its first degrees of freedom", twice.DF1, once.DF1)
	near(t, "its second", twice.DF2, once.DF2)
	near(t, "its p", twice.PF, once.PF)
	near(t, "the first-order statistic", twice.Chi, once.Chi)
	near(t, "its p", twice.PChi, once.PChi)
	near(t, "Pearson's statistic", twice.Pearson, 2*once.Pearson)
	if !(once.PF > 0 && once.PF < 1) || once.Cells != 2 {
		t.Errorf("p is %v on %v cells", once.PF, once.Cells)
	}
}

// repeated writes each of 90 rows several times.
func repeated(t *testing.T, times int) estimate.Source {
	t.Helper()
	r := rand.New(rand.NewPCG(9, 1))
	var unit, a, b []string
	var w []float64
	for i := range 90 {
		k, weight := r.IntN(3), 1+4*r.Float64()
		l := "n"
		if r.IntN(4) < 1+k {
			l = "y"
		}
		for range times {
			unit, a, b, w = append(unit, fmt.Sprintf("u%02d", i)), append(a, "pqr"[k:k+1]), append(b, l), append(w, weight)
		}
	}
	var columns []microdata.Column
	for name, c := range map[string]struct{ levels, values []string }{
		"unit": {nil, unit}, "a": {[]string{"p", "q", "r"}, a}, "b": {[]string{"n", "y"}, b},
	} {
		if c.levels == nil {
			for i := 0; i < len(unit); i += times {
				c.levels = append(c.levels, unit[i])
			}
		}
		column, err := microdata.Categories(name, c.levels, c.values)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, column)
	}
	d, err := microdata.New(append(columns, microdata.Numbers("w", w))...)
	if err != nil {
		t.Fatal(err)
	}
	return estimate.FromData(d)
}
