package parquet

import (
	"fmt"
	"slices"

	"barometer/analysis/estimate"
)

// reader decodes one column from its first row to its last, a window at a time.
type reader struct {
	file    *File
	as      estimate.Kind
	column  *column
	decoder decoder
	pages   pages

	group int // row group, begun where left > 0
	left  int // rows of it behind the page

	// the window: codes, numbers, or bits of a tiny column, of which stripes
	// with other values are numbers
	codes   []int32
	numbers []float64
	bits    estimate.Bits
	others  [estimate.Lanes]bool
	scratch []float64
}

func (f *File) reader(asked estimate.Column, c *column, l *levels) *reader {
	r := &reader{file: f, as: asked.As, column: c, decoder: decoder{column: c, levels: l}}
	if asked.As == estimate.Category {
		r.decoder.as = asCodes
	}
	return r
}

// fill decodes the next n rows into the window.
func (r *reader) fill(n int) error {
	r.makeRoom(n)
	for at := 0; at < n; {
		if r.decoder.taken == r.decoder.rows {
			if err := r.nextPage(); err != nil {
				return err
			}
		}
		// no part crosses a stripe's end
		part := min(n-at, r.decoder.rows-r.decoder.taken, (at/estimate.Stripe+1)*estimate.Stripe-at)
		if err := r.take(at, part); err != nil {
			return r.at(err)
		}
		at += part
	}
	return nil
}

func (r *reader) makeRoom(n int) {
	r.others = [estimate.Lanes]bool{}
	switch {
	case r.as == estimate.Category:
		if r.codes == nil {
			r.codes = make([]int32, n)
		}
	case r.column.tiny:
		if r.bits.Known == nil {
			words := estimate.Words(n)
			r.bits = estimate.Bits{Known: make([]uint64, words), One: make([]uint64, words)}
		}
		clear(r.bits.Known)
		clear(r.bits.One)
	case r.numbers == nil:
		r.numbers = make([]float64, n)
	}
}

// take decodes rows of the page to their place in the window.
func (r *reader) take(at, n int) error {
	d := &r.decoder
	switch {
	case r.as == estimate.Category:
		return d.takeCodes(r.codes[at : at+n])
	case !r.column.tiny:
		return d.takeNumbers(r.numbers[at : at+n])
	case d.kind != ofBits:
		r.scratch = slices.Grow(r.scratch[:0], n)[:n]
		err := d.takeNumbers(r.scratch)
		r.takeTiny(at, r.scratch)
		return err
	}
	d.takeBits(r.bits, at, n)
	if r.others[at/estimate.Stripe] {
		r.spell(at, at+n)
	}
	return nil
}

// takeTiny takes numbers as bits, unless they are others.
func (r *reader) takeTiny(at int, numbers []float64) {
	lane := at / estimate.Stripe
	for i, x := range numbers {
		word, bit := (at+i)>>6, uint64(1)<<((at+i)&63)
		switch {
		case x == 0:
			r.bits.Known[word] |= bit
		case x == 1:
			r.bits.Known[word] |= bit
			r.bits.One[word] |= bit
		case x != x:
		default:
			r.startOthers(lane, at)
		}
	}
	if r.others[lane] {
		copy(r.numbers[at:], numbers)
	}
}

// startOthers makes numbers of those rows of a stripe that are bits.
func (r *reader) startOthers(lane, until int) {
	if r.others[lane] {
		return
	}
	r.others[lane] = true
	if r.numbers == nil {
		r.numbers = make([]float64, 64*len(r.bits.Known))
	}
	r.spell(lane*estimate.Stripe, until)
}

// spell makes numbers of bits.
func (r *reader) spell(from, to int) {
	v := estimate.Values{Bits: r.bits}
	for row := from; row < to; row++ {
		r.numbers[row] = v.At(row)
	}
}

// stripe returns rows of the window, which are those of one stripe.
func (r *reader) stripe(lane, from, to int) estimate.Values {
	switch {
	case r.as == estimate.Category:
		return estimate.Values{Code: r.codes[from:to]}
	case !r.column.tiny || r.others[lane]:
		return estimate.Values{Number: r.numbers[from:to]}
	}
	first, last := from/64, estimate.Words(to)
	return estimate.Values{Bits: estimate.Bits{Known: r.bits.Known[first:last], One: r.bits.One[first:last]}}
}

// nextPage begins the next page of data, in the next row group where one ends.
func (r *reader) nextPage() error {
	for r.left == 0 {
		if err := r.nextGroup(); err != nil {
			return err
		}
	}
	for {
		h, err := r.pages.next()
		if err == nil {
			err = r.decode(h)
		}
		if err != nil {
			return r.at(err)
		}
		if h.data() && h.count > 0 {
			r.left -= r.decoder.rows
			return nil
		}
	}
}

// at says where an error is.
func (r *reader) at(err error) error {
	return &estimate.DataError{Column: r.column.name, Err: fmt.Errorf("row group %d: %w", r.group, err)}
}

// nextGroup begins a row group.
func (r *reader) nextGroup() error {
	groups := r.file.footer.groups
	if r.group >= len(groups) {
		return &estimate.DataError{Column: r.column.name, Err: fmt.Errorf("there are fewer rows than the footer says")}
	}
	g := &groups[r.group]
	r.group++
	if r.left = int(g.rows); r.left > 0 {
		r.pages.start(r.file.r, &g.chunks[r.column.index])
		r.decoder.reset()
	}
	return nil
}

// decode begins a page, unless it is of a kind to be left out.
func (r *reader) decode(h *pageHeader) error {
	switch {
	case h.data() && h.count > int64(r.left):
		return fmt.Errorf("a page has %d values, where %d are left", h.count, r.left)
	case h.data() && r.decoder.needless(h):
		r.decoder.rows = int(h.count)
		return nil
	case h.data() && h.count == 0 || !h.data() && h.kind != pageDictionary:
		return nil
	}
	p, err := r.pages.unpack(h)
	switch {
	case err != nil:
		return err
	case h.data():
		return r.decoder.page(p)
	}
	return r.decoder.dictionary(p)
}
