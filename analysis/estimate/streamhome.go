package estimate

import (
	"cmp"
	"context"
	"math"
	"slices"

	"barometer/analysis/variance"
	"barometer/weighting/design"
)

// homes say what the rows of a stream are told apart by, besides domains: the
// strata of an element sample, or the clusters of a sample of clusters. A home is
// a stratum's level, or a cluster's where codes are unique, or both crossed.
type homes struct {
	strata  *codeColumn // levels alone; a single one without a column
	stratum int         // -1 where there is no column
	units   *codeColumn // levels alone; nil where every row is its own unit
	unit    int
	crossed bool // a cluster's code is read within its stratum
	fpc     int  // -1 where there is none
}

// findHomes asks for the columns that tell homes apart.
func (st *stream) findHomes(ctx context.Context, spec design.Spec) error {
	st.homes = homes{strata: &codeColumn{levels: []string{""}}, stratum: -1, unit: -1, fpc: -1, crossed: spec.Nest}
	h := &st.homes
	var err error
	for _, name := range spec.Strata {
		if h.stratum, h.strata, err = st.category(ctx, name); err != nil {
			return err
		}
	}
	for _, name := range spec.IDs {
		if h.unit, h.units, err = st.category(ctx, name); err != nil {
			return err
		}
	}
	for _, name := range spec.FPC {
		h.fpc = st.columns.need(Column{name, Number})
	}
	return nil
}

func (h *homes) clusters() bool { return h.units != nil }

// count is the number of homes there may be.
func (h *homes) count() int64 {
	n := int64(1)
	if !h.clusters() || h.crossed {
		n = int64(len(h.strata.levels))
	}
	if h.clusters() {
		n *= int64(len(h.units.levels))
	}
	return n
}

// homesMet are the homes that a lane has met.
type homesMet struct {
	rows       []int     // of each home
	first      []int     // the row in which a cluster was met
	stratum    []int32   // of a cluster, where it was met
	population []float64 // by stratum level, where rows were met
}

func newHomesMet(h *homes) homesMet {
	m := homesMet{rows: make([]int, h.count()), population: make([]float64, len(h.strata.levels))}
	if h.clusters() {
		m.first, m.stratum = make([]int, h.count()), make([]int32, h.count())
	}
	return m
}

// takeClusters turns the strata of a chunk's rows into their clusters. It returns
// false where a code is missing or a cluster is found in two strata.
func (m *homesMet) takeClusters(h *homes, home []int32, c *Chunk) bool {
	units := int32(len(h.units.levels))
	for i, code := range c.Columns[h.unit].Code {
		stratum := home[i]
		if stratum < 0 {
			continue
		}
		if code < 0 {
			return false
		}
		at := code
		if h.crossed {
			at += stratum * units
		}
		if m.rows[at] == 0 {
			m.first[at], m.stratum[at] = c.Start+i, stratum
		}
		if m.stratum[at] != stratum {
			return false
		}
		m.rows[at]++
		home[i] = at
	}
	return true
}

// stage describes the only stage of the sample and says which group of rows each
// home is.
func (st *stream) stage() (variance.Stage, []int32, error) {
	if !st.homes.clusters() {
		return st.strata(func(level int) (n int) {
			for _, l := range st.lanes {
				if l != nil {
					n += l.met.rows[level]
				}
			}
			return n
		})
	}
	list, err := st.clusters()
	if err != nil {
		return variance.Stage{}, nil, err
	}
	units := make([]int, len(st.homes.strata.levels))
	for _, u := range list {
		units[u.stratum]++
	}
	stage, rank, err := st.strata(func(level int) int { return units[level] })
	if err != nil {
		return stage, nil, err
	}
	groups := make([]int32, st.homes.count())
	for i, u := range list {
		stage.Stratum = append(stage.Stratum, rank[u.stratum])
		groups[u.home] = int32(i)
	}
	return stage, groups, nil
}

// strata lists the strata that have units and says which each level is.
func (st *stream) strata(units func(level int) int) (variance.Stage, []int32, error) {
	var stage variance.Stage
	rank := make([]int32, len(st.homes.strata.levels))
	for level, name := range st.homes.strata.levels {
		if name == "" {
			name = "(the whole sample)"
		}
		s := variance.Stratum{Name: name, Parent: -1, Factor: 1, Population: math.Inf(1), Units: units(level)}
		rank[level] = int32(len(stage.Strata))
		if s.Units == 0 {
			continue
		}
		if st.homes.fpc >= 0 {
			if s.Population = st.population(level); !(s.Population >= float64(s.Units)) {
				return stage, nil, errKept
			}
		}
		stage.Strata = append(stage.Strata, s)
	}
	if len(stage.Strata) == 0 {
		return stage, nil, errKept
	}
	return stage, rank, nil
}

// population returns the population count of a stratum, NaN where lanes do not
// agree.
func (st *stream) population(level int) float64 {
	n := 0.0
	for _, l := range st.lanes {
		if l == nil || l.met.population[level] == 0 {
			continue
		}
		if n != 0 && n != l.met.population[level] {
			return math.NaN()
		}
		n = l.met.population[level]
	}
	return n
}

// cluster is a first-stage unit that has rows.
type cluster struct {
	home, first int
	stratum     int32
}

// clusters lists the clusters in the order of their first rows.
func (st *stream) clusters() ([]cluster, error) {
	var list []cluster
	rows := 0
	for home := range int(st.homes.count()) {
		u := cluster{home, math.MaxInt, -1}
		for _, l := range st.lanes {
			if l == nil || l.met.rows[home] == 0 {
				continue
			}
			if s := l.met.stratum[home]; u.stratum >= 0 && u.stratum != s {
				return nil, errKept
			}
			u.stratum, u.first = l.met.stratum[home], min(u.first, l.met.first[home])
			rows += l.met.rows[home]
		}
		if u.stratum >= 0 {
			list = append(list, u)
		}
	}
	if rows == len(list) {
		return nil, errKept // every row is its own unit
	}
	slices.SortFunc(list, func(a, b cluster) int { return cmp.Compare(a.first, b.first) })
	return list, nil
}
