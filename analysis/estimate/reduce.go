package estimate

import (
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// reduction is the data reduced to the moments of every item in every cell.
type reduction struct {
	sample *Sample
	parts  []*partition
	sums   [][]itemSums // by partition and item
}

// itemSums are the sums of an item by cell: moments, or of an item that was 0/1
// throughout what they are made of, a fifth of their size.
type itemSums struct {
	moments []moment
	bits    []bitSums // every step-th
	step    int
	weight  []float64 // about which the bits of each cell are summed
}

// in returns the moments by cell, made in the scratch space where there are none.
func (s *itemSums) in(scratch *[]moment) []moment {
	if s.bits == nil {
		return s.moments
	}
	*scratch = slices.Grow((*scratch)[:0], len(s.weight))[:len(s.weight)]
	for c := range *scratch {
		(*scratch)[c] = s.bits[c*s.step].moment(s.weight[c])
	}
	return *scratch
}

// plannedItem is an item in terms of the columns of the scan.
type plannedItem struct {
	num, den int   // column numbers; den is -1 where there is none
	level    int32 // of a share or count, -1 where no row has it
	isLevel  bool
	total    bool // of a numeric variable
}

// reduce scans the items once and sums them by cell.
func (s *Sample) reduce(ctx context.Context, src Source, breakdowns []Breakdown, list []Item) (*reduction, error) {
	parts, err := s.partitions(ctx, src, breakdowns)
	if err != nil {
		return nil, err
	}
	var columns columnList
	items, err := plan(ctx, src, &columns, list)
	if err != nil {
		return nil, err
	}
	lanes := make([]*lane, Lanes)
	spaces := newWorkspaces()
	err = src.Scan(ctx, columns, func(at int, c *Chunk) error {
		if lanes[at] == nil {
			lanes[at] = newLane(items, len(parts))
			lanes[at].steps = s.steps
		}
		l := lanes[at]
		defer l.work(spaces)()
		l.w = s.Weight[c.Start : c.Start+c.Rows]
		for p, part := range parts {
			l.cells[p], l.count[p] = part.cell[c.Start:c.Start+c.Rows], len(part.cells)
			l.most[p] = len(part.cells)
		}
		l.add(c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	r := &reduction{sample: s, parts: parts}
	r.merge(lanes, len(items))
	return r, nil
}

// columnList is what a scan asks for, each column once.
type columnList []Column

// need returns the place of a column in the list.
func (l *columnList) need(c Column) int {
	if at := slices.Index(*l, c); at >= 0 {
		return at
	}
	*l = append(*l, c)
	return len(*l) - 1
}

// plan adds to the columns of a scan what items need and says which they are.
func plan(ctx context.Context, src Source, columns *columnList, items []Item) ([]plannedItem, error) {
	planned := make([]plannedItem, len(items))
	for i, it := range items {
		planned[i] = plannedItem{den: -1}
		switch it.Stat {
		case Share, Count:
			levels, err := src.Levels(ctx, it.Var)
			if err != nil {
				return nil, err
			}
			planned[i].num = columns.need(Column{it.Var, Category})
			planned[i].isLevel = true
			planned[i].level = int32(slices.Index(levels, it.Level))
		case Ratio:
			planned[i].num, planned[i].den = columns.need(Column{it.Var, Number}), columns.need(Column{it.Den, Number})
		default:
			planned[i].num = columns.need(Column{it.Var, Number})
			planned[i].total = it.Stat == Total
		}
	}
	return planned, nil
}

// lane holds the partial sums of the rows of one lane.
type lane struct {
	items []plannedItem
	steps []step
	sums  [][]cellSums // by partition and item

	// the chunk being added
	w     []float64
	cells [][]int32 // of its rows, by partition; -1 where a row is in none
	count []int     // of cells met so far, by partition
	most  []int     // cells there may be, by partition
	place [][]int32 // of these cells among those of the partition; nil where it is the same

	weights [][]float64 // the first weight met in each cell, by partition; NaN before
	packs   []pack      // of all items, whether 0/1 or not

	*workspace
}

// cellSums are the running sums of one item by cell, in the shape of the
// kernel that makes them. A source may hand a column over as bits in one chunk
// and as numbers in the next, so both may be in use.
type cellSums struct {
	numbers []numberSums
	ratios  []ratioSums
	before  [][]beforeSums // by calibration step

	products []productSums // of totals, beside the others
}

func newLane(items []plannedItem, parts int) *lane {
	l := &lane{items: items, packs: newPacks(len(items), parts), sums: make([][]cellSums, parts), cells: make([][]int32, parts),
		count: make([]int, parts), most: make([]int, parts), place: make([][]int32, parts), weights: make([][]float64, parts)}
	for p := range parts {
		l.sums[p] = make([]cellSums, len(items))
	}
	return l
}

// add adds a chunk to the sums of every item and partition.
func (l *lane) add(c *Chunk) {
	for i, it := range l.items {
		switch {
		case len(l.steps) > 0 || it.den >= 0:
			l.addRatio(i, c)
		case it.isLevel:
			l.note(i, l.level(i, c))
		case c.Columns[it.num].Bits.Known != nil:
			l.note(i, c.Columns[it.num].Bits)
		default:
			l.addNumbers(i, c.Columns[it.num].Number)
			if it.total {
				l.addProducts(i, c.Columns[it.num].Number)
			}
		}
	}
	l.addPacks(c)
}

// extended returns sums of n cells, those behind the ones given empty. Where soon
// most of the cells there may be are met, it makes room for them all.
func extended[T any](sums []T, n, most int) []T {
	if n <= len(sums) {
		return sums
	}
	if n > cap(sums) && most <= 2*n {
		sums = append(make([]T, 0, most), sums...)
	}
	return append(sums, make([]T, n-len(sums))...)
}

// level returns the 0/1 values of a share or count.
func (l *lane) level(item int, c *Chunk) Bits {
	k, slot := l.slot(item)
	bits := k.room(slot, c.Rows)
	levelBits(bits, c.Columns[l.items[item].num].Code, l.items[item].level)
	return bits
}

// slot returns the place of an item among the packs.
func (l *lane) slot(item int) (*pack, int) { return &l.packs[item/packItems], item % packItems }

// note takes the 0/1 values of an item, to be added with those of its pack.
func (l *lane) note(item int, bits Bits) {
	k, slot := l.slot(item)
	k.note(slot, bits)
}

// addPacks adds the 0/1 items noted.
func (l *lane) addPacks(c *Chunk) {
	arranged := false
	for i := range l.packs {
		k := &l.packs[i]
		if !k.inUse {
			continue
		}
		if !arranged {
			l.arrange()
			arranged = true
		}
		l.packer.fill(k, c.Rows)
		for p, cells := range l.count {
			k.sums[p] = extended(k.sums[p], cells*k.width, l.most[p]*k.width)
			l.packer.add(k, k.sums[p], &l.arranged[p])
		}
		clear(k.columns)
		k.inUse = false
	}
}

// arrange puts the chunk in the order of the cells.
func (l *lane) arrange() {
	for p, count := range l.count {
		for len(l.weights[p]) < count {
			l.weights[p] = append(l.weights[p], math.NaN())
		}
		l.arranged[p].arrange(l.cells[p], l.weights[p], l.w)
	}
}

func (l *lane) addNumbers(item int, y []float64) {
	for p, cells := range l.count {
		s := &l.sums[p][item]
		s.numbers = extended(s.numbers, cells, l.most[p])
		addNumbers(s.numbers, l.cells[p], l.w, y)
	}
}

func (l *lane) addRatio(item int, c *Chunk) {
	num, den := l.numerator(item, c), l.denominator(l.items[item], c)
	if l.items[item].total {
		l.addProducts(item, num)
	}
	for p, cells := range l.count {
		s := &l.sums[p][item]
		if s.before == nil {
			s.before = make([][]beforeSums, len(l.steps))
		}
		s.ratios = extended(s.ratios, cells, l.most[p])
		addRatios(s.ratios, l.cells[p], l.w, num, den)
		for k, st := range l.steps {
			s.before[k] = extended(s.before[k], cells, l.most[p])
			addBefore(s.before[k], s.ratios, l.cells[p], st.before[c.Start:c.Start+c.Rows], num, den)
		}
	}
}

// numerator returns the numerator of an item as numbers.
func (l *lane) numerator(item int, c *Chunk) []float64 {
	it := l.items[item]
	v := c.Columns[it.num]
	if it.isLevel {
		v = Values{Bits: l.level(item, c)}
	}
	if v.Number != nil {
		return v.Number
	}
	l.num = slices.Grow(l.num[:0], c.Rows)[:c.Rows]
	v.numbersInto(l.num)
	return l.num
}

// denominator returns the denominator of an item as numbers, ones if it has none.
func (l *lane) denominator(it plannedItem, c *Chunk) []float64 {
	if it.den >= 0 && c.Columns[it.den].Number != nil {
		return c.Columns[it.den].Number
	}
	l.den = slices.Grow(l.den[:0], c.Rows)[:c.Rows]
	for i := range l.den {
		l.den[i] = 1
		if it.den >= 0 {
			l.den[i] = c.Columns[it.den].At(i)
		}
	}
	return l.den
}

// merge adds the lanes' sums in the order of the lanes.
func (r *reduction) merge(lanes []*lane, items int) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	r.sums = make([][]itemSums, len(r.parts))
	for p, part := range r.parts {
		r.sums[p] = make([]itemSums, items)
		for first := 0; first < items; first += mergedItems {
			g.Go(func() error {
				m := newMerger(p, first, min(first+mergedItems, items), len(part.cells))
				for _, l := range lanes {
					if l != nil {
						m.add(l)
					}
				}
				copy(r.sums[p][first:], m.sums())
				return nil
			})
		}
	}
	g.Wait() // no task fails
}
