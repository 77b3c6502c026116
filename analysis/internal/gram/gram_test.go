package gram

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Products and combinations are those of a loop over rows, whatever the number of
// columns and rows.
func TestAgainstRowByRow(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for p := 1; p < 12; p++ {
		for _, rows := range []int{0, 1, 2, 7, Rows} {
			a, b, c := drawn(r, p, rows), drawn(r, p, rows), drawn(r, 1, p)[0]
			sum, into := make([]float64, p*p), make([]float64, rows)
			Add(sum, a, b)
			Combine(into, c, b)
			for j := range p {
				for k := j; k < p; k++ {
					want := 0.0
					for i := range rows {
						want += a[j][i] * b[k][i]
					}
					if math.Abs(sum[j*p+k]-want) > 1e-12 {
						t.Fatalf("%d columns, %d rows: product %d, %d is %v, want %v", p, rows, j, k, sum[j*p+k], want)
					}
				}
			}
			for i := range rows {
				want := 0.0
				for k := range p {
					want += c[k] * b[k][i]
				}
				if math.Abs(into[i]-want) > 1e-13 {
					t.Fatalf("%d columns, %d rows: combination %d is %v, want %v", p, rows, i, into[i], want)
				}
			}
		}
	}
}

func drawn(r *rand.Rand, columns, rows int) [][]float64 {
	list := make([][]float64, columns)
	for k := range list {
		list[k] = make([]float64, rows)
		for i := range list[k] {
			list[k][i] = r.Float64() - 0.5
		}
	}
	return list
}
