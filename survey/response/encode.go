package response

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"barometer/survey/questionnaire"
)

// format is the first byte of answers as they are sealed. Another number means
// another layout.
const format = 1

// encode writes answers by item id: per item its text, its codes, and its rows
// by code with the codes of each. A list begins with its length, and so does a
// string; lengths are unsigned varints.
func encode(a questionnaire.Answers) []byte {
	b := append(make([]byte, 0, 64+32*len(a)), format)
	b = binary.AppendUvarint(b, uint64(len(a)))
	for _, item := range slices.Sorted(maps.Keys(a)) {
		answer := a[item]
		b = appendString(b, item)
		b = appendString(b, answer.Text)
		b = appendStrings(b, answer.Codes)
		b = binary.AppendUvarint(b, uint64(len(answer.Rows)))
		for _, row := range slices.Sorted(maps.Keys(answer.Rows)) {
			b = appendString(b, row)
			b = appendStrings(b, answer.Rows[row])
		}
	}
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

// errFormat says that what was opened is not what encode writes.
var errFormat = errors.New("the answers are not in a known format")

// decode reads what encode wrote. Nothing opens that was not sealed by this
// program, so a fault means another version of it.
func decode(plain []byte) (questionnaire.Answers, error) {
	if len(plain) == 0 || plain[0] != format {
		return nil, errFormat
	}
	d := decoder{rest: string(plain[1:])}
	n := d.length()
	a := make(questionnaire.Answers, n)
	for range n {
		item := d.string()
		a[item] = questionnaire.Answer{Text: d.string(), Codes: d.strings(), Rows: d.rows()}
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

func (d *decoder) rows() map[string][]string {
	n := d.length()
	if n == 0 {
		return nil
	}
	rows := make(map[string][]string, n)
	for range n {
		row := d.string()
		rows[row] = d.strings()
	}
	return rows
}
