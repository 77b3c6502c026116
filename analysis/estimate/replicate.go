package estimate

import (
	"context"
	"fmt"
	"math"

	"barometer/analysis/variance"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// Replicates are replicate weights: how many, how they make a variance, and
// the weights of one of them, filled into a slice of one a row. They are made
// as they are used, never held all at once.
type Replicates struct {
	variance.Replication
	Weights func(replicate int, into []float64) error

	set *replicate.Set // where the weights are factors on the sample's
}

// Replicate makes replicates of weights, one a row, from the stage-1 units of
// the design. Half-samples leave out the finite population correction, with a
// warning. A stratum with a single unit out of several is the error of the
// plan's kind, unless the design's rule lets it add nothing; by the rule
// "average" the others' variance then stands for it, unit by unit, and by
// "adjust" the jackknife has all strata stand for it.
func (s *Sample) Replicate(plan replicate.Plan, weights []float64) (*Replicates, error) {
	u := s.replicated(plan.Kind)
	set, err := replicate.New(plan, u.Units)
	if err != nil {
		return nil, err
	}
	if s.Design.Lonely == design.Average {
		set.Scale *= float64(len(u.Stratum)) / float64(len(u.Stratum)-u.lonely)
	}
	factors := make([]float64, len(u.Stratum))
	return &Replicates{Replication: variance.Replication{Scale: set.Scale, RScale: set.RScale, MSE: set.MSE}, set: set,
		Weights: func(r int, into []float64) error {
			set.Factors(r, factors)
			for row, w := range weights {
				into[row] = 0
				if s.in[row] {
					into[row] = w * factors[u.number[s.firstUnit(row)]]
				}
			}
			return nil
		}}, nil
}

// replicated is the stage-1 units of a design as replicates see them.
type replicated struct {
	replicate.Units
	number []int32 // of each unit of the design among those in the sample
	lonely int     // units alone in their stratum that replicates leave alone
}

func (s *Sample) replicated(kind replicate.Kind) *replicated {
	stage := s.Design.Stages[0]
	u := &replicated{number: make([]int32, len(stage.Stratum))}
	for unit, h := range stage.Stratum {
		if h >= 0 {
			u.number[unit] = int32(len(u.Stratum))
			u.Stratum = append(u.Stratum, h)
		}
	}
	halves := kind == replicate.BRR || kind == replicate.Fay
	u.Apart = s.Design.Lonely == design.Adjust
	for _, h := range stage.Strata {
		u.Names = append(u.Names, h.Name)
		switch {
		case halves && !math.IsInf(h.Population, 1):
			s.Warnings = append(s.Warnings, Warning(fmt.Sprintf("stratum %s: half-samples leave out the finite population correction", h.Name)))
		case !halves && h.Units == 1 && s.Design.Lonely != design.Fail && s.Design.Lonely != design.Adjust:
			u.lonely++
			h.Population = 1 // as if all were taken
		}
		if !halves {
			u.Population = append(u.Population, h.Population)
		}
	}
	return u
}

// firstUnit returns the stage-1 unit of a row.
func (s *Sample) firstUnit(row int) int32 {
	unit := int32(s.unit(row))
	if s.psu != nil {
		return s.psu[unit]
	}
	return unit
}

// RunReplicated estimates as [Run] does, with standard errors from replicates.
// Degrees of freedom are those of the design, never the rank of the weights.
func RunReplicated(ctx context.Context, src Source, spec design.Spec, req Request, reps *Replicates) ([]Estimate, []Warning, error) {
	estimates, warnings, err := Run(ctx, src, spec, req)
	if err != nil {
		return nil, nil, err
	}
	sh, err := Load(ctx, src, spec, itemColumns(req.Items)...)
	if err != nil {
		return nil, nil, err
	}
	p, err := sh.points(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	values := make([][]float64, len(estimates)) // by estimate and replicate
	weights := make([]float64, sh.Rows())
	for r := range reps.RScale {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if err := reps.Weights(r, weights); err != nil {
			return nil, nil, fmt.Errorf("replicate %d: %w", r+1, err)
		}
		for k, value := range p.values(weights) {
			values[k] = append(values[k], value)
		}
	}
	for k := range estimates {
		estimates[k].byReplicates(reps.Replication, values[k], req.level())
	}
	return estimates, warnings, nil
}

// byReplicates takes the standard error and the interval from replicates.
func (e *Estimate) byReplicates(rep variance.Replication, values []float64, level float64) {
	linearised := e.SE * e.SE
	e.SE = StandardError(rep.Variance(e.Value, values), e.Value)
	e.Deff *= e.SE * e.SE / linearised
	half := TQuantile(level, e.DF) * e.SE
	e.Low, e.High = e.Value-half, e.Value+half
}

// points computes the values of estimates under any weights.
type points struct {
	items []pointItem
	count int
}

type pointItem struct {
	stat     Stat
	a, b     []float64
	domainOf [][]int32 // by breakdown
	domains  []int
}

func (sh *Sheet) points(ctx context.Context, req Request) (*points, error) {
	breakdowns := req.Breakdowns
	if len(breakdowns) == 0 {
		breakdowns = []Breakdown{{}}
	}
	var domainOf [][]int32
	var domains []int
	for _, b := range breakdowns {
		levels, of, err := sh.Domains(ctx, b)
		if err != nil {
			return nil, err
		}
		domainOf, domains = append(domainOf, of), append(domains, len(levels))
	}
	p := &points{}
	for _, it := range req.Items {
		a, b := sh.pair(it)
		p.items = append(p.items, pointItem{it.Stat, a, b, domainOf, domains})
	}
	return p, nil
}

func (p *points) values(weights []float64) []float64 {
	var out []float64
	for _, it := range p.items {
		for i, n := range it.domains {
			out = append(out, it.values(weights, it.domainOf[i], n)...)
		}
	}
	return out
}

func (it pointItem) values(weights []float64, domainOf []int32, domains int) []float64 {
	y, x := make([]float64, domains), make([]float64, domains)
	for row, d := range domainOf {
		if d < 0 || math.IsNaN(it.a[row]) {
			continue
		}
		b := 1.0
		if it.b != nil {
			if b = it.b[row]; math.IsNaN(b) {
				continue
			}
		}
		y[d] += float64(weights[row] * it.a[row])
		x[d] += float64(weights[row] * b)
	}
	if it.stat == Total || it.stat == Count {
		return y
	}
	for d := range y {
		y[d] /= x[d]
	}
	return y
}
