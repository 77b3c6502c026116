package match

import (
	"cmp"
	"slices"

	"barometer/casebook/match/market"
)

// graph is a round with everything looked up: for each intern its admissible
// slots, best first.
type graph struct {
	round   *market.Round
	numbers []market.Lottery
	byID    []int // interns, by id
	ranks   [][]wish
	edges   [][]edge
}

// wish is a ranked slot, with the rule that keeps the pair apart if one does.
type wish struct {
	slot int32
	rule market.Rule
}

func newGraph(r *market.Round) *graph {
	g := &graph{round: r, numbers: draw(r), byID: byID(r.Interns)}
	place := places(r, g.numbers)
	slots, days := index(r)
	terms := termsOf(r, days)
	n := len(r.Interns)
	g.ranks, g.edges = make([][]wish, n), make([][]edge, n)
	inParallel(n, func(from, to int) {
		total := 0
		for i := from; i < to; i++ {
			total += len(r.Interns[i].Ranks)
		}
		wishes, edges := make([]wish, 0, total), make([]edge, 0, total)
		for i := from; i < to; i++ {
			in := &r.Interns[i]
			open := availability(in, days)
			w, e := len(wishes), len(edges)
			for _, id := range in.Ranks {
				s := slots[id]
				rule := terms[s].against(in, open)
				wishes = append(wishes, wish{s, rule})
				if rule == "" {
					edges = append(edges, edge{s, keyOf(r.Slots[s].TierOf(in.ID), place[i])})
				}
			}
			g.ranks[i], g.edges[i] = wishes[w:], edges[e:]
		}
	})
	return g
}

func byID(interns []market.Intern) []int {
	order := make([]int, len(interns))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(interns[a].ID, interns[b].ID) })
	return order
}

func index(r *market.Round) (slots, days map[string]int32) {
	slots, days = make(map[string]int32, len(r.Slots)), make(map[string]int32, len(r.Days))
	for i := range r.Slots {
		slots[r.Slots[i].ID] = int32(i)
	}
	for i, day := range r.Days {
		days[day] = int32(i)
	}
	return slots, days
}
