// Package simplex moves a point of a linear programme as far as it goes.
//
// A [Problem] comes in whose origin is feasible; out goes a feasible point
// with the greatest gain. It is the bounded primal simplex method (Dantzig
// 1955) on a dense tableau, made for the many small programmes of the
// disclosure audit: a start is given, every variable has bounds of its own, and
// equations may repeat one another. It proves nothing: a caller that relies on
// a point checks it against its own equations.
package simplex

import "math"

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
	for range 200 + 50*(len(t.basis)+t.columns) {
		k := t.entering()
		if k < 0 || !t.step(k) {
			break
		}
	}
	return t.y
}

// tableau holds the rows solved for the basic columns: basic + Σ coef·y = 0.
type tableau struct {
	Problem
	columns int
	rows    [][]float64 // dense
	basis   []int       // the basic column of each row
	basic   []bool      // by column
	gain    []float64   // reduced: per unit of a nonbasic column
	y       []float64
	uses    []int // rows of the problem that a column stands in
	filled  []int // columns of the last pivot row that are not zero
	stalled int   // steps in a row that moved nothing
}

func newTableau(p Problem) *tableau {
	n := len(p.Low)
	t := &tableau{Problem: p, columns: n, basic: make([]bool, n), uses: make([]int, n), y: make([]float64, n)}
	t.gain = append(t.gain, p.Gain...)
	for _, terms := range p.Rows {
		for _, term := range terms {
			t.uses[term.Column]++
		}
	}
	for _, terms := range p.Rows {
		row := make([]float64, n)
		for _, term := range terms {
			row[term.Column] += term.Coef
		}
		t.add(row)
	}
	return t
}

// add solves a further equation for the column that the fewest others have, so
// that little fills up. An equation that follows from the others is dropped.
func (t *tableau) add(row []float64) {
	for r, k := range t.basis {
		if c := row[k]; c != 0 {
			for j, x := range t.rows[r] {
				row[j] -= float64(c * x)
			}
		}
	}
	k := -1
	for j, c := range row {
		if math.Abs(c) > small && (k < 0 || t.uses[j] < t.uses[k]) {
			k = j
		}
	}
	if k < 0 {
		return
	}
	t.rows, t.basis = append(t.rows, row), append(t.basis, k)
	t.pivot(len(t.rows)-1, k)
}

// pivot makes column k the basic one of row r.
func (t *tableau) pivot(r, k int) {
	t.basic[t.basis[r]] = false
	t.basis[r], t.basic[k] = k, true
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
		if t.basic[k] || !(g > small && t.y[k] < t.High[k] || g < -small && t.y[k] > t.Low[k]) {
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
