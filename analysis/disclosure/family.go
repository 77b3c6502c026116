package disclosure

import "slices"

// families groups the rows of a ledger, indicators and then bases, that have to
// be seen together.
type families []int // the lowest row that each row is linked to

// of lists the rows of a row's family.
func (f families) of(row int) []int {
	var list []int
	for other := range f {
		if f[other] == f[row] {
			list = append(list, other)
		}
	}
	return list
}

// join makes one family of the families of two rows.
func (f families) join(a, b int) {
	from, to := max(f[a], f[b]), min(f[a], f[b])
	for row := range f {
		if f[row] == from {
			f[row] = to
		}
	}
}

// families returns the narrow ones, indicators that add up among themselves or
// to a base, and the wide ones, everything that has a relation with each other,
// bases with it.
func (l *ledger) families(relations []Relation) (narrow, wide families) {
	narrow = make(families, len(l.indicators)+len(l.users))
	for row := range narrow {
		narrow[row] = row
	}
	wide = slices.Clone(narrow)
	for _, r := range relations {
		first := -1
		for _, t := range r.Terms {
			wide.join(l.row(r.Terms[0]), l.row(t))
			if t.Base || r.Rest {
				continue
			}
			if first < 0 {
				first = t.Indicator
			}
			narrow.join(first, t.Indicator)
		}
	}
	return narrow, wide
}

func (l *ledger) row(t Term) int {
	if t.Base {
		return len(l.indicators) + l.baseOf[t.Indicator]
	}
	return t.Indicator
}
