package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// decoder turns the pages of one column into values, one a row. A page is
// either numbers, or bits (0, 1, 2 for missing), or entries of the dictionary.
type decoder struct {
	column *column
	as     form
	levels *levels // of asCodes

	// of the dictionary
	have    bool
	entries []float64
	texts   []string
	codes   []int32 // its levels' numbers
	size    int
	twoBits bool // it is of 0 and 1
	flipped bool // 1 stands first

	// scratch
	valid, dense bitset
	position     []uint32
	plain        []float64
	plainText    []string

	rows    int // of the page decoded
	numbers []float64
	out     []int32 // codes
	bits    []uint8 // in use if isBits
	isBits  bool
}

// form is what is made of a column.
type form int

const (
	asNumbers form = iota
	asCodes        // positions in the column's levels
	asLevels       // nothing; the levels are gathered
)

func (d *decoder) reset() { d.have, d.twoBits = false, false }

// dictionary takes the dictionary page.
func (d *decoder) dictionary(p *page) error {
	if d.have || p.encoding != encodingPlain && p.encoding != encodingPlainDictionary {
		return errors.New("a dictionary of another kind than is read")
	}
	n := int(p.count)
	var err error
	if d.column.text() {
		d.texts, err = plainTexts(p.values, n, d.texts[:0])
	} else {
		d.entries, err = d.plainNumbers(p.values, n, d.entries[:0])
	}
	if err != nil {
		return err
	}
	d.have, d.size = true, n
	d.twoBits = d.column.tiny && d.as == asNumbers && bitEntries(d.entries)
	d.flipped = d.twoBits && d.entries[0] == 1
	if d.as == asCodes {
		d.codeEntries(n)
	}
	return nil
}

// bitEntries reports whether a dictionary can be read as bits.
func bitEntries(entries []float64) bool {
	switch len(entries) {
	case 1:
		return entries[0] == 0 || entries[0] == 1
	case 2:
		return entries[0] == 0 && entries[1] == 1 || entries[0] == 1 && entries[1] == 0
	}
	return false
}

// codeEntries looks the entries of the dictionary up. One that no row has is in
// no level; what stands for it is never used.
func (d *decoder) codeEntries(n int) {
	d.codes = d.codes[:0]
	for i := range n {
		if d.column.text() {
			d.codes = append(d.codes, d.levels.ofText(d.texts[i]))
		} else {
			d.codes = append(d.codes, d.levels.ofNumber(d.entries[i]))
		}
	}
}

// page decodes a data page.
func (d *decoder) page(p *page) error {
	d.rows = int(p.count)
	values, present := p.values, d.rows
	d.isBits = false
	if d.column.nullable {
		levels, rest, err := p.split()
		if err != nil {
			return err
		}
		if err := d.valid.read(levels, d.rows); err != nil {
			return err
		}
		values, present = rest, d.valid.ones()
	}
	switch {
	case p.encoding == encodingPlainDictionary || p.encoding == encodingRLEDictionary:
		return d.coded(values, present)
	case p.encoding == encodingPlain && d.column.physical == physicalBoolean:
		if len(values) < (present+7)/8 {
			return errRuns
		}
		d.dense.reset(present)
		d.dense.append(values, present)
		return d.truths()
	case p.encoding == encodingRLE && d.column.physical == physicalBoolean:
		packed, _, err := prefixed(values)
		if err != nil {
			return err
		}
		if err := d.dense.read(packed, present); err != nil {
			return err
		}
		return d.truths()
	case p.encoding == encodingPlain && d.column.text():
		return d.plainTextPage(values, present)
	case p.encoding == encodingPlain:
		var err error
		if d.plain, err = d.plainNumbers(values, present, d.plain[:0]); err != nil {
			return err
		}
		return d.spread(present, func(i int) float64 { return d.plain[i] })
	}
	return fmt.Errorf("encoding %d is not that of the footer", p.encoding)
}

// coded decodes positions in the dictionary.
func (d *decoder) coded(b []byte, present int) error {
	if present == 0 {
		return d.spread(0, nil)
	}
	if !d.have || len(b) == 0 || b[0] > 32 {
		return errors.New("a page refers to a dictionary that is not there")
	}
	width, b := int(b[0]), b[1:]
	if d.twoBits && (width == 1 || width == 2) {
		return d.codedBits(b, width, present)
	}
	if cap(d.position) < present {
		d.position = make([]uint32, present)
	}
	d.position = d.position[:present]
	if width == 0 {
		clear(d.position)
	} else if err := indices(b, width, d.position); err != nil {
		return err
	}
	highest := uint32(0)
	for _, x := range d.position {
		highest = max(highest, x)
	}
	if int(highest) >= d.size {
		return errEntry
	}
	switch d.as {
	case asLevels:
		d.levels.use(d, d.position)
		return nil
	case asCodes:
		return d.spreadCodes(present, func(i int) int32 { return d.codes[d.position[i]] })
	}
	return d.spread(present, func(i int) float64 { return d.entries[d.position[i]] })
}

