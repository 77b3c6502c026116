package estimate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Sums of 0/1 items are those of the same numbers: of more items than a pack
// holds, in cells of one row and of hundreds, in chunks of any length, where an
// item is 0/1 in one chunk and numbers in the next.
func TestPacksSumAsNumbersDo(t *testing.T) {
	const items = 2*packItems + 5
	r := rand.New(rand.NewPCG(21, 22))
	planned := make([]plannedItem, items)
	for k := range planned {
		planned[k] = plannedItem{num: k, den: -1}
	}
	for _, cells := range []int{1, 7, 5000} {
		bits, numbers := newLane(planned, 1), newLane(planned, 1)
		spaces := newWorkspaces()
		start := 0
		for _, rows := range []int{1, 8, 1003, 4 * packRows, 777} {
			asBits, asNumbers := drawBits(r, items, rows)
			w, cell := make([]float64, rows), make([]int32, rows)
			for i := range w {
				w[i], cell[i] = 100+r.Float64(), int32(r.IntN(cells+1)-1)
			}
			for k := range items {
				if r.IntN(5) == 0 {
					asBits[k] = asNumbers[k]
				}
			}
			for _, c := range []struct {
				*lane
				columns []Values
			}{{bits, asBits}, {numbers, asNumbers}} {
				done := c.work(spaces)
				c.w, c.cells[0], c.count[0], c.most[0] = w, cell, cells, cells
				c.add(&Chunk{Start: start, Rows: rows, Columns: c.columns})
				done()
			}
			start += rows
		}
		for k := range items {
			got, want := newMerger(0, k, k+1, cells), newMerger(0, k, k+1, cells)
			got.add(bits)
			want.add(numbers)
			var scratch, other []moment
			compareMoments(t, got.sums()[0].in(&scratch), want.sums()[0].in(&other))
		}
	}
}

// drawBits draws columns of 0, 1 and missing, and the same as numbers.
func drawBits(r *rand.Rand, items, rows int) (bits, numbers []Values) {
	for range items {
		b, x := Bits{make([]uint64, Words(rows)), make([]uint64, Words(rows))}, make([]float64, rows)
		for i := range x {
			switch x[i] = float64(r.IntN(3)); x[i] {
			case 2:
				x[i] = math.NaN()
				continue
			case 1:
				b.One[i/64] |= 1 << (i % 64)
			}
			b.Known[i/64] |= 1 << (i % 64)
		}
		bits, numbers = append(bits, Values{Bits: b}), append(numbers, Values{Number: x})
	}
	return bits, numbers
}

func compareMoments(t *testing.T, got, want []moment) {
	t.Helper()
	for c := range want {
		g, w := got[c], want[c]
		if g.n != w.n || g.positive != w.positive {
			t.Fatalf("cell %d: %d rows, %d ones, want %d and %d", c, g.n, g.positive, w.n, w.positive)
		}
		if w.n == 0 {
			continue
		}
		g.recentre(0, 1)
		w.recentre(0, 1)
		for what, pair := range map[string][2]float64{"Σw": {g.w, w.w}, "Σwy": {g.a, w.a}, "of w": {g.ww, w.ww}, "of w and wy": {g.wa, w.wa}, "of wy": {g.aa, w.aa}} {
			if math.Abs(pair[0]-pair[1]) > 1e-9*max(1, math.Abs(pair[1])) {
				t.Fatalf("cell %d of %d rows: %s %.15g, want %.15g", c, w.n, what, pair[0], pair[1])
			}
		}
	}
}
