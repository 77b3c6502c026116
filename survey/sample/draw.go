package sample

import (
	"errors"
	"iter"
	"slices"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

// Draw selects the sample of a plan, with those units of the reserve that were
// released.
func Draw(f *frame.Frame, p Plan, seed uint64, released ...Release) (*Sample, error) {
	return DrawFrom(slices.Values(f.Units), f.Hash, p, seed, released...)
}

// DrawFrom draws from units that need not be in memory together: the sequence
// is gone through twice and must yield the same units both times. A simple
// random sample keeps no more of them than it selects; the other selections
// keep them all.
func DrawFrom(units iter.Seq[frame.Unit], hash string, p Plan, seed uint64, released ...Release) (*Sample, error) {
	cells, err := allocate(units, p)
	if err != nil {
		return nil, err
	}
	if err := reserve(cells, p, released); err != nil {
		return nil, err
	}
	if err := p.pick(units, cells, seed); err != nil {
		return nil, err
	}
	s := &Sample{Wave: p.Wave, FrameHash: hash, Seed: seed, Selection: p.Selection.name()}
	keys := newKeyring(seed, p.Wave)
	for _, c := range cells {
		s.Strata = append(s.Strata, c.Stratum)
		for i, t := range c.drawn {
			u := c.selected(t, keys.key(t.PNumber))
			if i < c.Take {
				s.Units = append(s.Units, u)
			} else {
				s.Reserve = append(s.Reserve, u)
			}
		}
	}
	return s, nil
}

// pick goes through the units once more and leaves in every cell those drawn,
// the reserve behind them.
func (p Plan) pick(units iter.Seq[frame.Unit], cells []*cell, seed uint64) error {
	byCode := make(map[string]*cell, len(cells))
	for _, c := range cells {
		byCode[c.Code] = c
		c.drawn = nil
		c.start = point(p.Start + p.Rotation*float64(c.allocated)/float64(c.N))
	}
	s := newSorter(p)
	numbers, changed := newLottery(seed), false
	for u := range units {
		c := byCode[s.code(u)]
		if c == nil {
			changed = true
			break
		}
		t := ticket{Unit: u, number: numbers.number(u.PNumber) - c.start, chance: float64(c.Take) / float64(c.N)}
		if p.Selection.keepsAll() {
			c.drawn = append(c.drawn, t)
		} else {
			c.keep(t, c.Take+c.Reserve)
		}
	}
	var faults []error
	for _, c := range cells {
		changed = changed || len(c.drawn) < c.Take
	}
	if changed {
		return errors.New("the frame changed while the sample was drawn")
	}
	for _, c := range cells {
		if p.Selection.keepsAll() {
			faults = append(faults, p.Selection.choose(c, dice(seed, p.Wave, c.Code)))
		}
		slices.SortFunc(c.drawn, ticket.compare)
	}
	return errors.Join(faults...)
}

func (c *cell) selected(t ticket, key string) Selected {
	s := Selected{
		Unit: t.Unit, Key: key, Size: codebook.SizeOf(t.Employees),
		Stratum: c.Code, StratumN: c.N, StratumTake: c.Take,
		InclusionProb: t.chance, DesignWeight: 1 / t.chance,
	}
	if t.chance == float64(c.Take)/float64(c.N) {
		s.DesignWeight = float64(c.N) / float64(c.Take)
	}
	return s
}
