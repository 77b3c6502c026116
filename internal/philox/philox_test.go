package philox

import (
	"math"
	"testing"
)

// TestBlock repeats the known answers published with the generator
// (Random123, kat_vectors).
func TestBlock(t *testing.T) {
	for _, c := range []struct {
		counter Counter
		key     Key
		want    [4]uint32
	}{
		{Counter{}, Key{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{Counter{^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0)}, Key{^uint32(0), ^uint32(0)},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{Counter{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, Key{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := Block(c.counter, c.key); got != c.want {
			t.Errorf("Block(%x, %x) = %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

// TestNumbersAreSpreadEvenly: neighbouring places give numbers that fill their
// range; chi-square on 7 cells and on 16 sixteenths, 99.9 % points of 6 and 15
// degrees of freedom.
func TestNumbersAreSpreadEvenly(t *testing.T) {
	const draws = 56000
	var below, four [7]int
	var unit [16]int
	key := Seeded(42)
	for i := range uint32(draws) {
		below[Below(Counter{i, 1}, key, len(below))]++
		if i%4 == 0 {
			a, b, c, d := BelowFour(i, 3, 0, key, uint32(len(four)))
			four[a]++
			four[b]++
			four[c]++
			four[d]++
		}
		u := Unit(Counter{i, 2}, key)
		if u < 0 || u >= 1 {
			t.Fatalf("place %d: %v is outside [0, 1)", i, u)
		}
		unit[int(u*16)]++
	}
	if x := chiSquare(below[:], draws); x > 22.5 {
		t.Errorf("Below: chi-square %.1f, counts %v", x, below)
	}
	if x := chiSquare(four[:], draws); x > 22.5 {
		t.Errorf("BelowFour: chi-square %.1f, counts %v", x, four)
	}
	if x := chiSquare(unit[:], draws); x > 37.7 {
		t.Errorf("Unit: chi-square %.1f, counts %v", x, unit)
	}
}

func chiSquare(counts []int, draws int) float64 {
	expected := float64(draws) / float64(len(counts))
	var x float64
	for _, n := range counts {
		x += math.Pow(float64(n)-expected, 2) / expected
	}
	return x
}
