package replicate

import (
	"fmt"
	"math"
)

// Form is a variance estimator of a total written as a quadratic form in the
// weighted totals Z of the design's units:
//
//	v = Σ over stages and strata of scale · Σ (Z − Z̄)²
//
// the inner sum over the units of the stratum, each with the sum of what lies
// in it. For stratified multistage sampling without replacement the scale of a
// stratum is F·(1−f)·n/(n−1), with n units of which f = n/N and F the product
// of the sampling fractions above it (Bellhouse 1985; Särndal, Swensson and
// Wretman 1992, result 4.3.1). The matrix of the form is positive semidefinite,
// which is all that generalised replication asks for (Beaumont and Patak
// 2012). Reference implementation: svrep, make_quad_form_matrix with "Stratified
// Multistage SRS".
type Form struct{ Stages []Stage }

// Stage is one stage of a form.
type Stage struct {
	Stratum []int32   // of each unit; −1 for a unit outside the sample
	Parent  []int32   // of each unit, its unit of the stage before; nil at the first
	Scale   []float64 // of each stratum; 0 where it adds no variance
}

// check refuses a form whose parts do not fit each other.
func (f Form) check() error {
	if len(f.Stages) == 0 {
		return fmt.Errorf("a variance without stages cannot be replicated")
	}
	for s, stage := range f.Stages {
		for h, scale := range stage.Scale {
			if !(scale >= 0) || math.IsInf(scale, 1) {
				return fmt.Errorf("stage %d, stratum %d: the scale %v is no number of 0 or more", s+1, h+1, scale)
			}
		}
		if s > 0 && len(stage.Parent) != len(stage.Stratum) {
			return fmt.Errorf("stage %d: %d parents for %d units", s+1, len(stage.Parent), len(stage.Stratum))
		}
	}
	return nil
}

// Value is the variance of the total of z, one number per unit of the last
// stage.
func (f Form) Value(z []float64) float64 {
	var v float64
	for s := len(f.Stages) - 1; s >= 0; s-- {
		stage := f.Stages[s]
		for h, members := range stage.members() {
			if stage.Scale[h] == 0 {
				continue
			}
			var mean, square float64
			for _, unit := range members {
				mean += z[unit] / float64(len(members))
			}
			for _, unit := range members {
				square += float64((z[unit] - mean) * (z[unit] - mean))
			}
			v += float64(stage.Scale[h] * square)
		}
		if s > 0 {
			z = stage.rollUp(z, len(f.Stages[s-1].Stratum))
		}
	}
	return v
}

// rollUp adds units to the units they lie in.
func (s Stage) rollUp(z []float64, parents int) []float64 {
	up := make([]float64, parents)
	for unit, parent := range s.Parent {
		if s.Stratum[unit] >= 0 {
			up[parent] += z[unit]
		}
	}
	return up
}

// members lists the units of each stratum.
func (s Stage) members() [][]int32 {
	members := make([][]int32, len(s.Scale))
	for unit, h := range s.Stratum {
		if h >= 0 {
			members[h] = append(members[h], int32(unit))
		}
	}
	return members
}

// block is a stratum that adds variance.
type block struct {
	stage, stratum int
	members        []int32
	root           float64 // √scale
}

// blocks lists the strata that add variance, stage by stage.
func (f Form) blocks() []block {
	var list []block
	for s, stage := range f.Stages {
		for h, members := range stage.members() {
			if stage.Scale[h] > 0 && len(members) > 1 {
				list = append(list, block{s, h, members, math.Sqrt(stage.Scale[h])})
			}
		}
	}
	return list
}

// deviations are numbers by stage and unit; a last-stage unit's is the sum of
// its own and those of the units it lies in.
type deviations [][]float64

func (f Form) newDeviations() deviations {
	d := make(deviations, len(f.Stages))
	for s, stage := range f.Stages {
		d[s] = make([]float64, len(stage.Stratum))
	}
	return d
}

// sum adds each unit's to all that lie in it and returns those of the last
// stage.
func (d deviations) sum(stages []Stage) []float64 {
	for s := 1; s < len(d); s++ {
		for unit, parent := range stages[s].Parent {
			if stages[s].Stratum[unit] >= 0 {
				d[s][unit] += d[s-1][parent]
			}
		}
	}
	return d[len(d)-1]
}

// form is that of a one-stage sample.
func (s *strata) form() Form {
	stage := Stage{Stratum: s.of, Scale: make([]float64, len(s.members))}
	for h, members := range s.members {
		if n := float64(len(members)); n > 1 {
			stage.Scale[h] = s.left[h] * (n / (n - 1))
		}
	}
	return Form{Stages: []Stage{stage}}
}
