package estimate

import (
	"context"
	"fmt"
	"math"

	"barometer/analysis/variance"
	"barometer/weighting/design"
)

// Replicates are replicate weights: how many, how they make a variance, and
// the weights of one of them, filled into a slice of one a row. They are made
// as they are used, never held all at once.
type Replicates struct {
	variance.Replication
	Weights func(replicate int, into []float64) error
}

// FromFactors multiplies the sample's weights by the factors of a design's units.
func (s *Sample) FromFactors(f *variance.Factors, weights []float64) *Replicates {
	return &Replicates{Replication: f.Replication, Weights: func(r int, into []float64) error {
		for row, w := range weights {
			into[row] = 0
			if s.in[row] {
				into[row] = w * f.Factor(r, s.firstUnit(row))
			}
		}
		return nil
	}}
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
	if req.Deff != NoDeff {
		return nil, nil, fmt.Errorf("design effects are not estimated from replicates")
	}
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
		estimates[k].replicated(reps.Replication, values[k], req.level())
	}
	return estimates, warnings, nil
}

// replicated takes the standard error and the interval from replicates.
func (e *Estimate) replicated(rep variance.Replication, values []float64, level float64) {
	e.SE = StandardError(rep.Variance(e.Value, values), e.Value)
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
	breakdowns := req.breakdowns()
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
