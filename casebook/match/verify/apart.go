package verify

import "barometer/casebook/match/market"

// apart names a rule that keeps an intern and a slot apart, if any does.
func (a *audit) apart(in *market.Intern, s *market.Slot) market.Rule {
	if !in.ManagerConsents {
		return market.RuleConsent
	}
	if in.Workplace == s.Host {
		return market.RuleOwnWorkplace
	}
	if in.Authority == s.Authority && (!in.SameAuthority || !s.SameAuthority) {
		return market.RuleAuthority
	}
	if s.Days < in.MinDays || in.MaxDays < s.Days {
		return market.RuleDuration
	}
	if len(in.Regions) != 0 && position(in.Regions, s.Region) < 0 {
		return market.RuleRegion
	}
	if position(s.Veto, in.ID) >= 0 {
		return market.RuleVeto
	}
	for _, must := range s.Requires {
		if position(in.Meets, must) < 0 {
			return market.RuleRequirement
		}
	}
	first := a.day[s.FirstDay]
	for _, day := range a.r.Days[first : first+s.Days] {
		if position(in.Available, day) < 0 {
			return market.RuleDays
		}
	}
	return ""
}
