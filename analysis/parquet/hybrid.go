package parquet

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"sync"
)

// padding is the number of bytes that may be read behind what is decoded, so
// that eight bytes can be loaded anywhere in it. Every page has them.
const padding = 8

var errRuns = errors.New("the runs of a page end early")

// runs visits the runs of the hybrid of run lengths and packed bits: either
// count times one value, or count values packed into bytes.
func runs(b []byte, width, count int, repeated func(value uint32, n int), packed func(b []byte, n int)) error {
	size := (width + 7) / 8
	for count > 0 {
		head, used := binary.Uvarint(b)
		if used <= 0 || head>>1 == 0 || head>>1 > 1<<40 {
			return errRuns
		}
		b = b[used:]
		if head&1 == 0 {
			if len(b) < size {
				return errRuns
			}
			var value uint32
			for i, x := range b[:size] {
				value |= uint32(x) << (8 * i)
			}
			n := int(min(head>>1, uint64(count)))
			repeated(value, n)
			b, count = b[size:], count-n
			continue
		}
		groups := head >> 1
		n := int(min(groups*8, uint64(count)))
		if (n*width+7)/8 > len(b) {
			return errRuns
		}
		packed(b, n)
		b = b[min(groups*uint64(width), uint64(len(b))):]
		count -= n
	}
	return nil
}

// positions reads values of the hybrid a block at a time.
type positions struct {
	b     []byte
	width int

	repeated uint32 // the value of a run of equal ones
	equal    int    // how many of them are left
	packed   []byte // values packed into bits
	bit      int    // the next one's first
	left     int    // how many of them are left
}

// next decodes values into a slice of their number.
func (p *positions) next(into []uint32) error {
	for len(into) > 0 {
		n := min(len(into), p.equal)
		for i := range into[:n] {
			into[i] = p.repeated
		}
		p.equal -= n
		into = into[n:]
		if n = min(len(into), p.left); n > 0 {
			p.unpack(into[:n])
			into = into[n:]
		}
		if len(into) > 0 {
			if err := p.run(len(into)); err != nil {
				return err
			}
		}
	}
	return nil
}

// run begins the next run, of which at least some values are wanted: of a last run
// the bytes may end with the values that count.
func (p *positions) run(wanted int) error {
	if p.width == 0 {
		p.repeated, p.equal = 0, wanted
		return nil
	}
	head, used := binary.Uvarint(p.b)
	if used <= 0 || head>>1 == 0 || head>>1 > 1<<40 {
		return errRuns
	}
	b := p.b[used:]
	if head&1 == 0 {
		size := (p.width + 7) / 8
		if len(b) < size {
			return errRuns
		}
		p.repeated = 0
		for i, x := range b[:size] {
			p.repeated |= uint32(x) << (8 * i)
		}
		p.equal, p.b = int(min(head>>1, largestGroup)), b[size:]
		return nil
	}
	size := min(int(head>>1)*p.width, len(b))
	if p.left = min(int(head>>1)*8, size*8/p.width); p.left == 0 {
		return errRuns
	}
	p.packed, p.bit, p.b = b[:size], 0, b[size:]
	return nil
}

// unpack decodes values of a run of packed ones.
func (p *positions) unpack(into []uint32) {
	b, bit, width := p.packed[:len(p.packed)+padding], p.bit, p.width
	mask := uint64(1)<<width - 1
	for i := range into {
		into[i] = uint32(binary.LittleEndian.Uint64(b[bit>>3:]) >> (bit & 7) & mask)
		bit += width
	}
	p.bit = bit
	p.left -= len(into)
}

// bitset is a run of bits in bytes, with padding behind.
type bitset struct {
	b []byte
	n int
}

// reset empties the set and makes room for bits.
func (s *bitset) reset(n int) {
	need := (n+7)/8 + padding
	if cap(s.b) < need {
		s.b = make([]byte, need)
	}
	s.b = s.b[:need]
	clear(s.b)
	s.n = 0
}

// read decodes count bits.
func (s *bitset) read(b []byte, count int) error {
	s.reset(count)
	return runs(b, 1, count, func(value uint32, n int) { s.repeat(value&1 == 1, n) }, s.append)
}

