// Package simplex moves a point of a linear programme as far as it goes.
//
// A [Problem] comes in whose origin is feasible; out goes a feasible point
// with the greatest gain. It is the bounded primal simplex method (Dantzig
// 1955) on a dense tableau, made for the many small programmes of the
// disclosure audit: a start is given, every variable has bounds of its own, and
// equations may repeat one another. It proves nothing: a caller that relies on
// a point checks it against its own equations.
package simplex

import (
	"math"
	"slices"
)

// Term is coef·y[Column].
type Term struct {
	Column int
	Coef   float64
}

// Problem asks for the y with the greatest Σ Gain·y such that every row adds
// to zero and Low ≤ y ≤ High. Zero lies within all bounds; what gains must be
// bounded.
type Problem struct {
	Rows            [][]Term
	Low, High, Gain []float64
}

// small is what rounding leaves of a zero. The coefficients are whole and the
// tableau of a table's sums keeps to −1, 0 and 1, so it is seldom needed.
const small = 1e-9

// Maximize returns the point found. It is feasible always, and the best one
// unless the method was stopped after a number of steps no table comes near.
func Maximize(p Problem) []float64 {
	t := newTableau(p)
	for range 200 + 50*(len(p.Rows)+len(p.Low)) {
		k := t.entering()
		if k < 0 || !t.step(k) {
			break
		}
	}
	return t.y
}

// tableau holds the equations taken up so far, solved for the basic columns:
// basic + Σ coef·y = 0. An equation is taken up when a step would break it: at
// the start all columns stand still and none is needed, and a move that stays
// among a few cells of a large table meets the equations of those alone.
type tableau struct {
	Problem
	uses    [][]int     // equations of the problem that a column stands in
	taken   []bool      // by equation
	rows    [][]float64 // dense
	basis   []int       // the basic column of each row
	row     []int       // of a basic column, by column; −1 for others
	gain    []float64   // reduced: per unit of a nonbasic column
	y       []float64
	rate    []float64 // scratch: how columns move with the entering one
	filled  []int     // columns of the last pivot row that are not zero
	stalled int       // steps in a row that moved nothing
}

func newTableau(p Problem) *tableau {
	n := len(p.Low)
	t := &tableau{Problem: p, uses: make([][]int, n), taken: make([]bool, len(p.Rows)),
		row: slices.Repeat([]int{-1}, n), gain: slices.Clone(p.Gain), y: make([]float64, n), rate: make([]float64, n)}
	for e, terms := range p.Rows {
		for _, term := range terms {
			t.uses[term.Column] = append(t.uses[term.Column], e)
		}
	}
	return t
}

// broken returns an equation that a move of column k breaks, or −1.
func (t *tableau) broken(k int) int {
	moving := []int{k}
	t.rate[k] = 1
	for r, b := range t.basis {
		if c := t.rows[r][k]; c != 0 {
			t.rate[b] = -c
			moving = append(moving, b)
		}
	}
	found := -1
	for _, j := range moving {
		for _, e := range t.uses[j] {
			if found < 0 && !t.taken[e] && math.Abs(t.drift(e)) > small {
				found = e
			}
		}
	}
	for _, j := range moving {
		t.rate[j] = 0
	}
	return found
}

// drift is how fast an equation is broken.
func (t *tableau) drift(e int) float64 {
	sum := 0.0
	for _, term := range t.Rows[e] {
		sum += float64(term.Coef * t.rate[term.Column])
	}
	return sum
}

// take takes an equation up, solved for column k.
func (t *tableau) take(e, k int) {
	row := make([]float64, len(t.y))
	for _, term := range t.Rows[e] {
		row[term.Column] += term.Coef
	}
	for r, b := range t.basis {
		if c := row[b]; c != 0 {
			for j, x := range t.rows[r] {
				row[j] -= float64(c * x)
			}
		}
	}
	t.taken[e] = true
	t.rows, t.basis = append(t.rows, row), append(t.basis, k)
	t.pivot(len(t.rows)-1, k)
}

// pivot makes column k the basic one of row r.
func (t *tableau) pivot(r, k int) {
	t.row[t.basis[r]] = -1
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
		if other != r {
			t.subtract(t.rows[other], row, k)
		}
	}
	t.subtract(t.gain, row, k)
}

// subtract clears column k of a row by the pivot row, whose filled columns are
// noted.
func (t *tableau) subtract(a, row []float64, k int) {
	c := a[k]
	if c == 0 {
		return
	}
	for _, j := range t.filled {
		a[j] -= float64(c * row[j])
	}
}

// entering picks the column that gains most per unit, or the first that gains
// when steps have begun to turn in place (Bland 1977), or −1.
func (t *tableau) entering() int {
	best := -1
	for k, g := range t.gain {
		if t.row[k] >= 0 || !(g > small && t.y[k] < t.High[k] || g < -small && t.y[k] > t.Low[k]) {
			continue
		}
		if best < 0 || math.Abs(g) > math.Abs(t.gain[best]) {
			best = k
		}
		if t.stalled > 2*len(t.basis) {
			break
		}
	}
	return best
}

// step moves column k until it or a basic column meets a bound. It reports
// false where nothing stops it.
func (t *tableau) step(k int) bool {
	if e := t.broken(k); e >= 0 {
		t.take(e, k)
		return true
	}
	direction, length := 1.0, t.High[k]-t.y[k]
	if t.gain[k] < 0 {
		direction, length = -1, t.y[k]-t.Low[k]
	}
	leaving := -1
	for r, b := range t.basis {
		room, rate := 0.0, -direction*t.rows[r][k]
		switch {
		case rate > small:
			room = (t.High[b] - t.y[b]) / rate
		case rate < -small:
			room = (t.Low[b] - t.y[b]) / rate
		default:
			continue
		}
		if room < length || room == length && leaving >= 0 && b < t.basis[leaving] {
			length, leaving = room, r
		}
	}
	if math.IsInf(length, 1) {
		return false
	}
	t.move(k, direction*length)
	if leaving >= 0 {
		t.pivot(leaving, k)
	}
	t.stalled++
	if length > small {
		t.stalled = 0
	}
	return true
}

// move takes a step of column k. What comes within rounding of a whole number is
// one: bounds are, so a column that met its bound stands exactly on it.
func (t *tableau) move(k int, by float64) {
	t.y[k] = tidy(t.y[k] + by)
	for r, b := range t.basis {
		if c := t.rows[r][k]; c != 0 {
			t.y[b] = tidy(t.y[b] - float64(c*by))
		}
	}
}

func tidy(y float64) float64 {
	if whole := math.Round(y); math.Abs(y-whole) < small {
		return whole
	}
	return y
}
