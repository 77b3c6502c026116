package variance

import (
	"fmt"
	"math"
	"math/bits"

	"barometer/weighting/design"
)

// Replication says how replicates of an estimate make a variance:
// scale · Σ_r rscale_r (θ_r − centre)², the centre being the full-sample
// estimate (MSE) or else the mean of the replicates (Wolter 2007).
type Replication struct {
	Scale  float64
	RScale []float64 // of each replicate
	MSE    bool
}

// Variance returns the variance of an estimate from its replicates. A
// replicate in which the estimate is undefined is left out.
func (r Replication) Variance(estimate float64, replicates []float64) float64 {
	centre := estimate
	if !r.MSE {
		sum, n := 0.0, 0
		for i, x := range replicates {
			if r.RScale[i] > 0 && !math.IsNaN(x) {
				sum += x
				n++
			}
		}
		centre = sum / float64(n)
	}
	v := 0.0
	for i, x := range replicates {
		if !math.IsNaN(x) {
			v += r.RScale[i] * (x - centre) * (x - centre)
		}
	}
	return r.Scale * v
}

// Factors are replicate weights made from a design: Factor returns that of a
// stage-1 unit in a replicate, by which its weight is multiplied.
type Factors struct {
	Replication
	Factor func(replicate int, unit int32) float64
}

// Count returns the number of replicates.
func (f *Factors) Count() int { return len(f.RScale) }

// Jackknife makes one replicate for each stage-1 unit, in which the unit's
// weight is 0 and its stratum's others take its place: JK1 without strata, JKn
// with them. Only the first stage's population counts are used.
func (d *Design) Jackknife() (*Factors, error) {
	stage := d.Stages[0]
	f := &Factors{Replication: Replication{Scale: 1}}
	var left []int32 // the unit each replicate leaves out
	var refused []string
	for unit, h := range stage.Stratum {
		if h < 0 {
			continue
		}
		s := stage.Strata[h]
		if s.lonely() && d.Lonely != design.Remove && d.Lonely != design.Certainty {
			refused = append(refused, s.Name)
		}
		if s.Units > 1 {
			n := float64(s.Units)
			left = append(left, int32(unit))
			f.RScale = append(f.RScale, s.unsampled()*(n-1)/n)
		}
	}
	if refused != nil {
		return nil, &LonelyError{refused}
	}
	f.Factor = func(r int, unit int32) float64 {
		out := left[r]
		switch h := stage.Stratum[out]; {
		case unit == out:
			return 0
		case stage.Stratum[unit] == h:
			n := float64(stage.Strata[h].Units)
			return n / (n - 1)
		}
		return 1
	}
	return f, nil
}

// BalancedHalves makes balanced repeated replication for a design with two
// units in every stratum: weights of one of them are multiplied by 2 − rho, of
// the other by rho (rho 0: BRR; above: Judkins 1990, after Fay). Which, follows
// from a Sylvester–Hadamard matrix; its constant row is not used, so that no
// unit is hidden. Population counts are not used.
func (d *Design) BalancedHalves(rho float64) (*Factors, error) {
	stage := d.Stages[0]
	first := make([]int32, len(stage.Strata))
	for i := range first {
		first[i] = -1
	}
	for unit, h := range stage.Stratum {
		if h >= 0 && first[h] < 0 {
			first[h] = int32(unit)
		}
	}
	for _, s := range stage.Strata {
		if s.Units != 2 {
			return nil, fmt.Errorf("stratum %s has %d units: balanced repeated replication needs two in every stratum", s.Name, s.Units)
		}
	}
	size := 1 << bits.Len(uint(len(stage.Strata))) // a power of two above the number of strata
	f := &Factors{Replication: Replication{Scale: 1 / (float64(size) * (1 - rho) * (1 - rho)), RScale: make([]float64, size)}}
	for i := range f.RScale {
		f.RScale[i] = 1
	}
	f.Factor = func(r int, unit int32) float64 {
		h := stage.Stratum[unit]
		plus := bits.OnesCount(uint(r)&uint(h+1))%2 == 0
		if plus == (first[h] == unit) {
			return 2 - rho
		}
		return rho
	}
	return f, nil
}
