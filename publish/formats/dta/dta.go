// Package dta writes a release's data for Stata and for the many programs that
// read its files.
//
// A formats.Labelled comes in; a data file (.dta) of release 118 goes out, which
// Stata 14 and later read: UTF-8, numbers in the smallest type that holds them,
// and every reason for a missing value as a missing value of its own, .a and on
// in the order of the reasons, with its words as a label. Texts longer than
// 2,045 bytes are stored apart, as Stata does. The same data give the same
// bytes. What the file says is decided in package formats; it leaves out other
// languages within one file and business calendars.
//
// Sources: Stata's description of the format ("help dta##version_118");
// readers held against it: R's haven and Python's pandas. Stata itself was not
// at hand.
package dta

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"barometer/publish/formats"
	"barometer/survey/codebook"
)

// Limits of the format: of names and labels in characters, of texts in bytes.
const (
	maxName  = 32
	maxLabel = 80
	maxShort = 2045 // a longer text is stored apart
)

// reserved are the words of Stata that cannot name a variable.
var reserved = []string{"_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n",
	"_pi", "_pred", "_rc", "_skip", "strl", "using", "with"}

// Write writes data. Data with any fault are refused before the first byte,
// with variable and record named.
func Write(w io.Writer, d *formats.Labelled) error {
	if err := check(d); err != nil {
		return err
	}
	out := &writer{data: d, vars: layOut(d)}
	head := out.head()
	apart := out.apart()
	tail := out.tail()
	records := len(openData) + len(closeData) + d.Rows*out.rowBytes()
	out.fillMap(head, records, len(apart), len(tail))
	buffered := bufio.NewWriterSize(w, 1<<16)
	buffered.Write(head) //nolint:errcheck // kept by the writer until it is flushed
	out.records(buffered)
	buffered.Write(apart) //nolint:errcheck
	buffered.Write(tail)  //nolint:errcheck
	return buffered.Flush()
}

// check adds to what every statistics program refuses what only Stata does.
func check(d *formats.Labelled) error {
	var faults formats.Faults
	faults.Add(d.Check(reserved, 4*maxName))
	for i := range d.Variables {
		if n := len([]rune(d.Variables[i].Name)); n > maxName {
			faults.Addf("%s, variable %s: its name has %d characters, %d at most; rename it", d.Name, d.Variables[i].Name, n, maxName)
		}
	}
	return faults.Err()
}

// kind is the type of a variable: a number of bytes for short texts, else one of
// these.
type kind uint16

const (
	apart   kind = 32768
	double  kind = 65526
	long    kind = 65528
	integer kind = 65529
	octet   kind = 65530
)

func (k kind) bytes() int {
	switch k {
	case apart, double:
		return 8
	case long:
		return 4
	case integer:
		return 2
	case octet:
		return 1
	}
	return int(k)
}

// The largest numbers of the whole types. What is above stands for missing
// values: the first for one without a reason, then .a, .b and on.
const (
	maxOctet   = 100
	maxInteger = 32_740
	maxLong    = 2_147_483_620
)

// variable is a variable with its type and the set of its value labels.
type variable struct {
	*formats.LabelledVariable
	kind   kind
	labels string // "" = none
}

// layOut finds the smallest type of each variable.
func layOut(d *formats.Labelled) []variable {
	vars := make([]variable, len(d.Variables))
	for i := range vars {
		v := variable{LabelledVariable: &d.Variables[i]}
		if v.Text != nil {
			v.kind = textKind(v.Text, d.Rows)
		} else {
			v.kind = numberKind(v.Number, d.Rows)
		}
		if len(v.Values)+len(v.Gaps) > 0 {
			v.labels = v.Name
		}
		vars[i] = v
	}
	return vars
}

func textKind(text func(int) string, rows int) kind {
	longest := 1
	for row := range rows {
		longest = max(longest, len(text(row)))
	}
	if longest > maxShort {
		return apart
	}
	return kind(longest)
}

func numberKind(number func(int) float64, rows int) kind {
	least, most := 0.0, 0.0
	for row := range rows {
		x := number(row)
		switch {
		case math.IsNaN(x):
		case x != math.Trunc(x):
			return double
		default:
			least, most = min(least, x), max(most, x)
		}
	}
	switch {
	case least >= -127 && most <= maxOctet:
		return octet
	case least >= -32_767 && most <= maxInteger:
		return integer
	case least >= -2_147_483_647 && most <= maxLong:
		return long
	}
	return double
}

// gap is the place of a reason among the missing values: 1 for .a.
func gap(m codebook.Missing) int { return int(m) }

// writer collects the parts of a file.
type writer struct {
	data *formats.Labelled
	vars []variable
	at   struct{ stata, table, types, names, order, formats, sets, labels, notes int } // of the parts in the head
	out  bytes.Buffer
}

func (w *writer) rowBytes() int {
	n := 0
	for _, v := range w.vars {
		n += v.kind.bytes()
	}
	return n
}

func (w *writer) numbers(values ...uint32) {
	for _, x := range values {
		w.out.Write(binary.LittleEndian.AppendUint32(nil, x))
	}
}

func (w *writer) shorts(values ...uint16) {
	for _, x := range values {
		w.out.Write(binary.LittleEndian.AppendUint16(nil, x))
	}
}

// text puts out a text in a field of a size, ended by zeros.
func (w *writer) text(s string, size int) {
	field := make([]byte, size)
	copy(field[:size-1], s)
	w.out.Write(field)
}

// take returns what was put out and begins anew.
func (w *writer) take() []byte {
	part := bytes.Clone(w.out.Bytes())
	w.out.Reset()
	return part
}
