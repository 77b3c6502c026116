// Package pps selects units without replacement with probability proportional
// to size.
//
// Sizes and a number of units come in as a [Design]; the positions of the
// selected units go out, by the method of Sampford, systematically, or by the
// pivotal method. Every inclusion probability is exact: n·size/total, and one
// for the units so large that it would be more. The systematic and the pivotal
// method reckon in whole numbers throughout; Sampford's uses floating point
// without fused operations. The same source of randomness gives the same units
// on every platform.
//
// What a size is, and how strata divide the units, is for the caller.
package pps

import (
	"fmt"
	"math/rand/v2"
)

// Design is a selection of fixed size with given inclusion probabilities.
type Design struct {
	certain []int    // positions that are taken with certainty
	chance  []int    // the other positions, in order
	size    []uint64 // of the units left to chance
	total   uint64   // of their sizes
	take    int      // of the units left to chance
	units   int      // of the population
}

// limit keeps take·total below 2^62, so that no sum overflows.
const limit = 1 << 62

// New plans the selection of n units with probability proportional to size.
// Units whose probability would reach one are taken with certainty, and the
// rest is shared by the others, as often as that makes another unit certain.
func New(sizes []int, n int) (*Design, error) {
	if n < 0 || n > len(sizes) {
		return nil, fmt.Errorf("%d units of %d cannot be selected", n, len(sizes))
	}
	d := &Design{units: len(sizes), take: n}
	for i, x := range sizes {
		if x < 1 {
			return nil, fmt.Errorf("unit %d has size %d; a unit needs a positive size to have a chance", i+1, x)
		}
		d.chance = append(d.chance, i)
		if d.total += uint64(x); d.total > limit/uint64(len(sizes)) {
			return nil, fmt.Errorf("the sizes of %d units add to too large a number", len(sizes))
		}
	}
	for d.settle(sizes) {
	}
	d.size = make([]uint64, len(d.chance))
	for k, i := range d.chance {
		d.size[k] = uint64(sizes[i])
	}
	return d, nil
}

// settle takes units with certainty whose probability reaches one, and reports
// whether there were any.
func (d *Design) settle(sizes []int) bool {
	rest := d.chance[:0:0]
	take, total := d.take, d.total
	for _, i := range d.chance {
		if x := uint64(sizes[i]); uint64(take)*x >= total && take > 0 {
			d.certain = append(d.certain, i)
			d.take--
			d.total -= x
		} else {
			rest = append(rest, i)
		}
	}
	found := len(rest) < len(d.chance)
	d.chance = rest
	return found
}

// Certain returns how many units are taken with certainty.
func (d *Design) Certain() int { return len(d.certain) }

// Probabilities returns the inclusion probability of every unit.
func (d *Design) Probabilities() []float64 {
	p := make([]float64, d.units)
	for _, i := range d.certain {
		p[i] = 1
	}
	for k, i := range d.chance {
		p[i] = float64(uint64(d.take)*d.size[k]) / float64(d.total)
	}
	return p
}

// selection joins the certain units and those chosen, by position.
func (d *Design) selection(chosen []bool) []int {
	in := make([]bool, d.units)
	for _, i := range d.certain {
		in[i] = true
	}
	for k, i := range d.chance {
		in[i] = chosen[k]
	}
	drawn := make([]int, 0, d.take+len(d.certain))
	for i, yes := range in {
		if yes {
			drawn = append(drawn, i)
		}
	}
	return drawn
}

// Systematic selects every unit in whose part of the summed sizes one of n
// equidistant points falls, the first at random (Madow 1949). Units far apart
// in the order of the sizes spread over the sample; with one point of freedom
// no variance can be estimated without bias.
func (d *Design) Systematic(r *rand.Rand) []int {
	chosen := make([]bool, len(d.chance))
	if d.take > 0 {
		next, reached := r.Uint64N(d.total), uint64(0)
		for k, x := range d.size {
			reached += uint64(d.take) * x
			if next < reached {
				chosen[k] = true
				next += d.total
			}
		}
	}
	return d.selection(chosen)
}

// Pivotal lets units duel in their order until each is in or out: the two meet
// with what probability they have left, and one of them takes all of it or is
// full (Deville and Tillé 1998; in a given order Chauvet 2012). Neighbours seldom
// both are selected, so that an order spreads the sample as a systematic
// selection does, without its few possible samples.
func (d *Design) Pivotal(r *rand.Rand) []int {
	chosen := make([]bool, len(d.chance))
	champion, left := -1, uint64(0)
	for k, x := range d.size {
		rival := uint64(d.take) * x
		if champion < 0 || left == 0 {
			champion, left = k, rival
			continue
		}
		winner, rest := duel(r, d.total, left, rival)
		if left+rival >= d.total { // one is selected, the other goes on
			if winner {
				chosen[champion], champion = true, k
			} else {
				chosen[k] = true
			}
		} else if !winner {
			champion = k
		}
		left = rest
	}
	return d.selection(chosen)
}

// duel settles two units that hold a and b of a full share, both positive and
// below it. It reports whether the first is selected or, if neither is yet,
// goes on; rest is what the one that goes on holds.
func duel(r *rand.Rand, full, a, b uint64) (first bool, rest uint64) {
	if a+b < full {
		return r.Uint64N(a+b) < a, a + b
	}
	// The first is selected with probability (full − b)/(2·full − a − b).
	return r.Uint64N(2*full-a-b) < full-b, a + b - full
}
