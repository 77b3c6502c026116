package estimate

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"barometer/weighting/replicate"
)

// blockItems is the number of 0/1 items whose values make one pattern, a
// number to base 3 (0, 1 or missing), and blockPatterns that of such numbers.
const (
	blockItems    = 4
	blockPatterns = 81
)

// patternTable holds rows of 0/1 items so that a replicate of every estimate
// costs one addition a row for each four items: Σw by domain and pattern is
// enough to know each item's sums. Rows stand stratum by stratum.
type patternTable struct {
	from   []int     // first row of each stratum, and the end
	member []int32   // place of each row's unit within its stratum
	weight []float64 // of each row
	row    []int32   // of the data
	slots  []int32   // of each row, one a block; the last of all slots is of no domain

	blocks []patternBlock
	count  int // of slots
}

// patternBlock is up to four items in the domains of one breakdown.
type patternBlock struct {
	items   []int
	part    int
	domains int
	first   int // slot of its first domain
}

// tabulate reads the items. It returns nil where one of them is no 0/1 item.
func (s *Sample) tabulate(ctx context.Context, src Source, parts []*partition, list []Item) (*patternTable, error) {
	columns, items, err := plan(ctx, src, list)
	if err != nil || slices.ContainsFunc(items, func(it plannedItem) bool { return it.den >= 0 }) {
		return nil, err
	}
	t := &patternTable{}
	t.layOut(parts, len(items))
	at := t.place(s)
	var others atomic.Bool // values other than 0 and 1
	err = src.Scan(ctx, columns, func(_ int, c *Chunk) error {
		if !others.Load() && !t.add(c, items, parts, at[c.Start:c.Start+c.Rows]) {
			others.Store(true)
		}
		return nil
	})
	if err != nil || others.Load() {
		return nil, err
	}
	return t, nil
}

// layOut deals the items to blocks and the blocks to slots.
func (t *patternTable) layOut(parts []*partition, items int) {
	for p, part := range parts {
		for i := 0; i < items; i += blockItems {
			b := patternBlock{part: p, domains: len(part.domains), first: t.count}
			for k := i; k < min(i+blockItems, items); k++ {
				b.items = append(b.items, k)
			}
			t.blocks = append(t.blocks, b)
			t.count += b.domains * blockPatterns
		}
	}
	t.count++
}

// place orders the rows of the sample by stratum and returns the place of each,
// -1 outside the sample.
func (t *patternTable) place(s *Sample) []int32 {
	stage := s.Design.Stages[0]
	members := make([]int32, len(stage.Strata))
	within := make([]int32, len(stage.Stratum))
	for unit, h := range stage.Stratum {
		if h >= 0 {
			within[unit] = members[h]
			members[h]++
		}
	}
	t.from = make([]int, len(stage.Strata)+1)
	for row, in := range s.in {
		if in {
			t.from[stage.Stratum[s.firstUnit(row)]+1]++
		}
	}
	for h := range stage.Strata {
		t.from[h+1] += t.from[h]
	}
	n := t.from[len(stage.Strata)]
	t.member, t.row, t.weight, t.slots = make([]int32, n), make([]int32, n), make([]float64, n), make([]int32, n*len(t.blocks))
	next := slices.Clone(t.from)
	at := make([]int32, len(s.in))
	for row, in := range s.in {
		at[row] = -1
		if !in {
			continue
		}
		unit := s.firstUnit(row)
		h := stage.Stratum[unit]
		at[row] = int32(next[h])
		t.member[next[h]], t.row[next[h]], t.weight[next[h]] = within[unit], int32(row), s.Weight[row]
		next[h]++
	}
	return at
}

