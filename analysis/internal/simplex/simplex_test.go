package simplex

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// programme is a system with a column to move and what the columns may do.
type programme struct {
	rows   []Row
	limits []Limits
	column int
	far    float64
}

// solve returns how each column moves.
func (p programme) solve(s *Solver) []float64 {
	y := make([]float64, len(p.limits))
	for _, m := range s.Move(p.column, p.far, func(k int) Limits { return p.limits[k] }) {
		y[m.Column] = m.By
	}
	return y
}

// TestMoveIsThatOfGonum compares how far the column moves, and at what cost, with
// gonum's simplex method, which wants no bounds, no inequality, no kink and no
// repeated equation.
func TestMoveIsThatOfGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	compared := 0
	for range 600 {
		p := random(rng)
		want, err := p.gonum()
		if err != nil {
			continue // its equations follow from one another
		}
		compared++
		y := p.solve(NewSystem(len(p.limits), p.rows).NewSolver())
		if !p.feasible(y) {
			t.Fatalf("%v is not feasible for %+v", y, p)
		}
		if got := p.gain(y); math.Abs(got-want) > 1e-5 {
			t.Fatalf("gain %v, gonum has %v, for %+v: %v", got, want, p, y)
		}
	}
	if compared < 300 {
		t.Errorf("only %d programmes were compared", compared)
	}
}

// One solver is used for many programmes: none leaves anything behind.
func TestSolverForgets(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	p := random(rng)
	for len(p.limits) < 9 {
		p = random(rng)
	}
	s := NewSystem(len(p.limits), p.rows).NewSolver()
	for range 200 {
		p.column, p.far = rng.IntN(len(p.limits)), float64(rng.IntN(9)-4)
		p.limits[rng.IntN(len(p.limits))] = limits(rng)
		used, fresh := p.solve(s), p.solve(NewSystem(len(p.limits), p.rows).NewSolver())
		for k := range used {
			if used[k] != fresh[k] {
				t.Fatalf("a used solver finds %v, a new one %v", used, fresh)
			}
		}
	}
}

func TestEquationsMayRepeat(t *testing.T) {
	row := Row{Terms: []Term{{0, 1}, {1, 1}, {2, -1}}}
	p := programme{rows: []Row{row, row, {Terms: []Term{{0, -1}, {1, -1}, {2, 1}}}},
		limits: []Limits{{-1, 5, 0}, {-2, 2, 0}, {0, 9, 0}}, far: 7}
	if y := p.solve(NewSystem(3, p.rows).NewSolver()); y[0] != 5 || !p.feasible(y) {
		t.Errorf("moved to %v", y)
	}
}

func TestNothingMovesWhereTheEquationsLeaveNoRoom(t *testing.T) {
	p := programme{rows: []Row{{Terms: []Term{{0, 1}, {1, 1}}}, {Terms: []Term{{0, 1}, {1, -1}}}},
		limits: []Limits{{-3, 3, 0}, {-3, 3, 0}}, far: 3}
	if y := p.solve(NewSystem(2, p.rows).NewSolver()); y[0] != 0 || y[1] != 0 {
		t.Errorf("moved to %v", y)
	}
}

// random is a programme with the coefficients of sums.
func random(rng *rand.Rand) programme {
	n, m := 3+rng.IntN(8), 1+rng.IntN(4)
	p := programme{column: rng.IntN(n), far: float64(1+rng.IntN(6)) * float64(1-2*rng.IntN(2))}
	for range n {
		p.limits = append(p.limits, limits(rng))
	}
	for range m {
		row := Row{Open: rng.IntN(3) == 0}
		if row.Open {
			row.Rest = float64(rng.IntN(3))
		}
		for k := range n {
			if c := float64(rng.IntN(3) - 1); c != 0 {
				row.Terms = append(row.Terms, Term{k, c})
			}
		}
		p.rows = append(p.rows, row)
	}
	p.limits[p.column].Cost = 0
	return p
}

func limits(rng *rand.Rand) Limits {
	return Limits{-float64(rng.IntN(5)), float64(rng.IntN(5)), float64(rng.IntN(4))}
}

// dear is what moving the column by one is worth against the cost of others.
const dear = 1e3

func (p programme) gain(y []float64) float64 {
	sum := dear * math.Abs(y[p.column])
	for k, by := range y {
		sum -= p.limits[k].Cost * math.Abs(by)
	}
	return sum
}

// gonum gives each column an up and a down part with an equation for its bound,
// and each inequality a rest.
func (p programme) gonum() (float64, error) {
	n, m := len(p.limits), len(p.rows)
	a := mat.NewDense(m+2*n, 4*n+m, nil)
	b, c := make([]float64, m+2*n), make([]float64, 4*n+m)
	for r, row := range p.rows {
		for _, t := range row.Terms {
			a.Set(r, t.Column, t.Coef)
			a.Set(r, n+t.Column, -t.Coef)
		}
		if row.Open {
			a.Set(r, 4*n+r, 1)
			b[r] = row.Rest
		}
	}
	for k, l := range p.limits {
		up, down := l.High, -l.Low
		c[k], c[n+k] = l.Cost, l.Cost
		if k == p.column && p.far > 0 {
			up, down, c[k] = min(up, p.far), 0, -dear
		} else if k == p.column {
			down, up, c[n+k] = min(down, -p.far), 0, -dear
		}
		for part, bound := range []float64{up, down} {
			a.Set(m+part*n+k, part*n+k, 1)
			a.Set(m+part*n+k, (2+part)*n+k, 1)
			b[m+part*n+k] = bound
		}
	}
	// A column of zeros is refused; the rest of an equation is one.
	kept := mat.NewDense(m+2*n, 4*n, nil)
	kept.Copy(a)
	cost := c[:4*n]
	for r, row := range p.rows {
		if row.Open {
			kept = mat.DenseCopyOf(kept.Grow(0, 1))
			kept.SetCol(kept.RawMatrix().Cols-1, mat.Col(nil, 4*n+r, a))
			cost = append(cost, 0)
		}
	}
	least, _, err := lp.Simplex(cost, kept, b, 1e-10, nil)
	return -least, err
}

func (p programme) feasible(y []float64) bool {
	for k, l := range p.limits {
		if y[k] < l.Low-small || y[k] > l.High+small {
			return false
		}
	}
	for _, row := range p.rows {
		sum := 0.0
		for _, t := range row.Terms {
			sum += t.Coef * y[t.Column]
		}
		if sum > row.Rest+small || !row.Open && math.Abs(sum) > small {
			return false
		}
	}
	return math.Abs(y[p.column]) <= math.Abs(p.far)+small && y[p.column]*p.far >= 0
}
