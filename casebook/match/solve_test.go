package match_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"barometer/casebook/match"
	"barometer/casebook/match/market"
	"barometer/casebook/match/matchtest"
	"barometer/casebook/match/verify"
)

func rounds(n int, each func(r *market.Round, rng *rand.Rand)) {
	for seed := range n {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		each(matchtest.Random(matchtest.Small, rng), rng)
	}
}

func solve(t testing.TB, r *market.Round) *market.Result {
	t.Helper()
	res, err := match.Solve(r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// slotOf tells which slot took each intern.
func slotOf(res *market.Result) map[string]string {
	of := map[string]string{}
	for _, p := range res.Matching {
		of[p.Intern] = p.Slot
	}
	return of
}

// liking is the place of a slot in an intern's wishes, past them all for none.
func liking(in *market.Intern, slot string) int {
	if at := slices.Index(in.Ranks, slot); at >= 0 {
		return at
	}
	return len(in.Ranks)
}

// admissible tells which pairs may be matched: those that a result of one intern
// and one slot allows.
func admissible(t *testing.T, r *market.Round) map[market.Pair]bool {
	pairs := map[market.Pair]bool{}
	for _, in := range r.Interns {
		for _, slot := range in.Ranks {
			alone := *r
			in.Ranks = []string{slot}
			alone.Interns = []market.Intern{in}
			if len(solve(t, &alone).Matching) == 1 {
				pairs[market.Pair{Intern: in.ID, Slot: slot}] = true
			}
		}
	}
	return pairs
}

// better reports whether a slot would rather have intern a than b, from the
// words of the format.
func better(r *market.Round, numbers map[string]market.Lottery, slot *market.Slot, a, b string) bool {
	if ta, tb := slot.TierOf(a), slot.TierOf(b); ta != tb {
		return ta < tb
	}
	na, nb := numbers[a], numbers[b]
	if c := slices.Compare(na[:], nb[:]); c != 0 {
		return c < 0
	}
	return a < b
}

// numbersOf draws the lottery by letting every intern be the last of a slot of
// its own.
func numbersOf(t *testing.T, r *market.Round) map[string]market.Lottery {
	numbers := map[string]market.Lottery{}
	for _, in := range r.Interns {
		numbers[in.ID] = numberAlone(t, r, in.ID)
	}
	return numbers
}

func numberAlone(t *testing.T, r *market.Round, id string) market.Lottery {
	alone := &market.Round{ID: r.ID, Seed: r.Seed, Days: r.Days[:1],
		Slots: []market.Slot{{ID: "s", Host: "h", Authority: "a", Region: "r", FirstDay: r.Days[0], Days: 1, Capacity: 1}},
		Interns: []market.Intern{{ID: id, Workplace: "w", Authority: "b", Available: r.Days[:1], MinDays: 1, MaxDays: 1,
			ManagerConsents: true, Ranks: []string{"s"}}}}
	return solve(t, alone).Cutoffs[0].Lottery
}

// everyStable lists all stable matchings by trying every matching there is.
func everyStable(t *testing.T, r *market.Round) (stable []map[string]string) {
	pairs, numbers := admissible(t, r), numbersOf(t, r)
	var try func(i int, of map[string]string, taken map[string]int)
	try = func(i int, of map[string]string, taken map[string]int) {
		if i == len(r.Interns) {
			if !blocked(r, pairs, numbers, of) {
				stable = append(stable, maps.Clone(of))
			}
			return
		}
		in := &r.Interns[i]
		try(i+1, of, taken)
		for s := range r.Slots {
			slot := &r.Slots[s]
			if pairs[market.Pair{Intern: in.ID, Slot: slot.ID}] && taken[slot.ID] < slot.Capacity {
				of[in.ID] = slot.ID
				taken[slot.ID]++
				try(i+1, of, taken)
				taken[slot.ID]--
				delete(of, in.ID)
			}
		}
	}
	try(0, map[string]string{}, map[string]int{})
	return stable
}

func blocked(r *market.Round, pairs map[market.Pair]bool, numbers map[string]market.Lottery, of map[string]string) bool {
	for i := range r.Interns {
		in := &r.Interns[i]
		for s := range r.Slots {
			slot := &r.Slots[s]
			if !pairs[market.Pair{Intern: in.ID, Slot: slot.ID}] || liking(in, slot.ID) >= liking(in, of[in.ID]) {
				continue
			}
			seats := 0
			for other, at := range of {
				if at == slot.ID {
					if seats++; better(r, numbers, slot, in.ID, other) {
						return true
					}
				}
			}
			if seats < slot.Capacity {
				return true
			}
		}
	}
	return false
}

func TestGoal18_BruteForceAgreesOnTinyRounds(t *testing.T) {
	tiny := matchtest.Shape{Interns: 5, Slots: 3, Ranks: 3, Seats: 2, Days: 4, Regions: 2, Picky: true}
	several := 0
	for seed := range 400 {
		r := matchtest.Random(tiny, rand.New(rand.NewPCG(uint64(seed), 18)))
		of, all := slotOf(solve(t, r)), everyStable(t, r)
		if len(all) > 1 {
			several++
		}
		found := false
		for _, other := range all {
			found = found || maps.Equal(of, other)
			for i := range r.Interns {
				if in := &r.Interns[i]; liking(in, of[in.ID]) > liking(in, other[in.ID]) {
					t.Fatalf("seed %d: %s got %q and could have had %q in a stable matching", seed, in.ID, of[in.ID], other[in.ID])
				}
			}
		}
		if !found {
			t.Fatalf("seed %d: %v is none of the %d stable matchings", seed, of, len(all))
		}
	}
	if several < 10 {
		t.Errorf("%d rounds had more than one stable matching: too few to tell the interns' best from another", several)
	}
}

func TestGoal19_MoreSeatsHarmNoIntern(t *testing.T) {
	rounds(300, func(r *market.Round, rng *rand.Rand) {
		before := slotOf(solve(t, r))
		r.Slots[rng.IntN(len(r.Slots))].Capacity++
		after := slotOf(solve(t, r))
		for i := range r.Interns {
			if in := &r.Interns[i]; liking(in, after[in.ID]) > liking(in, before[in.ID]) {
				t.Fatalf("%s fell from %q to %q", in.ID, before[in.ID], after[in.ID])
			}
		}
	})
}

func TestGoal19_RaisingOnesSlotKeepsIt(t *testing.T) {
	rounds(300, func(r *market.Round, rng *rand.Rand) {
		before := slotOf(solve(t, r))
		for i := range r.Interns {
			in := &r.Interns[i]
			slot, matched := before[in.ID]
			if !matched {
				continue
			}
			honest := in.Ranks
			in.Ranks = append([]string{slot}, slices.DeleteFunc(slices.Clone(honest), func(s string) bool { return s == slot })...)
			if got := slotOf(solve(t, r))[in.ID]; got != slot {
				t.Fatalf("%s put %s first and got %q", in.ID, slot, got)
			}
			in.Ranks = honest
		}
	})
}

func TestGoal19_FalseWishesNeverHelp(t *testing.T) {
	rounds(300, func(r *market.Round, rng *rand.Rand) {
		honest := slotOf(solve(t, r))
		for i := range r.Interns {
			in := &r.Interns[i]
			truth := *in
			in.Ranks = slices.Clone(in.Ranks)
			rng.Shuffle(len(in.Ranks), func(a, b int) { in.Ranks[a], in.Ranks[b] = in.Ranks[b], in.Ranks[a] })
			in.Ranks = in.Ranks[:rng.IntN(len(in.Ranks)+1)]
			got := slotOf(solve(t, r))[in.ID]
			if liking(&truth, got) < liking(&truth, honest[in.ID]) {
				t.Fatalf("%s says %v in place of %v and gets %q, not %q", in.ID, in.Ranks, truth.Ranks, got, honest[in.ID])
			}
			*in = truth
		}
	})
}

func TestGoal20_LotteryNumberDependsOnNobodyElse(t *testing.T) {
	rounds(50, func(r *market.Round, rng *rand.Rand) {
		for _, c := range solve(t, r).Cutoffs {
			if !c.Open && c.Lottery != numberAlone(t, r, c.Intern) {
				t.Fatalf("the number of %s changes with who takes part", c.Intern)
			}
		}
	})
}

func TestGoal21_OwnWorkplaceNeverOwnAuthorityByBoth(t *testing.T) {
	r := matchtest.Random(matchtest.Shape{Interns: 1, Slots: 1, Ranks: 1, Seats: 1, Days: 1, Regions: 1}, rand.New(rand.NewPCG(1, 1)))
	in, slot := &r.Interns[0], &r.Slots[0]
	for _, c := range []struct {
		workplace, authority string
		intern, host         bool
		want                 market.Rule
	}{
		{"other", "other", false, false, ""},
		{slot.Host, "other", true, true, market.RuleOwnWorkplace},
		{slot.Host, slot.Authority, true, true, market.RuleOwnWorkplace},
		{"other", slot.Authority, true, true, ""},
		{"other", slot.Authority, true, false, market.RuleAuthority},
		{"other", slot.Authority, false, true, market.RuleAuthority},
	} {
		in.Workplace, in.Authority, in.SameAuthority, slot.SameAuthority = c.workplace, c.authority, c.intern, c.host
		got := solve(t, r).Explanations[0].Choices[0]
		if got.Rule != c.want || (got.Outcome == market.Matched) != (c.want == "") {
			t.Errorf("%+v: %s %s", c, got.Outcome, got.Rule)
		}
	}
}

func TestOrderOfTheFileIsIrrelevant(t *testing.T) {
	rounds(100, func(r *market.Round, rng *rand.Rand) {
		before := solve(t, r)
		rng.Shuffle(len(r.Interns), func(a, b int) { r.Interns[a], r.Interns[b] = r.Interns[b], r.Interns[a] })
		rng.Shuffle(len(r.Slots), func(a, b int) { r.Slots[a], r.Slots[b] = r.Slots[b], r.Slots[a] })
		if after := solve(t, r); !reflect.DeepEqual(before, after) {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

// TestHostsProposingFillTheSameSeats: in every stable matching the same interns
// are matched and the same seats filled (Roth 1984, the rural hospitals).
func TestHostsProposingFillTheSameSeats(t *testing.T) {
	rounds(200, func(r *market.Round, rng *rand.Rand) {
		ours, theirs := slotOf(solve(t, r)), hostsPropose(t, r)
		for i := range r.Interns {
			id := r.Interns[i].ID
			if (ours[id] == "") != (theirs[id] == "") {
				t.Fatalf("%s: %q when interns propose, %q when hosts do", id, ours[id], theirs[id])
			}
		}
		for _, s := range r.Slots {
			if a, b := count(ours, s.ID), count(theirs, s.ID); a != b {
				t.Fatalf("slot %s fills %d seats when interns propose, %d when hosts do", s.ID, a, b)
			}
		}
	})
}

func count(of map[string]string, slot string) (n int) {
	for _, s := range of {
		if s == slot {
			n++
		}
	}
	return n
}

func hostsPropose(t *testing.T, r *market.Round) map[string]string {
	pairs, numbers, of := admissible(t, r), numbersOf(t, r), map[string]string{}
	refused := map[market.Pair]bool{}
	for again := true; again; {
		again = false
		for s := range r.Slots {
			slot := &r.Slots[s]
			best := -1
			for i := range r.Interns {
				p := market.Pair{Intern: r.Interns[i].ID, Slot: slot.ID}
				if pairs[p] && !refused[p] && of[p.Intern] != slot.ID && (best < 0 || better(r, numbers, slot, p.Intern, r.Interns[best].ID)) {
					best = i
				}
			}
			if best < 0 || count(of, slot.ID) == slot.Capacity {
				continue
			}
			in := &r.Interns[best]
			again = true
			if out := of[in.ID]; liking(in, slot.ID) < liking(in, out) {
				of[in.ID] = slot.ID
				refused[market.Pair{Intern: in.ID, Slot: out}] = true
			} else {
				refused[market.Pair{Intern: in.ID, Slot: slot.ID}] = true
			}
		}
	}
	return of
}

// TestExplanationsSayWhatHappened holds each outcome to the cutoffs.
func TestExplanationsSayWhatHappened(t *testing.T) {
	seen := map[string]int{}
	rounds(300, func(r *market.Round, rng *rand.Rand) {
		res := solve(t, r)
		of, pairs, cutoffs := slotOf(res), admissible(t, r), map[string]market.Cutoff{}
		for _, c := range res.Cutoffs {
			cutoffs[c.Slot] = c
		}
		if len(res.Explanations) != len(r.Interns) {
			t.Fatalf("%d explanations for %d interns", len(res.Explanations), len(r.Interns))
		}
		for _, x := range res.Explanations {
			in := &r.Interns[slices.IndexFunc(r.Interns, func(in market.Intern) bool { return in.ID == x.Intern })]
			for n, c := range x.Choices {
				want := market.Choice{Slot: in.Ranks[n], Rule: c.Rule}
				cut, slot := cutoffs[c.Slot], r.Slots[slices.IndexFunc(r.Slots, func(s market.Slot) bool { return s.ID == c.Slot })]
				switch matched := liking(in, of[in.ID]); {
				case n == matched:
					want.Outcome, want.Rule = market.Matched, ""
				case n > matched:
					want.Outcome, want.Rule = market.NotNeeded, ""
				case !pairs[market.Pair{Intern: in.ID, Slot: c.Slot}]:
					want.Outcome = market.NotAdmissible
				case slot.TierOf(in.ID) > cut.Tier:
					want.Outcome, want.Rule = market.HigherTier, ""
				default:
					want.Outcome, want.Rule = market.LotteryLost, ""
				}
				if c != want || (c.Outcome == market.NotAdmissible) != (c.Rule != "") {
					t.Fatalf("%s at %s: %+v, want %+v", in.ID, c.Slot, c, want)
				}
				seen[string(c.Outcome)]++
				seen[string(c.Rule)]++
			}
		}
	})
	for _, must := range []string{"matched", "not_admissible", "higher_tier", "lottery", "not_needed", "days", "duration", "region", "own_workplace",
		"authority", "consent", "requirement", "veto"} {
		if seen[must] == 0 {
			t.Errorf("%s never occurred: %v", must, seen)
		}
	}
}

func TestVetoIsShownAsUnavailable(t *testing.T) {
	if got := market.RuleVeto.Shown(); got != "not_available" {
		t.Errorf("an intern reads %q", got)
	}
	if got := market.RuleDays.Shown(); got != market.RuleDays {
		t.Errorf("an intern reads %q", got)
	}
}

func TestEverySolutionPassesTheVerifier(t *testing.T) {
	rounds(300, func(r *market.Round, rng *rand.Rand) {
		pairs, err := verify.Check(r, [32]byte{}, solve(t, r))
		if err != nil || pairs != 8*4 {
			t.Fatalf("%d pairs, %v", pairs, err)
		}
	})
}

// BenchmarkMatching solves and verifies a round of 100,000 interns; the file's
// way in and out is measured with it.
func BenchmarkMatching(b *testing.B) {
	text := matchtest.File(matchtest.Random(matchtest.Large, rand.New(rand.NewPCG(1, 1))))
	r, err := market.ReadRound(text)
	if err != nil {
		b.Fatal(err)
	}
	res := solve(b, r)
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if _, err := market.ReadRound(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("solve", func(b *testing.B) {
		for b.Loop() {
			solve(b, r)
		}
	})
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if _, err := res.WriteTo(discard{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if _, err := verify.Check(r, [32]byte{}, res); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func ExampleSolve() {
	round := &market.Round{ID: "2026-37", Days: []string{"2026-09-07"},
		Slots: []market.Slot{{ID: "library", Host: "1", Authority: "a", Region: "1084", FirstDay: "2026-09-07", Days: 1, Capacity: 1,
			Tiers: map[string]int{"anna": 1}}},
		Interns: []market.Intern{
			{ID: "anna", Workplace: "2", Authority: "b", Available: []string{"2026-09-07"}, MinDays: 1, MaxDays: 1, ManagerConsents: true, Ranks: []string{"library"}},
			{ID: "bo", Workplace: "3", Authority: "c", Available: []string{"2026-09-07"}, MinDays: 1, MaxDays: 1, ManagerConsents: true, Ranks: []string{"library"}},
		}}
	res, err := match.Solve(round)
	if err != nil {
		panic(err)
	}
	fmt.Println(res.Matching, res.Explanations[1].Choices[0].Outcome)
	// Output: [{anna library}] higher_tier
}
