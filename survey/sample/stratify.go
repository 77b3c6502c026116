package sample

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"

	"barometer/survey/frame"
)

// cell is a stratum on its way into the sample.
type cell struct {
	Stratum
	rank      []int // places of its codes in their classifications, for the order of strata
	employees moments
	total     int // employees

	allocated int    // units, before any of the reserve was released
	start     uint64 // where its selection begins
	drawn     []ticket
}

// sorter finds the stratum of a unit.
type sorter struct {
	all   []variable
	by    []variable
	codes []string
	buf   []byte
	names map[string]string
}

func newSorter(p Plan) *sorter {
	s := &sorter{all: p.variables(), names: make(map[string]string)}
	for _, name := range p.Stratify {
		s.by = append(s.by, named(s.all, name))
	}
	s.codes = make([]string, len(s.by))
	return s
}

// code returns the code of the unit's stratum; codes holds its parts until the
// next call.
func (s *sorter) code(u frame.Unit) string {
	s.buf = s.buf[:0]
	for i, v := range s.by {
		s.codes[i] = v.of(u)
		if i > 0 {
			s.buf = append(s.buf, '.')
		}
		s.buf = append(s.buf, s.codes[i]...)
	}
	name, known := s.names[string(s.buf)]
	if !known {
		name = string(s.buf)
		s.names[name] = name
	}
	return name
}

// stratify divides the units into strata, in the order of their
// classifications, and counts them.
//
// A unit that fits no code of a class is refused; the first are named.
func stratify(units iter.Seq[frame.Unit], p Plan) (strata []*cell, n int, err error) {
	s := newSorter(p)
	var misfits misfits
	cells := make(map[string]*cell)
	for u := range units {
		name := s.code(u)
		if i := slices.Index(s.codes, ""); i >= 0 {
			misfits.add(s.by[i].Name, u)
			continue
		}
		c := cells[name]
		if c == nil {
			c = newCell(name, s, u)
			cells[name] = c
			strata = append(strata, c)
		}
		c.add(u, s.all)
		n++
	}
	slices.SortFunc(strata, func(a, b *cell) int {
		return cmp.Or(slices.Compare(a.rank, b.rank), strings.Compare(a.Code, b.Code))
	})
	return strata, n, misfits.err()
}

// newCell begins the stratum of a unit whose codes s has just found.
func newCell(name string, s *sorter, first frame.Unit) *cell {
	c := &cell{Stratum: Stratum{Code: name}}
	for i, v := range s.by {
		c.rank = append(c.rank, slices.Index(v.Values(), s.codes[i]))
	}
	if own := len(s.all) - len(variables()); own > 0 {
		c.Classes = make([]string, own)
	}
	for _, v := range s.all {
		*v.at(&c.Stratum) = v.of(first)
	}
	return c
}

func (c *cell) add(u frame.Unit, by []variable) {
	c.N++
	c.total += u.Employees
	c.employees.add(float64(u.Employees))
	c.share(u, by)
}

// share drops the codes that u does not have in common with the stratum.
func (s *Stratum) share(u frame.Unit, by []variable) {
	for _, v := range by {
		if shared := v.at(s); *shared != v.of(u) {
			*shared = ""
		}
	}
}

// moments is a running mean and sum of squared deviations (Welford 1962).
type moments struct{ n, mean, squares float64 }

func (m *moments) add(x float64) {
	m.n++
	d := x - m.mean
	m.mean += d / m.n
	m.squares += d * (x - m.mean)
}

// deviation is the standard deviation with divisor n − 1, 0 for a single value.
func (m *moments) deviation() float64 {
	if m.n < 2 {
		return 0
	}
	return math.Sqrt(m.squares / (m.n - 1))
}
