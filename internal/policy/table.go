package policy

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Rule is one line of the table.
type Rule struct {
	Object string `yaml:"object"`
	Action string `yaml:"action"`
	Roles  []Role `yaml:"roles"` // any of them may

	Own      bool          `yaml:"own"`           // only with objects of one's own: the handler finds no other
	Visible  bool          `yaml:"visible"`       // who may not is told so; otherwise nothing is there for them
	Strong   bool          `yaml:"second_factor"` // signed in with a second factor
	Fresh    time.Duration `yaml:"fresh"`         // and not longer ago than this; 0 = any time
	FourEyes bool          `yaml:"four_eyes"`     // takes effect when another person confirms it

	Routes   []string `yaml:"routes"`   // method and pattern: GET /{lang:da|en}/account
	Commands []string `yaml:"commands"` // of the program: user grant
}

// name is how a rule is called in errors.
func (r *Rule) name() string { return r.Object + " × " + r.Action }

// Table is all rules.
type Table struct {
	rules     []*Rule
	byAct     map[[2]string]*Rule
	byRoute   map[string]*Rule
	byCommand map[string]*Rule
}

//go:embed policy.yaml
var source []byte

// Load returns the program's table.
func Load() (*Table, error) { return Parse("internal/policy/policy.yaml", source) }

// Parse reads a table. All faults are reported together.
func Parse(file string, src []byte) (*Table, error) {
	t := &Table{byAct: map[[2]string]*Rule{}, byRoute: map[string]*Rule{}, byCommand: map[string]*Rule{}}
	if err := yaml.Load(src, &t.rules, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var faults []error
	for i, r := range t.rules {
		if r == nil {
			return nil, fmt.Errorf("%s: rule %d is empty", file, i+1)
		}
		for _, fault := range t.add(r) {
			faults = append(faults, fmt.Errorf("%s: rule %d (%s): %w", file, i+1, r.name(), fault))
		}
	}
	return t, errors.Join(faults...)
}

// add enters a rule and returns what is wrong with it.
func (t *Table) add(r *Rule) (faults []error) {
	act := [2]string{r.Object, r.Action}
	if r.Object == "" || r.Action == "" {
		faults = append(faults, errors.New("needs an object and an action"))
	}
	if t.byAct[act] != nil {
		faults = append(faults, errors.New("given twice"))
	}
	t.byAct[act] = r
	faults = append(faults, r.check()...)
	faults = append(faults, enter(t.byRoute, r, r.Routes)...)
	return append(faults, enter(t.byCommand, r, r.Commands)...)
}

func enter(index map[string]*Rule, r *Rule, keys []string) (faults []error) {
	for _, k := range keys {
		if other := index[k]; other != nil {
			faults = append(faults, fmt.Errorf("%s stands at %s too", k, other.name()))
		}
		index[k] = r
	}
	return faults
}

var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

func (r *Rule) check() (faults []error) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(r.Roles) == 0 {
		say("nobody may: name roles")
	}
	for _, role := range r.Roles {
		if !slices.Contains(Roles(), role) {
			say("no role is called %q", role)
		}
		if (r.Strong || r.FourEyes) && (role == Visitor || role == Respondent) {
			say("%s has no second factor and no name", role)
		}
		if role.Staff() && !r.Strong {
			say("%s is a staff role: ask for second_factor", role)
		}
	}
	if r.Fresh > 0 && !r.Strong {
		say("fresh is said of a second factor: ask for second_factor")
	}
	for _, route := range r.Routes {
		method, pattern, _ := strings.Cut(route, " ")
		if !slices.Contains(methods, method) || !strings.HasPrefix(pattern, "/") {
			say("route %q: want METHOD /pattern", route)
		}
	}
	return faults
}

// Rules lists the table in its order.
func (t *Table) Rules() []Rule {
	list := make([]Rule, len(t.rules))
	for i, r := range t.rules {
		list[i] = *r
	}
	return list
}

// Route returns the rule of a route, named by method and pattern.
func (t *Table) Route(method, pattern string) (Rule, bool) {
	return find(t.byRoute, method+" "+pattern)
}

// Command returns the rule of a command, named by its words.
func (t *Table) Command(words string) (Rule, bool) { return find(t.byCommand, words) }

func find(index map[string]*Rule, key string) (Rule, bool) {
	r, ok := index[key]
	if !ok {
		return Rule{}, false
	}
	return *r, true
}
