package simplex

import "math"

// find looks up the rows that column k stands in.
func (t *tableau) find(k int) {
	t.hits = t.hits[:0]
	kept := t.holders[k][:0]
	for _, r := range t.holders[k] {
		if c := t.coef(r, k); c != 0 && t.rate[t.basis[r]] == 0 {
			t.rate[t.basis[r]] = -c
			t.hits, kept = append(t.hits, hit{r, c}), append(kept, r)
		}
	}
	t.holders[k] = kept
	for _, h := range t.hits {
		t.rate[t.basis[h.row]] = 0
	}
}

func (t *tableau) coef(r, k int) float64 {
	for _, term := range t.rows[r] {
		if term.Column == k {
			return term.Coef
		}
	}
	return 0
}

// broken returns a row of the system, not taken up yet, that a move of column k
// breaks; −1 if there is none.
func (t *tableau) broken(k int) int {
	t.rate[k] = 1
	for _, h := range t.hits {
		t.rate[t.basis[h.row]] = -h.coef
	}
	found := t.drifting(k)
	for i := 0; i < len(t.hits) && found < 0; i++ {
		found = t.drifting(t.basis[t.hits[i].row])
	}
	t.rate[k] = 0
	for _, h := range t.hits {
		t.rate[t.basis[h.row]] = 0
	}
	return found
}

// drifting returns the first row of a column, not taken up yet, whose sum moves.
func (t *tableau) drifting(k int) int {
	if t.column[k] < 0 {
		return -1 // a rest stands in its own row only
	}
	for _, e := range t.system.uses[t.column[k]] {
		if !t.taken[e] && math.Abs(t.drift(e)) > small {
			return e
		}
	}
	return -1
}

func (t *tableau) drift(e int) float64 {
	sum := 0.0
	for _, term := range t.system.rows[e].Terms {
		if j := t.known[term.Column] - 1; j >= 0 {
			sum += float64(term.Coef * t.rate[j])
		}
	}
	return sum
}

// take takes up a row of the system: an inequality solved for its rest, which
// gives way, an equation for column k.
func (t *tableau) take(e, k int) {
	t.taken[e], t.used = true, append(t.used, e)
	r, from := len(t.rows), t.system.rows[e]
	t.rows, t.basis = again(t.rows), append(t.basis, k)
	for _, term := range from.Terms {
		if j := t.meet(term.Column); j >= 0 {
			t.put(r, Term{j, term.Coef})
		}
	}
	for _, term := range from.Terms {
		if j := t.known[term.Column] - 1; j >= 0 && t.row[j] >= 0 {
			t.subtract(r, t.rows[t.row[j]], term.Coef)
		}
	}
	if !from.Open {
		t.enter(r, k)
		return
	}
	rest := t.add(-1, Limits{Low: -from.Rest, High: math.Inf(1)})
	t.put(r, Term{rest, 1})
	t.basis[r], t.row[rest] = rest, r
}

func (t *tableau) put(r int, term Term) {
	t.rows[r] = append(t.rows[r], term)
	t.holders[term.Column] = append(t.holders[term.Column], r)
}

// pivot makes column k the basic one of row r instead of the one that is.
func (t *tableau) pivot(r, k int) {
	b := t.basis[r]
	t.row[b] = -1
	t.enter(r, k)
	t.price[b] += float64(t.side[b] * t.cost[b]) // its own cost counts again by direction
	t.side[b] = 0
}

// enter solves row r for column k, and clears it from all others.
func (t *tableau) enter(r, k int) {
	t.basis[r], t.row[k] = k, r
	by := t.coef(r, k)
	for i := range t.rows[r] {
		t.rows[r][i].Coef /= by
	}
	for _, h := range t.hits {
		if h.row != r {
			t.subtract(h.row, t.rows[r], h.coef)
		}
	}
	reach, price := t.reach[k], t.price[k]-float64(t.side[k]*t.cost[k])
	for _, term := range t.rows[r] {
		t.reach[term.Column] -= float64(reach * term.Coef)
		t.price[term.Column] -= float64(price * term.Coef)
	}
	t.reach[k], t.price[k] = 0, 0
}

// subtract takes c times another row away from row r.
func (t *tableau) subtract(r int, other []Term, c float64) {
	for _, term := range t.rows[r] {
		t.work[term.Column] = term.Coef
	}
	for _, term := range other {
		if t.work[term.Column] == 0 {
			t.put(r, Term{term.Column, 0})
		}
		t.work[term.Column] -= float64(c * term.Coef)
	}
	kept := t.rows[r][:0]
	for _, term := range t.rows[r] {
		if x := t.work[term.Column]; math.Abs(x) > small {
			kept = append(kept, Term{term.Column, x})
		}
		t.work[term.Column] = 0
	}
	t.rows[r] = kept
}
