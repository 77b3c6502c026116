package replicate

import (
	"fmt"
	"math"

	"barometer/internal/philox"
)

// FromForm makes generalised replicates of a variance estimator. Their factors
// belong to the units of the last stage, 1 for a unit outside the sample. The
// kind of the plan is Generalised or GeneralisedFay.
//
// The bootstrap's factors have mean 1 and the covariance matrix of the form, so
// that the variance of a total over replicates tends to the form's as they grow
// in number: its relative standard error with R replicates is about √(2/R).
// Fay's replicates give the form's variance of every total exactly. Assumption
// for other estimates: that they are nearly linear in the weights.
//
// Source: Beaumont and Patak 2012; for several stages Beaumont and
// Émond 2022; Fay's replicates: Fay 1984, Dippo, Fay and Morganstein 1984.
// Reference implementation: svrep, as_gen_boot_design and
// as_fays_gen_rep_design.
func FromForm(plan Plan, form Form) (*Set, error) {
	if err := form.check(); err != nil {
		return nil, err
	}
	switch plan.Kind {
	case Generalised:
		return form.bootstrap(plan)
	case GeneralisedFay:
		return form.fay(plan)
	}
	return nil, fmt.Errorf("replicates %s are not made from a variance estimator: use %s or %s", plan.Kind, Generalised, GeneralisedFay)
}

// bootstrap draws factors 1 + Σ √scale·(e − ē)/τ over the strata a unit lies
// in, with random signs e, which have every moment the variance needs, are
// bounded, and have the smallest fourth moment of all.
//
// No factor is below 0: at one stage √scale·|e − ē| stays below 2·√(F(1−f)),
// and the F(1−f) of the stages a unit lies in add to at most 1, so that the sum
// over S stages stays below τ = 2√S.
func (f Form) bootstrap(plan Plan) (*Set, error) {
	shrink := 2 * math.Sqrt(float64(len(f.Stages)))
	set, err := drawn(plan, 1/shrink)
	if err != nil {
		return nil, err
	}
	blocks, key := f.blocks(), philox.Seeded(plan.Seed)
	set.factors = func(r int, dst []float64) {
		d := f.newDeviations()
		for _, b := range blocks {
			b.signs(r, key, d[b.stage], shrink)
		}
		for unit, x := range d.sum(f.Stages) {
			dst[unit] = 1 + x
		}
	}
	return set, nil
}

// signs leaves √scale·(e − ē)/τ in the places of the stratum's units.
func (b block) signs(r int, key philox.Key, dst []float64, shrink float64) {
	n := float64(len(b.members))
	step, plus := b.root/shrink, 0
	for from := 0; from < len(b.members); from += 128 {
		word := philox.Block(philox.Counter{uint32(r), uint32(b.stratum), uint32(from), uint32(b.stage)}, key)
		for k, unit := range b.members[from:min(from+128, len(b.members))] {
			sign := word[k/32] >> (k % 32) & 1
			plus += int(sign)
			dst[unit] = float64(2*int(sign) - 1)
		}
	}
	mean := float64(2*plus-len(b.members)) / n
	for _, unit := range b.members {
		dst[unit] = float64(step * (dst[unit] - mean))
	}
}

// mostExact is how many exact replicates are made at most: each stratum of n
// units takes n − 1.
const mostExact = 4096

// fay takes the form apart into squares, v = Σ_j (c_j′Z)², the c_j being the
// Helmert contrasts of each stratum times √scale, and adds all of them with the
// signs of a Hadamard matrix's columns: replicate r has the factors
// 1 + Σ_j H_rj·c_j/τ. As the columns are orthogonal, and none of them is
// constant, the mean of the R squared deviations is v/τ², and the mean of the
// factors is 1.
func (f Form) fay(plan Plan) (*Set, error) {
	blocks := f.blocks()
	squares := 0
	for _, b := range blocks {
		squares += len(b.members) - 1
	}
	if squares+1 > mostExact {
		return nil, fmt.Errorf("replicates %s: the design needs %d of them, and at most %d are made: use %s",
			plan.Kind, squares+1, mostExact, Generalised)
	}
	plus, order := hadamard(squares + 1)
	shrink := f.reach(blocks)
	set := &Set{Scale: float64(shrink*shrink) / float64(order), RScale: equalScales(order), MSE: plan.MSE}
	set.factors = func(r int, dst []float64) {
		d, column := f.newDeviations(), 1
		for _, b := range blocks {
			b.contrasts(d[b.stage], shrink, func(j int) float64 {
				if plus(r, column+j) {
					return 1
				}
				return -1
			})
			column += len(b.members) - 1
		}
		for unit, x := range d.sum(f.Stages) {
			dst[unit] = 1 + x
		}
	}
	return set, nil
}

// contrasts leaves Σ_j sign_j·c_j/τ in the places of the stratum's units. The
// contrast j compares the units 0 to j with the unit j+1.
func (b block) contrasts(dst []float64, shrink float64, sign func(j int) float64) {
	later := 0.0 // Σ over the contrasts in which the unit is among the first
	for k := len(b.members) - 1; k >= 0; k-- {
		own := 0.0
		if k > 0 {
			length := math.Sqrt(float64(k) * float64(k+1))
			s := sign(k-1) / length
			own, later = later-float64(float64(k)*s), later+s
		} else {
			own = later
		}
		dst[b.members[k]] = float64(b.root * own / shrink)
	}
}

// reach is the largest |deviation| that contrasts can add up to in a unit, at
// least 1: divided by it no factor is below 0.
func (f Form) reach(blocks []block) float64 {
	d := f.newDeviations()
	for _, b := range blocks {
		later := 0.0
		for k := len(b.members) - 1; k >= 0; k-- {
			own := later
			if k > 0 {
				length := math.Sqrt(float64(k) * float64(k+1))
				own, later = later+float64(k)/length, later+1/length
			}
			d[b.stage][b.members[k]] = float64(b.root * own)
		}
	}
	most := 1.0
	for _, x := range d.sum(f.Stages) {
		most = max(most, x)
	}
	return most
}
