package casefile

import (
	"context"
	"fmt"
	"slices"

	"barometer/analysis/estimate"
	"barometer/analysis/variance"
	"barometer/weighting"
	"barometer/weighting/replicate"
)

// replicates are replicate weights as written: made by the program, or
// supplied as columns.
type replicates struct {
	Type string  `json:"type"`
	Rho  float64 `json:"rho"`
	MSE  bool    `json:"mse"`

	Supplied bool    `json:"supplied"`
	Prefix   string  `json:"prefix"`
	Count    int     `json:"count"`
	Combined *bool   `json:"combined"`
	Scale    float64 `json:"scale"`
	RScales  numbers `json:"rscales"`
}

func (r *replicates) check() error {
	switch {
	case r.Supplied && (r.Count < 1 || r.Prefix == ""):
		return badCase("key design.replicates: supplied replicates need a prefix and a count")
	case r.Supplied && len(r.RScales) != 1 && len(r.RScales) != r.Count:
		return badCase("key design.replicates.rscales: %d numbers for %d replicates", len(r.RScales), r.Count)
	case r.Supplied && !(r.Scale > 0):
		return badCase("key design.replicates.scale: %v is not above 0", r.Scale)
	case r.Supplied && r.Combined != nil && !*r.Combined:
		return badCase("key design.replicates.combined: only combined weights are read")
	case !r.Supplied && !contains("JK1 JKn BRR Fay", r.Type):
		return badCase("key design.replicates.type: %q is none of JK1, JKn, BRR, Fay", r.Type)
	case r.Type == "Fay" && !(r.Rho >= 0 && r.Rho < 1):
		return badCase("key design.replicates.rho: %v is not between 0 and 1", r.Rho)
	}
	return nil
}

// columns lists the columns of supplied replicates.
func (r *replicates) columns() []string {
	if r == nil || !r.Supplied {
		return nil
	}
	names := make([]string, r.Count)
	for i := range names {
		names[i] = fmt.Sprintf("%s%d", r.Prefix, i+1)
	}
	return names
}

// estimate estimates, by replicates where the design has them.
func (p *problem) estimate(ctx context.Context, req estimate.Request) ([]estimate.Estimate, error) {
	reps, err := p.replicate(ctx)
	if err != nil {
		return nil, err
	}
	var list []estimate.Estimate
	var warnings []estimate.Warning
	if reps == nil {
		list, warnings, err = estimate.Run(ctx, p.src, p.spec, req)
	} else {
		list, warnings, err = estimate.RunReplicated(ctx, p.src, p.spec, req, reps)
	}
	p.warn(warnings)
	return list, err
}

// replicate makes or reads the replicate weights, each calibrated anew; nil
// where the design has none.
func (p *problem) replicate(ctx context.Context) (*estimate.Replicates, error) {
	if p.Design.Replicates == nil {
		return nil, nil
	}
	reps, err := p.uncalibrated(ctx)
	if err != nil {
		return nil, err
	}
	plain := reps.Weights
	reps.Weights = func(r int, into []float64) error {
		if err := plain(r, into); err != nil {
			return err
		}
		for _, s := range p.calibrations {
			out, err := weighting.Apply(s, p.data, into)
			if err != nil {
				return err
			}
			copy(into, out.Weights)
		}
		return nil
	}
	return reps, nil
}

// uncalibrated returns the replicates of the weights before any calibration.
func (p *problem) uncalibrated(ctx context.Context) (*estimate.Replicates, error) {
	r := p.Design.Replicates
	if r.Supplied {
		return p.supplied(ctx)
	}
	sample, err := estimate.Resolve(ctx, p.src, p.spec)
	if err != nil {
		return nil, err
	}
	kind := replicate.Kind(r.Type)
	if kind == replicate.JK1 && len(p.Design.Strata) > 0 {
		return nil, badCase("key design.replicates.type: JK1 is for a design without strata: use JKn")
	}
	reps, err := sample.Replicate(replicate.Plan{Kind: kind, Rho: r.Rho, MSE: r.MSE}, p.fixed)
	p.warn(sample.Warnings)
	return reps, err
}

func (p *problem) supplied(ctx context.Context) (*estimate.Replicates, error) {
	r := p.Design.Replicates
	columns := make([][]float64, r.Count)
	for i, name := range r.columns() {
		w, err := estimate.Weights(ctx, p.src, name)
		if err != nil {
			return nil, err
		}
		columns[i] = w
	}
	scales := slices.Clone(r.RScales)
	if len(scales) == 1 {
		scales = slices.Repeat(scales, r.Count)
	}
	return &estimate.Replicates{
		Replication: variance.Replication{Scale: r.Scale, RScale: scales, MSE: r.MSE},
		Weights: func(k int, into []float64) error {
			for row, w := range columns[k] {
				if into[row] = w; p.fixed[row] == 0 {
					into[row] = 0
				}
			}
			return nil
		}}, nil
}
