package disclosure

import (
	"fmt"
	"math"
	"slices"

	"barometer/analysis/table"
)

// Links says what connects the cells of a table beside its domains.
type Links struct {
	Relations []Relation     // between indicators
	Earlier   []*table.Table // of the same wave, already shown
}

// Relation is an equation between indicators that holds for every respondent,
// and so for their numbers in every domain: Σ Coef·number = 0, or, where a
// remainder nobody publishes belongs to it, Σ Coef·number ≤ 0.
type Relation struct {
	Terms []Term
	Rest  bool
}

// Term is a multiple of an indicator's numerator or base.
type Term struct {
	Indicator int
	Base      bool
	Coef      int
}

// contradictions is how many respondents would be expected to break a relation
// of two answers, were the answers independent, for the relation to be believed
// when none does.
const contradictions = 10

// FindRelations finds the relations of indicators in the variables they are
// means of: values[i][unit] is the numerator of indicators[i], NaN outside its
// base. They are found, not declared, so that none is forgotten when an
// indicator is added: sums that hold for every respondent, and codes of the
// same item that include or exclude one another. Scores have none.
func FindRelations(indicators []table.Indicator, values [][]float64) ([]Relation, error) {
	if len(indicators) != len(values) {
		return nil, fmt.Errorf("disclosure: %d variables for %d indicators", len(values), len(indicators))
	}
	bases, items := variables(indicators, values)
	relations := identities(bases, len(bases))
	for _, item := range items {
		relations = append(relations, identities(append(slices.Clone(bases), item...), len(item))...)
		relations = append(relations, inclusions(item)...)
		relations = append(relations, exclusions(item)...)
	}
	return relations, nil
}

// variable is a numerator or a base, one 0 or 1 per unit.
type variable struct {
	Term
	base int   // the base of a numerator, as its first indicator
	in   []int // units that have it, ascending
	of   int   // how many units its base has
}

// variables returns the distinct bases, and the numerators of each item.
func variables(indicators []table.Indicator, values [][]float64) (bases []variable, items [][]variable) {
	at := map[string]int{}
	for i, ind := range indicators {
		var base, numerator []int
		for unit, x := range values[i] {
			if !math.IsNaN(x) {
				base = append(base, unit)
			}
			if x == 1 {
				numerator = append(numerator, unit)
			}
		}
		first := slices.IndexFunc(bases, func(b variable) bool { return slices.Equal(b.in, base) })
		if first < 0 {
			first = len(bases)
			bases = append(bases, variable{Term: Term{Indicator: i, Base: true, Coef: 1}, in: base})
		}
		if ind.Kind == table.Score {
			continue
		}
		if _, known := at[ind.Item]; !known {
			at[ind.Item], items = len(items), append(items, nil)
		}
		v := variable{Term: Term{Indicator: i, Coef: 1}, base: bases[first].Indicator, in: numerator, of: len(base)}
		items[at[ind.Item]] = append(items[at[ind.Item]], v)
	}
	return bases, items
}

// inclusions lists the answers that imply another of the same item, without
// those that follow from two others.
func inclusions(item []variable) []Relation {
	implies := func(a, b variable) bool {
		chance := float64(len(a.in)) * (1 - float64(len(b.in))/float64(max(b.of, 1)))
		return len(a.in) < len(b.in) && a.base == b.base && chance >= contradictions && overlap(a, b) == len(a.in)
	}
	var list []Relation
	for _, a := range item {
		for _, b := range item {
			between := func(c variable) bool { return implies(a, c) && implies(c, b) }
			if implies(a, b) && !slices.ContainsFunc(item, between) {
				list = append(list, Relation{Rest: true, Terms: []Term{a.Term, b.times(-1)}})
			}
		}
	}
	return list
}

// exclusions lists the sets of answers of which nobody gave two: together they
// are at most their base.
func exclusions(item []variable) []Relation {
	exclude := func(a, b variable) bool {
		chance := float64(len(a.in)) * float64(len(b.in)) / float64(max(a.of, 1))
		return a.base == b.base && chance >= contradictions && overlap(a, b) == 0
	}
	var sets [][]Term
	for i, a := range item {
		set := []variable{a}
		for j, b := range item {
			if i != j && !slices.ContainsFunc(set, func(c variable) bool { return !exclude(b, c) }) {
				set = append(set, b)
			}
		}
		terms := []Term{{Indicator: a.base, Base: true, Coef: -1}}
		for _, v := range set {
			terms = append(terms, v.Term)
		}
		slices.SortFunc(terms[1:], func(x, y Term) int { return x.Indicator - y.Indicator })
		known := slices.ContainsFunc(sets, func(s []Term) bool { return slices.Equal(s, terms) })
		if len(set) > 1 && !known {
			sets = append(sets, terms)
		}
	}
	list := make([]Relation, len(sets))
	for i, terms := range sets {
		list[i] = Relation{Rest: true, Terms: terms}
	}
	return list
}

func (v variable) times(c int) Term { return Term{Indicator: v.Indicator, Base: v.Base, Coef: c} }

// overlap counts the units that two variables share.
func overlap(a, b variable) int {
	n, j := 0, 0
	for _, unit := range a.in {
		for j < len(b.in) && b.in[j] < unit {
			j++
		}
		if j < len(b.in) && b.in[j] == unit {
			n++
		}
	}
	return n
}
