package disclosure

import "slices"

// families groups the rows of a ledger, indicators and then bases, where a move
// is looked for first: nearly every one that is needed is found inside a family.
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

// families links the indicators that add up among themselves, as the codes of
// one answer do.
func (l *ledger) families(relations []Relation) families {
	f := make(families, len(l.indicators)+len(l.users))
	for row := range f {
		f[row] = row
	}
	for _, r := range relations {
		first := slices.IndexFunc(r.Terms, func(t Term) bool { return !t.Base })
		for _, t := range r.Terms {
			if !r.Rest && !t.Base {
				f.join(r.Terms[first].Indicator, t.Indicator)
			}
		}
	}
	return f
}
