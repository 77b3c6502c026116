package estimate

import (
	"context"
	"fmt"
	"runtime"

	"barometer/analysis/variance"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// RunPlanned estimates as [RunReplicated] does, with replicates of the first
// stage's units made from a plan while they are used. Of 0/1 items only sums by
// pattern are kept, so that 200 replicates of a million rows take seconds.
// The weights must not be calibrated: each replicate would have to be, too.
func RunPlanned(ctx context.Context, src Source, spec design.Spec, req Request, plan replicate.Plan) ([]Estimate, []Warning, error) {
	if err := req.check(); err != nil {
		return nil, nil, err
	}
	if req.Deff != NoDeff || len(spec.Adjustments) > 0 {
		return nil, nil, fmt.Errorf("replicates made from a plan give neither design effects nor calibrated weights: repeat the calibration in each replicate")
	}
	s, err := Resolve(ctx, src, spec)
	if err != nil {
		return nil, nil, err
	}
	units, number := s.units()
	set, err := replicate.New(plan, units)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.reduce(ctx, src, req.breakdowns(), req.Items)
	if err != nil {
		return nil, nil, err
	}
	table, err := s.tabulate(ctx, src, r.parts, req.Items, set)
	if err != nil {
		return nil, nil, err
	}
	if table == nil {
		return RunReplicated(ctx, src, spec, req, s.fromSet(set, number))
	}
	estimates, err := r.estimates(req)
	if err != nil {
		return nil, nil, err
	}
	values, err := table.values(ctx, r.parts, req.Items, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, nil, err
	}
	one := make([]float64, len(values))
	for k := range estimates {
		for i := range values {
			one[i] = values[i][k]
		}
		estimates[k].replicated(replication(set), one, req.level())
	}
	return estimates, s.Warnings, nil
}

// units lists the stage-1 units of the sample and gives each row's number
// among them, -1 outside the sample.
func (s *Sample) units() (replicate.Units, []int32) {
	stage := s.Design.Stages[0]
	var u replicate.Units
	for _, h := range stage.Strata {
		u.Names = append(u.Names, h.Name)
		u.Population = append(u.Population, h.Population)
	}
	number := make([]int32, len(stage.Stratum))
	for unit, h := range stage.Stratum {
		number[unit] = -1
		if h >= 0 {
			number[unit] = int32(len(u.Stratum))
			u.Stratum = append(u.Stratum, h)
		}
	}
	of := make([]int32, len(s.in))
	for row, in := range s.in {
		of[row] = -1
		if in {
			of[row] = number[s.firstUnit(row)]
		}
	}
	return u, of
}

// fromSet multiplies the weights by the factors of a set of replicates.
func (s *Sample) fromSet(set *replicate.Set, number []int32) *Replicates {
	var factors []float64
	for _, unit := range number {
		if int(unit) >= len(factors) {
			factors = append(factors, make([]float64, int(unit)+1-len(factors))...)
		}
	}
	return &Replicates{Replication: replication(set), Weights: func(r int, into []float64) error {
		set.Factors(r, factors)
		for row, unit := range number {
			into[row] = 0
			if unit >= 0 {
				into[row] = s.Weight[row] * factors[unit]
			}
		}
		return nil
	}}
}

func replication(set *replicate.Set) variance.Replication {
	return variance.Replication{Scale: set.Scale, RScale: set.RScale, MSE: set.MSE}
}
