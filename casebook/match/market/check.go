package market

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Check lists all that makes a round no round, as [Faults]: what is empty, out
// of range, stands twice, or names a day or a slot that is not there. Vetoes and
// tiers may name interns who do not take part.
func (r *Round) Check() error {
	var f Faults
	f.name("/round", r.ID)
	days := r.checkDays(&f)
	slots := make(map[string]int, len(r.Slots))
	for i := range r.Slots {
		path := fmt.Sprintf("/slots/%d", i)
		f.once(path+"/id", r.Slots[i].ID, slots, i)
		r.Slots[i].check(&f, path, days)
	}
	interns := make(map[string]int, len(r.Interns))
	for i := range r.Interns {
		f.once(fmt.Sprintf("/interns/%d/id", i), r.Interns[i].ID, interns, i)
		r.Interns[i].check(&f, i, days, slots)
	}
	return f.Err()
}

// checkDays gives the place of each day in the round.
func (r *Round) checkDays(f *Faults) map[string]int {
	days := make(map[string]int, len(r.Days))
	if len(r.Days) == 0 {
		f.addf("/days", "a round has at least one day")
	}
	for i, day := range r.Days {
		path := fmt.Sprintf("/days/%d", i)
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			f.addf(path, "%q is no day; write it as 2026-09-07", day)
		}
		if i > 0 && day <= r.Days[i-1] {
			f.addf(path, "%s does not come after %s", day, r.Days[i-1])
		}
		days[day] = i
	}
	return days
}

func (s *Slot) check(f *Faults, path string, days map[string]int) {
	f.name(path+"/host", s.Host)
	f.name(path+"/authority", s.Authority)
	f.name(path+"/region", s.Region)
	if s.Capacity < 1 {
		f.addf(path+"/capacity", "%d seats; a slot has at least one", s.Capacity)
	}
	first, ok := days[s.FirstDay]
	switch {
	case !ok:
		f.addf(path+"/first_day", "%q is no day of the round", s.FirstDay)
	case s.Days < 1:
		f.addf(path+"/days", "%d days; a slot has at least one", s.Days)
	case s.Days > len(days)-first:
		f.addf(path+"/days", "%d days from %s reach beyond the round's last", s.Days, s.FirstDay)
	}
	for _, intern := range sortedKeys(s.Tiers) {
		if tier := s.Tiers[intern]; tier < BestTier || tier > LastTier {
			f.addf(path+"/tiers/"+escape(intern), "tier %d; there are %d to %d", tier, BestTier, LastTier)
		}
	}
}

func sortedKeys(tiers map[string]int) []string {
	keys := make([]string, 0, len(tiers))
	for k := range tiers {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (in *Intern) check(f *Faults, i int, days, slots map[string]int) {
	path := func(field string) string { return fmt.Sprintf("/interns/%d/%s", i, field) }
	if !plain(in.Workplace) {
		f.name(path("workplace"), in.Workplace)
	}
	if !plain(in.Authority) {
		f.name(path("authority"), in.Authority)
	}
	if in.MinDays < 1 || in.MaxDays < in.MinDays {
		f.addf(path("max_days"), "%d to %d days; it takes at least one, and no fewer at most than at least", in.MinDays, in.MaxDays)
	}
	for k, day := range in.Available {
		if _, ok := days[day]; !ok {
			f.addf(path(fmt.Sprintf("available/%d", k)), "%q is no day of the round", day)
		}
	}
	if len(in.Ranks) > MostRanks {
		f.addf(path("ranks"), "%d slots; an intern ranks at most %d", len(in.Ranks), MostRanks)
		return
	}
	for k, slot := range in.Ranks {
		if _, ok := slots[slot]; !ok {
			f.addf(path(fmt.Sprintf("ranks/%d", k)), "there is no slot %q", slot)
		}
		if slices.Contains(in.Ranks[:k], slot) {
			f.addf(path(fmt.Sprintf("ranks/%d", k)), "slot %q is ranked twice", slot)
		}
	}
}

// once notes an id that is none, or stands twice.
func (f *Faults) once(path, id string, places map[string]int, i int) {
	f.name(path, id)
	if first, taken := places[id]; taken {
		f.addf(path, "%q is also number %d", id, first)
		return
	}
	places[id] = i
}

func (f *Faults) name(path, s string) {
	switch {
	case s == "":
		f.addf(path, "empty")
	case !plain(s):
		f.addf(path, "%q holds a control character", s)
	}
}

// plain texts can stand in the message of a lottery, whose parts a line feed
// separates.
func plain(s string) bool { return s != "" && !strings.ContainsFunc(s, unicode.IsControl) }

// escape writes a name as a part of a JSON Pointer.
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
