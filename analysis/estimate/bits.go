package estimate

import "slices"

// 0/1 items are summed up to 32 at a time. The values of a row make a word, two
// bits an item: the columns come as bits, 64 rows to a word, so that this is the
// transposition of a square of bits. Of every four rows of a cell the words are turned into a byte an
// item, which says which of the four are ones and which zeros; the sums of the
// weights of any of the four stand in a table that all items share. So an item
// costs two look-ups every four rows, whatever is missing, and the sums of a
// cell, which lie side by side, are fetched once a run of its rows.

const (
	packItems  = 32  // items of a pack
	packRows   = 128 // rows of a cell whose tables are made at a time
	packGroups = packRows / 4
)

// bitSums are the sums of a 0/1 item in a cell, of its zeros and of its ones,
// about a weight that all items of the cell share.
type bitSums struct {
	n         [2]uint32
	p, square [2]float64 // Σ(w−weight), Σ(w−weight)²
}

// pack is some 0/1 items of a lane.
type pack struct {
	width   int         // items it may have to hold
	columns []Bits      // of the chunk, without any where an item has other values
	inUse   bool        // has the chunk any?
	sums    [][]bitSums // by partition: of each cell, item by item
	scratch []Bits      // columns of our own
}

// packer holds what summing the packs of a chunk takes.
type packer struct {
	words   []uint64 // of the chunk's rows
	ordered []uint64 // in the order of an arrangement

	// of up to packRows rows of a cell, by four rows
	tables [packGroups][16]weightSum // of the rows whose bits are set
	bytes  [4][packGroups]uint64     // of item k: word k%4, byte k/4
}

// weightSum is Σ(w−weight) and Σ(w−weight)² of some of four rows.
type weightSum struct{ p, square float64 }

// newPacks makes packs for that many items.
func newPacks(items, parts int) []pack {
	var packs []pack
	for ; items > 0; items -= packItems {
		n := min(items, packItems)
		packs = append(packs, pack{width: n, columns: make([]Bits, n), scratch: make([]Bits, n), sums: make([][]bitSums, parts)})
	}
	return packs
}

// room returns a column of our own to be filled.
func (k *pack) room(slot, rows int) Bits {
	own, n := &k.scratch[slot], Words(rows)
	own.Known, own.One = slices.Grow(own.Known[:0], n)[:n], slices.Grow(own.One[:0], n)[:n]
	return *own
}

// note takes an item's values of the chunk.
func (k *pack) note(slot int, bits Bits) { k.columns[slot], k.inUse = bits, true }

// every second bit, every second two and every second four
const (
	secondBits  = 0x5555_5555_5555_5555
	secondPairs = 0x3333_3333_3333_3333
	secondFours = 0x0f0f_0f0f_0f0f_0f0f
)

// fill makes the words of a pack's rows: of an item a lower bit that is set for a
// one and an upper that is set for a zero.
func (r *packer) fill(k *pack, rows int) {
	n := Words(rows)
	r.words = slices.Grow(r.words[:0], 64*n)[:64*n]
	for at := range n {
		x := (*[64]uint64)(r.words[64*at:])
		clear(x[2*len(k.columns):])
		for i, c := range k.columns {
			if c.Known == nil {
				x[2*i], x[2*i+1] = 0, 0
				continue
			}
			x[2*i], x[2*i+1] = c.One[at], c.Known[at]&^c.One[at]
		}
		transpose(x)
	}
}

// transpose exchanges the rows and columns of 64 × 64 bits (Warren, Hacker's
// Delight, 2nd ed., 7-3): halves, then quarters and so on.
func transpose(x *[64]uint64) {
	mask := uint64(0x0000_0000_ffff_ffff)
	for half := 32; half > 0; half >>= 1 {
		for from := 0; from < 64; from += 2 * half {
			upper, lower := x[from:from+half], x[from+half:from+2*half]
			for i, a := range upper {
				b := lower[i]
				change := (a>>(half&63) ^ b) & mask
				lower[i] = b ^ change
				upper[i] = a ^ change<<(half&63)
			}
		}
		mask ^= mask << (half / 2 & 63)
	}
}

// add sums a pack's items by cell.
func (r *packer) add(k *pack, sums []bitSums, a *arrangement) {
	r.order(a)
	from := 0
	for _, run := range a.runs {
		cell := sums[run.cell*k.width:][:k.width]
		for from < run.end {
			end := min(from+packRows, run.end)
			groups := r.prepare(a, from, end)
			for i := range cell {
				cell[i].add(r.tables[:groups], r.bytes[i%4][:groups], i/4*8)
			}
			from = end
		}
	}
}

// order puts the words in the order of the cells: in a loop of its own the
// processor fetches many at a time.
func (r *packer) order(a *arrangement) {
	r.ordered = slices.Grow(r.ordered[:0], len(a.order)+3)[:len(a.order)+3]
	for i, row := range a.order {
		r.ordered[i] = r.words[row]
	}
}

