package questionnaire

import (
	"cmp"
	"math/bits"
	"slices"

	"barometer/survey/questionnaire/expr"
)

// maxWays bounds how many ways through the questionnaire are tried for one
// target, maxAllWays how many for all of them, and maxSubsets how many answers
// one multiple choice gives rise to.
const (
	maxWays    = 100_000
	maxAllWays = 1_000_000
	maxSubsets = 1 << 16
)

// slot is an answer that a target depends on: an item's, or that of one row.
type slot struct {
	item    int
	row     string
	answers []piece // one of each kind that could make a difference
	all     bool    // whether answers leaves nothing out
}

// piece is an answer to an item or to one row of it; the zero piece is none.
type piece struct {
	codes []string
	value string // of a number, share or date; a text
}

// search tries the ways through a questionnaire that differ for a target.
type search struct {
	q      *Questionnaire
	target target
	slots  []slot
	walk   *walk
	ways   int // tried
	bound  int // on ways
}

// seek looks for answers that meet a target. Answers are enumerated only in
// the items that the target depends on, directly or through the routes of
// those, and only as far as the routes tell them apart. proven is false when
// none were found among the first bound ways, though there are more.
func (q *Questionnaire) seek(t target, bound int) (met, proven bool, ways int) {
	s := search{q: q, target: t, slots: q.slots(t), walk: q.blank(), bound: bound}
	met = s.from(0, Answer{})
	proven = s.ways < bound && !slices.ContainsFunc(s.slots, func(s slot) bool { return !s.all })
	return met, met || proven, s.ways
}

// from tries every answer to slot i and those after it. before is what earlier
// rows of the same item were answered.
func (s *search) from(i int, before Answer) bool {
	if i == len(s.slots) {
		s.ways++
		return s.met()
	}
	slot := &s.slots[i]
	item := s.q.items[slot.item]
	if i == 0 || s.slots[i-1].item != slot.item {
		before = Answer{}
	}
	step := s.take(slot.item, before)
	if !step.onRoute() {
		return s.from(i+1, Answer{})
	}
	if _, offered := find(step.rows, slot.row); slot.row != "" && !offered {
		return s.from(i+1, before)
	}
	options := step.options
	for _, p := range slot.answers {
		if item.Kind != Ranking && len(among(options, p.codes)) < len(p.codes) {
			continue
		}
		answer := before.and(item, slot.row, p)
		s.take(slot.item, answer)
		if s.from(i+1, answer) {
			return true
		}
		if s.ways >= s.bound {
			return false
		}
	}
	return false
}

// take puts an answer to an item on the way.
func (s *search) take(item int, a Answer) *step {
	clear(s.walk.evaluated)
	s.walk.steps[item] = step{}
	s.walk.take(s.q.items[item], a)
	return &s.walk.steps[item]
}

func (s *search) met() bool {
	clear(s.walk.evaluated)
	if item := s.target.item; item != nil && !s.take(s.q.names[item.ID].item, Answer{}).onRoute() {
		return false
	}
	return s.walk.holds(s.target.holds).Bool() && s.allowed()
}

// allowed reports whether the answers on the way pass their hard checks and
// the sums of shares, as far as they are given. The check that is looked for
// is let off.
func (s *search) allowed() bool {
	for i := range s.slots {
		item := s.q.items[s.slots[i].item]
		for j := range item.Checks {
			c := &item.Checks[j]
			if c.Hard && c != s.target.check && expr.True(c.When, s.walk) {
				return false
			}
		}
		step := s.walk.step(item)
		if sum := item.sum(step.answer.Parts); sum > whole || sum < whole && len(step.answer.Parts) > 0 && len(step.answer.Parts) == len(step.rows) {
			return false
		}
	}
	return true
}

// and returns the answer with one more row, or the item's.
func (a Answer) and(item *Item, row string, p piece) Answer {
	switch {
	case item.Kind == Share && p.value == "":
		return a
	case item.Kind == Share:
		parts := map[string]string{row: p.value}
		for r, v := range a.Parts {
			parts[r] = v
		}
		return Answer{Parts: parts}
	case item.Kind.Written():
		return Answer{Text: p.value}
	case !item.Kind.HasRows():
		return Answer{Codes: p.codes, Value: p.value}
	}
	rows := map[string][]string{row: p.codes}
	for r, c := range a.Rows {
		rows[r] = c
	}
	return Answer{Rows: rows}
}

