package impute

import (
	"fmt"
	"sort"

	"barometer/internal/philox"
)

// round is the number of a completed data set of multiple imputation, for which
// the donors themselves are drawn first; 0 is single imputation.
type round uint32

// draw chooses a donor for each recipient, in proportion to weights among the
// donors of its class whose weight is positive. Where a replicate has dropped
// them all, the next wider class gives.
func (d *Deck) draw(r round, weights []float64) ([]int32, error) {
	if len(weights) != d.data.Rows() {
		return nil, fmt.Errorf("imputation of %v: %d weights for %d rows", d.plan.Variables, len(weights), d.data.Rows())
	}
	urns := make([]*urn, len(d.tree))
	chosen := make([]int32, len(d.recipients))
	for i, row := range d.recipients {
		u := d.urn(urns, d.pool[i], r, weights)
		if u == nil {
			return nil, fmt.Errorf("imputation of %v: no donor in %s has a positive weight", d.plan.Variables, d.tree[d.pool[i]].name)
		}
		chosen[i] = u.pick(philox.Unit(d.place(d.hashes[row], r, 0), d.key))
	}
	return chosen, nil
}

func (d *Deck) place(hash uint64, r round, draw uint32) philox.Counter {
	return philox.Counter{uint32(hash), uint32(hash >> 32), uint32(r), draw}
}

// urn returns the urn of a class, or of the narrowest class around it that has
// one; nil where none has.
func (d *Deck) urn(urns []*urn, at int32, r round, weights []float64) *urn {
	for ; at >= 0 && d.tree[at].depth >= len(d.plan.Within); at = d.tree[at].parent {
		if urns[at] == nil {
			urns[at] = d.fill(&d.tree[at], r, weights)
		}
		if urns[at].total() > 0 {
			return urns[at]
		}
	}
	return nil
}

// fill makes the urn of a class. For multiple imputation the class's n donors
// are replaced by n draws from them, with replacement and equally likely, which
// keep their weights (approximate Bayesian bootstrap, Rubin & Schenker 1986):
// it carries the uncertainty about the class's distribution into the
// differences between completed data sets.
func (d *Deck) fill(c *class, r round, weights []float64) *urn {
	u := &urn{}
	var present []int32
	for _, row := range c.donors {
		if weights[row] > 0 {
			present = append(present, row)
		}
	}
	if r == 0 {
		for _, row := range present {
			u.add(row, weights[row])
		}
		return u
	}
	for draw := range present {
		row := present[philox.Below(d.place(c.hash, r, uint32(draw)+1), d.key, len(present))]
		u.add(row, weights[row])
	}
	return u
}

// urn holds rows that are drawn in proportion to weights.
type urn struct {
	rows []int32
	upTo []float64 // weight of this and all earlier rows
}

func (u *urn) add(row int32, weight float64) {
	u.rows = append(u.rows, row)
	u.upTo = append(u.upTo, u.total()+weight)
}

func (u *urn) total() float64 {
	if len(u.upTo) == 0 {
		return 0
	}
	return u.upTo[len(u.upTo)-1]
}

// pick returns the row at the share x of the total weight, 0 ≤ x < 1.
func (u *urn) pick(x float64) int32 {
	at := x * u.total()
	i := sort.Search(len(u.upTo), func(i int) bool { return u.upTo[i] > at })
	return u.rows[min(i, len(u.rows)-1)]
}
