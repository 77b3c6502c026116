package weighting

import (
	"fmt"
	"slices"
	"strings"

	"barometer/survey/microdata"
)

// Collapse joins classes that hold too few respondents with their neighbours,
// so that no respondent must stand for too many: the classes of one parent are
// put in order, and the smallest below the minimum joins the smaller of its
// neighbours until none is below or one is left. Classes of different parents
// are never joined.
type Collapse struct {
	Name       string   `yaml:"name"`       // column that gets the joined classes
	Classes    []string `yaml:"classes"`    // columns whose crossing is joined
	Within     string   `yaml:"within"`     // parent: each class lies in one of its levels
	Along      string   `yaml:"along"`      // each class has one level of this column,
	Order      []string `yaml:"order"`      // in this order
	Min        int      `yaml:"min"`        // smallest number of respondents
	Population string   `yaml:"population"` // column with each class's population count; "" = none
}

// Merge is one class that came of joining several.
type Merge struct {
	Into        string   `json:"into"`
	From        []string `json:"from"`
	Respondents int      `json:"respondents"`
}

// Collapsed is the result of joining classes.
type Collapsed struct {
	Class      microdata.Column   // named Collapse.Name
	Population []microdata.Column // one column Name_n, or none without Collapse.Population
	Merged     []Merge
	Small      []string // classes still below the minimum: their parent has no more
}

// class is one or several of the original classes.
type class struct {
	parent      string
	along       []string
	labels      []string
	groups      []int32
	respondents int
	population  float64
}

// Apply joins the classes of the rows of positive weight. responded says which
// rows answered.
func (c *Collapse) Apply(data *microdata.Data, w []float64, responded func(row int) bool) (*Collapsed, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	g, err := groupBy(data, c.Classes, inSample(w))
	if err != nil {
		return nil, err
	}
	classes, err := c.describe(data, g, responded)
	if err != nil {
		return nil, err
	}
	var out Collapsed
	var joined []class
	for _, family := range families(classes) {
		joined = append(joined, c.join(family)...)
	}
	for _, k := range joined {
		if len(k.groups) > 1 {
			out.Merged = append(out.Merged, Merge{Into: k.name(), From: k.labels, Respondents: k.respondents})
		}
		if k.respondents < c.Min {
			out.Small = append(out.Small, k.name())
		}
	}
	return &out, c.columns(&out, g, joined)
}

func (c *Collapse) check() error {
	var missing []string
	for _, part := range []struct {
		name   string
		absent bool
	}{
		{"name", c.Name == ""}, {"classes", len(c.Classes) == 0}, {"within", c.Within == ""},
		{"along", c.Along == ""}, {"order", len(c.Order) == 0}, {"min", c.Min < 1},
	} {
		if part.absent {
			missing = append(missing, part.name)
		}
	}
	if len(missing) > 0 {
		return failf(BadCase, "it lacks %s", strings.Join(missing, ", "))
	}
	return nil
}

// describe finds the parent, the place in the order, the respondents and the
// population of every class.
func (c *Collapse) describe(data *microdata.Data, g *groups, responded func(int) bool) ([]class, error) {
	parent, err := g.only(data, c.Within)
	if err != nil {
		return nil, err
	}
	along, err := g.only(data, c.Along)
	if err != nil {
		return nil, err
	}
	population, err := g.onlyNumber(data, c.Population)
	if err != nil {
		return nil, err
	}
	respondents := g.tally(responded)
	classes := make([]class, g.count())
	for i := range classes {
		if !slices.Contains(c.Order, along[i]) {
			return nil, failf(BadCase, "class %s has %s=%s, which the order does not place", g.labels[i], c.Along, along[i])
		}
		classes[i] = class{parent: parent[i], along: along[i : i+1], labels: g.labels[i : i+1],
			groups: []int32{int32(i)}, respondents: respondents[i], population: population[i]}
	}
	slices.SortStableFunc(classes, func(a, b class) int {
		if d := strings.Compare(a.parent, b.parent); d != 0 {
			return d
		}
		return slices.Index(c.Order, a.along[0]) - slices.Index(c.Order, b.along[0])
	})
	return classes, nil
}

// families splits sorted classes by parent.
func families(classes []class) [][]class {
	var out [][]class
	for i, k := range classes {
		if i == 0 || k.parent != classes[i-1].parent {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], k)
	}
	return out
}

