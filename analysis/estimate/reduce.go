package estimate

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// reduction is the data reduced to the moments of every item in every cell.
type reduction struct {
	sample  *Sample
	parts   []*partition
	moments [][][]moment // by partition, item and cell
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
	columns, items, err := plan(ctx, src, list)
	if err != nil {
		return nil, err
	}
	lanes := make([]*lane, Lanes)
	err = src.Scan(ctx, columns, func(at int, c *Chunk) error {
		if lanes[at] == nil {
			lanes[at] = newLane(s, parts, items)
		}
		lanes[at].add(c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	r := &reduction{sample: s, parts: parts}
	r.merge(lanes, len(items))
	return r, nil
}

// plan lists the columns to scan and says which each item needs.
func plan(ctx context.Context, src Source, items []Item) ([]Column, []plannedItem, error) {
	var columns []Column
	need := func(c Column) int {
		if at := slices.Index(columns, c); at >= 0 {
			return at
		}
		columns = append(columns, c)
		return len(columns) - 1
	}
	planned := make([]plannedItem, len(items))
	for i, it := range items {
		planned[i] = plannedItem{den: -1}
		switch it.Stat {
		case Share, Count:
			levels, err := src.Levels(ctx, it.Var)
			if err != nil {
				return nil, nil, err
			}
			planned[i].num = need(Column{it.Var, Category})
			planned[i].isLevel = true
			planned[i].level = int32(slices.Index(levels, it.Level))
		case Ratio:
			planned[i].num, planned[i].den = need(Column{it.Var, Number}), need(Column{it.Den, Number})
		default:
			planned[i].num = need(Column{it.Var, Number})
			planned[i].total = it.Stat == Total
		}
	}
	return columns, planned, nil
}

// lane holds the partial sums of the rows of one lane.
type lane struct {
	sample *Sample
	parts  []*partition
	items  []plannedItem
	sums   [][]cellSums // by partition and item

	arranged []*arrangement // by partition, nil before the first 0/1 item
	start    int            // of the chunk last arranged
	bits     []uint8
	num, den []float64
}

// cellSums are the running sums of one item by cell, in the shape of the
// kernel that makes them. A source may hand a column over as bits in one chunk
// and as numbers in the next, so both may be in use.
type cellSums struct {
	numbers []numberSums
	bits    []bitSums
	ratios  []ratioSums
	before  [][]beforeSums // by calibration step

	products []productSums // of totals, beside the others
}

func newLane(s *Sample, parts []*partition, items []plannedItem) *lane {
	l := &lane{sample: s, parts: parts, items: items, sums: make([][]cellSums, len(parts)),
		arranged: make([]*arrangement, len(parts)), start: -1}
	for p := range parts {
		l.sums[p] = make([]cellSums, len(items))
	}
	return l
}

// add adds a chunk to the sums of every item and partition.
func (l *lane) add(c *Chunk) {
	w := l.sample.Weight[c.Start : c.Start+c.Rows]
	for i, it := range l.items {
		switch {
		case len(l.sample.steps) > 0 || it.den >= 0:
			l.addRatio(i, c, w)
		case it.isLevel:
			l.addBits(i, c, w, l.level(it, c))
		case c.Columns[it.num].Bit != nil:
			l.addBits(i, c, w, c.Columns[it.num].Bit)
		default:
			l.addNumbers(i, c, w, c.Columns[it.num].Number)
			if it.total {
				l.addProducts(i, c, w, c.Columns[it.num].Number)
			}
		}
	}
}

// level returns the 0/1 values of a share or count.
func (l *lane) level(it plannedItem, c *Chunk) []uint8 {
	l.bits = slices.Grow(l.bits[:0], c.Rows)[:c.Rows]
	levelBits(l.bits, c.Columns[it.num].Code, it.level)
	return l.bits
}

func (l *lane) addBits(item int, c *Chunk, w []float64, bits []uint8) {
	l.arrange(c, w)
	for p, part := range l.parts {
		s := &l.sums[p][item]
		if s.bits == nil {
			s.bits = make([]bitSums, len(part.cells))
		}
		addBits(s.bits, l.arranged[p], bits)
	}
}

// arrange puts a chunk in the order of the cells, unless it is.
func (l *lane) arrange(c *Chunk, w []float64) {
	if l.start == c.Start {
		return
	}
	l.start = c.Start
	for p, part := range l.parts {
		if l.arranged[p] == nil {
			l.arranged[p] = newArrangement(len(part.cells))
		}
		l.arranged[p].arrange(part.cell[c.Start:c.Start+c.Rows], w)
	}
}

func (l *lane) addNumbers(item int, c *Chunk, w, y []float64) {
	for p, part := range l.parts {
		s := &l.sums[p][item]
		if s.numbers == nil {
			s.numbers = make([]numberSums, len(part.cells))
		}
		addNumbers(s.numbers, part.cell[c.Start:c.Start+c.Rows], w, y)
	}
}

func (l *lane) addRatio(item int, c *Chunk, w []float64) {
	num, den := l.numerator(l.items[item], c), l.denominator(l.items[item], c)
	if l.items[item].total {
		l.addProducts(item, c, w, num)
	}
	for p, part := range l.parts {
		s := &l.sums[p][item]
		if s.ratios == nil {
			s.ratios = make([]ratioSums, len(part.cells))
			s.before = make([][]beforeSums, len(l.sample.steps))
		}
		cells := part.cell[c.Start : c.Start+c.Rows]
		addRatios(s.ratios, cells, w, num, den)
		for k, st := range l.sample.steps {
			if s.before[k] == nil {
				s.before[k] = make([]beforeSums, len(part.cells))
			}
			addBefore(s.before[k], s.ratios, cells, st.before[c.Start:c.Start+c.Rows], num, den)
		}
	}
}

// numerator returns the numerator of an item as numbers.
func (l *lane) numerator(it plannedItem, c *Chunk) []float64 {
	v := c.Columns[it.num]
	if it.isLevel {
		v = Values{Bit: l.level(it, c)}
	}
	if v.Number != nil {
		return v.Number
	}
	l.num = slices.Grow(l.num[:0], c.Rows)[:c.Rows]
	for i := range l.num {
		l.num[i] = v.number(i)
	}
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
			l.den[i] = c.Columns[it.den].number(i)
		}
	}
	return l.den
}

// merge adds the lanes' sums in the order of the lanes.
func (r *reduction) merge(lanes []*lane, items int) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	r.moments = make([][][]moment, len(r.parts))
	for p, part := range r.parts {
		r.moments[p] = make([][]moment, items)
		for i := range items {
			g.Go(func() error {
				r.moments[p][i] = mergeLanes(lanes, p, i, len(part.cells))
				return nil
			})
		}
	}
	g.Wait() // no task fails
}

// mergeLanes adds one item's sums. Bits are merged as they are, which is
// cheaper than as moments.
func mergeLanes(lanes []*lane, part, item, cells int) []moment {
	all := make([]moment, cells)
	var bits []bitSums
	for _, l := range lanes {
		if l == nil {
			continue
		}
		s := &l.sums[part][item]
		s.mergeInto(all)
		if bits == nil {
			bits = s.bits
			continue
		}
		for c := range s.bits {
			bits[c].merge(&s.bits[c])
		}
	}
	for c := range bits {
		m := bits[c].moment()
		all[c].merge(&m)
	}
	return all
}

func (s *cellSums) mergeInto(all []moment) {
	for c := range s.numbers {
		m := s.numbers[c].moment()
		if s.products != nil {
			s.products[c].addTo(&m)
		}
		all[c].merge(&m)
	}
	for c := range s.ratios {
		m := s.ratios[c].moment()
		for _, step := range s.before {
			m.before = append(m.before, step[c])
		}
		if s.products != nil {
			s.products[c].addTo(&m)
		}
		all[c].merge(&m)
	}
}
