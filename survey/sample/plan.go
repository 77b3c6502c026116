package sample

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Plan says how a sample is stratified, how large it is and how it is divided
// between strata. It is a reviewed YAML file of the wave.
type Plan struct {
	Wave     string   `yaml:"wave"`
	Total    int      `yaml:"total"`    // units to select
	Stratify []string `yaml:"stratify"` // of sector, subsector, size, region

	TakeAllUpTo int `yaml:"take_all_up_to"` // strata of at most so many units are taken whole
	Minimum     int `yaml:"minimum"`        // units from every stratum, as far as it has them; 0 means 2

	// Cap takes a stratum whole where the allocation asks for more units than
	// it has, and divides the rest between the others. Without it such a plan
	// is refused.
	Cap bool `yaml:"cap"`

	// Start is the point in [0, 1) of the line of permanent random numbers
	// where each stratum's selection begins. Zero in every wave gives the most
	// overlap between waves; moving it on rotates units out.
	Start float64 `yaml:"start"`

	Allocation Allocation `yaml:"allocation"`
}

// Allocation says how the sample is divided between strata.
type Allocation struct {
	Method Method `yaml:"method"`

	Exponent   float64            `yaml:"exponent"`   // of the stratum size, for power
	Deviations map[string]float64 `yaml:"deviations"` // standard deviation by stratum, for neyman; none: that of employees in the frame
	Given      map[string]int     `yaml:"given"`      // units by stratum, for given

	// Targets raise the allocation where the method alone would leave the
	// interval of a share of one half wider than wanted.
	Targets      []Target `yaml:"targets"`
	ResponseRate float64  `yaml:"response_rate"` // expected, for targets
}

// Method is a rule of allocation.
type Method string

const (
	Proportional Method = "proportional" // n ∝ N
	Equal        Method = "equal"        // n equal
	Neyman       Method = "neyman"       // n ∝ N·S (Neyman 1934)
	Power        Method = "power"        // n ∝ N^exponent (Bankier 1988, with equal coefficients of variation)
	Given        Method = "given"        // n as stated
)

var methods = []Method{Proportional, Equal, Neyman, Power, Given}

// Target is a precision wanted in every category of a variable.
type Target struct {
	By        string  `yaml:"by"`         // sector, subsector, size or region
	HalfWidth float64 `yaml:"half_width"` // of the 95 % interval, in percentage points
}

// LoadPlan reads a plan from YAML. Every fault is listed; an unknown key is one.
func LoadPlan(r io.Reader, file string) (Plan, error) {
	data, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return Plan{}, fmt.Errorf("read %s: %w", file, err)
	}
	var p Plan
	if err := yaml.Load(data, &p, yaml.WithKnownFields()); err != nil {
		return Plan{}, fmt.Errorf("%s: %w", file, err)
	}
	if err := p.check(); err != nil {
		return Plan{}, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

func (p Plan) minimum() int {
	if p.Minimum == 0 {
		return 2
	}
	return p.Minimum
}

// check lists everything wrong with the plan by itself; what depends on the
// frame is checked by Allocate.
func (p Plan) check() error {
	var faults []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	refuse(p.Wave == "", "wave is missing")
	refuse(p.Total < 1 && p.Allocation.Method != Given, "total is %d, must be positive", p.Total)
	refuse(len(p.Stratify) == 0, "stratify is empty: name at least one of %s", strings.Join(variableNames(), ", "))
	for i, name := range p.Stratify {
		refuse(!slices.Contains(variableNames(), name), "stratify: %q is none of %s", name, strings.Join(variableNames(), ", "))
		refuse(slices.Contains(p.Stratify[:i], name), "stratify: %s stands twice", name)
	}
	refuse(p.TakeAllUpTo < 0, "take_all_up_to is %d, must not be negative", p.TakeAllUpTo)
	refuse(p.Minimum < 0, "minimum is %d, must not be negative", p.Minimum)
	refuse(!(p.Start >= 0 && p.Start < 1), "start is %v, must be from 0 up to but not 1", p.Start)
	return errors.Join(append(faults, p.Allocation.check()...)...)
}

func (a Allocation) check() (faults []error) {
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("allocation: "+format, args...))
		}
	}
	refuse(!slices.Contains(methods, a.Method), "method %q is none of %v", a.Method, methods)
	refuse(a.Method == Power && !(a.Exponent > 0 && a.Exponent <= 1), "exponent is %v, must be above 0 and at most 1", a.Exponent)
	refuse(a.Method != Power && a.Exponent != 0, "exponent belongs to method power")
	refuse(a.Method != Neyman && a.Deviations != nil, "deviations belong to method neyman")
	refuse((a.Method == Given) != (a.Given != nil), "given and method given belong together")
	refuse(a.Method == Given && a.Targets != nil, "targets cannot change a given allocation")
	refuse(a.Targets != nil && !(a.ResponseRate > 0 && a.ResponseRate <= 1), "response_rate is %v, targets need it above 0 and at most 1", a.ResponseRate)
	for _, t := range a.Targets {
		refuse(!slices.Contains(variableNames(), t.By), "target by %q is none of %s", t.By, strings.Join(variableNames(), ", "))
		refuse(!(t.HalfWidth > 0 && t.HalfWidth < 50), "target by %s: half_width is %v points, must be between 0 and 50", t.By, t.HalfWidth)
	}
	return faults
}
