package smallarea

import (
	"fmt"
	"math"
)

// Benchmarked returns the estimates multiplied by one factor, so that
//
//	Σ size_i·θ̂_i = total
//
// as the direct estimate of the whole has it (ratio benchmarking; Rao & Molina
// 2015, §6.4.6). size is each area's share or number of units in the
// population, in the order of the areas, and total in the matching unit: the
// direct total when θ is a mean and size a count. The mean squared error grows
// by the square of the change, MSE + (θ̂_bench − θ̂)², which is exact for the
// posterior mean squared error of any constrained estimate (Datta, Ghosh,
// Steorts & Maples 2011). Model fit and diagnostics stay those of the fit.
func (res *Result) Benchmarked(size []float64, total float64) (*Result, error) {
	if len(size) != len(res.Estimates) {
		return nil, fmt.Errorf("benchmarking: %d sizes for %d areas", len(size), len(res.Estimates))
	}
	var sum float64
	for i, e := range res.Estimates {
		if !(size[i] >= 0) || math.IsInf(size[i], 1) {
			return nil, fmt.Errorf("benchmarking: area %s has the size %v", domainName(e.Domain), size[i])
		}
		sum += float64(size[i] * e.Value)
	}
	factor := total / sum
	if !(factor > 0) || math.IsInf(factor, 1) {
		return nil, fmt.Errorf("benchmarking: areas add to %v and should add to %v; one factor cannot do that", sum, total)
	}
	out := *res
	out.Benchmark = res.Benchmark * factor
	out.Estimates = make([]Estimate, len(res.Estimates))
	for i, e := range res.Estimates {
		moved := e.Value*factor - e.Value
		e.Value += moved
		e.MSE += float64(moved * moved)
		out.Estimates[i] = res.bound(e)
	}
	return &out, nil
}
