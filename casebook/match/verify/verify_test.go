package verify_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/casebook/match"
	"barometer/casebook/match/market"
	"barometer/casebook/match/matchtest"
	"barometer/casebook/match/verify"
)

// solved is a round in which s0 took anna, whom it wants most, and not bo, who
// took s1, where seats are left.
func solved(t *testing.T) (*market.Round, *market.Result) {
	t.Helper()
	r := matchtest.Random(matchtest.Shape{Interns: 3, Slots: 3, Ranks: 0, Seats: 1, Days: 3, Regions: 1}, rand.New(rand.NewPCG(1, 2)))
	for i, name := range []string{"anna", "bo", "cleo"} {
		r.Interns[i].ID, r.Interns[i].Ranks = name, []string{"s0", "s1"}
		r.Slots[i].Tiers = nil
	}
	r.Slots[0].Tiers = map[string]int{"anna": 1}
	r.Slots[1].Capacity, r.Slots[1].Tiers = 2, map[string]int{"cleo": 3}
	r.Interns[2].Ranks = []string{"s2"}
	res, err := match.Solve(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Matching; len(got) != 3 || got[0].Slot != "s0" || got[1].Slot != "s1" || got[2].Slot != "s2" {
		t.Fatalf("the round is not as it should be: %v", got)
	}
	return r, res
}

func TestViolationsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(*market.Round, *market.Result)
		want   string
	}{
		"another file":          {func(_ *market.Round, res *market.Result) { res.Input[0]++ }, "made from another file"},
		"another round":         {func(_ *market.Round, res *market.Result) { res.Round = "2025-37" }, `of round "2025-37"`},
		"unknown intern":        {func(_ *market.Round, res *market.Result) { res.Matching[2].Intern = "dan" }, `no intern "dan"`},
		"unknown slot":          {func(_ *market.Round, res *market.Result) { res.Matching[0].Slot = "s9" }, `no slot "s9"`},
		"twice":                 {func(_ *market.Round, res *market.Result) { res.Matching[1].Intern = "anna" }, "each stands once"},
		"not ranked":            {func(_ *market.Round, res *market.Result) { res.Matching[2].Slot = "s1" }, "does not rank"},
		"inadmissible":          {func(r *market.Round, _ *market.Result) { r.Interns[0].ManagerConsents = false }, "against the rule consent"},
		"too many":              {func(_ *market.Round, res *market.Result) { res.Matching[1].Slot = "s0" }, "more than its 1"},
		"a cutoff missing":      {func(_ *market.Round, res *market.Result) { res.Cutoffs = res.Cutoffs[1:] }, "2 for 3 slots"},
		"a cutoff of no slot":   {func(_ *market.Round, res *market.Result) { res.Cutoffs[0].Slot = "r" }, `no slot "r"`},
		"a cutoff twice":        {func(_ *market.Round, res *market.Result) { res.Cutoffs[1].Slot = "s0" }, "each stands once"},
		"open though full":      {func(_ *market.Round, res *market.Result) { res.Cutoffs[0] = market.Cutoff{Slot: "s0", Open: true} }, "1 of 1 seats"},
		"full though open":      {func(_ *market.Round, res *market.Result) { res.Cutoffs[1].Open = false }, "1 of 2 seats"},
		"another number":        {func(_ *market.Round, res *market.Result) { res.Cutoffs[0].Lottery[31]++ }, `"anna" in tier 1`},
		"another tier":          {func(_ *market.Round, res *market.Result) { res.Cutoffs[0].Tier = 2 }, `"anna" in tier 1`},
		"another seed":          {func(r *market.Round, _ *market.Result) { r.Seed[0]++ }, "lottery number"},
		"a seat given up":       {giveUp("bo", "s1"), `"bo" and slot "s1" block`},
		"the wrong one taken":   {swap, `"anna" and slot "s0" block`},
		"the rank not honoured": {func(r *market.Round, _ *market.Result) { slices.Reverse(r.Interns[0].Ranks) }, `"anna" and slot "s1" block`},
	} {
		r, res := solved(t)
		c.tamper(r, res)
		_, err := verify.Check(r, [32]byte{}, res)
		if _, ok := errors.AsType[*verify.Violation](err); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// giveUp takes a pair out of the matching, with its cutoff.
func giveUp(intern, slot string) func(*market.Round, *market.Result) {
	return func(_ *market.Round, res *market.Result) {
		res.Matching = slices.DeleteFunc(res.Matching, func(p market.Pair) bool { return p.Intern == intern })
		for i := range res.Cutoffs {
			if res.Cutoffs[i].Slot == slot {
				res.Cutoffs[i] = market.Cutoff{Slot: slot, Open: true}
			}
		}
	}
}

// swap gives anna's seat to bo and bo's to anna, with cutoffs that fit.
func swap(r *market.Round, res *market.Result) {
	res.Matching[0].Slot, res.Matching[1].Slot = "s1", "s0"
	alone := *r
	alone.Interns = slices.Clone(r.Interns[1:2])
	only, err := match.Solve(&alone)
	if err != nil {
		panic(err)
	}
	res.Cutoffs[0] = only.Cutoffs[0]
}

func TestSolutionHolds(t *testing.T) {
	r, res := solved(t)
	if pairs, err := verify.Check(r, [32]byte{}, res); err != nil || pairs != 5 {
		t.Errorf("%d pairs, %v", pairs, err)
	}
}
