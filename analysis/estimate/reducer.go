package estimate

import (
	"context"
	"fmt"

	"barometer/weighting/design"
)

// Reducer is a source that can sum by cell where the data are, so that only
// sums travel: a database, near or far. [Run] lets it do so for element samples
// without calibration; for all else it scans.
type Reducer interface {
	Source
	Reduce(ctx context.Context, q CellQuery) ([]CellSums, error)
}

// CellQuery asks for the sums of items in every cell: each combination of
// stratum and domain levels, over the rows of positive weight that have all the
// levels of Where.
type CellQuery struct {
	Stratum string // column; "" = one stratum
	Weight  string
	By      []string
	Where   []design.Level
	Items   []Item
}

// CellSums are the sums of one item in one cell: counts, sums, and variances
// and covariances (divisor n) of w, w·a′ and w·b′, where a′ and b′ are
// numerator and denominator less their centres. Without a denominator b′ is 0
// and its centre 1.
type CellSums struct {
	Item    int
	Stratum string
	Domain  []string // levels of By

	N, Positive      int
	CentreA, CentreB float64
	W, A, B          float64 // Σw, Σw·a′, Σw·b′
	YY               float64 // Σw·a′²

	VarW, VarA, VarB, CovWA, CovWB, CovAB float64
}

func (c *CellSums) moment() moment {
	n := float64(c.N)
	return moment{n: c.N, positive: c.Positive, centreA: c.CentreA, centreB: c.CentreB,
		w: c.W, a: c.A, b: c.B, yy: c.YY,
		ww: n * c.VarW, aa: n * c.VarA, bb: n * c.VarB, wa: n * c.CovWA, wb: n * c.CovWB, ab: n * c.CovAB}
}

// reducible reports whether a Reducer's cells are those of this sample.
func (s *Sample) reducible(spec design.Spec) bool {
	return s.Elements() && len(spec.IDs) == 0 && len(s.steps) == 0 && spec.Weight != ""
}

// reduceAtSource has the source sum by cell.
func (s *Sample) reduceAtSource(ctx context.Context, src Reducer, spec design.Spec, breakdowns []Breakdown, items []Item) (*reduction, error) {
	parts, err := s.partitions(ctx, src, breakdowns)
	if err != nil {
		return nil, err
	}
	r := &reduction{sample: s, parts: parts}
	for p, b := range breakdowns {
		q := CellQuery{Weight: spec.Weight, By: b.By, Where: b.Where, Items: items}
		if len(spec.Strata) > 0 {
			q.Stratum = spec.Strata[0]
		}
		sums, err := src.Reduce(ctx, q)
		if err != nil {
			return nil, err
		}
		moments, err := s.place(parts[p], sums, q)
		if err != nil {
			return nil, err
		}
		r.sums = append(r.sums, moments)
	}
	return r, nil
}

// place puts sums into the cells they belong to, by the names of their levels.
func (s *Sample) place(part *partition, sums []CellSums, q CellQuery) ([]itemSums, error) {
	at := make(map[string]int, len(part.cells))
	for i, c := range part.cells {
		stratum := ""
		if q.Stratum != "" {
			stratum = s.Design.Stages[0].Strata[s.groups[c.group].home].Name
		}
		var domain []string
		for _, l := range part.domains[c.domain] {
			domain = append(domain, l.Level)
		}
		at[cellName(stratum, domain)] = i
	}
	items := make([]itemSums, len(q.Items))
	for i := range items {
		items[i].moments = make([]moment, len(part.cells))
	}
	for _, c := range sums {
		cell, ok := at[cellName(c.Stratum, c.Domain)]
		if !ok {
			return nil, fmt.Errorf("the source returned the cell %q × %q, which the sample does not have", c.Stratum, c.Domain)
		}
		items[c.Item].moments[cell] = c.moment()
	}
	return items, nil
}

func cellName(stratum string, domain []string) string { return fmt.Sprintf("%q%q", stratum, domain) }
