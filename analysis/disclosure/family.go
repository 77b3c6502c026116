package disclosure

import "slices"

// families groups the rows of a ledger, indicators and then bases, that have to
// be seen together.
type families []int // the lowest row that each row is linked to

// same reports whether two rows are of one family.
func (f families) same(a, b int) bool { return f[a] == f[b] }

// join makes one family of the families of two rows.
func (f families) join(a, b int) {
	from, to := max(f[a], f[b]), min(f[a], f[b])
	for row := range f {
		if f[row] == from {
			f[row] = to
		}
	}
}

// families returns the narrow ones, indicators that add up among themselves,
// and the wide ones, all that have a relation with each other. A base belongs to
// a wide family where it is a sum: there the answer to one question is the base
// of another, and neither can be hidden alone.
func (l *ledger) families(relations []Relation) (narrow, wide families) {
	narrow = make(families, len(l.indicators)+len(l.users))
	for row := range narrow {
		narrow[row] = row
	}
	wide = slices.Clone(narrow)
	for _, r := range relations {
		numerators := slices.DeleteFunc(slices.Clone(r.Terms), func(t Term) bool { return t.Base })
		if r.Rest {
			wide.joinAll(l, numerators)
			continue
		}
		wide.joinAll(l, r.Terms)
		narrow.joinAll(l, numerators)
	}
	return narrow, wide
}

func (f families) joinAll(l *ledger, terms []Term) {
	for _, t := range terms {
		f.join(l.row(terms[0]), l.row(t))
	}
}

func (l *ledger) row(t Term) int {
	if t.Base {
		return len(l.indicators) + l.baseOf[t.Indicator]
	}
	return t.Indicator
}
