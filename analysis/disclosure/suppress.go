package disclosure

import (
	"slices"

	"barometer/analysis/table"
)

// suppressor chooses the further cells that keep confidential ones from being
// worked out.
//
// For each confidential cell that is not safe yet it solves a linear programme:
// move the cell by the width needed so that all sums hold again, over the
// cheapest cells; those that are moved and still shown are suppressed. A cell
// costs its respondents, times one more than the number of cells it is a sum
// of: the fewest respondents go first, and a total only where nothing else
// helps. (Complementary suppression by minimum-cost flow: Cox 1995; Kelly,
// Golden & Assad 1992.) In the end every cell suppressed on the way is shown
// again if all stays safe without it, those with most respondents first.
type suppressor struct {
	*view
	policy       Policy
	pinned       []bool // cells that an earlier version shows
	confidential []int  // cells to protect
	chosen       []int  // cells suppressed to protect them
	proofs       map[int]spread
	depth        []int // by domain: of how many it is a sum
}

// suppress returns the further cells to suppress beside those that their
// status hides.
func suppress(p Policy, l *ledger, pinned []bool, statuses []table.Status) []int {
	s := &suppressor{policy: p, pinned: pinned, proofs: map[int]spread{}, depth: make([]int, len(l.domains)),
		view: newView(l, func(cell int) bool { return hides(statuses[cell]) && !pinned[cell] })}
	for _, sum := range splits(l.domains) {
		s.depth[sum.whole] += len(sum.parts)
	}
	for cell, status := range statuses {
		if status == table.Confidential && !pinned[cell] {
			s.confidential = append(s.confidential, cell)
		}
	}
	for s.round() {
	}
	s.restore()
	slices.Sort(s.chosen)
	return s.chosen
}

// round protects every confidential cell that is not safe, and reports whether
// that took a further cell, which may have left others unsafe.
func (s *suppressor) round() bool {
	before := len(s.chosen)
	for _, cell := range s.confidential {
		for _, scope := range []families{s.narrow, s.wide} {
			if !s.safe(cell) {
				s.protect(cell, scope)
			}
		}
	}
	return len(s.chosen) > before
}

// safe reports whether a cell has a spread of the width needed. One found
// before holds as long as nothing it moves is shown again.
func (s *suppressor) safe(cell int) bool {
	needed := s.needed(s.policy, cell)
	if found, ok := s.proofs[cell]; ok && s.proves(found, needed) {
		return true
	}
	found := s.spread(cell, needed)
	if !s.proves(found, needed) {
		return false
	}
	s.proofs[cell] = found
	return true
}

// protect moves a cell by the width needed, first towards the side where it
// has more room, and suppresses what has to move with it.
func (s *suppressor) protect(cell int, scope families) {
	accounts := s.movable(cell, scope)
	c, far := s.candidates[cell], s.needed(s.policy, cell)
	if c.Positive > c.N-c.Positive {
		far = -far
	}
	moved, reached := s.priced(accounts).path(cell, far)
	s.hide(moved)
	if left := far - int(reached); left != 0 {
		moved, _ = s.priced(accounts).path(cell, -left)
		s.hide(moved)
	}
}

// movable lists the accounts of a cell's family that may yet be hidden, and
// those linked to the cell that already are.
func (s *suppressor) movable(cell int, scope families) []int {
	var list []int
	for _, row := range scope.of(cell / len(s.domains)) {
		for d := range s.domains {
			account := row*len(s.domains) + d
			pinned := func(cell int) bool { return s.pinned[cell] }
			if !slices.ContainsFunc(s.cells(account), pinned) {
				list = append(list, account)
			}
		}
	}
	list = append(list, s.component(cell)...)
	slices.Sort(list)
	return slices.Compact(list)
}

// priced is the programme in which moving a shown account costs what would be
// lost with its cells.
func (s *suppressor) priced(accounts []int) *programme {
	p := s.programme(accounts)
	p.charge(func(account int) int {
		if s.hidden[account] {
			return 0
		}
		cost := 0
		for _, cell := range s.cells(account) {
			if !s.hidden[cell] {
				cost += (1 + s.candidates[cell].N) * (1 + s.depth[cell%len(s.domains)])
			}
		}
		return cost
	})
	return p
}

// hide suppresses the shown cells that tell an account which moves.
func (s *suppressor) hide(moved []int) {
	for _, a := range moved {
		if s.hidden[a] {
			continue
		}
		for _, cell := range s.cells(a) {
			if !s.hidden[cell] {
				s.set(cell, true)
				s.chosen = append(s.chosen, cell)
			}
		}
	}
}

// restore shows again what turned out not to be needed.
func (s *suppressor) restore() {
	slices.SortFunc(s.chosen, func(a, b int) int {
		if d := s.candidates[b].N - s.candidates[a].N; d != 0 {
			return d
		}
		return a - b
	})
	s.chosen = slices.DeleteFunc(s.chosen, func(cell int) bool {
		base := s.baseAccount(cell)
		var affected []int
		for _, other := range s.confidential {
			if found := s.proofs[other]; found.moves(cell) || found.moves(base) {
				affected = append(affected, other)
			}
		}
		s.set(cell, false)
		unsafe := func(other int) bool { return !s.safe(other) }
		if slices.ContainsFunc(affected, unsafe) {
			s.set(cell, true)
			return false
		}
		return true
	})
}
