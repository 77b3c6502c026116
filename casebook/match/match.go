// Package match solves a round of internships.
//
// A checked market.Round comes in; its intern-optimal stable matching goes out,
// with each slot's cutoff and each intern's explanation. Stable means that no
// intern and slot who may be matched would both rather have each other. Of all
// stable matchings it is the one that every intern likes best, it does not
// depend on the order in which anybody is asked, and no intern with fewer than
// market.MostRanks wishes gains by ranking otherwise than it feels (Dubins and
// Freedman 1981; Roth 1982).
//
// The package looks for no largest matching, weighs no wishes against each
// other, and knows no file, database or clock. Ties of a host are broken by one
// lottery number an intern, the same at every slot.
package match

import (
	"slices"

	"barometer/casebook/match/market"
)

// nobody stands for an intern without a slot.
const nobody = -1

// Solve matches the round by deferred acceptance, interns proposing (Gale and
// Shapley 1962, §4; Roth and Sotomayor 1990, §5.1), with a heap of those held at
// each slot: of E ranked pairs and slots of q seats in O(E log q). The result is
// complete but for Input, which is the hash of a file that Solve does not know.
// The only error is that of [market.Round.Check].
func Solve(r *market.Round) (*market.Result, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	return solve(r), nil
}

func solve(r *market.Round) *market.Result {
	g := newGraph(r)
	held := g.propose()
	res := &market.Result{Round: r.ID}
	of := held.slots(len(r.Interns))
	for _, i := range g.byID {
		if of[i] != nobody {
			res.Matching = append(res.Matching, market.Pair{Intern: r.Interns[i].ID, Slot: r.Slots[of[i]].ID})
		}
	}
	res.Cutoffs = g.cutoffs(held)
	res.Explanations = g.explain(of, held)
	return res
}

// key orders interns at a slot, smaller first: the tier, then the place in the
// lottery.
type key uint64

func keyOf(tier int, place int32) key { return key(tier)<<32 | key(place) }

func (k key) tier() int { return int(k >> 32) }

// edge is an admissible pair, seen from its intern.
type edge struct {
	slot int32
	key  key
}

// seat is an intern held at a slot.
type seat struct {
	key    key
	intern int32
}

// seats holds, for each slot, a heap of the interns it has for now, the last of
// them on top.
type seats struct {
	of    [][]seat
	limit []int
}

// slots tells for each intern the slot that holds it.
func (s *seats) slots(interns int) []int {
	of := slices.Repeat([]int{nobody}, interns)
	for slot, held := range s.of {
		for _, seat := range held {
			of[seat.intern] = slot
		}
	}
	return of
}

func (s *seats) full(slot int) bool { return len(s.of[slot]) == s.limit[slot] }

// last is the one a full slot would give up first.
func (s *seats) last(slot int) seat { return s.of[slot][0] }

// offer lets an intern ask for a slot. It returns who goes away without a seat
// there: nobody, the intern itself, or the one that it displaces.
func (s *seats) offer(slot int32, in seat) int32 {
	held := s.of[slot]
	if len(held) < s.limit[slot] {
		s.of[slot] = append(held, in)
		rise(s.of[slot])
		return nobody
	}
	if in.key > held[0].key {
		return in.intern
	}
	out := held[0].intern
	held[0] = in
	sink(held)
	return out
}

// rise restores a heap whose last element is new, and sink one whose first is.
func rise(h []seat) {
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if h[parent].key >= h[i].key {
			return
		}
		h[parent], h[i] = h[i], h[parent]
		i = parent
	}
}

func sink(h []seat) {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h[child+1].key > h[child].key {
			child++
		}
		if h[i].key >= h[child].key {
			return
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}

// propose lets every intern ask for one slot after the other until one holds
// it. In which order they are taken does not change the outcome (McVitie and
// Wilson 1971).
func (g *graph) propose() *seats {
	held := &seats{of: make([][]seat, len(g.round.Slots)), limit: make([]int, len(g.round.Slots))}
	for s := range g.round.Slots {
		held.limit[s] = g.round.Slots[s].Capacity
	}
	tried := make([]int32, len(g.round.Interns))
	for i := range g.round.Interns {
		for in := int32(i); in != nobody; {
			wishes := g.edges[in]
			if int(tried[in]) == len(wishes) {
				break
			}
			e := wishes[tried[in]]
			tried[in]++
			in = held.offer(e.slot, seat{e.key, in})
		}
	}
	return held
}
