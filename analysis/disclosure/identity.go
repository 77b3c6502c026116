package disclosure

import (
	"slices"
)

// prime is the modulus of the search for identities: whole numbers below it
// multiply without overflow, and an identity between answers has coefficients
// that are small against it.
const prime = 1<<31 - 1

// identities finds how each of the last few variables is a sum of multiples of
// those before it, for every unit. The search is an elimination modulo a prime;
// each identity found is then checked unit by unit in whole numbers.
func identities(vars []variable, last int) []Relation {
	reduced, pivots := eliminate(vars)
	var list []Relation
	for k := len(vars) - last; k < len(vars); k++ {
		if slices.Contains(pivots, k) || len(vars[k].in) == 0 {
			continue
		}
		terms := []Term{vars[k].times(-1)}
		for r, p := range pivots {
			if c := signed(reduced[r][k]); c != 0 {
				terms = append(terms, vars[p].times(c))
			}
		}
		if holds(vars, terms) {
			list = append(list, Relation{Terms: terms})
		}
	}
	return list
}

// eliminate brings the units' rows to reduced echelon form. Columns before a
// pivot are zero in its row, and a pivot is the only one in its column.
func eliminate(vars []variable) (rows [][]int64, pivots []int) {
	for _, row := range patterns(vars) {
		for r, p := range pivots {
			take(row, rows[r], row[p])
		}
		p := slices.IndexFunc(row, func(c int64) bool { return c != 0 })
		if p < 0 {
			continue
		}
		scale(row, inverse(row[p]))
		for r := range rows {
			take(rows[r], row, rows[r][p])
		}
		rows, pivots = append(rows, row), append(pivots, p)
	}
	return rows, pivots
}

// patterns returns the distinct rows of units.
func patterns(vars []variable) [][]int64 {
	units := 0
	for _, v := range vars {
		if len(v.in) > 0 {
			units = max(units, v.in[len(v.in)-1]+1)
		}
	}
	all := make([][]int64, units)
	for u := range all {
		all[u] = make([]int64, len(vars))
	}
	for k, v := range vars {
		for _, u := range v.in {
			all[u][k] = 1
		}
	}
	slices.SortFunc(all, slices.Compare)
	return slices.CompactFunc(all, slices.Equal)
}

// take subtracts c times b from a.
func take(a, b []int64, c int64) {
	if c == 0 {
		return
	}
	for j, x := range b {
		if x != 0 {
			a[j] = (a[j] + (prime-c)*x) % prime
		}
	}
}

func scale(a []int64, c int64) {
	for j := range a {
		a[j] = a[j] * c % prime
	}
}

// inverse is c to the power prime − 2 (Fermat).
func inverse(c int64) int64 {
	result := int64(1)
	for e := prime - 2; e > 0; e >>= 1 {
		if e&1 == 1 {
			result = result * c % prime
		}
		c = c * c % prime
	}
	return result
}

// signed reads a residue as the whole number nearest to zero.
func signed(c int64) int {
	if c > prime/2 {
		c -= prime
	}
	return int(c)
}

// holds reports whether the terms add to zero for every unit.
func holds(vars []variable, terms []Term) bool {
	sum := map[int]int{}
	for _, t := range terms {
		k := slices.IndexFunc(vars, func(v variable) bool { return v.Indicator == t.Indicator && v.Base == t.Base })
		for _, unit := range vars[k].in {
			sum[unit] += t.Coef
		}
	}
	for _, s := range sum {
		if s != 0 {
			return false
		}
	}
	return true
}
