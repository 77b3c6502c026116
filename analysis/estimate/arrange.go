package estimate

import (
	"math"
	"slices"
)

// arrangement is a chunk's rows put in the order of their cells, with their
// weights. It is made once for all 0/1 items of a partition: summed run by run,
// a cell's sums are fetched once a run and not once a row.
type arrangement struct {
	counts []int // by cell

	runs   []span
	order  []uint16  // row within the chunk
	p      []float64 // weight less the cell's first, in that order
	square []float64 // its square
}

// span is a run of rows of one cell; it starts where the one before ends.
type span struct{ cell, end int }

// arrange takes a chunk, at most Stripe rows. first holds the first weight met in
// each cell, NaN before.
func (a *arrangement) arrange(cells []int32, first, w []float64) {
	a.runs = a.runs[:0]
	a.order = slices.Grow(a.order[:0], len(cells))
	if len(first) <= Stripe {
		a.sort(cells, len(first))
	} else {
		a.split(cells)
	}
	n := len(a.order) + 3
	a.p, a.square = slices.Grow(a.p[:0], n)[:n], slices.Grow(a.square[:0], n)[:n]
	from := 0
	for i := range a.runs {
		r := &a.runs[i]
		weight := first[r.cell]
		if math.IsNaN(weight) {
			weight = w[a.order[from]]
			first[r.cell] = weight
		}
		p, square := a.p[from:r.end], a.square[from:r.end]
		for k, row := range a.order[from:r.end] {
			x := w[row] - weight
			p[k], square[k] = x, x*x
		}
		from = r.end
	}
}

// sort orders the rows by cell, rows of a cell as they came.
func (a *arrangement) sort(cells []int32, count int) {
	a.counts = slices.Grow(a.counts[:0], count)[:count]
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
