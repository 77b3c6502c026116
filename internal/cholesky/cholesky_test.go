package cholesky

import (
	"math"
	"testing"
)

// TestEliminate: a column that repeats the sum of two others is found out, the
// equations of the rest are solved, and the determinant is that of the rest.
func TestEliminate(t *testing.T) {
	x := [][]float64{{1, 1, 0, 0}, {1, 1, 0, 0}, {1, 0, 1, 0}, {1, 0, 1, 0}, {1, 0, 1, 0}}
	at := func(i, j int) float64 {
		var sum float64
		for _, row := range x {
			sum += row[i] * row[j]
		}
		return sum
	}
	f := Eliminate(4, at, 1e-11)
	if len(f.Kept) != 2 || len(f.Null) != 1 || f.Null[0] != 3 {
		t.Fatalf("kept %v, null %v; want columns 0 and 1 kept and column 3 null", f.Kept, f.Null)
	}
	if d := f.Dependent; len(d) != 1 || d[0].Column != 2 || !near(d[0].Coefficient[0], 1) || !near(d[0].Coefficient[1], -1) {
		t.Errorf("dependent %+v; want column 2 = column 0 − column 1", d)
	}
	b := f.Solve([]float64{9, 3, 0, 0}) // 5b₀ + 2b₁ = 9, 2b₀ + 2b₁ = 3
	if !near(b[0], 2) || !near(b[1], -0.5) || b[2] != 0 || b[3] != 0 {
		t.Errorf("solution %v, want [2 -0.5 0 0]", b)
	}
	if !near(f.LogDet(), math.Log(6)) {
		t.Errorf("log determinant %v, want log 6 = %v", f.LogDet(), math.Log(6))
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
