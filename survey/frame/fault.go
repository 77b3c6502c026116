package frame

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with a frame file.
type Fault struct {
	Row     int    // line of the file, the header being 1
	Column  int    // field of the row from 1, 0 where the whole row is meant
	Name    string // the column's name
	Value   string // as it stands in the file
	Message string
	Hint    string // what to do
}

// listed is the number of faults spelled out; the rest are counted.
const listed = 50

// Faults is everything wrong with a frame file. Nothing of the file is used.
type Faults struct {
	File string
	List []Fault // in file order, the first 50
	More int     // faults beyond those listed
}

func (f *Faults) add(fault Fault) {
	if len(f.List) == listed {
		f.More++
		return
	}
	f.List = append(f.List, fault)
}

// Error lists the faults, one a line, as file:row:column.
func (f *Faults) Error() string {
	var b strings.Builder
	for i, fault := range f.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.File + fault.String())
	}
	if f.More > 0 {
		fmt.Fprintf(&b, "\n%s: and %d more", f.File, f.More)
	}
	return b.String()
}

// String returns the fault without its file.
func (f Fault) String() string {
	s := fmt.Sprintf(":%d", f.Row)
	if f.Column > 0 {
		s += fmt.Sprintf(":%d: %s %q", f.Column, f.Name, shorten(f.Value))
	} else {
		s += ":"
	}
	s += " " + f.Message
	if f.Hint != "" {
		s += " (" + f.Hint + ")"
	}
	return s
}

// shorten keeps a message readable whatever stands in a field.
func shorten(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
