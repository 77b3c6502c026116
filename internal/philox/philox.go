// Package philox makes random numbers from a place instead of from a stream.
//
// A counter and a key come in, a random number goes out, and nothing is
// remembered between two calls. So what is drawn for one unit of one replicate
// does not depend on how many others are drawn, in which order, or by how many
// threads. It serves the replicates of weighting and the imputations of
// analysis; it is not for secrets.
package philox

import "math/bits"

// Counter is the place a number belongs to, Key the series.
type (
	Counter [4]uint32
	Key     [2]uint32
)

// Seeded returns the key of a seed.
func Seeded(seed uint64) Key { return Key{uint32(seed), uint32(seed >> 32)} }

// Block returns four random words: the counter-based generator Philox4x32-10
// (Salmon, Moraes, Dror and Shaw 2011).
func Block(counter Counter, key Key) [4]uint32 {
	const (
		multiply0, multiply1 = 0xD2511F53, 0xCD9E8D57
		weyl0, weyl1         = 0x9E3779B9, 0xBB67AE85
	)
	// The words are variables of their own, since the compiler keeps those in
	// registers and arrays in memory.
	c0, c1, c2, c3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range 10 {
		high0, low0 := bits.Mul32(multiply0, c0)
		high1, low1 := bits.Mul32(multiply1, c2)
		c0, c1, c2, c3 = high1^c1^k0, low1, high0^c3^k1, low0
		k0 += weyl0
		k1 += weyl1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// Below returns a number from 0 to n−1. Taking the high word of a 64-bit
// product favours no number by more than n/2⁶⁴.
func Below(counter Counter, key Key, n int) int {
	high, _ := bits.Mul64(word(counter, key), uint64(n))
	return int(high)
}

// BelowTwice returns two numbers from 0 to n−1 for the price of one.
func BelowTwice(counter Counter, key Key, n int) (int, int) {
	x := Block(counter, key)
	a, _ := bits.Mul64(uint64(x[0])<<32|uint64(x[1]), uint64(n))
	b, _ := bits.Mul64(uint64(x[2])<<32|uint64(x[3]), uint64(n))
	return int(a), int(b)
}

// Unit returns a number in [0, 1), one of 2⁵³ evenly spaced.
func Unit(counter Counter, key Key) float64 {
	return float64(word(counter, key)>>11) / (1 << 53)
}

func word(counter Counter, key Key) uint64 {
	x := Block(counter, key)
	return uint64(x[0])<<32 | uint64(x[1])
}
