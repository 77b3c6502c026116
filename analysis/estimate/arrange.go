package estimate

import (
	"math"
	"slices"
)

// arrangement is a chunk's rows put in the order of their cells, with their
// weights. It is made once for all 0/1 items of a partition: summed run by run,
// a cell's sums are fetched once a run and not once a row.
type arrangement struct {
	first  []float64 // the first weight met in each cell, NaN before
	counts []int

	runs   []span
	order  []uint16  // row within the chunk
	p      []float64 // weight less the cell's first, in that order
	square []float64 // its square
}

// span is a run of rows of one cell; it starts where the one before ends.
type span struct {
	cell, end int
	weight    float64 // the cell's first
}

// arrange takes the next chunk, at most Stripe rows of that many cells.
func (a *arrangement) arrange(cells []int32, count int, w []float64) {
	for len(a.first) < count {
		a.first = append(a.first, math.NaN())
	}
	a.runs = a.runs[:0]
	a.order = slices.Grow(a.order[:0], len(cells))
	if len(a.first) <= Stripe {
		a.sort(cells)
	} else {
		a.split(cells)
	}
	n := len(a.order) + 3
	a.p, a.square = slices.Grow(a.p[:0], n)[:n], slices.Grow(a.square[:0], n)[:n]
	from := 0
	for i := range a.runs {
		r := &a.runs[i]
		if first := &a.first[r.cell]; math.IsNaN(*first) {
			*first = w[a.order[from]]
		}
		r.weight = a.first[r.cell]
		for k := from; k < r.end; k++ {
			p := w[a.order[k]] - r.weight
			a.p[k], a.square[k] = p, p*p
		}
		from = r.end
	}
}

// sort orders the rows by cell, rows of a cell as they came.
func (a *arrangement) sort(cells []int32) {
	a.counts = slices.Grow(a.counts[:0], len(a.first))[:len(a.first)]
	clear(a.counts)
	for _, c := range cells {
		if c >= 0 {
			a.counts[c]++
		}
	}
	at := 0
	for c, n := range a.counts {
		a.counts[c] = at
		if at += n; n > 0 {
			a.runs = append(a.runs, span{cell: c, end: at})
		}
	}
	a.order = a.order[:at]
	for row, c := range cells {
		if c >= 0 {
			a.order[a.counts[c]] = uint16(row)
			a.counts[c]++
		}
	}
}

// split leaves the rows as they are: with more cells than rows in a chunk,
// counting all cells would cost more than sorting gains.
func (a *arrangement) split(cells []int32) {
	last := int32(-1)
	for row, c := range cells {
		if c < 0 {
			continue
		}
		a.order = append(a.order, uint16(row))
		if c != last {
			a.runs = append(a.runs, span{cell: int(c)})
		}
		a.runs[len(a.runs)-1].end = len(a.order)
		last = c
	}
}
