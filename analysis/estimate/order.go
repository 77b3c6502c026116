package estimate

import (
	"cmp"
	"math"
	"slices"
)

// sortedByRadix is the number of rows from which counting digits pays.
const sortedByRadix = 1 << 15

// ascending sorts rows by their values, equal ones in the order they have. Of
// many it is a radix sort, 16 bits at a time from the lowest, of the values' bit
// patterns made to order as numbers do.
func ascending(rows []int32, values []float64) {
	if len(rows) < sortedByRadix {
		slices.SortStableFunc(rows, func(a, b int32) int { return cmp.Compare(values[a], values[b]) })
		return
	}
	const digits, width = 4, 16
	keys := make([]uint64, len(rows))
	counts := new([digits][1 << width]int32)
	for i, row := range rows {
		keys[i] = orderedBits(values[row])
		for d := range digits {
			counts[d][uint16(keys[i]>>(d*width))]++
		}
	}
	otherRows, otherKeys := make([]int32, len(rows)), make([]uint64, len(rows))
	for d := range digits {
		at := int32(0)
		for k, n := range counts[d] {
			counts[d][k] = at
			at += n
		}
		for i, key := range keys {
			to := &counts[d][uint16(key>>(d*width))]
			otherKeys[*to], otherRows[*to] = key, rows[i]
			*to++
		}
		keys, otherKeys, rows, otherRows = otherKeys, keys, otherRows, rows
	}
}

// orderedBits are the bits of a number such that larger ones are larger, with
// one zero.
func orderedBits(x float64) uint64 {
	const sign = 1 << 63
	bits := math.Float64bits(x + 0)
	if bits&sign != 0 {
		return ^bits
	}
	return bits | sign
}
