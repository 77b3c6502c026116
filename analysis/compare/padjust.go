package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// TwoSided is the two-sided p-value of a t statistic with df degrees of
// freedom, NaN where it has none.
func TwoSided(t, df float64) float64 {
	switch {
	case !(df > 0) || math.IsNaN(t):
		return math.NaN()
	case math.IsInf(df, 1):
		return 2 * distuv.UnitNormal.CDF(-math.Abs(t))
	}
	return 2 * distuv.StudentsT{Sigma: 1, Nu: df}.CDF(-math.Abs(t))
}

// AdjustP adjusts the p-values of a family of tests for their number. Methods:
// "bonferroni", "holm" (Holm 1979), "hochberg" (Hochberg 1988) and "bh"
// (Benjamini & Hochberg 1995). The first three bound the chance of any false
// finding in the family, whatever the dependence (Hochberg's for positive
// dependence); the last bounds the share of false ones among the findings. An
// undefined p-value stays so and counts for none. Reference implementation: R,
// p.adjust.
func AdjustP(method string, p []float64) ([]float64, error) {
	out := make([]float64, len(p))
	var order []int // of the tests that have a p-value
	for i, x := range p {
		out[i] = math.NaN()
		if !math.IsNaN(x) {
			order = append(order, i)
		}
	}
	n := float64(len(order))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	var factor func(rank int) float64 // of the rank-th smallest, from 0
	up := false                       // step-up: from the largest down
	switch method {
	case "bonferroni":
		for _, i := range order {
			out[i] = min(1, n*p[i])
		}
		return out, nil
	case "holm":
		factor = func(rank int) float64 { return n - float64(rank) }
	case "hochberg":
		factor, up = func(rank int) float64 { return n - float64(rank) }, true
	case "bh":
		factor, up = func(rank int) float64 { return n / float64(rank+1) }, true
	default:
		return nil, fmt.Errorf("unknown adjustment %q: use bonferroni, holm, hochberg or bh", method)
	}
	if up {
		limit := 1.0
		for rank := len(order) - 1; rank >= 0; rank-- {
			limit = min(limit, factor(rank)*p[order[rank]])
			out[order[rank]] = limit
		}
		return out, nil
	}
	limit := 0.0
	for rank, i := range order {
		limit = max(limit, factor(rank)*p[i])
		out[i] = min(1, limit)
	}
	return out, nil
}
