package impute

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Plan says which answers to impute, and from whom.
type Plan struct {
	// Variables are imputed together: a donor has a value for each of them and
	// gives a recipient all the values it lacks, so that what hangs together in
	// the donor's answer hangs together in the recipient's.
	Variables []string `yaml:"variables"`

	// Weight is a column of weights: donors are drawn in proportion to it. A
	// row whose weight is 0 or missing neither gives nor receives. "" = all
	// rows, equally.
	Weight string `yaml:"weight"`

	// Unit is a column with a different key for each row. Random numbers belong
	// to the key. "" = the row's number, and then order matters.
	Unit string `yaml:"unit"`

	// Within and Classes are the columns whose crossing makes the classes. A
	// class with too few donors borrows from the wider class without the last
	// column of Classes, then without the last two, and so on. Columns of
	// Within are never given up. A missing value is a level of its own.
	Within  []string `yaml:"within"`
	Classes []string `yaml:"classes"`

	MinDonors int    `yaml:"min_donors"` // below it a class borrows; 0 means 1
	Seed      uint64 `yaml:"seed"`
}

// input is the plan's columns.
type input struct {
	variables []*microdata.Column
	classes   []*microdata.Column // of Within and Classes
	weight    []float64
	unit      []string
}

// maxFaults bounds the length of an error over a long file.
const maxFaults = 20

// read finds the plan's columns and lists everything wrong with them.
func (p *Plan) read(data *microdata.Data) (*input, error) {
	in := &input{}
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	find := func(name string) *microdata.Column {
		c, err := data.Column(name)
		if err != nil {
			faults = append(faults, err)
		}
		return c
	}
	if len(p.Variables) == 0 {
		fault("no variables to impute")
	}
	for i, name := range p.Variables {
		if slices.Contains(p.Variables[:i], name) {
			fault("variable %s stands twice", name)
		}
		if c := find(name); c != nil {
			in.variables = append(in.variables, c)
		}
		if _, err := data.Column(Flag(name)); err == nil {
			fault("column %s is there already: has %s been imputed before?", Flag(name), name)
		}
	}
	for _, name := range slices.Concat(p.Within, p.Classes) {
		c := find(name)
		if c != nil && c.IsNumeric() {
			fault("column %s holds numbers, and classes are made of categories: band it first", name)
		}
		in.classes = append(in.classes, c)
	}
	if p.MinDonors < 0 {
		fault("min_donors %d is negative", p.MinDonors)
	}
	in.weight = p.readWeights(data, find, fault)
	in.unit = p.readUnits(data, find, fault)
	if more := len(faults) - maxFaults; more > 0 {
		faults = append(faults[:maxFaults], fmt.Errorf("and %d more", more))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("imputation of %v: %w", p.Variables, errors.Join(faults...))
	}
	return in, nil
}

func (p *Plan) readWeights(data *microdata.Data, find func(string) *microdata.Column, fault func(string, ...any)) []float64 {
	w := make([]float64, data.Rows())
	for i := range w {
		w[i] = 1
	}
	if p.Weight == "" {
		return w
	}
	c := find(p.Weight)
	if c == nil {
		return w
	}
	if !c.IsNumeric() {
		fault("column %s holds categories, and weights are read from it", p.Weight)
		return w
	}
	for i, x := range c.Number {
		if x < 0 || math.IsInf(x, 0) {
			fault("column %s, row %d: the weight is %v", p.Weight, i+1, x)
		}
		w[i] = x
		if math.IsNaN(x) {
			w[i] = 0
		}
	}
	return w
}

func (p *Plan) readUnits(data *microdata.Data, find func(string) *microdata.Column, fault func(string, ...any)) []string {
	keys := make([]string, data.Rows())
	if p.Unit == "" {
		for i := range keys {
			keys[i] = strconv.Itoa(i)
		}
		return keys
	}
	c := find(p.Unit)
	if c == nil {
		return keys
	}
	first := make(map[string]int, len(keys))
	for i := range keys {
		if c.Missing(i) {
			fault("column %s, row %d: the unit has no key", p.Unit, i+1)
			continue
		}
		if keys[i] = text(c, i); first[keys[i]] > 0 {
			fault("column %s: rows %d and %d have the same key", p.Unit, first[keys[i]], i+1)
		}
		first[keys[i]] = i + 1
	}
	return keys
}

// text returns a value in words.
func text(c *microdata.Column, row int) string {
	if c.IsNumeric() {
		return strconv.FormatFloat(c.Number[row], 'g', -1, 64)
	}
	return c.Level(row)
}

// lacks reports whether a value is missing though the question was asked.
func lacks(c *microdata.Column, row int) bool {
	return c.Missing(row) && (c.Reason == nil || c.Reason[row] != codebook.NotAsked)
}
