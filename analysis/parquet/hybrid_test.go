package parquet

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// encode writes values as the hybrid does, in runs of random kinds and lengths.
func encode(r *rand.Rand, values []uint32, width int) []byte {
	var out []byte
	for at := 0; at < len(values); {
		same := 1
		for at+same < len(values) && values[at+same] == values[at] {
			same++
		}
		if r.IntN(2) == 0 {
			n := 1 + r.IntN(same)
			out = binary.AppendUvarint(out, uint64(n)<<1)
			for i := range (width + 7) / 8 {
				out = append(out, byte(values[at]>>(8*i)))
			}
			at += n
			continue
		}
		groups := min(1+r.IntN(90), (len(values)-at+7)/8)
		out = binary.AppendUvarint(out, uint64(groups)<<1|1)
		packed := make([]byte, groups*width)
		for i := range min(8*groups, len(values)-at) {
			for k := range width {
				bit := i*width + k
				packed[bit>>3] |= byte(values[at+i]>>k&1) << (bit & 7)
			}
		}
		out = append(out, packed...)
		at += min(8*groups, len(values)-at)
	}
	return out
}

func padded(b []byte) []byte { return append(b, make([]byte, padding)...)[:len(b)] }

func TestRunsOfEveryWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for width := 1; width <= 32; width++ {
		values := make([]uint32, 1+r.IntN(3000))
		for i := range values {
			values[i] = uint32(r.Uint64N(1 << width))
			if i > 0 && r.IntN(2) == 0 {
				values[i] = values[i-1]
			}
		}
		got := make([]uint32, len(values))
		blocks := positions{b: padded(encode(r, values, width)), width: width}
		for from := 0; from < len(got); {
			to := min(len(got), from+1+r.IntN(700))
			if err := blocks.next(got[from:to]); err != nil {
				t.Fatal(err)
			}
			from = to
		}
		for i := range values {
			if got[i] != values[i] {
				t.Fatalf("width %d: value %d is %d, want %d", width, i, got[i], values[i])
			}
		}
	}
}

// Bits are read wherever runs begin and end, from one-bit values and from pairs,
// and put to the rows that have one.
func TestBitsFindTheirRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, width := range []int{1, 2} {
		for rows := 1; rows < 1600; rows += 37 {
			levels := make([]uint32, rows)
			var values []uint32
			for i := range levels {
				if levels[i] = min(1, r.Uint32N(5)); levels[i] == 1 {
					values = append(values, r.Uint32N(2))
				}
			}
			var valid, dense bitset
			if err := valid.read(padded(encode(r, levels, 1)), rows); err != nil {
				t.Fatal(err)
			}
			read := dense.read
			if width == 2 {
				read = dense.readPairs
			}
			if err := read(padded(encode(r, values, width)), len(values)); err != nil {
				t.Fatal(err)
			}
			if valid.ones() != len(values) {
				t.Fatalf("%d rows: %d values, want %d", rows, valid.ones(), len(values))
			}
			var ones bitset
			ones.spread(&valid, &dense)
			const at = 77 // among the bits of a window
			known, one := make([]uint64, (at+rows+63)/64), make([]uint64, (at+rows+63)/64)
			valid.put(known, at, 0, rows)
			ones.put(one, at, 0, rows)
			next := 0
			for i, level := range levels {
				value := uint32(0)
				if level == 1 {
					value = values[next]
					next++
				}
				word, bit := (at+i)/64, (at+i)%64
				if known[word]>>bit&1 != uint64(level) || one[word]>>bit&1 != uint64(value) {
					t.Fatalf("width %d, %d rows: row %d is not %d, %d", width, rows, i+1, level, value)
				}
			}
		}
	}
}

// A page that refers to a third entry of a dictionary of two is refused.
func TestPairsWithAThirdEntryAreRefused(t *testing.T) {
	var s bitset
	b := encode(rand.New(rand.NewPCG(1, 1)), []uint32{0, 1, 2, 1, 0, 1, 1, 0, 1}, 2)
	if err := s.readPairs(padded(b), 9); err != errEntry {
		t.Errorf("got %v", err)
	}
}
