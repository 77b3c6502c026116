package dta

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"

	"barometer/publish/formats"
)

// characters cuts a text to a number of characters, as [formats.Shorten] cuts
// to bytes.
func characters(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return formats.Shorten(s, len(string(runes[:n])))
}

// parts is how many places the map of a file lists.
const parts = 14

// head makes everything before the records, with an empty map.
func (w *writer) head() []byte {
	title := characters(w.data.Title, maxLabel)
	w.out.WriteString("<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>")
	w.shorts(uint16(len(w.vars)))
	w.out.WriteString("</K><N>")
	w.out.Write(binary.LittleEndian.AppendUint64(nil, uint64(w.data.Rows)))
	w.out.WriteString("</N><label>")
	w.shorts(uint16(len(title)))
	w.out.WriteString(title + "</label><timestamp>")
	stamp := w.data.Created.UTC().Format("02 Jan 2006 15:04")
	w.out.WriteByte(byte(len(stamp)))
	w.out.WriteString(stamp + "</timestamp></header>")
	w.at.table = w.out.Len()
	w.out.WriteString("<map>")
	w.out.Write(make([]byte, 8*parts))
	w.out.WriteString("</map>")
	w.at.types = w.part("variable_types", func(v variable) { w.shorts(uint16(v.kind)) })
	w.at.names = w.part("varnames", func(v variable) { w.text(v.Name, 129) })
	w.at.order = w.out.Len()
	w.out.WriteString("<sortlist>")
	w.out.Write(make([]byte, 2*(len(w.vars)+1)))
	w.out.WriteString("</sortlist>")
	w.at.formats = w.part("formats", func(v variable) { w.text(v.format(), 57) })
	w.at.sets = w.part("value_label_names", func(v variable) { w.text(v.labels, 129) })
	w.at.labels = w.part("variable_labels", func(v variable) { w.text(characters(v.Label, maxLabel), 321) })
	w.at.notes = w.out.Len()
	w.notes()
	return w.take()
}

// part puts out one part with an entry for each variable, and returns where it
// begins.
func (w *writer) part(name string, entry func(variable)) (at int) {
	at = w.out.Len()
	w.out.WriteString("<" + name + ">")
	for _, v := range w.vars {
		entry(v)
	}
	w.out.WriteString("</" + name + ">")
	return at
}

// format is how a variable's values are shown.
func (v variable) format() string {
	switch {
	case v.kind == apart:
		return "%9s"
	case v.Text != nil:
		return fmt.Sprintf("%%%ds", min(int(v.kind), 244))
	case v.Whole:
		return "%8.0g"
	}
	return "%10.0g"
}

// notes puts the notes where Stata's command notes shows them.
func (w *writer) notes() {
	w.out.WriteString("<characteristics>")
	if n := len(w.data.Notes); n > 0 {
		w.characteristic("note0", fmt.Sprint(n))
	}
	for i, note := range w.data.Notes {
		w.characteristic(fmt.Sprintf("note%d", i+1), note)
	}
	w.out.WriteString("</characteristics>")
}

func (w *writer) characteristic(name, text string) {
	w.out.WriteString("<ch>")
	w.numbers(uint32(2*129 + len(text) + 1))
	w.text("_dta", 129)
	w.text(name, 129)
	w.out.WriteString(text + "\x00</ch>")
}

// fillMap writes where each part of the file begins into the map of its head.
func (w *writer) fillMap(head []byte, records, apart, tail int) {
	data := len(head)
	places := [parts]int{0, w.at.table, w.at.types, w.at.names, w.at.order, w.at.formats, w.at.sets, w.at.labels, w.at.notes,
		data, data + records, data + records + apart, data + records + apart + tail - len(closeFile), data + records + apart + tail}
	for i, place := range places {
		binary.LittleEndian.PutUint64(head[w.at.table+len("<map>")+8*i:], uint64(place))
	}
}

const closeFile = "</stata_dta>"

// tail makes the value labels and the end of the file.
func (w *writer) tail() []byte {
	w.out.WriteString("<value_labels>")
	for _, v := range w.vars {
		if v.labels != "" {
			w.labels(v)
		}
	}
	w.out.WriteString("</value_labels>" + closeFile)
	return w.take()
}

// label is an entry of a set of value labels.
type label struct {
	number int32
	text   string
}

func (w *writer) labels(v variable) {
	var list []label
	for _, l := range v.Values {
		list = append(list, label{int32(l.Number), l.Label})
	}
	for _, g := range v.Gaps {
		list = append(list, label{int32(maxLong + 1 + gap(g.Reason)), g.Label})
	}
	slices.SortFunc(list, func(a, b label) int { return int(int64(a.number) - int64(b.number)) })
	size := 0
	for _, l := range list {
		size += len(l.text) + 1
	}
	w.out.WriteString("<lbl>")
	w.numbers(uint32(8 + 8*len(list) + size))
	w.text(v.labels, 129)
	w.out.Write(make([]byte, 3))
	w.numbers(uint32(len(list)), uint32(size))
	offset := 0
	for _, l := range list {
		w.numbers(uint32(offset))
		offset += len(l.text) + 1
	}
	for _, l := range list {
		w.numbers(uint32(l.number))
	}
	for _, l := range list {
		w.out.WriteString(l.text + "\x00")
	}
	w.out.WriteString("</lbl>")
}