// join merges neighbours in one family until all have enough respondents.
func (c *Collapse) join(family []class) []class {
	for len(family) > 1 {
		small := 0
		for i, k := range family {
			if k.respondents < family[small].respondents {
				small = i
			}
		}
		if family[small].respondents >= c.Min {
			break
		}
		left := small - 1
		if small == 0 || small+1 < len(family) && family[small+1].respondents < family[small-1].respondents {
			left = small
		}
		family[left] = family[left].with(family[left+1])
		family = slices.Delete(family, left+1, left+2)
	}
	return family
}

func (k class) with(other class) class {
	return class{
		parent: k.parent, along: slices.Concat(k.along, other.along), labels: slices.Concat(k.labels, other.labels),
		groups: slices.Concat(k.groups, other.groups), respondents: k.respondents + other.respondents,
		population: k.population + other.population,
	}
}

// name is the parent and the levels joined: "K-DAG.50-99|100+".
func (k class) name() string { return k.parent + "." + strings.Join(k.along, "|") }

// columns writes the joined classes as columns; rows outside the sample have
// no class.
func (c *Collapse) columns(out *Collapsed, g *groups, joined []class) error {
	of := make([]int32, g.count())
	levels := make([]string, len(joined))
	for i, k := range joined {
		levels[i] = k.name()
		for _, group := range k.groups {
			of[group] = int32(i)
		}
	}
	if sorted := slices.Sorted(slices.Values(levels)); len(slices.Compact(sorted)) < len(levels) {
		return failf(BadCase, "two classes share one level of %s and of %s: these columns must tell all classes apart", c.Within, c.Along)
	}
	code, count := make([]int32, len(g.of)), make([]float64, len(g.of))
	for row, group := range g.of {
		code[row] = -1
		if group >= 0 {
			code[row] = of[group]
			count[row] = joined[of[group]].population
		}
	}
	out.Class = microdata.Column{Name: c.Name, Levels: levels, Code: code}
	if c.Population != "" {
		out.Population = []microdata.Column{microdata.Numbers(c.Name+"_n", count)}
	}
	return nil
}

// only returns the one level of a column that each group's rows have.
func (g *groups) only(data *microdata.Data, column string) ([]string, error) {
	c, err := levelsOf(data, column)
	if err != nil {
		return nil, err
	}
	level := make([]int32, g.count())
	for i := range level {
		level[i] = -1
	}
	for row, group := range g.of {
		switch {
		case group < 0:
		case c.code[row] < 0:
			return nil, failf(MissingDesignValue, "column %s has no value in row %d, and classes are joined by it", column, row+1)
		case level[group] < 0:
			level[group] = c.code[row]
		case level[group] != c.code[row]:
			return nil, failf(BadCase, "class %s holds both %s=%s and %s=%s: its units must agree on that column",
				g.labels[group], column, c.labels[level[group]], column, c.labels[c.code[row]])
		}
	}
	names := make([]string, len(level))
	for i, l := range level {
		names[i] = c.labels[l]
	}
	return names, nil
}

// onlyNumber returns the one number of a column that each group's rows have.
func (g *groups) onlyNumber(data *microdata.Data, column string) ([]float64, error) {
	numbers := make([]float64, g.count())
	if column == "" {
		return numbers, nil
	}
	c, err := data.Column(column)
	if err != nil {
		return nil, failf(BadData, "%v", err)
	}
	if !c.IsNumeric() {
		return nil, failf(BadData, "column %s holds text, and counts are read from it", column)
	}
	seen := make([]bool, g.count())
	for row, group := range g.of {
		switch {
		case group < 0:
		case !(c.Number[row] > 0):
			return nil, failf(MissingDesignValue, "column %s has no positive count in row %d", column, row+1)
		case seen[group] && numbers[group] != c.Number[row]:
			return nil, failf(BadData, "class %s has two counts in column %s: %v and %v", g.labels[group], column, numbers[group], c.Number[row])
		default:
			numbers[group], seen[group] = c.Number[row], true
		}
	}
	return numbers, nil
}

// String describes a merge in one line.
func (m Merge) String() string {
	return fmt.Sprintf("%s ← %s (%d respondents)", m.Into, strings.Join(m.From, " + "), m.Respondents)
}
