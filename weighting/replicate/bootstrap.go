package replicate

import (
	"fmt"
	"math"

	"barometer/internal/philox"
)

// drawn is a set of random replicates, whose deviations were multiplied by
// shrink.
func drawn(plan Plan, shrink float64) (*Set, error) {
	if plan.Count < 2 {
		return nil, fmt.Errorf("%s: %d replicates; give at least 2", plan.Kind, plan.Count)
	}
	among := float64(plan.Count - 1)
	if plan.MSE {
		among = float64(plan.Count)
	}
	return &Set{Scale: 1 / (shrink * shrink * among), RScale: equalScales(plan.Count), MSE: plan.MSE}, nil
}

// bootstrap draws n−1 of each stratum's n units with replacement; a unit drawn
// m times has the factor 1 + √(1−f)·(m·n/(n−1) − 1), whose variance over
// replicates is that of the design, finite population correction included
// (Rao and Wu 1988, with n−1 draws). Without the correction it is m·n/(n−1).
func (s *strata) bootstrap(plan Plan) (*Set, error) {
	set, err := drawn(plan, 1)
	if err != nil {
		return nil, err
	}
	key := philox.Seeded(plan.Seed)
	set.makeByStratum(s.members, func(r, h int, dst []float64) {
		ones(dst)
		if !(s.left[h] > 0) || len(dst) < 2 {
			return
		}
		n, shrink := float64(len(dst)), math.Sqrt(s.left[h])
		for k := range dst {
			dst[k] = 1 - shrink
		}
		draw(uint32(r), uint32(h), key, shrink*(n/(n-1)), dst)
	})
	return set, nil
}

// draw adds a step to the factors of n−1 of the n units, drawn with replacement:
// of large strata one a block of random words, else four.
func draw(replicate, stratum uint32, key philox.Key, step float64, factors []float64) {
	n := len(factors)
	if n > philox.FourBelow {
		for k := range n - 1 {
			factors[philox.Below(philox.Counter{replicate, stratum, uint32(k)}, key, n)] += step
		}
		return
	}
	k := 0
	for ; k+4 < n; k += 4 {
		a, b, c, d := philox.BelowFour(replicate, stratum, uint32(k), key, uint32(n))
		factors[a] += step
		factors[b] += step
		factors[c] += step
		factors[d] += step
	}
	a, b, c, _ := philox.BelowFour(replicate, stratum, uint32(k), key, uint32(n))
	for _, unit := range []uint32{a, b, c}[:n-1-k] {
		factors[unit] += step
	}
}
