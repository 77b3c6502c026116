package duck

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"

	"barometer/analysis/estimate"
)

// columnBuffer gathers one column as an estimate.Source hands it over. Of
// numbers, codes and bits one is in use.
type columnBuffer struct {
	decoder
	numbers []float64
	codes   []int32
	bits    []uint8 // 0, 1, and 2 for missing
	packed  estimate.Bits
	scratch []float64
}

func (b *columnBuffer) reset() {
	b.numbers, b.codes, b.bits = b.numbers[:0], b.codes[:0], b.bits[:0]
}

func (b *columnBuffer) values() estimate.Values {
	switch {
	case b.column.As == estimate.Category:
		return estimate.Values{Code: b.codes}
	case len(b.bits) > 0:
		return estimate.Values{Bits: b.pack()}
	}
	return estimate.Values{Number: b.numbers}
}

// pack puts the bits gathered into words.
func (b *columnBuffer) pack() estimate.Bits {
	n := estimate.Words(len(b.bits))
	b.packed.Known, b.packed.One = slices.Grow(b.packed.Known[:0], n)[:n], slices.Grow(b.packed.One[:0], n)[:n]
	for word := range n {
		var missing, one uint64
		for k, x := range b.bits[64*word : min(64*word+64, len(b.bits))] {
			missing |= uint64(x>>1) << k
			one |= uint64(x&1) << k
		}
		b.packed.Known[word], b.packed.One[word] = ^missing, one
	}
	return b.packed
}

// add appends rows from..to of a vector.
func (b *columnBuffer) add(v vector, from, to int) error {
	switch {
	case b.form == asText && b.column.As == estimate.Category:
		b.codes = b.dict.ofTexts(v, from, to, b.codes)
	case b.form == asText:
		return b.addTextNumbers(v, from, to)
	case b.column.As == estimate.Category:
		b.scratch = b.decodeNumbers(v, from, to, b.scratch[:0])
		for _, x := range b.scratch {
			b.codes = append(b.codes, b.dict.ofNumber(x))
		}
	case b.form == asTiny && len(b.numbers) == 0 && b.addBits(v, from, to):
	default:
		b.spellBits()
		b.numbers = b.decodeNumbers(v, from, to, b.numbers)
	}
	return nil
}

// addBits appends a TINYINT column as bits, unless it holds other values.
func (b *columnBuffer) addBits(v vector, from, to int) bool {
	before := len(b.bits)
	b.bits = append(b.bits, values[uint8](v)[from:to]...)
	if !markMissing(b.bits[before:], v.mask(), from) {
		b.bits = b.bits[:before]
		return false
	}
	return true
}

// markMissing writes 2 where a value is missing and reports whether all others
// are 0 or 1. mask holds the validity of the rows, from on; eight rows are done
// at a time. What stands at a missing value is undefined.
func markMissing(bits []uint8, mask []uint64, from int) bool {
	var seen uint64
	i := 0
	if from%8 == 0 {
		for ; i+8 <= len(bits); i += 8 {
			valid := uint64(eachByte)
			if mask != nil {
				row := from + i
				valid = spread[uint8(mask[row/64]>>(row%64))]
			}
			x := binary.LittleEndian.Uint64(bits[i:]) & (valid * 0xff)
			seen |= x
			binary.LittleEndian.PutUint64(bits[i:], x|(valid^eachByte)<<1)
		}
	}
	for ; i < len(bits); i++ {
		if !isValid(mask, from+i) {
			bits[i] = 2
			continue
		}
		seen |= uint64(bits[i])
	}
	return seen&^eachByte == 0
}

// eachByte is 1 in every byte.
const eachByte = 0x0101010101010101

// spread holds, for eight bits, a word with each of them in a byte of its own.
var spread = func() (table [256]uint64) {
	for bits := range table {
		for k := range 8 {
			table[bits] |= uint64(bits>>k&1) << (8 * k)
		}
	}
	return table
}()

// spellBits turns bits gathered so far into numbers.
func (b *columnBuffer) spellBits() {
	for _, x := range b.bits {
		number := float64(x)
		if x > 1 {
			number = math.NaN()
		}
		b.numbers = append(b.numbers, number)
	}
	b.bits = b.bits[:0]
}

// decodeNumbers appends a DOUBLE or TINYINT column, NaN where it is missing.
func (b *columnBuffer) decodeNumbers(v vector, from, to int, into []float64) []float64 {
	if b.form == asDouble {
		return v.doubles(from, to, into)
	}
	mask, all := v.mask(), values[int8](v)
	for row := from; row < to; row++ {
		x := math.NaN()
		if isValid(mask, row) {
			x = float64(all[row])
		}
		into = append(into, x)
	}
	return into
}

// addTextNumbers reads a text column as numbers, where all its levels are.
func (b *columnBuffer) addTextNumbers(v vector, from, to int) error {
	b.codes = b.dict.ofTexts(v, from, to, b.codes[:0])
	for _, code := range b.codes {
		x := math.NaN()
		if code >= 0 {
			parsed, err := strconv.ParseFloat(b.dict.levels[code], 64)
			if err != nil || math.IsInf(parsed, 0) || math.IsNaN(parsed) {
				return &estimate.DataError{Column: b.column.Name, Err: fmt.Errorf("%q is not a number", b.dict.levels[code])}
			}
			x = parsed
		}
		b.numbers = append(b.numbers, x)
	}
	return nil
}

// ofTexts appends the numbers of a text column's values.
func (d *dictionary) ofTexts(v vector, from, to int, into []int32) []int32 {
	mask, all := v.mask(), values[text](v)
	for row := from; row < to; row++ {
		code, met := int32(-1), false
		if isValid(mask, row) {
			if code, met = d.text[all[row].string()]; !met {
				code = -1 // the empty string is a missing value
			}
		}
		into = append(into, code)
	}
	return into
}
