package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"barometer/analysis/estimate"
)

// decoder turns the pages of one column into values, one a row: numbers, codes,
// or bits. Of a page it decodes a block of rows at a time, into the place where
// they are wanted, so that what lies between stays in the processor's first cache.
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
	twoBits bool   // it is of 0 and 1
	flipped bool   // 1 stands first
	used    []bool // asLevels: entries gathered
	unused  int    // how many are not

	// the page
	rows      int
	taken     int // rows handed over
	kind      content
	valid     bitset // rows that have a value, of a nullable column
	ones      bitset // rows that have a 1, of a page of bits
	positions positions
	plain     []byte // numbers not decoded
	plainText []string

	// scratch
	dense  bitset
	block  [blockRows]uint32
	number [blockRows]float64
}

// blockRows is the number of rows decoded at a time.
const blockRows = 1024

// form is what is made of a column.
type form int

const (
	asNumbers form = iota
	asCodes        // positions in the column's levels
	asLevels       // nothing; the levels are gathered
)

// content is what a page holds.
type content int

const (
	ofNothing   content = iota // all values are missing
	ofPositions                // in the dictionary
	ofNumbers
	ofTexts
	ofBits
	ofTruths // bits to be made codes
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
		d.entries, err = d.plainEntries(p.values, n)
	}
	if err != nil {
		return err
	}
	d.have, d.size = true, n
	d.twoBits = d.column.tiny && d.as == asNumbers && bitEntries(d.entries)
	d.flipped = d.twoBits && d.entries[0] == 1
	switch d.as {
	case asCodes:
		d.codeEntries(n)
	case asLevels:
		d.used, d.unused = make([]bool, n), n
	}
	return nil
}

func (d *decoder) plainEntries(b []byte, n int) ([]float64, error) {
	if n > len(b)/d.width() {
		return nil, errRuns
	}
	into := make([]float64, n)
	return into, d.decodeNumbers(b, into)
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

// page begins a data page.
func (d *decoder) page(p *page) error {
	d.rows, d.taken, d.kind = int(p.count), 0, ofNothing
	values, present := p.values, d.rows
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
	if present == 0 {
		return nil
	}
	switch {
	case p.dictionaryCoded():
		return d.coded(values, present)
	case p.encoding == encodingPlain && d.column.physical == physicalBoolean:
		if len(values) < (present+7)/8 {
			return errRuns
		}
		d.dense.reset(present)
		d.dense.append(values, present)
		return d.truths(present)
	case p.encoding == encodingRLE && d.column.physical == physicalBoolean:
		packed, _, err := prefixed(values)
		if err != nil {
			return err
		}
		if err := d.dense.read(packed, present); err != nil {
			return err
		}
		return d.truths(present)
	case p.encoding == encodingPlain && d.column.text():
		return d.textPage(values, present)
	case p.encoding == encodingPlain:
		return d.numberPage(values, present)
	}
	return fmt.Errorf("encoding %d is not that of the footer", p.encoding)
}

// dictionaryCoded reports whether a page holds positions in the dictionary.
func (h *pageHeader) dictionaryCoded() bool {
	return h.encoding == encodingPlainDictionary || h.encoding == encodingRLEDictionary
}

// coded begins positions in the dictionary.
func (d *decoder) coded(b []byte, present int) error {
	if !d.have || len(b) == 0 || b[0] > 32 {
		return errors.New("a page refers to a dictionary that is not there")
	}
	width, b := int(b[0]), b[1:]
	if d.twoBits && (width == 1 || width == 2) {
		return d.codedBits(b, width, present)
	}
	d.kind, d.positions = ofPositions, positions{b: b, width: width}
	if d.as == asLevels {
		return d.gather(present)
	}
	return nil
}

// gather notes which entries of the dictionary have rows, until all do.
func (d *decoder) gather(present int) error {
	for present > 0 && d.unused > 0 {
		block, err := d.entriesOf(min(present, blockRows))
		if err != nil {
			return err
		}
		for _, x := range block {
			if !d.used[x] {
				d.used[x] = true
				d.unused--
				d.levels.addEntry(d, x)
			}
		}
		present -= len(block)
	}
	return nil
}

// needless reports whether nothing could be gathered from a page.
func (d *decoder) needless(h *pageHeader) bool {
	return d.as == asLevels && h.dictionaryCoded() && d.have && d.unused == 0
}

var errEntry = errors.New("a page refers to an entry its dictionary does not have")

// entriesOf decodes up to a block of positions.
func (d *decoder) entriesOf(n int) ([]uint32, error) {
	block := d.block[:n]
	if err := d.positions.next(block); err != nil {
		return nil, err
	}
	highest := uint32(0)
	for _, x := range block {
		highest = max(highest, x)
	}
	if int(highest) >= d.size {
		return nil, errEntry
	}
	return block, nil
}

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
		d.dense.flip()
	}
	d.spreadBits()
	return nil
}

// spreadBits gives the dense bits to the rows that have a value.
func (d *decoder) spreadBits() {
	d.kind = ofBits
	if !d.column.nullable {
		d.valid.reset(d.rows)
		d.valid.repeat(true, d.rows)
		d.ones, d.dense = d.dense, d.ones
		return
	}
	d.ones.spread(&d.valid, &d.dense)
}