// readPairs decodes count values of two bits of which the lower alone is in
// use: so DuckDB stores positions in a dictionary of two.
func (s *bitset) readPairs(b []byte, count int) error {
	s.reset(count)
	var high uint64
	err := runs(b, 2, count, func(value uint32, n int) {
		high |= uint64(value) &^ 1
		s.repeat(value&1 == 1, n)
	}, func(b []byte, n int) {
		var low [64 + padding]byte
		for n > 0 {
			part := min(n, 8*64)
			packed := b[:(2*part+7)/8+padding]
			for i := 0; i < (part+7)/8; i += 4 {
				x := binary.LittleEndian.Uint64(packed[2*i:])
				if left := 2 * (part - 8*i); left < 64 {
					x &= 1<<left - 1
				}
				high |= x & 0xaaaa_aaaa_aaaa_aaaa
				binary.LittleEndian.PutUint32(low[i:], lowOfPairs(x))
			}
			s.append(low[:(part+7)/8], part)
			b, n = b[min(2*part/8, len(b)):], n-part
		}
	})
	if err == nil && high != 0 {
		return errEntry
	}
	return err
}

// lowOfPairs gathers the lower bit of each pair.
func lowOfPairs(x uint64) uint32 {
	x &= 0x5555_5555_5555_5555
	x = (x | x>>1) & 0x3333_3333_3333_3333
	x = (x | x>>2) & 0x0f0f_0f0f_0f0f_0f0f
	x = (x | x>>4) & 0x00ff_00ff_00ff_00ff
	x = (x | x>>8) & 0x0000_ffff_0000_ffff
	return uint32(x | x>>16)
}

// append adds the first n bits of b, which has padding. Bits behind those added
// are clear.
func (s *bitset) append(b []byte, n int) {
	b = b[:(n+7)/8+padding]
	at, shift := s.n>>3, s.n&7
	s.n += n
	for ; n > 0; n -= 64 {
		x := binary.LittleEndian.Uint64(b)
		if n < 64 {
			x &= 1<<n - 1
		}
		to := s.b[at : at+9]
		binary.LittleEndian.PutUint64(to, uint64(to[0])|x<<shift)
		to[8] = uint8(x >> (64 - shift))
		if n > 64 {
			at, b = at+8, b[8:]
		}
	}
}

func (s *bitset) repeat(one bool, n int) {
	from, to := s.n, s.n+n
	s.n = to
	if !one {
		return
	}
	for ; from < to && from&7 != 0; from++ {
		s.b[from>>3] |= 1 << (from & 7)
	}
	for ; from+8 <= to; from += 8 {
		s.b[from>>3] = 0xff
	}
	for ; from < to; from++ {
		s.b[from>>3] |= 1 << (from & 7)
	}
}

// flip exchanges zeros and ones.
func (s *bitset) flip() {
	for i := range s.b {
		s.b[i] ^= 0xff
	}
}

// ones counts the bits that are set.
func (s *bitset) ones() int {
	n := 0
	for i := 0; i < (s.n+7)/8; i += 8 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(s.b[i:]))
	}
	return n
}

func (s *bitset) has(i int) bool { return s.b[i>>3]>>(i&7)&1 == 1 }

// count returns how many of the bits from..to are set.
func (s *bitset) count(from, to int) int {
	n := 0
	for ; from < to; from += 64 {
		n += bits.OnesCount64(s.word(from, to-from))
	}
	return n
}

// word returns up to 64 bits from one on, of at most n.
func (s *bitset) word(from, n int) uint64 {
	b := s.b[from>>3:][:9]
	shift := from & 7
	x := binary.LittleEndian.Uint64(b)>>shift | uint64(b[8])<<(64-shift)
	if n < 64 {
		x &= 1<<n - 1
	}
	return x
}

// put writes n of the bits, from one on, to a place among the bits of words, of
// which those behind the place are clear.
func (s *bitset) put(into []uint64, at, from, n int) {
	for n > 0 {
		shift := at & 63
		part := min(n, 64-shift)
		into[at>>6] |= s.word(from, part) << shift
		at, from, n = at+part, from+part, n-part
	}
}

// deposits puts the low bits of a value at the set bits of a mask.
var deposits = sync.OnceValue(func() *[256][256]uint8 {
	var t [256][256]uint8
	for mask := range 256 {
		for value := range 256 {
			from := 0
			for k := range 8 {
				if mask>>k&1 == 1 {
					t[mask][value] |= uint8(value >> from & 1 << k)
					from++
				}
			}
		}
	}
	return &t
})

// spread gives the rows that have a value the bits of the values, in order; the
// bits of the others are clear.
func (s *bitset) spread(valid, values *bitset) {
	t := deposits()
	s.reset(valid.n)
	s.n = valid.n
	bit := 0
	for i := range (valid.n + 7) / 8 {
		mask := valid.b[i]
		s.b[i] = t[mask][uint8(binary.LittleEndian.Uint16(values.b[bit>>3:])>>(bit&7))]
		bit += bits.OnesCount8(mask)
	}
}
