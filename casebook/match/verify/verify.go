// Package verify checks the result of a round of internships against the round.
//
// A round, the hash of its file and a result come in; the number of ranked pairs
// that were looked at goes out, or the first violation. The check is written from
// the rules and shares no code with the solver: it recomputes who may be matched,
// every lottery number and every cutoff, and then looks for a pair that would
// rather have each other. It takes time in proportion to the ranked pairs.
//
// That the matching is the best stable one for interns does not follow from the
// cutoffs, and explanations are words: neither is checked here.
package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"

	"barometer/casebook/match/market"
)

// Violation is the first rule that a result breaks.
type Violation struct{ What string }

func (v *Violation) Error() string { return v.What }

func violationf(format string, args ...any) error {
	return &Violation{fmt.Sprintf(format, args...)}
}

// Check returns the number of ranked pairs checked. The round must have passed
// [market.Round.Check]; input is the SHA-256 of the file it was read from. Every
// error is a [Violation].
func Check(r *market.Round, input [32]byte, res *market.Result) (pairs int, err error) {
	if res.Input != input {
		return 0, violationf("input_sha256: the result was made from another file")
	}
	if res.Round != r.ID {
		return 0, violationf("round: the result is of round %q, the file of %q", res.Round, r.ID)
	}
	a := newAudit(r)
	if err := a.seat(res.Matching); err != nil {
		return 0, err
	}
	if err := a.close(res.Cutoffs); err != nil {
		return 0, err
	}
	return a.block()
}

// audit is what is known of a result so far.
type audit struct {
	r       *market.Round
	slots   map[string]int
	interns map[string]int
	day     map[string]int
	draws   []market.Lottery // by intern
	taken   []int            // by slot, seats
	match   []int            // by intern: the place in its ranks of the slot that took it; its number of ranks where none did
	worst   []*rank          // by slot: the last intern it took
	bar     []*rank          // by slot: its cutoff; nil where it is open
}

// rank is an intern as a slot sees it.
type rank struct {
	tier    int
	lottery market.Lottery
	intern  string
}

// before reports whether a slot would rather have a than b.
func (a rank) before(b rank) bool {
	if a.tier != b.tier {
		return a.tier < b.tier
	}
	if a.lottery != b.lottery {
		return string(a.lottery[:]) < string(b.lottery[:])
	}
	return a.intern < b.intern
}

func newAudit(r *market.Round) *audit {
	a := &audit{r: r, slots: make(map[string]int, len(r.Slots)), interns: make(map[string]int, len(r.Interns)), day: map[string]int{},
		draws: make([]market.Lottery, len(r.Interns)), match: make([]int, len(r.Interns)),
		taken: make([]int, len(r.Slots)), worst: make([]*rank, len(r.Slots)), bar: make([]*rank, len(r.Slots))}
	for i, s := range r.Slots {
		a.slots[s.ID] = i
	}
	for i, day := range r.Days {
		a.day[day] = i
	}
	mac := hmac.New(sha256.New, r.Seed[:])
	for i := range r.Interns {
		in := &r.Interns[i]
		a.interns[in.ID] = i
		a.match[i] = len(in.Ranks)
		mac.Reset()
		mac.Write([]byte(r.ID + "\n" + in.ID))
		mac.Sum(a.draws[i][:0])
	}
	return a
}

func (a *audit) rankAt(s *market.Slot, intern int) rank {
	id := a.r.Interns[intern].ID
	return rank{s.TierOf(id), a.draws[intern], id}
}

// seat takes the matching in: each pair once, ranked, admissible, within the
// seats there are.
func (a *audit) seat(matching []market.Pair) error {
	for n, p := range matching {
		i, known := a.interns[p.Intern]
		if !known {
			return violationf("matching %d: there is no intern %q", n, p.Intern)
		}
		if n > 0 && p.Intern <= matching[n-1].Intern {
			return violationf("matching %d: intern %q does not come after %q; each stands once, by id", n, p.Intern, matching[n-1].Intern)
		}
		s, known := a.slots[p.Slot]
		if !known {
			return violationf("matching %d: there is no slot %q", n, p.Slot)
		}
		if err := a.take(i, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *audit) take(i, s int) error {
	in, slot := &a.r.Interns[i], &a.r.Slots[s]
	a.match[i] = position(in.Ranks, slot.ID)
	if a.match[i] < 0 {
		return violationf("intern %q is matched with slot %q, which it does not rank", in.ID, slot.ID)
	}
	if broken := a.apart(in, slot); broken != "" {
		return violationf("intern %q is matched with slot %q against the rule %s", in.ID, slot.ID, broken)
	}
	if a.taken[s]++; a.taken[s] > slot.Capacity {
		return violationf("slot %q takes more than its %d interns", slot.ID, slot.Capacity)
	}
	k := a.rankAt(slot, i)
	if a.worst[s] == nil || a.worst[s].before(k) {
		a.worst[s] = &k
	}
	return nil
}

func position(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}

// close holds the cutoffs to the seats: an open slot has seats left, a full one
// names the last it took.
func (a *audit) close(cutoffs []market.Cutoff) error {
	if len(cutoffs) != len(a.r.Slots) {
		return violationf("cutoffs: %d for %d slots", len(cutoffs), len(a.r.Slots))
	}
	for n, c := range cutoffs {
		s, known := a.slots[c.Slot]
		if !known {
			return violationf("cutoff %d: there is no slot %q", n, c.Slot)
		}
		if n > 0 && c.Slot <= cutoffs[n-1].Slot {
			return violationf("cutoff %d: slot %q does not come after %q; each stands once, by id", n, c.Slot, cutoffs[n-1].Slot)
		}
		full := a.taken[s] == a.r.Slots[s].Capacity
		if full == c.Open {
			return violationf("cutoff of slot %q: it has %d of %d seats taken, and open is %t", c.Slot, a.taken[s], a.r.Slots[s].Capacity, c.Open)
		}
		if !full {
			continue
		}
		if stated := (rank{c.Tier, c.Lottery, c.Intern}); stated != *a.worst[s] {
			return violationf("cutoff of slot %q: the last intern it took is %q in tier %d with lottery number %x, not %q in tier %d with %x",
				c.Slot, a.worst[s].intern, a.worst[s].tier, a.worst[s].lottery, c.Intern, c.Tier, c.Lottery)
		}
		a.bar[s] = a.worst[s]
	}
	return nil
}

// block looks for an intern and a slot that would rather have each other than
// what they got.
func (a *audit) block() (pairs int, err error) {
	for i := range a.r.Interns {
		in := &a.r.Interns[i]
		for n, id := range in.Ranks {
			pairs++
			if n >= a.match[i] {
				continue
			}
			s := a.slots[id]
			slot := &a.r.Slots[s]
			if a.apart(in, slot) != "" {
				continue
			}
			if a.bar[s] == nil {
				return pairs, violationf("intern %q and slot %q block: the intern ranks it above what it got, and it has seats left", in.ID, id)
			}
			if a.rankAt(slot, i).before(*a.bar[s]) {
				return pairs, violationf("intern %q and slot %q block: the intern ranks it above what it got, and it took %q in place of the intern", in.ID, id, a.bar[s].intern)
			}
		}
	}
	return pairs, nil
}
