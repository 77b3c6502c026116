// Package simplex moves one number of a system as far as it goes, and others
// with it at the least cost.
//
// A [System] of equations and inequalities that hold where nothing moves comes
// in, with a number to move, how far, and what each number may do; out goes how
// each moves. It is the bounded primal simplex method (Dantzig 1955), made for
// the many programmes of the disclosure audit over one large sparse system: an
// equation is taken up only when a step would break it, so that a move among a
// few cells of a large table costs what these cost. Equations may repeat one
// another. It proves nothing: a caller that relies on a move checks it against
// its own equations.
package simplex

// Row is an equation Σ Coef·y = 0, or with Open an inequality Σ Coef·y ≤ Rest.
type Row struct {
	Terms []Term
	Open  bool
	Rest  float64 // not below zero
}

// Term is Coef·y[Column].
type Term struct {
	Column int
	Coef   float64
}

// Limits say how far a number may move from zero, Low ≤ 0 ≤ High, and what each
// unit of it costs in either direction.
type Limits struct{ Low, High, Cost float64 }

// Moved is a number that moves.
type Moved struct {
	Column int
	By     float64
}

// System is a set of rows over numbered columns. It is not changed by use.
type System struct {
	rows []Row
	uses [][]int // rows that a column stands in
}

// NewSystem takes the rows over, and indexes them by column.
func NewSystem(columns int, rows []Row) *System {
	s := &System{rows: rows, uses: make([][]int, columns)}
	for r, row := range rows {
		for _, t := range row.Terms {
			s.uses[t.Column] = append(s.uses[t.Column], r)
		}
	}
	return s
}

// Solver solves programmes over one system, one after the other, in memory that
// it keeps. Several solvers may share a system.
type Solver struct {
	*System
	t tableau
}

// NewSolver returns a solver.
func (s *System) NewSolver() *Solver {
	return &Solver{System: s, t: newTableau(s)}
}

// Move moves a column towards far as far as its limits and the rows allow, and
// the others at the least total cost with which it gets there. It returns the
// columns that move, the first one met first. A column whose limits are zero
// stands still; limits are asked for once per column that is met.
func (s *Solver) Move(column int, far float64, limits func(column int) Limits) []Moved {
	t := &s.t
	defer t.reset()
	t.limits = limits
	k := t.meet(column)
	if k < 0 {
		return nil
	}
	if far > 0 {
		t.high[k], t.reach[k] = min(t.high[k], far), 1
	} else {
		t.low[k], t.reach[k] = max(t.low[k], far), -1
	}
	for range 200 + 50*(len(s.rows)+len(s.uses)) {
		k, up := t.entering()
		if k < 0 {
			break
		}
		t.step(k, up)
	}
	var moved []Moved
	for k, y := range t.y {
		if y != 0 && t.column[k] >= 0 {
			moved = append(moved, Moved{t.column[k], y})
		}
	}
	return moved
}
