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

// What is sorted only where it is looked at is in every place what sorting all
// gives: values, weights up to a place, weights up to a value, quantiles.
func TestPartsAreSortedAsTheWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	n := sortedByRadix + 5000
	values, weight, domain := make([]float64, n), make([]float64, n), make([]int32, n)
	for i := range values {
		values[i], weight[i] = r.NormFloat64()*math.Exp(3*r.NormFloat64()), float64(1+r.IntN(4))
		if r.IntN(3) == 0 {
			values[i] = float64(r.IntN(9) - 4)
		}
	}
	sheet := &Sheet{Sample: &Sample{Weight: weight, in: make([]bool, n)}}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	ascending(order, values)
	cum, sum := make([]float64, n), 0.0
	for i, row := range order {
		sum += weight[row]
		cum[i] = sum
	}
	for range 300 {
		q := sheet.sorted(values, domain, 0)
		at := r.IntN(n)
		if got := q.value(at); got != values[order[at]] {
			t.Fatalf("place %d: %v, want %v", at, got, values[order[at]])
		}
		if got := q.upTo(at); got != cum[at] {
			t.Fatalf("up to place %d: %v, want %v", at, got, cum[at])
		}
		p := r.Float64()
		want, _ := slices.BinarySearch(cum, p*sum)
		if got := q.at(p, MathRule); got != values[order[want]] {
			t.Fatalf("quantile %v: %v, want %v", p, got, values[order[want]])
		}
		last := at
		for last+1 < n && values[order[last+1]] == values[order[at]] {
			last++
		}
		if got := q.notAbove(values[order[at]]); got != cum[last] {
			t.Fatalf("up to %v: %v, want %v", values[order[at]], got, cum[last])
		}
	}
}
