package match

import (
	"cmp"
	"slices"

	"barometer/casebook/match/market"
)

// cutoffs tells for each slot the last intern it took, by slot id.
func (g *graph) cutoffs(held *seats) []market.Cutoff {
	list := make([]market.Cutoff, len(g.round.Slots))
	for s := range g.round.Slots {
		list[s] = market.Cutoff{Slot: g.round.Slots[s].ID, Open: true}
		if held.full(s) {
			last := held.last(s)
			list[s] = market.Cutoff{Slot: g.round.Slots[s].ID, Tier: last.key.tier(),
				Lottery: g.numbers[last.intern], Intern: g.round.Interns[last.intern].ID}
		}
	}
	slices.SortFunc(list, func(a, b market.Cutoff) int { return cmp.Compare(a.Slot, b.Slot) })
	return list
}

// explain tells each intern what became of its wishes, by intern id.
func (g *graph) explain(of []int, held *seats) []market.Explanation {
	list := make([]market.Explanation, len(g.byID))
	inParallel(len(list), func(from, to int) {
		total := 0
		for _, i := range g.byID[from:to] {
			total += len(g.ranks[i])
		}
		choices := make([]market.Choice, 0, total)
		for x := from; x < to; x++ {
			i := g.byID[x]
			start := len(choices)
			choices = g.outcomes(choices, i, of[i], held)
			list[x] = market.Explanation{Intern: g.round.Interns[i].ID, Choices: choices[start:]}
		}
	})
	return list
}

// outcomes appends the choices of one intern. What lies below its match was
// never asked for, so nothing is told of it, be it a rule or a veto.
func (g *graph) outcomes(choices []market.Choice, intern, matched int, held *seats) []market.Choice {
	above, edges := true, g.edges[intern]
	for _, w := range g.ranks[intern] {
		c := market.Choice{Slot: g.round.Slots[w.slot].ID, Outcome: market.NotNeeded, Rule: w.rule}
		switch {
		case int(w.slot) == matched:
			above, c.Outcome = false, market.Matched
		case !above:
			c.Rule = ""
		case w.rule != "":
			c.Outcome = market.NotAdmissible
		case edges[0].key.tier() > held.last(int(w.slot)).key.tier():
			c.Outcome = market.HigherTier
		default:
			c.Outcome = market.LotteryLost
		}
		if w.rule == "" {
			edges = edges[1:]
		}
		choices = append(choices, c)
	}
	return choices
}
