package estimate

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"

	"barometer/analysis/variance"
	"barometer/weighting/design"
)

// An element sample without calibration needs nothing kept by row: its strata
// and domains are numbered while the items are summed, in one scan, and memory
// depends on the number of cells alone. Lanes number the cells they meet each
// in its own order; in the end cells are put in the order of their first rows,
// so that all sums are made as from a [Sample] that keeps its rows, to the bit.

// errKept says that the rows must be kept: the sample is of another kind or at
// fault, and [Resolve] knows what to say.
var errKept = errors.New("the sample cannot be summed in one scan")

// streamedCells bounds the tables of cells, 4 bytes a cell and lane.
const streamedCells = 1 << 18

// stream is a request in terms of the columns of its one scan.
type stream struct {
	src     Source
	columns columnList
	strata  *codeColumn // levels alone; a single one without a column
	stratum int         // -1 where there is no column
	weight  int
	fpc     int // -1 where there is none
	parts   []streamedPart
	items   []plannedItem
	lanes   []*streamLane
}

// streamedPart is a breakdown.
type streamedPart struct {
	columns []int         // of the scan, by which domains are told apart
	by      []*codeColumn // the same; levels alone
	where   []wanted
	domains int64 // combinations of levels
}

type wanted struct {
	column int
	code   int32
}

// streamable reports whether the cells are all that an answer needs.
func streamable(spec design.Spec, req Request) bool {
	return spec.Weight != "" && len(spec.IDs) == 0 && len(spec.Adjustments) == 0 &&
		len(spec.Strata) <= 1 && len(spec.FPC) <= 1 && !req.ratioDeffs()
}

