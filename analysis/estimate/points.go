package estimate

import (
	"context"
	"math"
)

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
