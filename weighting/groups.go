package weighting

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"barometer/survey/microdata"
)

// groups sorts rows by one or several crossed columns.
type groups struct {
	of     []int32 // each row's group; -1 for rows outside the sample
	labels []string
}

// groupBy crosses columns over the rows where in is true. Numeric columns
// group by equal values. Groups are numbered by the columns' level order, so
// the order of rows does not matter; only groups with rows are numbered. A row
// without a value is refused.
func groupBy(data *microdata.Data, columns []string, in func(row int) bool) (*groups, error) {
	g := &groups{of: make([]int32, data.Rows())}
	for i := range g.of {
		if !in(i) {
			g.of[i] = -1
		}
	}
	g.labels = []string{"the whole sample"}
	for k, name := range columns {
		c, err := levelsOf(data, name)
		if err != nil {
			return nil, err
		}
		if err := g.cross(c, k == 0); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// levels is a column seen as categories, whatever its kind.
type levels struct {
	name    string
	labels  []string
	code    []int32 // -1 = missing
	numeric bool
}

func levelsOf(data *microdata.Data, name string) (*levels, error) {
	c, err := data.Column(name)
	if err != nil {
		return nil, failf(BadData, "%v", err)
	}
	if !c.IsNumeric() {
		return &levels{name: name, labels: c.Levels, code: c.Code}, nil
	}
	values := distinct(c.Number)
	l := &levels{name: name, code: make([]int32, len(c.Number)), numeric: true}
	position := make(map[float64]int32, len(values))
	for i, v := range values {
		position[v] = int32(i)
		l.labels = append(l.labels, strconv.FormatFloat(v, 'f', -1, 64))
	}
	for i, v := range c.Number {
		l.code[i] = -1
		if !math.IsNaN(v) {
			l.code[i] = position[v]
		}
	}
	return l, nil
}

func distinct(numbers []float64) []float64 {
	seen := map[float64]bool{}
	var values []float64
	for _, v := range numbers {
		if !math.IsNaN(v) && !seen[v] {
			seen[v] = true
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values
}

// cross splits every group by the levels of one more column.
func (g *groups) cross(c *levels, first bool) error {
	width := int64(len(c.labels))
	code := make([]int64, len(g.of))
	used := map[int64]int32{}
	last := int64(-1)
	for i, group := range g.of {
		if group < 0 {
			continue
		}
		if c.code[i] < 0 {
			return failf(MissingDesignValue, "column %s has no value in row %d, and the unit's weight depends on it", c.name, i+1)
		}
		code[i] = int64(group)*width + int64(c.code[i])
		if code[i] != last {
			used[code[i]] = 0
			last = code[i]
		}
	}
	order := make([]int64, 0, len(used))
	for k := range used {
		order = append(order, k)
	}
	slices.Sort(order)
	labels := make([]string, len(order))
	for n, k := range order {
		used[k] = int32(n)
		labels[n] = c.name + "=" + c.labels[k%width]
		if !first {
			labels[n] = g.labels[k/width] + ", " + labels[n]
		}
	}
	number := numbering(used, int64(len(g.labels))*width)
	for i, group := range g.of {
		if group >= 0 {
			g.of[i] = number(code[i])
		}
	}
	g.labels = labels
	return nil
}

// numbering returns a fast lookup: a table where the codes are few.
func numbering(used map[int64]int32, size int64) func(int64) int32 {
	if size > 1<<20 {
		return func(k int64) int32 { return used[k] }
	}
	table := make([]int32, size)
	for k, n := range used {
		table[k] = n
	}
	return func(k int64) int32 { return table[k] }
}

func (g *groups) count() int { return len(g.labels) }

// sum adds x over the rows of each group.
func (g *groups) sum(x func(row int) float64) []float64 {
	total := make([]float64, g.count())
	for i, group := range g.of {
		if group >= 0 {
			total[group] += x(i)
		}
	}
	return total
}

// tally counts the rows of each group for which in is true.
func (g *groups) tally(in func(row int) bool) []int {
	total := make([]int, g.count())
	for i, group := range g.of {
		if group >= 0 && in(i) {
			total[group]++
		}
	}
	return total
}

// status is the column that says what became of each unit, read into kinds.
type status struct {
	kind []statusKind
}

type statusKind uint8

const (
	other statusKind = iota
	respondent
	nonrespondent
	unknown
	ineligible
)

// readStatus sorts the sampled rows' codes into kinds. A missing code is
// refused; a code in no list is refused when strict.
func readStatus(data *microdata.Data, column string, w []float64, kinds map[string]statusKind, strict bool) (*status, error) {
	c, err := levelsOf(data, column)
	if err != nil {
		return nil, err
	}
	s := &status{kind: make([]statusKind, data.Rows())}
	var strange []string
	for i, code := range c.code {
		if w[i] == 0 {
			continue
		}
		if code < 0 {
			return nil, failf(MissingDesignValue, "column %s has no value in row %d: what became of the unit is not known", column, i+1)
		}
		kind, listed := kinds[c.labels[code]]
		if strict && !listed && !slices.Contains(strange, c.labels[code]) {
			strange = append(strange, c.labels[code])
		}
		s.kind[i] = kind
	}
	if len(strange) > 0 {
		slices.Sort(strange)
		return nil, failf(BadData, "column %s holds %s, which the step does not place: list each code as respondent, nonrespondent, unknown or ineligible",
			column, listFew(quoted(strange)))
	}
	return s, nil
}

func (s *status) is(kind statusKind) func(row int) bool {
	return func(row int) bool { return s.kind[row] == kind }
}

// statusKinds builds the code table; a code with two meanings is refused.
func statusKinds(lists map[statusKind][]string) (map[string]statusKind, error) {
	kinds := map[string]statusKind{}
	for _, kind := range []statusKind{respondent, nonrespondent, unknown, ineligible} {
		for _, code := range lists[kind] {
			if _, twice := kinds[code]; twice {
				return nil, failf(BadCase, "code %q is placed twice", code)
			}
			kinds[code] = kind
		}
	}
	return kinds, nil
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return out
}

func inSample(w []float64) func(row int) bool {
	return func(row int) bool { return w[row] > 0 }
}
