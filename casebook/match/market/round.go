package market

import "encoding/hex"

var (
	roundFields  = fields{[]string{"round", "seed", "days", "slots", "interns"}, 5}
	slotFields   = fields{[]string{"id", "host", "authority", "region", "first_day", "days", "capacity", "requires", "same_authority", "veto", "tiers"}, 7}
	internFields = fields{[]string{"id", "workplace", "authority", "available", "min_days", "max_days", "manager_consents", "ranks", "regions", "meets", "same_authority"}, 8}
)

// ReadRound reads the file of a round. Everything for which it is refused is
// listed as [Faults]: a field that is unknown, missing or of the wrong kind, and
// what [Round.Check] finds. Lists that may be empty may be left out, as may
// same_authority.
func ReadRound(text []byte) (*Round, error) {
	r, round := newReader(text), &Round{}
	r.object(roundFields, func(name string) {
		switch name {
		case "round":
			round.ID = r.text()
		case "seed":
			round.Seed = r.seed()
		case "days":
			round.Days = r.texts()
		case "slots":
			r.list(func() { round.Slots = append(round.Slots, r.slot()) })
		case "interns":
			r.list(func() { round.Interns = append(round.Interns, r.intern()) })
		}
	})
	r.end()
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	return round, round.Check()
}

func (r *reader) seed() (seed Seed) {
	digits := r.text()
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != len(seed) {
		r.faults.addf(r.here(), "a seed is %d hexadecimal digits", 2*len(seed))
		return seed
	}
	return Seed(raw)
}

func (r *reader) slot() (s Slot) {
	r.object(slotFields, func(name string) {
		switch name {
		case "id":
			s.ID = r.text()
		case "host":
			s.Host = r.text()
		case "authority":
			s.Authority = r.text()
		case "region":
			s.Region = r.text()
		case "first_day":
			s.FirstDay = r.text()
		case "days":
			s.Days = r.number()
		case "capacity":
			s.Capacity = r.number()
		case "requires":
			s.Requires = r.texts()
		case "same_authority":
			s.SameAuthority = r.truth()
		case "veto":
			s.Veto = r.texts()
		case "tiers":
			s.Tiers = map[string]int{}
			r.pairs(func(intern string) { s.Tiers[intern] = r.number() })
		}
	})
	return s
}

func (r *reader) intern() (in Intern) {
	r.object(internFields, func(name string) {
		switch name {
		case "id":
			in.ID = r.text()
		case "workplace":
			in.Workplace = r.text()
		case "authority":
			in.Authority = r.text()
		case "available":
			in.Available = r.texts()
		case "min_days":
			in.MinDays = r.number()
		case "max_days":
			in.MaxDays = r.number()
		case "regions":
			in.Regions = r.texts()
		case "meets":
			in.Meets = r.texts()
		case "same_authority":
			in.SameAuthority = r.truth()
		case "manager_consents":
			in.ManagerConsents = r.truth()
		case "ranks":
			in.Ranks = r.texts()
		}
	})
	return in
}
