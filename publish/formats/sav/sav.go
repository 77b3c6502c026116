// Package sav writes a release's data for SPSS and for the many programs that
// read its files.
//
// A formats.Labelled comes in; a system file (.sav) goes out: numbers, texts
// and labels in UTF-8, numbers of small size compressed to a byte, the weight
// switched on, and every reason for a missing value as a number of its own from
// −1 down, declared as user-missing by one range. A variable of texts longer
// than 255 bytes is stored in segments: as many as there are 252 bytes in its
// width, each of them holding 255, which is what readers expect. The same data
// give the same bytes. What the file says is decided in package formats; it
// leaves out value labels of texts, multiple-response sets and the older forms.
//
// Sources: the description of the format in PSPP's developer's guide ("System
// File Format"); readers held against it: PSPP and R's haven.
package sav

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"barometer/publish/formats"
	"barometer/survey/codebook"
)

// Limits of the format, in bytes.
const (
	maxName       = 64
	maxLabel      = 255
	maxValueLabel = 120
	maxText       = 32_766 // SPSS takes one more, which haven loses
	shortText     = 255    // a longer one is stored in segments
	segment       = 252    // of a width, what calls for one segment more
)

// reserved are the words of SPSS that cannot name a variable.
var reserved = []string{"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}

// Write writes data. Data with any fault are refused before the first byte,
// with variable and record named.
func Write(w io.Writer, d *formats.Labelled) error {
	if err := d.Check(reserved, maxName); err != nil {
		return err
	}
	vars, err := layOut(d)
	if err != nil {
		return err
	}
	out := &writer{out: bufio.NewWriterSize(w, 1<<16), data: d, vars: vars}
	out.header()
	out.variables()
	out.valueLabels()
	out.documents()
	out.extensions()
	out.numbers(999, 0)
	out.records()
	return out.out.Flush()
}

// variable is a variable with its place in the file.
type variable struct {
	*formats.LabelledVariable
	width    int // bytes of its longest text, 0 for numbers
	first    int // its first element of 8 bytes, from 1
	number   int // its first record of a variable, from 1
	segments int
}

// layOut finds each variable's place.
func layOut(d *formats.Labelled) ([]variable, error) {
	var faults formats.Faults
	vars := make([]variable, len(d.Variables))
	element, number := 1, 1
	for i := range vars {
		v := variable{LabelledVariable: &d.Variables[i], first: element, number: number, segments: 1}
		elements := 1
		if v.Text != nil {
			v.width = width(v.Text, d.Rows)
			if v.width > maxText {
				faults.Addf("%s, variable %s: its longest text has %d bytes, %d at most; shorten it", d.Name, v.Name, v.width, maxText)
			}
			elements = 0
			for _, s := range v.segmentWidths() {
				elements += (s + 7) / 8
			}
			v.segments = len(v.segmentWidths())
		}
		element, number = element+elements, number+v.segments
		vars[i] = v
	}
	return vars, faults.Err()
}

func width(text func(int) string, rows int) int {
	longest := 1
	for i := range rows {
		longest = max(longest, len(text(i)))
	}
	return longest
}

// segmentWidths are the widths of the string variables that hold a variable of
// texts: its own, or 255 of each segment but the last.
func (v *variable) segmentWidths() []int {
	if v.width <= shortText {
		return []int{v.width}
	}
	var widths []int
	left := v.width
	for ; left > segment; left -= segment {
		widths = append(widths, shortText)
	}
	return append(widths, left)
}

// shortName is a name of at most 8 bytes, which old programs see.
func shortName(number int) string { return fmt.Sprintf("V%d", number) }

// writer puts values out in the byte order of the file. Errors stay in the
// buffered writer until it is flushed.
type writer struct {
	out  *bufio.Writer
	data *formats.Labelled
	vars []variable
}

func (w *writer) numbers(values ...int) {
	for _, x := range values {
		w.out.Write(binary.LittleEndian.AppendUint32(nil, uint32(int32(x)))) //nolint:errcheck // kept by the writer
	}
}

func (w *writer) doubles(values ...float64) {
	for _, x := range values {
		w.out.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(x))) //nolint:errcheck
	}
}

// text writes a text, filled up with spaces to a size.
func (w *writer) text(s string, size int) {
	s = formats.Shorten(s, size)
	w.out.WriteString(s) //nolint:errcheck
	for range size - len(s) {
		w.out.WriteByte(' ') //nolint:errcheck
	}
}

// product names the program in the file's first bytes. Readers look for the
// part before the name.
const product = "@(#) SPSS DATA FILE barometer"

func (w *writer) header() {
	elements, weight := 0, 0
	for i := range w.vars {
		v := &w.vars[i]
		for _, s := range v.segmentWidths() {
			elements += max(1, (s+7)/8)
		}
		if v.Name == w.data.Weight {
			weight = v.first
		}
	}
	w.out.WriteString("$FL2") //nolint:errcheck
	w.text(product, 60)
	w.numbers(2, elements, 1, weight, w.data.Rows)
	w.doubles(bias)
	created := w.data.Created.UTC()
	w.text(created.Format("02 Jan 06"), 9)
	w.text(created.Format(time.TimeOnly), 8)
	w.text(w.data.Title, 64)
	w.text("", 3)
}

// gaps is the range of numbers that stand for missing values.
func gaps() (low, high float64) {
	last := codebook.Reasons[len(codebook.Reasons)-1]
	return float64(formats.GapNumber(last)), float64(formats.GapNumber(codebook.Reasons[0]))
}
