package pps

import (
	"fmt"
	"math/rand/v2"
)

// sampfordCells bounds the table of Sampford's method: 160 MB.
const sampfordCells = 10_000_000

// Sampford selects units by the design of Sampford (1967), On sampling without
// replacement with unequal probabilities of selection, Biometrika 54, 499-513:
// a sample's probability is proportional to Π π_i/(1−π_i)·Σ(1−π_i) over its
// units. All joint probabilities are positive and known.
//
// Samples are not drawn and thrown away until one fits, which for large shares
// takes for ever: units are decided one by one from the number of ways in which
// the rest can be completed (as by Grafström 2009). A population whose table of
// units by takes has more than ten million cells is refused.
func (d *Design) Sampford(r *rand.Rand) ([]int, error) {
	if len(d.chance)*(d.take+1) > sampfordCells {
		return nil, fmt.Errorf("sampford: %d units of %d are more than it can select at once; stratify further or use pivotal", d.take, len(d.chance))
	}
	chosen := make([]bool, len(d.chance))
	if d.take > 0 {
		d.decide(d.completions(), chosen, r)
	}
	return d.selection(chosen), nil
}

// ways tells for the units from some position on the chance that so many of
// them are taken, when each is with its probability and apart from the others.
type ways struct {
	plain  []float64 // m are taken
	marked []float64 // m are taken, of which one carries the mark Σ(1−π_i) counts
}

// chances of the units that are left to chance.
func (d *Design) chances() []float64 {
	p := make([]float64, len(d.size))
	for k, x := range d.size {
		p[k] = float64(uint64(d.take)*x) / float64(d.total)
	}
	return p
}

// completions returns the ways of the units from each position on.
func (d *Design) completions() []ways {
	p := d.chances()
	table := make([]ways, len(p)+1)
	table[len(p)] = nothing(d.take + 1)
	for k := len(p) - 1; k >= 0; k-- {
		table[k] = table[k+1].with(p[k], d.take+1)
	}
	return table
}

// nothing is the ways of no units.
func nothing(width int) ways {
	w := ways{make([]float64, width), make([]float64, width)}
	w.plain[0] = 1
	return w
}

// with adds a unit of probability p. Products are rounded before they are
// added, so that no platform fuses the two.
func (w ways) with(p float64, width int) ways {
	v := ways{make([]float64, width), make([]float64, width)}
	q := 1 - p
	for m := range width {
		v.plain[m] = float64(q * w.plain[m])
		v.marked[m] = float64(q * w.marked[m])
		if m > 0 {
			v.plain[m] += float64(p * w.plain[m-1])
			v.marked[m] += float64(p*w.marked[m-1]) + float64(p*q*w.plain[m-1])
		}
	}
	return v
}

// decide goes through the units: left are still to be taken, among them the
// marked one until it is found.
func (d *Design) decide(table []ways, chosen []bool, r *rand.Rand) {
	left, marked := d.take, false
	for k, p := range d.chances() {
		if left == 0 {
			return
		}
		rest, q := table[k+1], 1-p
		if marked {
			in, out := float64(p*rest.plain[left-1]), float64(q*rest.plain[left])
			if float64(r.Float64()*(in+out)) < in {
				chosen[k] = true
				left--
			}
			continue
		}
		mark := float64(p * q * rest.plain[left-1])
		in, out := float64(p*rest.marked[left-1]), float64(q*rest.marked[left])
		switch x := float64(r.Float64() * (mark + in + out)); {
		case x < mark:
			chosen[k], marked = true, true
			left--
		case x < mark+in:
			chosen[k] = true
			left--
		}
	}
}
