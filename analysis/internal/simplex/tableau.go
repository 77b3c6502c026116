package simplex

import "math"

// small is what rounding leaves of a zero. The coefficients are whole and the
// tableau of a table's sums keeps to −1, 0 and 1, so it is seldom needed.
const small = 1e-9

// tableau holds the rows taken up so far, solved for their basic columns:
// basic + Σ coef·y = 0. It numbers the columns it has met in the order of
// meeting, one for the rest of each inequality among them.
//
// What a column costs has a kink at zero. A column in the basis is held to the
// side of zero that it moved to; at zero it leaves, free to come back on the
// other side.
type tableau struct {
	system *System
	limits func(column int) Limits
	known  []int  // by column of the system: its number here plus one; −1 where it stands still
	met    []int  // columns of the system that have been asked for
	taken  []bool // by row of the system
	used   []int  // rows taken

	column          []int // of the system; −1 for a rest
	low, high, cost []float64
	y               []float64
	row             []int     // of a basic column; −1 for the others
	side            []float64 // of a basic column with a cost: 1 or −1
	reach, price    []float64 // reduced: what a unit of a column moves the one in question, and earns

	rows    [][]Term // without zeros, in no order
	basis   []int    // the basic column of each row
	holders [][]int  // by column: the rows it stands in, and some it has left
	stalled int      // steps in a row that moved nothing

	hits []hit     // where the entering column stands
	rate []float64 // how columns move with it
	work []float64 // scratch: a row, by column; zero between uses
}

// hit is a row that the entering column stands in.
type hit struct {
	row  int
	coef float64
}

func newTableau(s *System) tableau {
	return tableau{system: s, known: make([]int, len(s.uses)), taken: make([]bool, len(s.rows))}
}

// reset forgets a programme and keeps the memory.
func (t *tableau) reset() {
	for _, c := range t.met {
		t.known[c] = 0
	}
	for _, e := range t.used {
		t.taken[e] = false
	}
	for _, list := range []*[]int{&t.met, &t.used, &t.column, &t.row, &t.basis} {
		*list = (*list)[:0]
	}
	t.rows, t.holders = t.rows[:0], t.holders[:0]
	for _, list := range []*[]float64{&t.low, &t.high, &t.cost, &t.y, &t.side, &t.reach, &t.price, &t.rate, &t.work} {
		*list = (*list)[:0]
	}
	t.stalled = 0
}

// meet returns the number of a column, or −1 of one that stands still.
func (t *tableau) meet(column int) int {
	if t.known[column] == 0 {
		t.known[column], t.met = -1, append(t.met, column)
		if l := t.limits(column); l.Low < 0 || l.High > 0 {
			t.known[column] = t.add(column, l) + 1
		}
	}
	return max(t.known[column], 0) - 1
}

func (t *tableau) add(column int, l Limits) int {
	t.column, t.row = append(t.column, column), append(t.row, -1)
	t.low, t.high, t.cost = append(t.low, l.Low), append(t.high, l.High), append(t.cost, l.Cost)
	for _, list := range []*[]float64{&t.y, &t.side, &t.reach, &t.price, &t.rate, &t.work} {
		*list = append(*list, 0)
	}
	t.holders = again(t.holders)
	return len(t.column) - 1
}

// again lengthens a list of lists by an empty one, in memory used before if
// there is some.
func again[T any](lists [][]T) [][]T {
	n := len(lists)
	if n == cap(lists) {
		return append(lists, nil)
	}
	lists = lists[:n+1]
	lists[n] = lists[n][:0]
	return lists
}

// entering picks the column that moves the one in question most per unit, and
// of several the one that costs least; or the first that helps when steps have
// begun to turn in place (Bland 1977); or −1.
func (t *tableau) entering() (best int, up bool) {
	best = -1
	var reach, price float64
	for k, row := range t.row {
		if row >= 0 || t.reach[k] == 0 && t.price[k] == 0 && t.y[k] == 0 {
			continue
		}
		for _, direction := range []float64{1, -1} {
			r, p, ok := t.benefit(k, direction)
			if !ok || best >= 0 && (r < reach-small || r < reach+small && p <= price) {
				continue
			}
			best, up, reach, price = k, direction > 0, r, p
		}
		if best >= 0 && t.stalled > 2*len(t.basis) {
			break
		}
	}
	return best, up
}

// benefit is how far a unit of a column in a direction moves the one in
// question, what it earns, and whether there is room and reason for it.
func (t *tableau) benefit(k int, direction float64) (reach, price float64, ok bool) {
	room := t.high[k] - t.y[k]
	if direction < 0 {
		room = t.y[k] - t.low[k]
	}
	reach, price = direction*t.reach[k], direction*t.price[k]-t.cost[k]
	if t.y[k]*direction < 0 {
		price += 2 * t.cost[k] // back towards zero
	}
	return reach, price, room > 0 && (reach > small || reach > -small && price > small)
}

// step moves column k until it or a basic column meets a bound. Where the move
// would break a row not yet taken up, it takes that up instead.
func (t *tableau) step(k int, up bool) {
	direction := -1.0
	if up {
		direction = 1
	}
	t.side[k] = direction
	if t.y[k]*direction < 0 {
		t.side[k] = -direction
	}
	t.find(k)
	if e := t.broken(k); e >= 0 {
		t.take(e, k)
		return
	}
	low, high := t.bounds(k)
	length, leaving := high-t.y[k], -1
	if !up {
		length = t.y[k] - low
	}
	for _, h := range t.hits {
		b := t.basis[h.row]
		low, high := t.bounds(b)
		room := (t.y[b] - low) / math.Abs(h.coef)
		if h.coef*direction < 0 {
			room = (high - t.y[b]) / math.Abs(h.coef)
		}
		if room < length || room == length && leaving >= 0 && b < t.basis[leaving] {
			length, leaving = room, h.row
		}
	}
	t.move(k, direction*length)
	if leaving >= 0 {
		t.pivot(leaving, k)
	}
	t.stalled++
	if length > small {
		t.stalled = 0
	}
}

// bounds are those of a column on its side of zero.
func (t *tableau) bounds(k int) (low, high float64) {
	switch {
	case t.cost[k] == 0:
		return t.low[k], t.high[k]
	case t.side[k] > 0:
		return 0, t.high[k]
	}
	return t.low[k], 0
}

// move takes a step of column k. What comes within rounding of a whole number is
// one: bounds are, so a column that met its bound stands exactly on it.
func (t *tableau) move(k int, by float64) {
	t.y[k] = tidy(t.y[k] + by)
	for _, h := range t.hits {
		b := t.basis[h.row]
		t.y[b] = tidy(t.y[b] - float64(h.coef*by))
	}
}

func tidy(y float64) float64 {
	if whole := math.Round(y); math.Abs(y-whole) < small {
		return whole
	}
	return y
}
