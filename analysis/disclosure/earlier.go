package disclosure

import (
	"errors"
	"fmt"

	"barometer/analysis/table"
)

// pinned marks the cells whose figure an earlier table shows as it is now: they
// are known, whatever becomes of them here. Where the figure has changed, the
// data have, and the earlier one says nothing exact about these.
//
// A cell that an earlier table shows and this one does not have is an error: no
// audit could take it into account.
func (l *ledger) pinned(earlier []*table.Table) ([]bool, error) {
	pinned, at := make([]bool, len(l.candidates)), l.addresses()
	var faults []error
	for _, t := range earlier {
		for _, ind := range t.Indicators() {
			for _, d := range t.Domains() {
				c, _ := t.Cell(ind.ID, d.ID())
				if hides(c.Status()) {
					continue
				}
				cell, ok := at[[2]string{ind.ID, d.ID()}]
				if !ok {
					faults = append(faults, fmt.Errorf("disclosure: an earlier version shows %s × %s, which this table lacks: keep it, so that the audit can take it into account", ind.ID, d.ID()))
					continue
				}
				pinned[cell] = pinned[cell] || l.candidates[cell].shownAs(c)
			}
		}
	}
	return pinned, errors.Join(faults...)
}

// known marks the accounts that pinned cells tell.
func (l *ledger) known(pinned []bool) []bool {
	known := make([]bool, len(l.count))
	for cell, is := range pinned {
		if is {
			known[cell], known[l.baseAccount(cell)] = true, true
		}
	}
	return known
}

// shownAs reports whether a cell shows the candidate as it is now.
func (c Candidate) shownAs(cell table.Cell) bool {
	f, _ := cell.Figure()
	return f.N == c.N && (c.N == 0 || f.Value == c.Value)
}

// addresses finds the cells by the ids of their indicator and domain.
func (l *ledger) addresses() map[[2]string]int {
	at := make(map[[2]string]int, len(l.candidates))
	for d := range l.domains {
		id := l.domains[d].ID()
		for i, ind := range l.indicators {
			at[[2]string{ind.ID, id}] = l.numerator(i, d)
		}
	}
	return at
}
