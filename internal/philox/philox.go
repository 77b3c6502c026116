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
	a, b, c, d := words(counter[0], counter[1], counter[2], counter[3], key[0], key[1])
	return [4]uint32{a, b, c, d}
}

// words is [Block] in variables of their own, since the compiler keeps those in
// registers and arrays in memory.
func words(c0, c1, c2, c3, k0, k1 uint32) (a, b, c, d uint32) {
	const (
		multiply0, multiply1 = 0xD2511F53, 0xCD9E8D57
		weyl0, weyl1         = 0x9E3779B9, 0xBB67AE85
	)
	for range 10 {
		high0, low0 := bits.Mul32(multiply0, c0)
		high1, low1 := bits.Mul32(multiply1, c2)
		c0, c1, c2, c3 = high1^c1^k0, low1, high0^c3^k1, low0
		k0 += weyl0
		k1 += weyl1
	}
	return c0, c1, c2, c3
}

// Below returns a number from 0 to n−1. Taking the high word of a 64-bit
// product favours no number by more than n/2⁶⁴.
func Below(counter Counter, key Key, n int) int {
	high, _ := bits.Mul64(word(counter, key), uint64(n))
	return int(high)
}

// FourBelow is the largest n of [BelowFour].
const FourBelow = 1 << 16

// BelowFour returns four numbers from 0 to n−1 for the price of one, from a
// word each: no number is favoured by more than n/2³², at most 1 in 65,536.
func BelowFour(c0, c1, c2 uint32, key Key, n uint32) (a, b, c, d uint32) {
	a, b, c, d = words(c0, c1, c2, 0, key[0], key[1])
	a, _ = bits.Mul32(a, n)
	b, _ = bits.Mul32(b, n)
	c, _ = bits.Mul32(c, n)
	d, _ = bits.Mul32(d, n)
	return a, b, c, d
}

// Unit returns a number in [0, 1), one of 2⁵³ evenly spaced.
func Unit(counter Counter, key Key) float64 {
	return float64(word(counter, key)>>11) / (1 << 53)
}

func word(counter Counter, key Key) uint64 {
	x := Block(counter, key)
	return uint64(x[0])<<32 | uint64(x[1])
}
