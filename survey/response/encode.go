package response

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"barometer/survey/questionnaire"
)

// The first byte of answers as they are sealed tells their layout. Answers are
// written in the second; those of the first still open.
const (
	format1 = 1 // text, codes and rows of every item
	format  = 2 // the parts that an answer has
)

// The parts an answer can have, as bits of the byte that tells which it has.
const (
	hasText = 1 << iota
	hasCodes
	hasRows
	hasValue
	hasParts
	hasSpecify
	hasTyped
	hasConfirmed
)

// encode writes answers by item id: per item the parts that it has, one byte,
// and those parts in the order of the bits. A list begins with its length, and
// so does a string; lengths are unsigned varints.
func encode(a questionnaire.Answers) []byte {
	b := append(make([]byte, 0, 64+32*len(a)), format)
	b = binary.AppendUvarint(b, uint64(len(a)))
	for _, item := range slices.Sorted(maps.Keys(a)) {
		b = appendAnswer(appendString(b, item), a[item])
	}
	return b
}

func appendAnswer(b []byte, a questionnaire.Answer) []byte {
	at := len(b)
	b = append(b, 0)
	part := func(bit byte, has bool, add func()) {
		if has {
			b[at] |= bit
			add()
		}
	}
	part(hasText, a.Text != "", func() { b = appendString(b, a.Text) })
	part(hasCodes, len(a.Codes) > 0, func() { b = appendStrings(b, a.Codes) })
	part(hasRows, len(a.Rows) > 0, func() { b = appendMap(b, a.Rows, appendStrings) })
	part(hasValue, a.Value != "", func() { b = appendString(b, a.Value) })
	part(hasParts, len(a.Parts) > 0, func() { b = appendMap(b, a.Parts, appendString) })
	part(hasSpecify, len(a.Specify) > 0, func() { b = appendMap(b, a.Specify, appendString) })
	part(hasTyped, len(a.Typed) > 0, func() { b = appendMap(b, a.Typed, appendString) })
	part(hasConfirmed, len(a.Confirmed) > 0, func() { b = appendStrings(b, a.Confirmed) })
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendStrings(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

// appendMap writes a map in the order of its keys.
func appendMap[V any](b []byte, m map[string]V, add func([]byte, V) []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(m)))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		b = add(appendString(b, key), m[key])
	}
	return b
}

// errFormat says that what was opened is not what encode writes.
var errFormat = errors.New("the answers are not in a known format")

// decode reads what encode wrote. Nothing opens that was not sealed by this
// program, so a fault means another version of it.
func decode(plain []byte) (questionnaire.Answers, error) {
	if len(plain) == 0 || plain[0] != format && plain[0] != format1 {
		return nil, errFormat
	}
	answer := (*decoder).answer
	if plain[0] == format1 {
		answer = (*decoder).answer1
	}
	d := decoder{rest: string(plain[1:])}
	n := d.length()
	a := make(questionnaire.Answers, n)
	for range n {
		item := d.string()
		a[item] = answer(&d)
	}
	if d.broken || d.rest != "" || len(a) != n {
		return nil, errFormat
	}
	return a, nil
}

// decoder takes values off the front. Strings share the memory of the whole.
type decoder struct {
	rest   string
	broken bool
}

// length reads a length, which is never above that of the rest: every element
// takes a byte at least.
func (d *decoder) length() int {
	var n uint64
	for i := 0; i < len(d.rest) && i < binary.MaxVarintLen32; i++ {
		c := d.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.rest = d.rest[i+1:]
			if n > uint64(len(d.rest)) {
				break
			}
			return int(n)
		}
	}
	d.broken, d.rest = true, ""
	return 0
}

func (d *decoder) string() string {
	n := d.length()
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) strings() []string {
	n := d.length()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.string()
	}
	return list
}

// answer1 reads an answer of the first layout.
func (d *decoder) answer1() questionnaire.Answer {
	return questionnaire.Answer{Text: d.string(), Codes: d.strings(), Rows: readMap(d, d.strings)}
}

func (d *decoder) answer() (a questionnaire.Answer) {
	if d.rest == "" {
		d.broken = true
		return a
	}
	has := d.rest[0]
	d.rest = d.rest[1:]
	part := func(bit byte, read func()) {
		if has&bit != 0 {
			read()
		}
	}
	part(hasText, func() { a.Text = d.string() })
	part(hasCodes, func() { a.Codes = d.strings() })
	part(hasRows, func() { a.Rows = readMap(d, d.strings) })
	part(hasValue, func() { a.Value = d.string() })
	part(hasParts, func() { a.Parts = readMap(d, d.string) })
	part(hasSpecify, func() { a.Specify = readMap(d, d.string) })
	part(hasTyped, func() { a.Typed = readMap(d, d.string) })
	part(hasConfirmed, func() { a.Confirmed = d.strings() })
	return a
}

// readMap reads what appendMap wrote; one without entries is nil.
func readMap[V any](d *decoder, value func() V) map[string]V {
	n := d.length()
	if n == 0 {
		return nil
	}
	m := make(map[string]V, n)
	for range n {
		key := d.string()
		m[key] = value()
	}
	return m
}
