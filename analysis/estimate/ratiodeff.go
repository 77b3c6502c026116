package estimate

import (
	"context"
	"math"
	"slices"
)

// ratioDeffs gives ratios their design effects. That of R̂ is that of the total
// of y − R̂x, whose mean is 0: SE² · N̂²·x̄² over N̂²·S²/n with
// S² = n/(n−1)·Σw(y−R̂x)²/N̂, times 1 − n/N̂ where compared without replacement
// (Kish 1965, §8.2; R survey, svytotal with deff). It takes a scan of
// its own, since no other estimate needs the sum of squares.
func (s *Sample) ratioDeffs(ctx context.Context, src Source, req Request, estimates []Estimate) error {
	if !req.ratioDeffs() {
		return nil
	}
	columns := newReader(src)
	for _, it := range req.Items {
		if it.Stat == Ratio {
			columns.number(it.Var)
			columns.number(it.Den)
		}
	}
	sh := &Sheet{Sample: s, src: src, columns: columns}
	if err := columns.read(ctx); err != nil {
		return err
	}
	domains, err := sh.breakdowns(ctx, req.Breakdowns)
	if err != nil {
		return err
	}
	k := 0
	for _, it := range req.Items {
		for _, b := range domains {
			if it.Stat == Ratio {
				y, x := sh.Number(it.Var), sh.Number(it.Den)
				sh.ratioDeff(req.Deff, y, x, b.of, estimates[k:k+len(b.levels)])
			}
			k += len(b.levels)
		}
	}
	return nil
}

// ratioDeffs reports whether design effects of ratios are asked for.
func (req Request) ratioDeffs() bool {
	return req.Deff != NoDeff && slices.ContainsFunc(req.Items, func(it Item) bool { return it.Stat == Ratio })
}

// ratioDeff fills in the design effects of one ratio in disjoint domains.
func (sh *Sheet) ratioDeff(deff Deff, y, x []float64, domainOf []int32, estimates []Estimate) {
	square, total := make([]float64, len(estimates)), make([]float64, len(estimates))
	for row, d := range domainOf {
		if d < 0 || math.IsNaN(y[row]) || math.IsNaN(x[row]) {
			continue
		}
		r := y[row] - float64(estimates[d].Value*x[row])
		square[d] += float64(sh.Weight[row] * r * r)
		total[d] += float64(sh.Weight[row] * x[row])
	}
	for d := range estimates {
		e := &estimates[d]
		n := float64(e.N)
		srs := square[d] / (n - 1) * e.SumWeights / (total[d] * total[d])
		if deff == WOR {
			srs *= 1 - n/e.SumWeights
		}
		e.Deff = e.SE * e.SE / srs
	}
}
