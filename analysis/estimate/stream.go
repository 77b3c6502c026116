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

// A sample of elements or of whole clusters, without calibration, needs nothing
// kept by row: its strata, clusters and domains are numbered while the items are
// summed, in one scan, and memory depends on the number of cells alone. Lanes
// number the cells they meet each in its own order; in the end cells are put in
// the order of their first rows, so that all sums are made as from a [Sample]
// that keeps its rows, to the bit.

// errKept says that the rows must be kept: the sample is of another kind or at
// fault, and [Resolve] knows what to say.
var errKept = errors.New("the sample cannot be summed in one scan")

// streamedCells bounds the tables of cells, 4 bytes a cell and lane.
const streamedCells = 1 << 20

// stream is a request in terms of the columns of its one scan.
type stream struct {
	src     Source
	columns columnList
	homes   homes
	weight  int
	parts   []streamedPart
	items   []plannedItem
	lanes   []*streamLane
	spaces  workspaces
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
	return spec.Weight != "" && len(spec.IDs) <= 1 && len(spec.Adjustments) == 0 &&
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
	st := &stream{src: src, lanes: make([]*streamLane, Lanes), spaces: newWorkspaces()}
	if err := st.findHomes(ctx, spec); err != nil {
		return nil, err
	}
	st.weight = st.columns.need(Column{spec.Weight, Number})
	cells := st.homes.count()
	for _, b := range req.breakdowns() {
		part, err := st.part(ctx, b)
		if err != nil {
			return nil, err
		}
		st.parts = append(st.parts, part)
		if cells += part.domains * st.homes.count(); cells > streamedCells {
			return nil, errKept
		}
	}
	var err error
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
	stage, groups, err := st.stage()
	if err != nil {
		return nil, err
	}
	s.Design = variance.Design{Stages: []variance.Stage{stage}, Lonely: spec.Lonely}
	s.warnLonely()
	homes := len(stage.Strata)
	if st.homes.clusters() {
		homes, s.leaf = len(stage.Stratum), []int32{} // no elements, though no row's unit is kept
	}
	for h := range homes {
		s.groups = append(s.groups, group{home: int32(h)})
	}
	r := &reduction{sample: s}
	for p := range st.parts {
		r.parts = append(r.parts, st.partition(p, groups))
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

// partition lists the domains and cells that have rows, cells in the order of
// their first rows, and tells every lane which they are.
func (st *stream) partition(p int, groups []int32) *partition {
	part := &st.parts[p]
	met := newNumbering(part.domains * st.homes.count())
	var first []int // row of each cell
	for _, l := range st.lanes {
		if l == nil {
			continue
		}
		for i, key := range l.cellsMet[p].keys {
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
		for _, key := range l.cellsMet[p].keys {
			l.place[p] = append(l.place[p], place[met.of(key)])
		}
	}
	return part.partition(keys, groups)
}

// partition makes the cells of the given keys.
func (part *streamedPart) partition(keys []int64, groups []int32) *partition {
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
		c := cell{group: groups[key/part.domains], domain: domain[met.of(key%part.domains)]}
		out.cells = append(out.cells, c)
		out.members[c.domain] = append(out.members[c.domain], int32(i))
	}
	return out
}
