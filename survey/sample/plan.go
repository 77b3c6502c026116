package sample

import (
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
)

// Plan says how a sample is stratified, how large it is and how it is divided
// between strata. It is a reviewed YAML file of the wave.
type Plan struct {
	Wave     string   `yaml:"wave"`
	Total    int      `yaml:"total"`    // units to select; for optimum the most it may select, 0 for no limit
	Stratify []string `yaml:"stratify"` // of sector, subsector, size, region and the plan's own classes
	Classes  []Class  `yaml:"classes"`

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

	// Rotation moves the start of each stratum on by so many times its own
	// sampling fraction: two waves whose rotations differ by 0.25 share three
	// quarters of each stratum, by 1 none, as far as the stratum has other units.
	Rotation float64 `yaml:"rotation"`

	// Reserve is the number of units that stand by for each one selected, 0.2
	// for a fifth as many again; see Release.
	Reserve float64 `yaml:"reserve"`

	Selection  Selection  `yaml:"selection"`
	Allocation Allocation `yaml:"allocation"`
}

// Allocation says how the sample is divided between strata.
type Allocation struct {
	Method Method `yaml:"method"`

	Size       Size               `yaml:"size"`       // what counts as a stratum's size, for proportional and power; none: units
	Exponent   float64            `yaml:"exponent"`   // of the stratum size, for power
	Variation  map[string]float64 `yaml:"variation"`  // coefficient of variation by stratum, for power; none: equal
	Deviations map[string]float64 `yaml:"deviations"` // standard deviation by stratum, for neyman; none: that of employees in the frame
	Costs      map[string]float64 `yaml:"costs"`      // of one unit by stratum, for optimum; none: equal
	Given      map[string]int     `yaml:"given"`      // units by stratum, for given

	// Targets are what optimum meets at the least cost. They raise any other
	// method's allocation where it would leave an interval wider than wanted.
	Targets      []Target `yaml:"targets"`
	ResponseRate float64  `yaml:"response_rate"` // expected, for targets
	DesignEffect float64  `yaml:"design_effect"` // expected of the weighting, for targets; 0 means 1
}

// Method is a rule of allocation.
type Method string

const (
	Proportional Method = "proportional" // n ∝ X, the stratum's size
	Equal        Method = "equal"        // n equal
	Neyman       Method = "neyman"       // n ∝ N·S (Neyman 1934)
	Power        Method = "power"        // n ∝ X^exponent·CV (Bankier 1988)
	Optimum      Method = "optimum"      // the least cost that meets the targets (Bethel 1989, Chromy 1987)
	Given        Method = "given"        // n as stated
)

var methods = []Method{Proportional, Equal, Neyman, Power, Optimum, Given}

// Size is a measure of the size of a unit; a stratum's is the sum of its units'.
type Size string

const (
	ByUnits     Size = "" // each unit counts one
	ByEmployees Size = "employees"
)

// Target is a precision wanted in every category of a variable, or in one.
type Target struct {
	By        string  `yaml:"by"`         // total, sector, subsector, size, region or a class of the plan
	Code      string  `yaml:"code"`       // the one category that is meant; none: every one
	HalfWidth float64 `yaml:"half_width"` // of the 95 % interval, in percentage points

	// Deviations are the standard deviations by stratum of the item that is
	// meant, √(p(1−p)) for a share p. None: 0.5, a share of one half.
	Deviations map[string]float64 `yaml:"deviations"`
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
