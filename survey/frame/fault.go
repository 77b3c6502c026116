package frame

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with a frame file.
type Fault struct {
	Row     int    // line of the file, the header being 1; 0 where the whole file is meant
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

	sheet string // of a workbook
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
		b.WriteString(f.File + f.place(fault) + fault.text())
	}
	if f.More > 0 {
		fmt.Fprintf(&b, "\n%s: and %d more", f.File, f.More)
	}
	return b.String()
}

// place is where the fault stands: :5:3 in a text file, :Ark1!C5 in a workbook.
func (f *Faults) place(fault Fault) string {
	if f.sheet == "" || fault.Row == 0 {
		return fault.place()
	}
	return fmt.Sprintf(":%s!%s%d:", f.sheet, letters(fault.Column), fault.Row)
}

// letters names a column as spreadsheet programs do: C for 3, AA for 27.
func letters(column int) string {
	if column == 0 {
		return ""
	}
	return letters((column-1)/26) + string(rune('A'+(column-1)%26))
}

// String returns the fault without its file.
func (f Fault) String() string { return f.place() + f.text() }

func (f Fault) place() string {
	switch {
	case f.Row == 0:
		return ":"
	case f.Column == 0:
		return fmt.Sprintf(":%d:", f.Row)
	}
	return fmt.Sprintf(":%d:%d:", f.Row, f.Column)
}

func (f Fault) text() string {
	s := " " + f.Message
	if f.Column > 0 {
		s = fmt.Sprintf(" %s %q %s", f.Name, shorten(f.Value), f.Message)
	}
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
