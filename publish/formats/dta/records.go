package dta

import (
	"bufio"
	"encoding/binary"
	"math"

	"barometer/survey/codebook"
)

const (
	openData  = "<data>"
	closeData = "</data>"
)

// records writes the values, record by record.
func (w *writer) records(out *bufio.Writer) {
	out.WriteString(openData) //nolint:errcheck // kept by the writer
	record := make([]byte, 0, w.rowBytes())
	for row := range w.data.Rows {
		record = record[:0]
		for i := range w.vars {
			record = w.vars[i].append(record, i, row)
		}
		out.Write(record) //nolint:errcheck
	}
	out.WriteString(closeData) //nolint:errcheck
}

// append adds the value of a row; at is the variable's place.
func (v *variable) append(record []byte, at, row int) []byte {
	switch {
	case v.kind == apart:
		if v.Text(row) == "" {
			return append(record, make([]byte, 8)...)
		}
		return appendPlace(record, at, row)
	case v.Text != nil:
		from := len(record)
		record = append(record, v.Text(row)...)
		return append(record, make([]byte, from+int(v.kind)-len(record))...)
	}
	x := v.Number(row)
	if math.IsNaN(x) {
		return v.appendGap(record, gap(v.reason(row)))
	}
	return v.appendNumber(record, x)
}

func (v *variable) reason(row int) codebook.Missing {
	if v.Reason == nil {
		return codebook.Present
	}
	return v.Reason(row)
}

func (v *variable) appendNumber(record []byte, x float64) []byte {
	switch v.kind {
	case octet:
		return append(record, byte(int8(x)))
	case integer:
		return binary.LittleEndian.AppendUint16(record, uint16(int16(x)))
	case long:
		return binary.LittleEndian.AppendUint32(record, uint32(int32(x)))
	}
	return binary.LittleEndian.AppendUint64(record, math.Float64bits(x))
}

// missingDouble is the double that stands for a missing value without a reason;
// those with a reason differ in the bits below.
const (
	missingDouble     = 0x7fe0_0000_0000_0000
	missingDoubleStep = 0x0000_0100_0000_0000
)

func (v *variable) appendGap(record []byte, place int) []byte {
	switch v.kind {
	case octet:
		return append(record, byte(maxOctet+1+place))
	case integer:
		return binary.LittleEndian.AppendUint16(record, uint16(maxInteger+1+place))
	case long:
		return binary.LittleEndian.AppendUint32(record, uint32(maxLong+1+place))
	}
	return binary.LittleEndian.AppendUint64(record, uint64(missingDouble+place*missingDoubleStep))
}

// appendPlace refers to a text that is stored apart by variable and record, both
// from 1.
func appendPlace(record []byte, at, row int) []byte {
	return binary.LittleEndian.AppendUint64(record, uint64(at+1)|uint64(row+1)<<16)
}

// apart makes the part of the texts that are stored apart.
func (w *writer) apart() []byte {
	w.out.WriteString("<strls>")
	for row := range w.data.Rows {
		for i := range w.vars {
			if v := &w.vars[i]; v.kind == apart && v.Text(row) != "" {
				w.longText(i, row, v.Text(row))
			}
		}
	}
	w.out.WriteString("</strls>")
	return w.take()
}

func (w *writer) longText(at, row int, text string) {
	w.out.WriteString("GSO")
	w.numbers(uint32(at + 1))
	w.out.Write(binary.LittleEndian.AppendUint64(nil, uint64(row+1)))
	w.out.WriteByte(130) // a text, ended by a zero
	w.numbers(uint32(len(text) + 1))
	w.out.WriteString(text + "\x00")
}
