package match

import (
	"slices"

	"barometer/casebook/match/market"
)

// terms is a slot with its days looked up.
type terms struct {
	*market.Slot
	first int32
	veto  map[string]bool // nil where there is none
}

func termsOf(r *market.Round, days map[string]int32) []terms {
	list := make([]terms, len(r.Slots))
	for i := range r.Slots {
		s := &r.Slots[i]
		list[i] = terms{Slot: s, first: days[s.FirstDay]}
		for _, id := range s.Veto {
			if list[i].veto == nil {
				list[i].veto = make(map[string]bool, len(s.Veto))
			}
			list[i].veto[id] = true
		}
	}
	return list
}

// availability marks the days of the round on which an intern can come, a bit a
// day.
func availability(in *market.Intern, days map[string]int32) []uint64 {
	open := make([]uint64, len(days)/64+1)
	for _, day := range in.Available {
		d := days[day]
		open[d/64] |= 1 << (d % 64)
	}
	return open
}

// against names the first rule that keeps an intern from the slot, in the order
// in which the rules stand here; empty where the pair is admissible.
func (t *terms) against(in *market.Intern, open []uint64) market.Rule {
	switch {
	case !t.inside(open):
		return market.RuleDays
	case t.Days < in.MinDays || t.Days > in.MaxDays:
		return market.RuleDuration
	case len(in.Regions) > 0 && !slices.Contains(in.Regions, t.Region):
		return market.RuleRegion
	case t.Host == in.Workplace:
		return market.RuleOwnWorkplace
	case t.Authority == in.Authority && !(t.SameAuthority && in.SameAuthority):
		return market.RuleAuthority
	case !in.ManagerConsents:
		return market.RuleConsent
	case !containsAll(in.Meets, t.Requires):
		return market.RuleRequirement
	case t.veto[in.ID]:
		return market.RuleVeto
	}
	return ""
}

// inside reports whether all days of the slot are open.
func (t *terms) inside(open []uint64) bool {
	for d := t.first; d < t.first+int32(t.Days); d++ {
		if open[d/64]>>(d%64)&1 == 0 {
			return false
		}
	}
	return true
}

func containsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}
