package sample

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"barometer/survey/codebook"
	"barometer/survey/frame"
	"barometer/survey/questionnaire/expr"
)

// variable is a classification that strata and planning domains are formed by.
type variable struct {
	codebook.Classification
	of func(frame.Unit) string // "" where the unit fits no code
	at func(*Stratum) *string  // the code that units of a stratum share
}

// variables are the classifications of every frame.
func variables() []variable {
	return []variable{
		{codebook.Sectors(), func(u frame.Unit) string { return u.Sector }, func(s *Stratum) *string { return &s.Sector }},
		{codebook.Subsectors(), func(u frame.Unit) string { return u.Subsector }, func(s *Stratum) *string { return &s.Subsector }},
		{codebook.Sizes(), func(u frame.Unit) string { return codebook.SizeOf(u.Employees) }, func(s *Stratum) *string { return &s.Size }},
		{codebook.Regions(), func(u frame.Unit) string { return u.Region }, func(s *Stratum) *string { return &s.Region }},
	}
}

// variables are those of every frame and the plan's own classes.
func (p Plan) variables() []variable {
	all := variables()
	for i, c := range p.Classes {
		all = append(all, c.variable(i))
	}
	return all
}

func (p Plan) variableNames() []string {
	var names []string
	for _, v := range p.variables() {
		names = append(names, v.Name)
	}
	return names
}

func named(all []variable, name string) variable {
	return all[slices.IndexFunc(all, func(v variable) bool { return v.Name == name })]
}

// Class divides the units of the frame by conditions. A unit gets the first
// code whose condition it meets; a last code without condition takes the rest.
type Class struct {
	Name  string      `yaml:"name"`
	Codes []ClassCode `yaml:"codes"`
}

// ClassCode is one code of a class, as {code: large, when: "${employees} >= 500"}.
// The condition is in the language of routes, over sector, subsector, size,
// region, municipality, cvr and employees.
type ClassCode struct {
	Code string `yaml:"code"`
	When string `yaml:"when"`
}

// scope is what a condition may ask about a unit.
var scope = expr.Symbols{
	"sector":       {Type: expr.Text, Codes: codebook.Sectors().Values()},
	"subsector":    {Type: expr.Text, Codes: codebook.Subsectors().Values()},
	"size":         {Type: expr.Text, Codes: codebook.Sizes().Values()},
	"region":       {Type: expr.Text, Codes: codebook.Regions().Values()},
	"municipality": {Type: expr.Text, Codes: codebook.Municipalities().Values()},
	"cvr":          {Type: expr.Text},
	"employees":    {Type: expr.Number},
}

// env is a unit as a condition sees it.
type env frame.Unit

func (u env) Value(name string) expr.Value {
	switch name {
	case "sector":
		return expr.TextValue(u.Sector)
	case "subsector":
		return expr.TextValue(u.Subsector)
	case "size":
		return expr.TextValue(codebook.SizeOf(u.Employees))
	case "region":
		return expr.TextValue(u.Region)
	case "municipality":
		return expr.TextValue(u.Municipality)
	case "cvr":
		return expr.TextValue(u.CVR)
	case "employees":
		return expr.NumberValue(float64(u.Employees))
	}
	return expr.Value{}
}

// variable is class i of a plan that was checked.
func (c Class) variable(i int) variable {
	v := variable{Classification: codebook.Classification{Name: c.Name}}
	conditions := make([]expr.Expr, len(c.Codes))
	for k, code := range c.Codes {
		v.Codes = append(v.Codes, codebook.Code{Value: code.Code, Number: k + 1})
		if code.When != "" {
			conditions[k], _ = expr.Condition(code.When, scope) // faults are found by check
		}
	}
	v.of = func(u frame.Unit) string {
		for k, when := range conditions {
			if when == nil || expr.True(when, env(u)) {
				return c.Codes[k].Code
			}
		}
		return ""
	}
	v.at = func(s *Stratum) *string { return &s.Classes[i] }
	return v
}

var (
	className = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	classCode = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_+-]{0,31}$`)
)

// check lists what is wrong with a class; taken are the names before it.
func (c Class) check(taken []string) error {
	var faults []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("class %s: "+format, append([]any{c.Name}, args...)...))
		}
	}
	refuse(!className.MatchString(c.Name), "its name must be small letters, digits and _, beginning with a letter")
	refuse(slices.Contains(taken, c.Name), "the name is taken")
	refuse(len(c.Codes) == 0, "it has no codes")
	seen := make(map[string]bool)
	for i, code := range c.Codes {
		refuse(!classCode.MatchString(code.Code), "code %q must be letters, digits, _, + and -", code.Code)
		refuse(seen[code.Code], "code %s stands twice", code.Code)
		seen[code.Code] = true
		if code.When == "" {
			refuse(i < len(c.Codes)-1, "code %s has no condition and takes all; only the last may", code.Code)
			continue
		}
		_, err := expr.Condition(code.When, scope)
		refuse(err != nil, "code %s: when: %v", code.Code, err)
	}
	return errors.Join(faults...)
}

// misfits are the units that fit no code of a class.
type misfits struct {
	first []error
	n     int
}

// listed is the number of misfits that are named.
const listed = 20

func (m *misfits) add(class string, u frame.Unit) {
	if m.n++; m.n <= listed {
		m.first = append(m.first, fmt.Errorf("class %s: unit %s fits no code; a last code without condition takes the rest", class, u.PNumber))
	}
}

func (m *misfits) err() error {
	if m.n > listed {
		return errors.Join(append(m.first, fmt.Errorf("and %d units more", m.n-listed))...)
	}
	return errors.Join(m.first...)
}
