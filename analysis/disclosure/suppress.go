package disclosure

import (
	"slices"

	"barometer/analysis/internal/simplex"
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
	known        []bool // accounts that an earlier version shows
	confidential []int  // cells to protect
	chosen       []int  // cells suppressed to protect them
	proofs       map[int]spread
	depth        []int // by domain: of how many it is a sum
}

// suppress returns the further cells to suppress beside those that their
// status hides.
func suppress(p Policy, l *ledger, pinned []bool, statuses []table.Status) []int {
	s := &suppressor{policy: p, known: l.known(pinned), proofs: map[int]spread{}, depth: make([]int, len(l.domains)),
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
		for _, within := range []scope{s.relatives(cell), everything} {
			if !s.safe(cell) {
				s.protect(cell, within)
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
func (s *suppressor) protect(cell int, within scope) {
	limits := func(account int) simplex.Limits {
		if s.known[account] || !within(account) {
			return simplex.Limits{}
		}
		return s.limits(account, s.loss(account))
	}
	c, far := s.candidates[cell], s.needed(s.policy, cell)
	if c.Positive > c.N-c.Positive {
		far = -far
	}
	moved := s.solver.Move(cell, float64(far), limits)
	s.hide(moved)
	if left := far - reached(moved, cell); left != 0 {
		s.hide(s.solver.Move(cell, float64(-left), limits))
	}
}

// reached is how far an account moves, in whole numbers.
func reached(moved []simplex.Moved, account int) int {
	k := slices.IndexFunc(moved, func(m simplex.Moved) bool { return m.Column == account })
	if k < 0 {
		return 0
	}
	return int(moved[k].By)
}

// loss is what would be lost with the shown cells that tell an account.
func (s *suppressor) loss(account int) int {
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
}

// hide suppresses the shown cells that tell an account which moves.
func (s *suppressor) hide(moved []simplex.Moved) {
	for _, m := range moved {
		if s.hidden[m.Column] {
			continue
		}
		for _, cell := range s.cells(m.Column) {
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
