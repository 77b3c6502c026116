package sample

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

// variable is a classification that strata and planning domains are formed by.
type variable struct {
	codebook.Classification
	of func(frame.Unit) string
	at func(*Stratum) *string // the code that units of a stratum share
}

func variables() []variable {
	return []variable{
		{codebook.Sectors(), func(u frame.Unit) string { return u.Sector }, func(s *Stratum) *string { return &s.Sector }},
		{codebook.Subsectors(), func(u frame.Unit) string { return u.Subsector }, func(s *Stratum) *string { return &s.Subsector }},
		{codebook.Sizes(), func(u frame.Unit) string { return codebook.SizeOf(u.Employees) }, func(s *Stratum) *string { return &s.Size }},
		{codebook.Regions(), func(u frame.Unit) string { return u.Region }, func(s *Stratum) *string { return &s.Region }},
	}
}

func variableNames() []string {
	var names []string
	for _, v := range variables() {
		names = append(names, v.Name)
	}
	return names
}

func variableNamed(name string) variable {
	all := variables()
	return all[slices.IndexFunc(all, func(v variable) bool { return v.Name == name })]
}

// cell is a stratum with its units.
type cell struct {
	Stratum
	rank      []int // places of its codes in their classifications, for the order of strata
	units     []frame.Unit
	employees moments
	total     int // employees
}

// stratify divides the frame into strata, in the order of their classifications.
func stratify(f *frame.Frame, by []string) []*cell {
	var vars []variable
	for _, name := range by {
		vars = append(vars, variableNamed(name))
	}
	cells := make(map[string]*cell)
	codes := make([]string, len(vars))
	for _, u := range f.Units {
		for i, v := range vars {
			codes[i] = v.of(u)
		}
		name := strings.Join(codes, ".")
		c := cells[name]
		if c == nil {
			c = newCell(name, vars, codes, u)
			cells[name] = c
		}
		c.add(u)
	}
	strata := make([]*cell, 0, len(cells))
	for _, c := range cells {
		strata = append(strata, c)
	}
	slices.SortFunc(strata, func(a, b *cell) int {
		return cmp.Or(slices.Compare(a.rank, b.rank), strings.Compare(a.Code, b.Code))
	})
	return strata
}

func newCell(name string, vars []variable, codes []string, first frame.Unit) *cell {
	c := &cell{Stratum: Stratum{Code: name}}
	for i, v := range vars {
		c.rank = append(c.rank, slices.Index(v.Values(), codes[i]))
	}
	for _, v := range variables() {
		*v.at(&c.Stratum) = v.of(first)
	}
	return c
}

func (c *cell) add(u frame.Unit) {
	c.N++
	c.units = append(c.units, u)
	c.total += u.Employees
	c.employees.add(float64(u.Employees))
	c.share(u)
}

// share drops the codes that u does not have in common with the stratum.
func (s *Stratum) share(u frame.Unit) {
	for _, v := range variables() {
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
