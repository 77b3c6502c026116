package disclosure

import (
	"errors"
	"fmt"

	"barometer/analysis/table"
)

// Exposed is a confidential cell that can be worked out from what is shown, or
// nearly so.
type Exposed struct {
	Indicator, Domain string
	Width, Needed     int // of the interval its number of respondents lies in
	Earlier           bool
}

func (e *Exposed) Error() string {
	cell := fmt.Sprintf("cell %s × %s is confidential", e.Indicator, e.Domain)
	switch {
	case e.Earlier:
		return cell + ", but an earlier version shows the same figure: it cannot be taken back. Keep the policy it was shown under"
	case e.Width == 0:
		return cell + ", but follows from the cells shown"
	}
	return fmt.Sprintf("%s, but the cells shown narrow its respondents to an interval %d wide; %d is required", cell, e.Width, e.Needed)
}

// audit proves the promise of the package for every confidential cell of a
// finished table. It takes nothing from the choice of what to suppress: it
// reads the table, and the two ledgers that prove a cell are checked entry by
// entry, however they were found.
func audit(p Policy, l *ledger, pinned []bool, t *table.Table) error {
	shown := newView(l, func(cell int) bool {
		return hides(status(l, t, cell)) && !pinned[cell]
	})
	var faults []error
	for cell, c := range l.candidates {
		if p.status(l.indicators[cell/len(l.domains)].Kind, c) != table.Confidential {
			continue
		}
		exposed := &Exposed{Indicator: l.indicators[cell/len(l.domains)].ID, Domain: l.domains[cell%len(l.domains)].ID(),
			Needed: l.needed(p, cell), Earlier: pinned[cell]}
		if shown.hidden[cell] {
			if s := shown.spread(cell, exposed.Needed); shown.agrees(s.one) && shown.agrees(s.other) {
				exposed.Width = s.width()
			}
		}
		if exposed.Width < exposed.Needed {
			faults = append(faults, exposed)
		}
	}
	return errors.Join(faults...)
}

func status(l *ledger, t *table.Table, cell int) table.Status {
	c, _ := t.Cell(l.indicators[cell/len(l.domains)].ID, l.domains[cell%len(l.domains)].ID())
	return c.Status()
}

// proves reports whether a spread is wide enough and made of ledgers that agree
// with what is shown.
func (v *view) proves(s spread, needed int) bool {
	return s.width() >= needed && v.agrees(s.one) && v.agrees(s.other)
}

// agrees reports whether the ledger with some accounts moved is one that the
// reader cannot tell from the true one: no shown account moves, none becomes
// negative, and every equation holds.
func (v *view) agrees(moved map[int]int) bool {
	for a, by := range moved {
		if low, high := v.room(a); !v.hidden[a] || by < low || by > high {
			return false
		}
		for _, e := range v.within[a] {
			balance := v.balance(v.entries[e])
			for _, t := range v.entries[e].terms {
				balance += t.coef * moved[t.account]
			}
			if balance > 0 || balance < 0 && !v.entries[e].rest {
				return false
			}
		}
	}
	return true
}
