package simplex

import "math"

// broken returns a row of the system, not taken up yet, that a move of column k
// breaks; −1 if there is none.
func (t *tableau) broken(k int) int {
	t.moving = append(t.moving[:0], k)
	t.rate[k] = 1
	for r, b := range t.basis {
		if c := t.at(r, k); c != 0 {
			t.rate[b] = -c
			t.moving = append(t.moving, b)
		}
	}
	found := t.drifting()
	for _, j := range t.moving {
		t.rate[j] = 0
	}
	return found
}

// drifting returns the first row of a moving column whose sum moves.
func (t *tableau) drifting() int {
	for _, j := range t.moving {
		if t.column[j] < 0 {
			continue // a rest stands in its own row only
		}
		for _, e := range t.system.uses[t.column[j]] {
			if !t.taken[e] && math.Abs(t.drift(e)) > small {
				return e
			}
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
	from := t.system.rows[e]
	if from.Open {
		k = t.add(-1, Limits{Low: -from.Rest, High: math.Inf(1)})
	}
	r := t.newRow(from.Terms)
	t.basis = append(t.basis, k)
	if from.Open {
		t.rows[r][k], t.row[k] = 1, r
		return
	}
	t.enter(r, k)
}

// newRow adds the terms as a row in which no basic column stands.
func (t *tableau) newRow(terms []Term) int {
	for _, term := range terms {
		t.meet(term.Column)
	}
	r := len(t.rows)
	if r < cap(t.rows) {
		t.rows = t.rows[:r+1]
	} else {
		t.rows = append(t.rows, nil)
	}
	t.rows[r] = widen(t.rows[r][:0], len(t.column))
	row := t.rows[r]
	for _, term := range terms {
		j := t.meet(term.Column)
		switch {
		case j < 0:
		case t.row[j] < 0:
			row[j] += term.Coef
		default:
			for i, c := range t.rows[t.row[j]] {
				row[i] -= float64(term.Coef * c)
			}
			row[j] += term.Coef // was taken away by its own row
		}
	}
	return r
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
	row, by := t.rows[r], t.rows[r][k]
	t.filled = t.filled[:0]
	for j, c := range row {
		if c != 0 {
			row[j] = c / by
			t.filled = append(t.filled, j)
		}
	}
	for other := range t.rows {
		if c := t.at(other, k); c != 0 && other != r {
			t.rows[other] = widen(t.rows[other], len(row))
			t.subtract(t.rows[other], row, c)
		}
	}
	t.subtract(t.reach, row, t.reach[k])
	t.subtract(t.price, row, t.price[k]-float64(t.side[k]*t.cost[k]))
	t.reach[k], t.price[k] = 0, 0
}

// subtract takes c times the pivot row away.
func (t *tableau) subtract(a, row []float64, c float64) {
	if c == 0 {
		return
	}
	for _, j := range t.filled {
		a[j] -= float64(c * row[j])
	}
}

// widen makes a row n columns long.
func widen(row []float64, n int) []float64 {
	for len(row) < n {
		row = append(row, 0)
	}
	return row
}