// slots lists what a target depends on, in the order asked.
func (q *Questionnaire) slots(t target) []slot {
	uses := map[string]expr.Use{}
	q.gather(uses, t.holds)
	if t.item != nil {
		q.gather(uses, t.item.routes()...)
	}
	var slots []slot
	for name, use := range uses {
		b := q.names[name]
		if b.condition >= 0 {
			continue // what it reads is gathered too
		}
		s := slot{item: b.item, row: b.row}
		s.answers, s.all = q.items[b.item].kinds(use)
		slots = append(slots, s)
	}
	slices.SortFunc(slots, func(a, b slot) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.row, b.row))
	})
	return slots
}

// gather adds what the expressions read, and what the routes of that read.
func (q *Questionnaire) gather(uses map[string]expr.Use, exprs ...expr.Expr) {
	for _, e := range exprs {
		if e == nil {
			continue
		}
		for name, use := range expr.Uses(e) {
			b := q.names[name]
			if b.condition < 0 {
				q.gatherName(uses, name, b, use)
			} else if _, seen := uses[name]; !seen {
				uses[name] = use
				q.gather(uses, q.Conditions[b.condition].When)
			}
		}
	}
}

func (q *Questionnaire) gatherName(uses map[string]expr.Use, name string, b binding, use expr.Use) {
	known, seen := uses[name]
	merged := expr.Use{
		Codes: slices.Clone(known.Codes), Points: slices.Concat(known.Points, use.Points), Forms: slices.Concat(known.Forms, use.Forms), Whole: known.Whole || use.Whole,
	}
	for _, c := range use.Codes {
		if !slices.Contains(merged.Codes, c) {
			merged.Codes = append(merged.Codes, c)
		}
	}
	uses[name] = merged
	if !seen {
		q.gather(uses, q.items[b.item].routes()...)
	}
}

// kinds returns one answer of each kind that a use tells apart: the codes it
// tests for, and one that stands for all others. all is false when there are
// too many.
func (item *Item) kinds(use expr.Use) (answers []piece, all bool) {
	if !item.Required || item.Kind.Beside() && len(item.Options) > item.rankable() || !item.Kind.Chosen() && len(item.Options) > 0 {
		answers = append(answers, piece{})
	}
	if item.Kind.Written() {
		texts, all := item.texts(use)
		return append(answers, texts...), all
	}
	if !item.Kind.Chosen() {
		values, all := item.values(use)
		return append(answers, values...), all
	}
	codes := item.telling(use)
	if item.Kind == Ranking {
		return item.orders(answers, codes)
	}
	if !item.Kind.Several() {
		for _, c := range codes {
			answers = append(answers, piece{codes: []string{c}})
		}
		return answers, true
	}
	for mask := 1; mask < 1<<min(len(codes), 30); mask++ {
		if mask > maxSubsets {
			return answers, false
		}
		if item.Max > 0 && bits.OnesCount(uint(mask)) > item.Max {
			continue
		}
		if set := subset(codes, mask); item.allows(set) {
			answers = append(answers, piece{codes: set})
		}
	}
	return answers, true
}

// telling returns the codes of the item to enumerate: those a use tests for
// and, of the rest, the first that excludes others and the first that does not.
// Where options have routes, none can stand for another.
func (item *Item) telling(use expr.Use) []string {
	var codes []string
	var stands [2]bool
	whole := use.Whole || slices.ContainsFunc(item.Options, func(o Option) bool { return o.Relevant != nil })
	for _, o := range item.Options {
		rest := 0
		if o.Exclusive {
			rest = 1
		}
		switch {
		case whole || slices.Contains(use.Codes, o.Code):
			codes = append(codes, o.Code)
		case !stands[rest]:
			stands[rest] = true
			codes = append(codes, o.Code)
		}
	}
	return codes
}

func subset(codes []string, mask int) []string {
	var set []string
	for i, c := range codes {
		if mask>>i&1 == 1 {
			set = append(set, c)
		}
	}
	return set
}

// allows reports whether the codes may be chosen together.
func (item *Item) allows(codes []string) bool {
	return len(codes) < 2 || !slices.ContainsFunc(codes, func(c string) bool {
		o, _ := find(item.Options, c)
		return o.Exclusive
	})
}
