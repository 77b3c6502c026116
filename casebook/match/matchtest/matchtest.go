// Package matchtest makes rounds of internships at random, and writes them as
// files. It serves tests only.
package matchtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"barometer/casebook/match/market"
)

// Shape is how large a round is.
type Shape struct {
	Interns, Slots, Ranks, Seats int // Seats at most in a slot
	Days, Regions                int
	Picky                        bool // every rule bites: short availability, vetoes, requirements, shared authorities
}

// Small is a round in which every rule bites and seats are scarce.
var Small = Shape{Interns: 8, Slots: 5, Ranks: 4, Seats: 2, Days: 5, Regions: 3, Picky: true}

// Large is the round that speed is measured with: 100,000 interns with ten
// wishes, 20,000 slots.
var Large = Shape{Interns: 100_000, Slots: 20_000, Ranks: 10, Seats: 3, Days: 5, Regions: 5}

// Random makes a round; the same numbers give the same round.
func Random(s Shape, rng *rand.Rand) *market.Round {
	r := &market.Round{ID: "2026-37"}
	for i := range r.Seed {
		r.Seed[i] = byte(rng.Uint32())
	}
	monday := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	for d := range s.Days {
		r.Days = append(r.Days, monday.AddDate(0, 0, d).Format(time.DateOnly))
	}
	for i := range s.Slots {
		r.Slots = append(r.Slots, s.slot(r, i, rng))
	}
	for i := range s.Interns {
		r.Interns = append(r.Interns, s.intern(r, i, rng))
	}
	return r
}

func (s Shape) slot(r *market.Round, i int, rng *rand.Rand) market.Slot {
	days := 1 + rng.IntN(min(3, s.Days))
	slot := market.Slot{ID: fmt.Sprintf("s%d", i), Host: fmt.Sprintf("w%d", i), Authority: s.authority(rng), Region: region(rng.IntN(s.Regions)),
		FirstDay: r.Days[rng.IntN(s.Days-days+1)], Days: days, Capacity: 1 + rng.IntN(s.Seats), Tiers: map[string]int{}}
	for range 3 {
		slot.Tiers[fmt.Sprintf("i%d", rng.IntN(s.Interns))] = 1 + rng.IntN(3)
	}
	if !s.Picky {
		return slot
	}
	slot.SameAuthority = rng.IntN(2) == 0
	if rng.IntN(3) == 0 {
		slot.Veto = []string{fmt.Sprintf("i%d", rng.IntN(s.Interns))}
	}
	if rng.IntN(3) == 0 {
		slot.Requires = []string{"clean_record"}
	}
	return slot
}

func (s Shape) intern(r *market.Round, i int, rng *rand.Rand) market.Intern {
	in := market.Intern{ID: fmt.Sprintf("i%d", i), Workplace: fmt.Sprintf("x%d", i), Authority: s.authority(rng), Available: r.Days,
		MinDays: 1, MaxDays: s.Days, Meets: []string{"clean_record"}, ManagerConsents: true}
	for len(in.Ranks) < min(s.Ranks, s.Slots) {
		if slot := r.Slots[rng.IntN(s.Slots)].ID; !slices.Contains(in.Ranks, slot) {
			in.Ranks = append(in.Ranks, slot)
		}
	}
	if s.Picky {
		s.restrict(&in, r, rng)
	}
	return in
}

// restrict gives an intern one of the limits that the rules know.
func (s Shape) restrict(in *market.Intern, r *market.Round, rng *rand.Rand) {
	switch in.SameAuthority = rng.IntN(2) == 0; rng.IntN(8) {
	case 0:
		in.Available = r.Days[1:]
	case 1:
		in.MaxDays = 2
	case 2:
		in.Regions = []string{region(0), region(1)}
	case 3:
		in.Workplace = r.Slots[rng.IntN(s.Slots)].Host
	case 4:
		in.ManagerConsents = rng.IntN(2) == 0
	case 5:
		in.Meets = nil
	}
}

// authority is one of a few where rules are to bite, else nearly always another.
func (s Shape) authority(rng *rand.Rand) string {
	if s.Picky {
		return fmt.Sprintf("c%d", rng.IntN(4))
	}
	return fmt.Sprintf("c%d", rng.IntN(1<<30))
}

func region(i int) string { return fmt.Sprintf("108%d", i+1) }

// File writes a round as its file.
func File(r *market.Round) []byte {
	type slot struct {
		ID            string         `json:"id"`
		Host          string         `json:"host"`
		Authority     string         `json:"authority"`
		Region        string         `json:"region"`
		FirstDay      string         `json:"first_day"`
		Days          int            `json:"days"`
		Capacity      int            `json:"capacity"`
		Requires      []string       `json:"requires"`
		SameAuthority bool           `json:"same_authority"`
		Veto          []string       `json:"veto"`
		Tiers         map[string]int `json:"tiers"`
	}
	type intern struct {
		ID              string   `json:"id"`
		Workplace       string   `json:"workplace"`
		Authority       string   `json:"authority"`
		Available       []string `json:"available"`
		MinDays         int      `json:"min_days"`
		MaxDays         int      `json:"max_days"`
		Regions         []string `json:"regions"`
		Meets           []string `json:"meets"`
		SameAuthority   bool     `json:"same_authority"`
		ManagerConsents bool     `json:"manager_consents"`
		Ranks           []string `json:"ranks"`
	}
	file := struct {
		Round   string   `json:"round"`
		Seed    string   `json:"seed"`
		Days    []string `json:"days"`
		Slots   []slot   `json:"slots"`
		Interns []intern `json:"interns"`
	}{r.ID, r.Seed.String(), r.Days, []slot{}, []intern{}}
	for _, s := range r.Slots {
		s.Requires, s.Veto = full(s.Requires), full(s.Veto)
		file.Slots = append(file.Slots, slot(s))
	}
	for _, in := range r.Interns {
		in.Available, in.Regions, in.Meets, in.Ranks = full(in.Available), full(in.Regions), full(in.Meets), full(in.Ranks)
		file.Interns = append(file.Interns, intern(in))
	}
	text, err := json.Marshal(file)
	if err != nil {
		panic(err)
	}
	return text
}

// full is a list that JSON writes as one even where it is empty.
func full(list []string) []string { return append([]string{}, list...) }
