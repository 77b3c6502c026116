package simplex

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// TestGainIsThatOfGonum compares the gain with gonum's simplex method, which
// wants no bounds and no repeated equation: each variable is moved to start at
// zero and gets an equation for its upper bound.
func TestGainIsThatOfGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	compared := 0
	for range 300 {
		p := random(rng)
		want, err := gonum(p)
		if err != nil {
			continue // its equations follow from one another
		}
		compared++
		y := Maximize(p)
		if !feasible(p, y) {
			t.Fatalf("%v is not feasible for %+v", y, p)
		}
		if got := gain(p, y); math.Abs(got-want) > 1e-6 {
			t.Fatalf("gain %v, gonum has %v, for %+v", got, want, p)
		}
	}
	if compared < 200 {
		t.Errorf("only %d programmes were compared", compared)
	}
}

func TestEquationsMayRepeat(t *testing.T) {
	row := []Term{{0, 1}, {1, 1}, {2, -1}}
	p := Problem{Rows: [][]Term{row, row, {{0, -1}, {1, -1}, {2, 1}}},
		Low: []float64{-1, -2, 0}, High: []float64{5, 2, math.Inf(1)}, Gain: []float64{1, 0, 0}}
	if y := Maximize(p); y[0] != 5 || !feasible(p, y) {
		t.Errorf("moved to %v", y)
	}
}

func TestNothingMovesWhereTheEquationsLeaveNoRoom(t *testing.T) {
	p := Problem{Rows: [][]Term{{{0, 1}, {1, 1}}, {{0, 1}, {1, -1}}},
		Low: []float64{-3, -3}, High: []float64{3, 3}, Gain: []float64{1, 0}}
	if y := Maximize(p); y[0] != 0 || y[1] != 0 {
		t.Errorf("moved to %v", y)
	}
}

// random is a programme with the coefficients of sums.
func random(rng *rand.Rand) Problem {
	n, m := 3+rng.IntN(8), 1+rng.IntN(3)
	p := Problem{}
	for range n {
		p.Low = append(p.Low, -float64(rng.IntN(5)))
		p.High = append(p.High, float64(rng.IntN(5)))
		p.Gain = append(p.Gain, float64(rng.IntN(7)-3))
	}
	for range m {
		var row []Term
		for k := range n {
			if c := float64(rng.IntN(3) - 1); c != 0 {
				row = append(row, Term{k, c})
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

func gonum(p Problem) (float64, error) {
	n, m := len(p.Low), len(p.Rows)
	a := mat.NewDense(m+n, 2*n, nil)
	b, c := make([]float64, m+n), make([]float64, 2*n)
	base := 0.0
	for r, row := range p.Rows {
		for _, t := range row {
			a.Set(r, t.Column, t.Coef)
			b[r] -= t.Coef * p.Low[t.Column]
		}
	}
	for k := range n {
		a.Set(m+k, k, 1)
		a.Set(m+k, n+k, 1)
		b[m+k] = p.High[k] - p.Low[k]
		c[k] = -p.Gain[k]
		base += p.Gain[k] * p.Low[k]
	}
	least, _, err := lp.Simplex(c, a, b, 1e-10, nil)
	return base - least, err
}

func feasible(p Problem, y []float64) bool {
	for k := range y {
		if y[k] < p.Low[k]-small || y[k] > p.High[k]+small {
			return false
		}
	}
	for _, row := range p.Rows {
		sum := 0.0
		for _, t := range row {
			sum += t.Coef * y[t.Column]
		}
		if math.Abs(sum) > small {
			return false
		}
	}
	return true
}

func gain(p Problem, y []float64) float64 {
	sum := 0.0
	for k := range y {
		sum += p.Gain[k] * y[k]
	}
	return sum
}