var errEntry = errors.New("a page refers to an entry its dictionary does not have")

// codedBits decodes positions in a dictionary of 0 and 1.
func (d *decoder) codedBits(b []byte, width, present int) error {
	read := d.dense.read
	if width == 2 {
		read = d.dense.readPairs
	}
	if err := read(b, present); err != nil {
		return err
	}
	if d.size == 1 && d.dense.ones() > 0 {
		return errEntry
	}
	if d.flipped {
		for i := range d.dense.b {
			d.dense.b[i] ^= 0xff
		}
	}
	d.spellBits()
	return nil
}

// spellBits makes bits of the dense ones.
func (d *decoder) spellBits() {
	if cap(d.bits) < d.rows+8 {
		d.bits = make([]uint8, d.rows+8)
	}
	d.bits, d.isBits = d.bits[:d.rows], true
	if !d.column.nullable {
		d.valid.reset(d.rows)
		d.valid.repeat(true, d.rows)
	}
	spell(d.bits, &d.valid, &d.dense)
}

// truths makes numbers, codes or levels of a page of truths.
func (d *decoder) truths() error {
	number := func(i int) float64 {
		if d.dense.has(i) {
			return 1
		}
		return 0
	}
	switch d.as {
	case asNumbers:
		d.spellBits()
		return nil
	case asLevels:
		ones := d.dense.ones()
		if ones > 0 {
			d.levels.addNumber(1)
		}
		if ones < d.dense.n {
			d.levels.addNumber(0)
		}
		return nil
	}
	return d.spreadCodes(d.dense.n, func(i int) int32 { return d.levels.ofNumber(number(i)) })
}

// plainNumbers decodes numbers as they are.
func (d *decoder) plainNumbers(b []byte, n int, into []float64) ([]float64, error) {
	size := 4
	if d.column.physical == physicalInt64 || d.column.physical == physicalDouble {
		size = 8
	}
	if n > len(b)/size {
		return nil, errRuns
	}
	if cap(into) < n {
		into = make([]float64, 0, n)
	}
	into = into[:n]
	switch {
	case d.column.physical == physicalDouble:
		for i := range into {
			into[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}
	case d.column.physical == physicalInt64 && d.column.unsigned:
		for i := range into {
			into[i] = float64(binary.LittleEndian.Uint64(b[8*i:]))
		}
	case d.column.physical == physicalInt64:
		for i := range into {
			into[i] = float64(int64(binary.LittleEndian.Uint64(b[8*i:])))
		}
	case d.column.physical == physicalFloat:
		for i := range into {
			into[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}
	case d.column.physical == physicalInt32 && d.column.unsigned:
		for i := range into {
			into[i] = float64(binary.LittleEndian.Uint32(b[4*i:]))
		}
	case d.column.physical == physicalInt32:
		for i := range into {
			into[i] = float64(int32(binary.LittleEndian.Uint32(b[4*i:])))
		}
	default:
		return nil, errors.New("truths with a dictionary")
	}
	return into, nil
}

// plainTexts decodes texts, each behind its length.
func plainTexts(b []byte, n int, into []string) ([]string, error) {
	for range n {
		text, rest, err := prefixed(b)
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(text) {
			return nil, errors.New("a text is no UTF-8")
		}
		into, b = append(into, string(text)), rest
	}
	return into, nil
}

func (d *decoder) plainTextPage(b []byte, present int) error {
	var err error
	if d.plainText, err = plainTexts(b, present, d.plainText[:0]); err != nil {
		return err
	}
	if d.as == asLevels {
		for _, s := range d.plainText {
			d.levels.addText(s)
		}
		return nil
	}
	return d.spreadCodes(present, func(i int) int32 { return d.levels.ofText(d.plainText[i]) })
}

// spread gives every row its number, NaN where it is missing. In other forms
// the numbers become codes or levels.
func (d *decoder) spread(present int, number func(i int) float64) error {
	switch d.as {
	case asCodes:
		return d.spreadCodes(present, func(i int) int32 { return d.levels.ofNumber(number(i)) })
	case asLevels:
		for i := range present {
			d.levels.addNumber(number(i))
		}
		return nil
	}
	if cap(d.numbers) < d.rows {
		d.numbers = make([]float64, d.rows)
	}
	d.numbers = d.numbers[:d.rows]
	place(d, d.numbers, present, math.NaN(), number)
	return nil
}

func (d *decoder) spreadCodes(present int, code func(i int) int32) error {
	if cap(d.out) < d.rows {
		d.out = make([]int32, d.rows)
	}
	d.out = d.out[:d.rows]
	place(d, d.out, present, -1, code)
	return nil
}

// place puts values to the rows that have one.
func place[T any](d *decoder, into []T, present int, missing T, value func(i int) T) {
	if present == len(into) {
		for i := range into {
			into[i] = value(i)
		}
		return
	}
	from := 0
	for row := range into {
		if !d.valid.has(row) {
			into[row] = missing
			continue
		}
		into[row] = value(from)
		from++
	}
}
