package estimate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Rows are sorted by value as numbers compare, negative ones and both zeros
// included; rows of equal values stay in the order they had.
func TestAscendingKeepsEqualValuesInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	special := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.SmallestNonzeroFloat64, 1}
	for _, n := range []int{0, 1, 2, 3, sortedByRadix - 1, sortedByRadix, 40_000} {
		values := make([]float64, n)
		for i := range values {
			switch r.IntN(3) {
			case 0:
				values[i] = special[r.IntN(len(special))]
			case 1:
				values[i] = float64(r.IntN(9) - 4)
			default:
				values[i] = r.NormFloat64() * math.Exp(50*r.NormFloat64())
			}
		}
		var rows []int32
		for i := range values {
			if r.IntN(4) > 0 {
				rows = append(rows, int32(i))
			}
		}
		want := slices.Clone(rows)
		slices.SortStableFunc(want, func(a, b int32) int { return cmp.Compare(values[a], values[b]) })
		if ascending(rows, values); !slices.Equal(rows, want) {
			t.Errorf("%d values: the order differs", n)
		}
	}
}