// add notes the slots of a chunk's rows and reports whether its items are 0/1.
func (t *patternTable) add(c *Chunk, items []plannedItem, parts []*partition, at []int32) bool {
	pattern, bits := make([]int32, c.Rows), make([]uint8, c.Rows)
	for k, b := range t.blocks {
		clear(pattern)
		digit := int32(1)
		for _, i := range b.items {
			values, ok := items[i].bits(c, bits)
			if !ok {
				return false
			}
			for row, x := range values {
				pattern[row] += digit * int32(x)
			}
			digit *= 3
		}
		part := parts[b.part]
		for row, cell := range part.cell[c.Start : c.Start+c.Rows] {
			if at[row] < 0 {
				continue
			}
			slot := int32(t.count - 1)
			if cell >= 0 {
				slot = int32(b.first) + part.cells[cell].domain*blockPatterns + pattern[row]
			}
			t.slots[int(at[row])*len(t.blocks)+k] = slot
		}
	}
	return true
}

// bits returns an item as bits; ok is false where it has other values. scratch
// may be overwritten.
func (it plannedItem) bits(c *Chunk, scratch []uint8) (bits []uint8, ok bool) {
	v := c.Columns[it.num]
	switch {
	case it.isLevel:
		levelBits(scratch, v.Code, it.level)
		return scratch, true
	case v.Bit != nil:
		return v.Bit, true
	}
	for i, x := range v.Number {
		switch {
		case x == 0 || x == 1:
			scratch[i] = uint8(x)
		case math.IsNaN(x):
			scratch[i] = 2
		default:
			return nil, false
		}
	}
	return scratch, true
}

// values returns the value of every estimate in every replicate, replicates
// side by side on all processors. Each is summed by one of them, row by row, so
// their number changes no bit.
func (t *patternTable) values(ctx context.Context, set *replicate.Set, parts []*partition, items []Item, workers int) ([][]float64, error) {
	out := make([][]float64, set.Count())
	g, ctx := errgroup.WithContext(ctx)
	for worker := range workers {
		g.Go(func() error {
			sums, factors := make([]float64, t.count), make([]float64, slices.Max(t.member)+1)
			for r := worker; r < len(out); r += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				t.sum(set, r, factors, sums)
				out[r] = t.estimates(sums, parts, items)
			}
			return nil
		})
	}
	return out, g.Wait()
}

// sum adds the weights of a replicate by slot.
func (t *patternTable) sum(set *replicate.Set, r int, factors, sums []float64) {
	clear(sums)
	k := len(t.blocks)
	for h := range len(t.from) - 1 {
		f := factors[:set.Size(h)]
		set.Stratum(r, h, f)
		for row := t.from[h]; row < t.from[h+1]; row++ {
			w := float64(t.weight[row] * f[t.member[row]])
			for _, slot := range t.slots[row*k : row*k+k] {
				sums[slot] += w
			}
		}
	}
}

// evaluator sums other weights than those of the table, one a row of the data.
func (t *patternTable) evaluator(parts []*partition, items []Item) evaluator {
	sums, k := make([]float64, t.count), len(t.blocks)
	return func(weights []float64) []float64 {
		clear(sums)
		for at, row := range t.row {
			w := weights[row]
			for _, slot := range t.slots[at*k : at*k+k] {
				sums[slot] += w
			}
		}
		return t.estimates(sums, parts, items)
	}
}

// estimates computes all estimates from the sums of a replicate, in the order
// of [Run].
func (t *patternTable) estimates(sums []float64, parts []*partition, items []Item) []float64 {
	at, n := positions(parts, len(items))
	out := make([]float64, n)
	for _, b := range t.blocks {
		digit := 1
		for _, i := range b.items {
			for d := range b.domains {
				var total [3]float64 // of zeros, ones and missing
				for pattern, w := range sums[b.first+d*blockPatterns:][:blockPatterns] {
					total[pattern/digit%3] += w
				}
				value := total[1]
				if items[i].Stat == Mean || items[i].Stat == Share {
					value /= total[0] + total[1]
				}
				out[at[i][b.part]+d] = value
			}
			digit *= 3
		}
	}
	return out
}
