package sav

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"barometer/publish/formats"
)

// Codes of formats that values are printed in.
const (
	formatA = 1 // text
	formatF = 5 // number
)

// variables writes a record for each variable, and for each further 8 bytes and
// further segment of a text one that continues it.
func (w *writer) variables() {
	for i := range w.vars {
		v := &w.vars[i]
		for s, width := range v.segmentWidths() {
			label := v.Label
			if s > 0 {
				label = ""
			}
			w.variable(v, v.number+s, width, label)
		}
	}
}

func (w *writer) variable(v *variable, number, width int, label string) {
	label = formats.Shorten(label, maxLabel)
	missing := 0
	if len(v.Gaps) > 0 {
		missing = -2 // a range
	}
	w.numbers(2, width, min(1, len(label)), missing, v.print(width), v.print(width))
	w.text(shortName(number), 8)
	if label != "" {
		w.numbers(len(label))
		w.text(label, (len(label)+3)/4*4)
	}
	if missing != 0 {
		low, high := gaps()
		w.doubles(low, high)
	}
	for range (width+7)/8 - 1 {
		w.numbers(2, -1, 0, 0, 0, 0)
		w.text("", 8)
	}
}

// print is the format of a variable: kind, width and decimals.
func (v *variable) print(width int) int {
	switch {
	case width > 0:
		return formatA<<16 | width<<8
	case v.Whole:
		return formatF<<16 | 8<<8
	}
	return formatF<<16 | 12<<8 | 4
}

// valueLabels writes the labels of each variable's values and of its gaps.
func (w *writer) valueLabels() {
	for i := range w.vars {
		v := &w.vars[i]
		labels := slices.Clone(v.Values)
		for _, gap := range v.Gaps {
			labels = append(labels, formats.ValueLabel{Number: formats.GapNumber(gap.Reason), Label: gap.Label})
		}
		if len(labels) == 0 {
			continue
		}
		w.numbers(3, len(labels))
		for _, l := range labels {
			text := formats.Shorten(l.Label, maxValueLabel)
			w.doubles(float64(l.Number))
			w.out.WriteByte(byte(len(text))) //nolint:errcheck
			w.text(text, (len(text)+8)/8*8-1)
		}
		w.numbers(4, 1, v.first)
	}
}

// documents writes the notes, in lines of 80 bytes.
func (w *writer) documents() {
	var lines []string
	for _, note := range w.data.Notes {
		lines = append(lines, fold(note, 80)...)
	}
	if len(lines) == 0 {
		return
	}
	w.numbers(6, len(lines))
	for _, line := range lines {
		w.text(line, 80)
	}
}

// fold breaks a text between words into lines of at most size bytes.
func fold(text string, size int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case len(line)+1+len(word) <= size:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// extensions writes the records of later versions of the format: byte order and
// encoding, the range of numbers, how variables are measured, long names, and
// the widths of texts in segments.
func (w *writer) extensions() {
	w.extension(3, 4, 8)
	w.numbers(20, 0, 0, -1, 1, 1, 2, 65001)
	w.extension(4, 8, 3)
	w.doubles(sysmis, math.MaxFloat64, math.Nextafter(-math.MaxFloat64, 0))
	w.display()
	var names, widths []string
	for i := range w.vars {
		v := &w.vars[i]
		names = append(names, shortName(v.number)+"="+v.Name)
		if v.segments > 1 {
			widths = append(widths, fmt.Sprintf("%s=%05d\x00\t", shortName(v.number), v.width))
		}
	}
	w.textExtension(13, strings.Join(names, "\t"))
	if widths != nil {
		w.textExtension(14, strings.Join(widths, ""))
	}
	w.extension(16, 8, 2)
	w.out.Write(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 1), uint64(w.data.Rows))) //nolint:errcheck
	w.textExtension(20, "UTF-8")
}

func (w *writer) extension(subtype, size, count int) { w.numbers(7, subtype, size, count) }

func (w *writer) textExtension(subtype int, text string) {
	w.extension(subtype, 1, len(text))
	w.out.WriteString(text) //nolint:errcheck
}

// display says of every variable, and of every segment, how it is measured, its
// width on screen, and that numbers stand to the right.
func (w *writer) display() {
	count := 0
	for i := range w.vars {
		count += w.vars[i].segments
	}
	w.extension(11, 4, 3*count)
	for i := range w.vars {
		v := &w.vars[i]
		for range v.segments {
			if v.Text != nil {
				w.numbers(int(formats.Nominal), 12, 0)
			} else {
				w.numbers(int(v.Measure), 10, 1)
			}
		}
	}
}