// streamed sums the items in one scan.
func streamed(ctx context.Context, src Source, spec design.Spec, req Request) (*reduction, error) {
	if !streamable(spec, req) {
		return nil, errKept
	}
	st, err := newStream(ctx, src, spec, req)
	if err != nil {
		return nil, err
	}
	var fault atomic.Bool
	err = src.Scan(ctx, st.columns, func(at int, c *Chunk) error {
		if st.lanes[at] == nil {
			st.lanes[at] = st.newLane()
		}
		if !fault.Load() && !st.lanes[at].take(c) {
			fault.Store(true)
		}
		if fault.Load() {
			return errKept
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return st.reduction(spec)
}

func newStream(ctx context.Context, src Source, spec design.Spec, req Request) (*stream, error) {
	st := &stream{src: src, strata: &codeColumn{levels: []string{""}}, stratum: -1, fpc: -1, lanes: make([]*streamLane, Lanes)}
	var err error
	for _, name := range spec.Strata {
		if st.stratum, st.strata, err = st.category(ctx, name); err != nil {
			return nil, err
		}
	}
	for _, name := range spec.FPC {
		st.fpc = st.columns.need(Column{name, Number})
	}
	st.weight = st.columns.need(Column{spec.Weight, Number})
	cells := int64(0)
	for _, b := range req.breakdowns() {
		part, err := st.part(ctx, b)
		if err != nil {
			return nil, err
		}
		st.parts = append(st.parts, part)
		if cells += part.domains * int64(len(st.strata.levels)); cells > streamedCells {
			return nil, errKept
		}
	}
	st.items, err = plan(ctx, src, &st.columns, req.Items)
	return st, err
}

// category asks for a column of categories.
func (st *stream) category(ctx context.Context, name string) (int, *codeColumn, error) {
	levels, err := st.src.Levels(ctx, name)
	return st.columns.need(Column{name, Category}), &codeColumn{name: name, levels: levels}, err
}

func (st *stream) part(ctx context.Context, b Breakdown) (streamedPart, error) {
	var part streamedPart
	for _, name := range b.By {
		at, c, err := st.category(ctx, name)
		if err != nil {
			return part, err
		}
		part.columns, part.by = append(part.columns, at), append(part.by, c)
	}
	for _, l := range b.Where {
		at, c, err := st.category(ctx, l.Column)
		if err != nil {
			return part, err
		}
		code := int32(slices.Index(c.levels, l.Level))
		if code < 0 {
			code = math.MinInt32 // the code of no row; -1 is that of missing values
		}
		part.where = append(part.where, wanted{at, code})
	}
	part.domains = combinations(part.by)
	return part, nil
}

// reduction joins the lanes.
func (st *stream) reduction(spec design.Spec) (*reduction, error) {
	s := &Sample{}
	stage, rank, err := st.stage()
	if err != nil {
		return nil, err
	}
	s.Design = variance.Design{Stages: []variance.Stage{stage}, Lonely: spec.Lonely}
	s.warnLonely()
	for h := range stage.Strata {
		s.groups = append(s.groups, group{home: int32(h)})
	}
	r := &reduction{sample: s}
	for p := range st.parts {
		r.parts = append(r.parts, st.partition(p, rank))
	}
	lanes := make([]*lane, len(st.lanes))
	for i, l := range st.lanes {
		if l != nil {
			lanes[i] = l.lane
		}
	}
	r.merge(lanes, len(st.items))
	return r, nil
}

// stage lists the strata that have rows and says which each level is.
func (st *stream) stage() (variance.Stage, []int32, error) {
	var stage variance.Stage
	rank := make([]int32, len(st.strata.levels))
	for code, name := range st.strata.levels {
		if name == "" {
			name = "(the whole sample)"
		}
		s := variance.Stratum{Name: name, Parent: -1, Factor: 1, Population: math.Inf(1)}
		for _, l := range st.lanes {
			if l == nil || l.units[code] == 0 {
				continue
			}
			if st.fpc >= 0 {
				if s.Units > 0 && s.Population != l.population[code] {
					return stage, nil, errKept
				}
				s.Population = l.population[code]
			}
			s.Units += l.units[code]
		}
		if s.Population < float64(s.Units) {
			return stage, nil, errKept
		}
		rank[code] = int32(len(stage.Strata))
		if s.Units > 0 {
			stage.Strata = append(stage.Strata, s)
		}
	}
	if len(stage.Strata) == 0 {
		return stage, nil, errKept
	}
	return stage, rank, nil
}

// partition lists the domains and cells that have rows, cells in the order of
// their first rows, and tells every lane which they are.
func (st *stream) partition(p int, rank []int32) *partition {
	part := &st.parts[p]
	met := newNumbering(part.domains * int64(len(st.strata.levels)))
	var first []int // row of each cell
	for _, l := range st.lanes {
		if l == nil {
			continue
		}
		for i, key := range l.met[p].keys {
			c := met.of(key)
			if int(c) == len(first) {
				first = append(first, l.first[p][i])
			}
			first[c] = min(first[c], l.first[p][i])
		}
	}
	order := make([]int32, len(first))
	for c := range order {
		order[c] = int32(c)
	}
	slices.SortFunc(order, func(a, b int32) int { return first[a] - first[b] })
	keys := make([]int64, len(order)) // in that order
	place := make([]int32, len(order))
	for i, c := range order {
		keys[i], place[c] = met.keys[c], int32(i)
	}
	for _, l := range st.lanes {
		if l == nil {
			continue
		}
		for _, key := range l.met[p].keys {
			l.place[p] = append(l.place[p], place[met.of(key)])
		}
	}
	return part.partition(keys, rank)
}

// partition makes the cells of the given keys.
func (part *streamedPart) partition(keys []int64, rank []int32) *partition {
	out := &partition{}
	met := newNumbering(part.domains)
	if len(part.by) == 0 {
		met.of(0)
	}
	for _, key := range keys {
		met.of(key % part.domains)
	}
	domain := out.nameDomains(met, part.by)
	out.members = make([][]int32, len(out.domains))
	for i, key := range keys {
		c := cell{group: rank[key/part.domains], domain: domain[met.of(key%part.domains)]}
		out.cells = append(out.cells, c)
		out.members[c.domain] = append(out.members[c.domain], int32(i))
	}
	return out
}
