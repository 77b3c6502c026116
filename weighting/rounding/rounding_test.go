package rounding

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, what string, got int64, x float64) {
	t.Helper()
	if math.Abs(float64(got)-x) >= 1-1e-6 {
		t.Fatalf("%s: %v became %d", what, x, got)
	}
}

// TestEveryCellAndMarginIsNear checks the promise on random tables, half of
// them with margins that are whole and must be kept.
func TestEveryCellAndMarginIsNear(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for n := range 400 {
		rows, columns := 1+r.IntN(7), 1+r.IntN(7)
		cells := make([][]float64, rows)
		for i := range cells {
			cells[i] = make([]float64, columns)
			for j := range cells[i] {
				if r.IntN(5) > 0 {
					cells[i][j] = 20 * r.Float64()
				}
			}
		}
		if n%2 == 0 {
			wholeMargins(cells)
		}
		got := Table(cells)
		var total float64
		var totalGot int64
		columnSum, columnGot := make([]float64, columns), make([]int64, columns)
		for i := range cells {
			var sum float64
			var sumGot int64
			for j, x := range cells[i] {
				near(t, "cell", got[i][j], x)
				sum, sumGot = sum+x, sumGot+got[i][j]
				columnSum[j], columnGot[j] = columnSum[j]+x, columnGot[j]+got[i][j]
			}
			near(t, "row", sumGot, sum)
			total, totalGot = total+sum, totalGot+sumGot
		}
		for j := range columnSum {
			near(t, "column", columnGot[j], columnSum[j])
		}
		near(t, "total", totalGot, total)
	}
}

// wholeMargins raises cells so that all sums of rows and columns are whole, up
// to rounding errors like those of calibrated weights.
func wholeMargins(cells [][]float64) {
	last := len(cells) - 1
	for i := range cells {
		var sum float64
		for _, x := range cells[i] {
			sum += x
		}
		cells[i][0] += math.Ceil(sum) - sum
	}
	for j := 1; j < len(cells[0]); j++ {
		var sum float64
		for i := range cells {
			sum += cells[i][j]
		}
		up := math.Ceil(sum) - sum
		cells[last][j] += up
		cells[last][0] += 1 - up
	}
}

func FuzzTable(f *testing.F) {
	f.Add(uint16(0x1234), uint8(3), 0.5)
	f.Add(uint16(7), uint8(1), 0.0)
	f.Fuzz(func(t *testing.T, seed uint16, width uint8, scale float64) {
		if !(scale >= 0 && scale < 1e6) {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		cells := make([][]float64, 1+int(seed)%5)
		for i := range cells {
			cells[i] = make([]float64, 1+int(width)%9)
			for j := range cells[i] {
				cells[i][j] = scale * r.Float64()
			}
		}
		for i, row := range Table(cells) {
			for j, x := range row {
				near(t, "cell", x, cells[i][j])
			}
		}
	})
}
