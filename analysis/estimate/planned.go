package estimate

import (
	"context"
	"fmt"
	"runtime"

	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// RunPlanned estimates as [RunReplicated] does, with replicates of the first
// stage's units made from a plan while they are used. Of 0/1 items only sums by
// pattern are kept, so that 200 replicates of a million rows take seconds.
// The weights must not be calibrated, as the plan does not know the totals that
// each replicate would have to meet: give [RunReplicated] the replicates of the
// weighting recipe, [FromRecipe], which repeat all of its steps.
func RunPlanned(ctx context.Context, src Source, spec design.Spec, req Request, plan replicate.Plan) ([]Estimate, []Warning, error) {
	if err := req.check(); err != nil {
		return nil, nil, err
	}
	if len(spec.Adjustments) > 0 {
		return nil, nil, fmt.Errorf("replicates made from a plan do not carry the calibration of column %s: estimate with the replicates of the weighting recipe, which repeat it in each", spec.Weight)
	}
	s, err := Resolve(ctx, src, spec)
	if err != nil {
		return nil, nil, err
	}
	reps, err := s.Replicate(plan, s.Weight)
	if err != nil {
		return nil, nil, err
	}
	if !reps.set.ByStratum() {
		estimates, _, err := RunReplicated(ctx, src, spec, req, reps)
		return estimates, s.Warnings, err
	}
	r, err := s.reduce(ctx, src, req.breakdowns(), req.Items)
	if err != nil {
		return nil, nil, err
	}
	table, err := s.tabulate(ctx, src, r.parts, req.Items)
	if err != nil {
		return nil, nil, err
	}
	if table == nil {
		estimates, _, err := RunReplicated(ctx, src, spec, req, reps)
		return estimates, s.Warnings, err
	}
	estimates, err := r.estimates(req)
	if err != nil {
		return nil, nil, err
	}
	values, err := table.values(ctx, reps.set, r.parts, req.Items, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, nil, err
	}
	one := make([]float64, len(values))
	for k := range estimates {
		for i := range values {
			one[i] = values[i][k]
		}
		estimates[k].byReplicates(reps.Replication, one, req.level())
	}
	return estimates, s.Warnings, nil
}