// truths makes bits, codes or levels of a page of truths.
func (d *decoder) truths(present int) error {
	switch d.as {
	case asNumbers:
		d.spreadBits()
	case asCodes:
		d.kind, d.positions = ofTruths, positions{b: d.dense.b[:(present+7)/8], width: 1}
		d.positions.packed, d.positions.left = d.positions.b, present
	case asLevels:
		ones := d.dense.ones()
		if ones > 0 {
			d.levels.addNumber(1)
		}
		if ones < present {
			d.levels.addNumber(0)
		}
	}
	return nil
}

// width is the number of bytes of a number.
func (d *decoder) width() int {
	if d.column.physical == physicalInt64 || d.column.physical == physicalDouble {
		return 8
	}
	return 4
}

// numberPage begins numbers as they are.
func (d *decoder) numberPage(b []byte, present int) error {
	if present > len(b)/d.width() {
		return errRuns
	}
	d.kind, d.plain = ofNumbers, b
	if d.as != asLevels {
		return nil
	}
	for ; present > 0; present -= blockRows {
		block := d.number[:min(present, blockRows)]
		if err := d.nextNumbers(block); err != nil {
			return err
		}
		for _, x := range block {
			d.levels.addNumber(x)
		}
	}
	return nil
}

// nextNumbers decodes the next numbers of a page of them.
func (d *decoder) nextNumbers(into []float64) error {
	err := d.decodeNumbers(d.plain, into)
	d.plain = d.plain[len(into)*d.width():]
	return err
}

// decodeNumbers decodes numbers as they are.
func (d *decoder) decodeNumbers(b []byte, into []float64) error {
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
		return errors.New("truths with a dictionary")
	}
	return nil
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

// textPage decodes texts.
func (d *decoder) textPage(b []byte, present int) error {
	var err error
	if d.plainText, err = plainTexts(b, present, d.plainText[:0]); err != nil {
		return err
	}
	d.kind = ofTexts
	if d.as == asLevels {
		for _, s := range d.plainText {
			d.levels.addText(s)
		}
	}
	return nil
}

// takeNumbers hands the next rows of a page over as numbers, NaN where they are
// missing.
func (d *decoder) takeNumbers(into []float64) error {
	return take(d, into, math.NaN(), d.denseNumbers)
}

// takeCodes hands the next rows over as codes, -1 where they are missing or the
// empty text.
func (d *decoder) takeCodes(into []int32) error { return take(d, into, -1, d.denseCodes) }

// take hands the next rows over, a block at a time: first the values, then each
// to its row.
func take[T any](d *decoder, into []T, missing T, dense func([]T) error) error {
	for len(into) > 0 {
		part := into[:min(len(into), blockRows)]
		present := len(part)
		if d.column.nullable {
			present = d.valid.count(d.taken, d.taken+len(part))
		}
		if err := dense(part[:present]); err != nil {
			return err
		}
		if present < len(part) {
			place(part, present, missing, &d.valid, d.taken)
		}
		d.taken += len(part)
		into = into[len(part):]
	}
	return nil
}

// place moves the values that stand first to the rows that have one, the last
// first. Row 0 is bit at.
func place[T any](into []T, present int, missing T, valid *bitset, at int) {
	for row := len(into) - 1; row >= 0; row-- {
		if present == row+1 {
			return // so has every row that is left
		}
		if !valid.has(at + row) {
			into[row] = missing
			continue
		}
		present--
		into[row] = into[present]
	}
}

// denseNumbers decodes up to a block of values.
func (d *decoder) denseNumbers(into []float64) error {
	if d.kind != ofPositions || len(into) == 0 {
		if d.kind == ofNumbers {
			return d.nextNumbers(into)
		}
		return nil // missing ones alone; bits are handed over otherwise
	}
	block, err := d.entriesOf(len(into))
	for i, x := range block {
		into[i] = d.entries[x]
	}
	return err
}

// denseCodes decodes up to a block of values.
func (d *decoder) denseCodes(into []int32) error {
	switch {
	case len(into) == 0:
	case d.kind == ofPositions:
		block, err := d.entriesOf(len(into))
		for i, x := range block {
			into[i] = d.codes[x]
		}
		return err
	case d.kind == ofTruths:
		code := [2]int32{d.levels.ofNumber(0), d.levels.ofNumber(1)}
		block := d.block[:len(into)]
		if err := d.positions.next(block); err != nil {
			return err
		}
		for i, x := range block {
			into[i] = code[x&1]
		}
	case d.kind == ofTexts:
		for i, s := range d.plainText[:len(into)] {
			into[i] = d.levels.ofText(s)
		}
		d.plainText = d.plainText[len(into):]
	default:
		block := d.number[:len(into)]
		if err := d.nextNumbers(block); err != nil {
			return err
		}
		for i, x := range block {
			into[i] = d.levels.ofNumber(x)
		}
	}
	return nil
}

// takeBits hands the next n rows of a page of bits over, to a place among bits
// that are clear.
func (d *decoder) takeBits(into estimate.Bits, at, n int) {
	d.valid.put(into.Known, at, d.taken, n)
	d.ones.put(into.One, at, d.taken, n)
	d.taken += n
}
