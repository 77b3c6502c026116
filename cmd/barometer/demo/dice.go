package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"
	"math"
)

// dice are the chances of one unit: the same seed, unit and name always fall
// the same way, whatever was rolled before.
type dice struct{ state uint64 }

func newDice(seed uint64, unit string) dice {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), unit...))
	return dice{binary.BigEndian.Uint64(sum[:])}
}

// bits returns 64 random bits for a named event. The finaliser is that of
// splitmix64 (Steele, Lea and Flood 2014).
func (d dice) bits(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	x := d.state + h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// uniform returns a number in [0, 1).
func (d dice) uniform(name string) float64 {
	return float64(d.bits(name)>>11) / (1 << 53)
}

// normal returns a standard normal number.
func (d dice) normal(name string) float64 {
	u := (float64(d.bits(name)>>11) + 0.5) / (1 << 53)
	return math.Sqrt2 * math.Erfinv(2*u-1)
}

// below returns a whole number from 0 to n−1.
func (d dice) below(name string, n int) int {
	return int(d.bits(name) % uint64(n))
}

// pick returns a position with a chance proportional to its weight.
func (d dice) pick(name string, weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := d.below(name, total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	panic("weights do not add up")
}
