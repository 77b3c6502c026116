package parquet

import (
	"fmt"
	"math"

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
	left  int // rows of it not decoded
	at    int // rows of the page handed over

	// the window: codes, numbers, or bits of a tiny column, of which stripes
	// with other values are numbers
	codes   []int32
	numbers []float64
	bits    []uint8
	others  [estimate.Lanes]bool
}

// elsewhere stands among bits for a value that is among the numbers.
const elsewhere = 3

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
		if r.at == r.decoder.rows {
			if err := r.nextPage(); err != nil {
				return err
			}
		}
		// no part crosses a stripe's end
		take := min(n-at, r.decoder.rows-r.at, (at/estimate.Stripe+1)*estimate.Stripe-at)
		r.take(at, take)
		at += take
		r.at += take
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
		if r.bits == nil {
			r.bits = make([]uint8, n)
		}
	case r.numbers == nil:
		r.numbers = make([]float64, n)
	}
}

// take copies rows of the page to their place in the window.
func (r *reader) take(at, n int) {
	d, to := &r.decoder, r.at+n
	switch {
	case r.as == estimate.Category:
		copy(r.codes[at:], d.out[r.at:to])
	case d.isBits:
		copy(r.bits[at:], d.bits[r.at:to])
	case !r.column.tiny:
		copy(r.numbers[at:], d.numbers[r.at:to])
	default:
		r.takeTiny(at, d.numbers[r.at:to])
	}
}

// takeTiny takes numbers as bits, unless they are others.
func (r *reader) takeTiny(at int, numbers []float64) {
	bits := r.bits[at:][:len(numbers)]
	for i, x := range numbers {
		switch {
		case x == 0:
			bits[i] = 0
		case x == 1:
			bits[i] = 1
		case math.IsNaN(x):
			bits[i] = 2
		default:
			r.takeOthers(at, numbers)
			return
		}
	}
}

func (r *reader) takeOthers(at int, numbers []float64) {
	if r.numbers == nil {
		r.numbers = make([]float64, len(r.bits))
	}
	copy(r.numbers[at:], numbers)
	for i := range numbers {
		r.bits[at+i] = elsewhere
	}
	r.others[at/estimate.Stripe] = true
}

// stripe returns rows of the window, which are those of one stripe.
func (r *reader) stripe(lane, from, to int) estimate.Values {
	switch {
	case r.as == estimate.Category:
		return estimate.Values{Code: r.codes[from:to]}
	case !r.column.tiny:
		return estimate.Values{Number: r.numbers[from:to]}
	case !r.others[lane]:
		return estimate.Values{Bit: r.bits[from:to]}
	}
	for i, x := range r.bits[from:to] {
		switch x {
		case 0, 1:
			r.numbers[from+i] = float64(x)
		case 2:
			r.numbers[from+i] = math.NaN()
		}
	}
	return estimate.Values{Number: r.numbers[from:to]}
}

// nextPage decodes the next page of data, in the next row group where one ends.
func (r *reader) nextPage() error {
	for r.left == 0 {
		if err := r.nextGroup(); err != nil {
			return err
		}
	}
	for {
		p, err := r.pages.next()
		if err == nil {
			err = r.decode(p)
		}
		if err != nil {
			return &estimate.DataError{Column: r.column.name, Err: fmt.Errorf("row group %d: %w", r.group, err)}
		}
		if (p.kind == pageData || p.kind == pageDataV2) && p.count > 0 {
			r.at, r.left = 0, r.left-r.decoder.rows
			return nil
		}
	}
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

func (r *reader) decode(p *page) error {
	switch p.kind {
	case pageDictionary:
		return r.decoder.dictionary(p)
	case pageData, pageDataV2:
		if p.count > int64(r.left) {
			return fmt.Errorf("a page has %d values, where %d are left", p.count, r.left)
		}
		if p.count == 0 {
			return nil
		}
		return r.decoder.page(p)
	}
	return nil
}
