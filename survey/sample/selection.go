package sample

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"barometer/survey/frame"
	"barometer/survey/sample/pps"
)

// Selection says how units are selected within a stratum.
type Selection struct {
	Method Rule `yaml:"method"` // none: srs
	Size   Size `yaml:"size"`   // what a unit's probability is proportional to; none: equal probabilities

	// Order is the order of the units for systematic and pivotal, which spread
	// the sample over it. Within equal ones, and where none is stated, it is
	// that of the permanent random numbers.
	Order []string `yaml:"order"`
}

// Rule is a method of selection.
type Rule string

const (
	Simple     Rule = "srs"        // simple random, by permanent random numbers
	Systematic Rule = "systematic" // every so-many-th from a random start (Madow 1949)
	Pivotal    Rule = "pivotal"    // duels of neighbours (Deville and Tillé 1998)
	Sampford   Rule = "sampford"   // Sampford (1967), with known joint probabilities
)

var rules = []Rule{Simple, Systematic, Pivotal, Sampford}

// orders are what units can be put in order by.
var orders = map[string]func(a, b frame.Unit) int{
	"sector":       func(a, b frame.Unit) int { return strings.Compare(a.Sector, b.Sector) },
	"subsector":    func(a, b frame.Unit) int { return strings.Compare(a.Subsector, b.Subsector) },
	"region":       func(a, b frame.Unit) int { return strings.Compare(a.Region, b.Region) },
	"municipality": func(a, b frame.Unit) int { return strings.Compare(a.Municipality, b.Municipality) },
	"cvr":          func(a, b frame.Unit) int { return strings.Compare(a.CVR, b.CVR) },
	"employees":    func(a, b frame.Unit) int { return cmp.Compare(a.Employees, b.Employees) },
}

func (s Selection) rule() Rule { return cmp.Or(s.Method, Simple) }

// name is what the sample's file says of its selection: "pivotal by employees".
func (s Selection) name() string {
	if s.Size == ByUnits {
		return string(s.rule())
	}
	return string(s.rule()) + unequal + string(s.Size)
}

const unequal = " by "

// keepsAll reports whether the selection has to see a stratum's units together.
func (s Selection) keepsAll() bool { return s.rule() != Simple }

func (s Selection) check() error {
	var faults []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("selection: "+format, args...))
		}
	}
	rule := s.rule()
	refuse(!slices.Contains(rules, rule), "method %q is none of %v", rule, rules)
	refuse(s.Size != ByUnits && s.Size != ByEmployees, "size %q is not employees", s.Size)
	refuse(rule == Simple && s.Size != ByUnits, "srs gives equal probabilities; size belongs to systematic, pivotal and sampford")
	refuse(rule == Sampford && s.Size == ByUnits, "sampford needs size: employees")
	refuse(s.Order != nil && rule != Systematic && rule != Pivotal, "order belongs to systematic and pivotal")
	for i, name := range s.Order {
		refuse(orders[name] == nil, "order: %q is none of %v", name, sortedKeys(orders))
		refuse(slices.Contains(s.Order[:i], name), "order: %s stands twice", name)
	}
	return errors.Join(faults...)
}

// choose leaves in the cell the units that the selection draws, each with its
// inclusion probability.
func (s Selection) choose(c *cell, r *rand.Rand) error {
	slices.SortFunc(c.drawn, s.compare)
	sizes := make([]int, len(c.drawn))
	for i, t := range c.drawn {
		sizes[i] = 1
		if s.Size == ByEmployees {
			sizes[i] = t.Employees
		}
	}
	design, err := pps.New(sizes, c.Take)
	if err != nil {
		return fmt.Errorf("stratum %s: %w", c.Code, err)
	}
	drawn, err := s.draw(design, r)
	if err != nil {
		return fmt.Errorf("stratum %s: %w", c.Code, err)
	}
	chances := design.Probabilities()
	chosen := make([]ticket, len(drawn))
	for k, i := range drawn {
		chosen[k] = c.drawn[i]
		chosen[k].chance = chances[i]
	}
	c.drawn = chosen
	return nil
}

func (s Selection) draw(d *pps.Design, r *rand.Rand) ([]int, error) {
	switch s.rule() {
	case Systematic:
		return d.Systematic(r), nil
	case Pivotal:
		return d.Pivotal(r), nil
	default:
		return d.Sampford(r)
	}
}

// compare orders units as stated, then by permanent random number.
func (s Selection) compare(a, b ticket) int {
	for _, name := range s.Order {
		if c := orders[name](a.Unit, b.Unit); c != 0 {
			return c
		}
	}
	return a.compare(b)
}
