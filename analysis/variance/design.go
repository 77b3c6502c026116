// Package variance computes the design variance of estimated totals.
//
// It stands between the resolved sampling design and the estimate: totals of a
// linearised variable by sampling unit, or their spread by stratum, come in;
// variances and covariances go out. What the linearised variable is (a mean's,
// a ratio's, a regression coefficient's) is package estimate's affair, as are
// degrees of freedom and intervals.
//
// The formula is Taylor linearisation for stratified multistage samples
// without replacement at each stage (Bellhouse 1985; Särndal, Swensson &
// Wretman 1992, result 4.3.1), or of ultimate clusters where the first stage is
// taken as drawn with replacement (Hansen, Hurwitz & Madow 1953).
package variance

import (
	"fmt"
	"math"
	"strings"

	"barometer/weighting/design"
)

// Stratum is one stratum of one stage. At later stages every unit of the
// stage before holds strata of its own.
type Stratum struct {
	Name       string
	Parent     int32   // unit of the stage before, -1 at stage 1
	Units      int     // sampled units, with or without members of a domain
	Population float64 // units in the population, +Inf when drawn with replacement
	Factor     float64 // product of the sampling fractions of earlier stages
}

// unsampled is the part of the stratum's population that is not sampled.
func (s Stratum) unsampled() float64 {
	if math.IsInf(s.Population, 1) {
		return 1
	}
	return (s.Population - float64(s.Units)) / s.Population
}

// lonely reports whether the stratum has one sampled unit out of several.
func (s Stratum) lonely() bool { return s.Units == 1 && s.unsampled() > certain }

// certain is the unsampled part below which a stratum counts as fully sampled.
const certain = 1e-7

// Stage is one stage of sampling.
type Stage struct {
	Strata  []Stratum
	Stratum []int32 // of each unit; -1 for a unit outside the sample
	Parent  []int32 // of each unit, its unit of the stage before; nil at stage 1
}

// Design is a sampling design resolved to units and strata.
type Design struct {
	Stages []Stage
	Lonely design.LonelyPSU
}

// Units returns the number of sampled units at stage 1.
func (d *Design) Units() int {
	n := 0
	for _, s := range d.Stages[0].Strata {
		n += s.Units
	}
	return n
}

// DF returns the degrees of freedom of the whole design: units less strata.
func (d *Design) DF() int { return d.Units() - len(d.Stages[0].Strata) }

// LonelyStrata names the strata with a single sampled unit out of several.
func (d *Design) LonelyStrata() []string {
	var names []string
	for i, stage := range d.Stages {
		for _, s := range stage.Strata {
			if s.lonely() {
				names = append(names, stageName(i, s.Name))
			}
		}
	}
	return names
}

func stageName(stage int, name string) string {
	if stage == 0 {
		return name
	}
	return fmt.Sprintf("%s (stage %d)", name, stage+1)
}

// LonelyError says that a variance cannot be computed because strata that hold
// rows of the estimate have a single sampled unit, and the rule is to refuse.
type LonelyError struct{ Strata []string }

func (e *LonelyError) Error() string {
	return fmt.Sprintf("single sampled unit in stratum %s: merge it with a neighbour or choose another lonely_psu rule",
		strings.Join(e.Strata, ", "))
}
