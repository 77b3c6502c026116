package sav

import (
	"encoding/binary"
	"math"

	"barometer/publish/formats"
	"barometer/survey/codebook"
)

// sysmis is the number of a value that is missing without a reason.
const sysmis = -math.MaxFloat64

// Codes of compressed elements. A code from 1 to 251 is the whole number that is
// bias less.
const (
	bias       = 100
	codeEnd    = 252
	codeRaw    = 253 // the element follows
	codeSpaces = 254
	codeSysmis = 255
)

// packer compresses elements: eight codes, then the elements that have none.
type packer struct {
	w     *writer
	codes int
	block [8]byte
	raw   []byte
}

func (p *packer) put(code byte, raw ...byte) {
	p.block[p.codes] = code
	p.codes++
	p.raw = append(p.raw, raw...)
	if p.codes == len(p.block) {
		p.flush()
	}
}

func (p *packer) flush() {
	p.w.out.Write(p.block[:]) //nolint:errcheck // kept by the writer
	p.w.out.Write(p.raw)      //nolint:errcheck
	p.codes, p.block, p.raw = 0, [8]byte{}, p.raw[:0]
}

func (p *packer) number(x float64) {
	switch whole := int(x); {
	case x == sysmis:
		p.put(codeSysmis)
	case float64(whole) == x && whole >= 1-bias && whole < codeEnd-bias && (x != 0 || !math.Signbit(x)):
		p.put(byte(whole + bias))
	default:
		var raw [8]byte
		binary.LittleEndian.PutUint64(raw[:], math.Float64bits(x))
		p.put(codeRaw, raw[:]...)
	}
}

// text puts a text into segments of the given widths, 255 bytes to a segment.
func (p *packer) text(s string, widths []int) {
	for _, width := range widths {
		part := s[:min(len(s), shortText)]
		s = s[len(part):]
		for range (width + 7) / 8 {
			n := min(len(part), 8)
			element := [8]byte{' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '}
			copy(element[:], part[:n])
			part = part[n:]
			if n == 0 {
				p.put(codeSpaces)
			} else {
				p.put(codeRaw, element[:]...)
			}
		}
	}
}

// records writes the values, record by record.
func (w *writer) records() {
	p := &packer{w: w}
	widths := make([][]int, len(w.vars))
	for i := range w.vars {
		if w.vars[i].Text != nil {
			widths[i] = w.vars[i].segmentWidths()
		}
	}
	for row := range w.data.Rows {
		for i := range w.vars {
			if v := &w.vars[i]; v.Text != nil {
				p.text(v.Text(row), widths[i])
			} else {
				p.number(v.value(row))
			}
		}
	}
	p.put(codeEnd)
	if p.codes > 0 {
		p.flush()
	}
}

// value is a number, or the one that stands for why there is none.
func (v *variable) value(row int) float64 {
	x := v.Number(row)
	if !math.IsNaN(x) {
		return x
	}
	if why := v.Reason(row); why != codebook.Present {
		return float64(formats.GapNumber(why))
	}
	return sysmis
}
