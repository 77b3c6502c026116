package wording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing to put right in a file.
type Fault struct {
	File      string
	Line, Col int // from 1, in characters
	Message   string
	Hint      string // what to do, may be empty
}

func (f Fault) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Col, f.Message)
	if f.Hint != "" {
		s += " (" + f.Hint + ")"
	}
	return s
}

// Faults are all that is wrong with the wordings of a wave, by file and place.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders faults by file and place.
func (f Faults) sorted() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return f
}
