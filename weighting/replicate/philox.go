package replicate

import "math/bits"

// philox is the counter-based generator Philox4x32-10 (Salmon, Moraes, Dror
// and Shaw 2011): four random words as a function of a counter and a key.
func philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	const (
		multiply0, multiply1 = 0xD2511F53, 0xCD9E8D57
		weyl0, weyl1         = 0x9E3779B9, 0xBB67AE85
	)
	for range 10 {
		high0, low0 := bits.Mul32(multiply0, counter[0])
		high1, low1 := bits.Mul32(multiply1, counter[2])
		counter = [4]uint32{high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0}
		key[0] += weyl0
		key[1] += weyl1
	}
	return counter
}

// uniform returns a number from 0 to n−1 that depends on the seed and the
// three places alone. Taking the high word of a 64-bit product favours no
// number by more than n/2⁶⁴.
func uniform(seed uint64, a, b, c uint32, n int) int {
	x := philox([4]uint32{a, b, c, 0}, [2]uint32{uint32(seed), uint32(seed >> 32)})
	high, _ := bits.Mul64(uint64(x[0])<<32|uint64(x[1]), uint64(n))
	return int(high)
}