// prepare makes the tables and bytes of rows of one cell and returns the number
// of groups of four. Of the last it may take rows of the next cell along, as
// neither ones nor zeros.
func (r *packer) prepare(a *arrangement, from, end int) int {
	g := 0
	for ; from < end; from += 4 {
		w := *(*[4]uint64)(r.ordered[from:])
		for i := end - from; i < 4; i++ {
			w[i] = 0
		}
		fillTable(&r.tables[g], (*[4]float64)(a.p[from:]), (*[4]float64)(a.square[from:]))
		r.turn(g, w[0], w[1], w[2], w[3])
		g++
	}
	return g
}

// fillTable adds up every choice of four rows. Written out, since each sum is used
// while it is at hand.
func fillTable(t *[16]weightSum, p, square *[4]float64) {
	half := [4]weightSum{{}, {p[0], square[0]}, {p[1], square[1]}, {p[0] + p[1], square[0] + square[1]}}
	for i, s := range half {
		third := weightSum{s.p + p[2], s.square + square[2]}
		t[i], t[4+i] = s, third
		t[8+i] = weightSum{s.p + p[3], s.square + square[3]}
		t[12+i] = weightSum{third.p + p[3], third.square + square[3]}
	}
}

// turn gives each item its byte of four rows: ones in the lower half.
func (r *packer) turn(g int, a, b, c, d uint64) {
	ones, zeros := a&secondBits|b&secondBits<<1, a>>1&secondBits|b&^secondBits
	ones2, zeros2 := c&secondBits|d&secondBits<<1, c>>1&secondBits|d&^secondBits
	even, evenZeros := ones&secondPairs|ones2&secondPairs<<2, zeros&secondPairs|zeros2&secondPairs<<2
	odd, oddZeros := ones>>2&secondPairs|ones2&^secondPairs, zeros>>2&secondPairs|zeros2&^secondPairs
	r.bytes[0][g] = even&secondFours | evenZeros&secondFours<<4
	r.bytes[1][g] = odd&secondFours | oddZeros&secondFours<<4
	r.bytes[2][g] = even>>4&secondFours | evenZeros&^secondFours
	r.bytes[3][g] = odd>>4&secondFours | oddZeros&^secondFours
}

// add is the loop in which the time of 0/1 items goes.
func (s *bitSums) add(tables [][16]weightSum, bytes []uint64, shift int) {
	var counts uint64
	var p0, p1, square0, square1 float64
	bytes = bytes[:len(tables)]
	for g := range tables {
		t, b := &tables[g], uint8(bytes[g]>>(shift&63))
		counts += countOf[b]
		one, zero := &t[b&15], &t[b>>4]
		p1 += one.p
		square1 += one.square
		p0 += zero.p
		square0 += zero.square
	}
	s.n[0] += uint32(counts)
	s.n[1] += uint32(counts >> 32)
	s.p[0] += p0
	s.p[1] += p1
	s.square[0] += square0
	s.square[1] += square1
}

// countOf counts the bits of the upper half of a byte in the lower half of a
// word, those of the lower half in the upper.
var countOf = func() (counts [256]uint64) {
	for b := range counts {
		for i := range 4 {
			counts[b] += uint64(b>>i&1)<<32 + uint64(b>>(4+i)&1)
		}
	}
	return counts
}()

// merge adds sums about a weight that is that much more.
func (s *bitSums) merge(o *bitSums, apart float64) {
	for i := range s.n {
		n := float64(o.n[i])
		s.square[i] += o.square[i] + float64(2*apart*o.p[i]) + float64(n*apart*apart)
		s.p[i] += o.p[i] + float64(n*apart)
		s.n[i] += o.n[i]
	}
}

// moment is that of rows with the values 0 and 1: what merging those of the zeros
// and of the ones gives, written out.
func (s *bitSums) moment(weight float64) moment {
	zeros, ones := s.constant(0, weight), s.constant(1, weight)
	switch {
	case ones.n == 0:
		return zeros
	case zeros.n == 0:
		return ones
	}
	p, q := float64(zeros.n), float64(ones.n)
	scale := p * q / (p + q)
	da := ones.w / q // those of the zeros are 0
	dw := da - zeros.w/p
	zeros.ww += ones.ww + float64(scale*dw*dw)
	zeros.wa = ones.ww + float64(scale*dw*da)
	zeros.aa = ones.ww + float64(scale*da*da)
	zeros.yy, zeros.a, zeros.w = ones.w, ones.w, zeros.w+ones.w
	zeros.n, zeros.positive = zeros.n+ones.n, ones.n
	return zeros
}

// constant is the moment of rows in which the item has the one value.
func (s *bitSums) constant(value int, weight float64) moment {
	if s.n[value] == 0 {
		return moment{}
	}
	n, p := float64(s.n[value]), s.p[value]
	return moment{n: int(s.n[value]), positive: value * int(s.n[value]), centreA: float64(value), centreB: 1,
		w: p + float64(n*weight), ww: max(0, s.square[value]-p*p/n)}
}
