package formats

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is the longest text a cell may hold, in UTF-16 units: the limit of
// a workbook cell, kept by every format so that all hold the same.
const MaxText = 32767

// maxFaults is how many faults one error lists before it only counts them.
const maxFaults = 20

// Faults collects everything wrong with an input, so that it is refused once
// and whole.
type Faults struct {
	list []error
	more int
}

// Addf notes a fault.
func (f *Faults) Addf(format string, args ...any) { f.Add(fmt.Errorf(format, args...)) }

// Add notes an error; nil is no fault.
func (f *Faults) Add(err error) {
	switch {
	case err == nil:
	case len(f.list) == maxFaults:
		f.more++
	default:
		f.list = append(f.list, err)
	}
}

// Err returns all faults as one error, nil where there is none.
func (f *Faults) Err() error {
	if f.more > 0 {
		return errors.Join(append(f.list, fmt.Errorf("and %d faults more", f.more))...)
	}
	return errors.Join(f.list...)
}

// Check refuses a grid that some format could not hold unchanged: names that
// are empty or differ by case only, numbers that are none, texts with control
// characters, broken UTF-8 or more than [MaxText]. Each fault names grid, row
// (the first below the heading is 1) and column.
func (g *Grid) Check() error {
	var faults Faults
	g.checkNames(&faults)
	for _, c := range g.Columns {
		for i := range g.Rows {
			if err := c.check(c.Cell(i)); err != nil {
				faults.Addf("%s, row %d, column %s: %w", g.Name, i+1, c.Name, err)
			}
		}
	}
	return faults.Err()
}

func (g *Grid) checkNames(faults *Faults) {
	names, headings := make(map[string]string), make(map[string]bool)
	for i, c := range g.Columns {
		folded := strings.ToLower(c.Name)
		first, taken := names[folded]
		switch {
		case c.Name == "":
			faults.Addf("%s, column %d: it has no name", g.Name, i+1)
		case taken && first == c.Name:
			faults.Addf("%s: column %s stands twice", g.Name, c.Name)
		case taken:
			faults.Addf("%s: columns %s and %s differ by case only; rename one", g.Name, first, c.Name)
		case headings[strings.ToLower(c.Heading())]:
			faults.Addf("%s: the heading %q stands twice", g.Name, c.Heading())
		}
		names[folded] = c.Name
		headings[strings.ToLower(c.Heading())] = true
		if err := CheckText(c.Heading()); err != nil {
			faults.Addf("%s, heading of column %s: %w", g.Name, c.Name, err)
		}
	}
}

func (c Column) check(cell Cell) error {
	switch {
	case cell.IsText():
		return CheckText(cell.Text)
	case !cell.IsNumber():
		return nil
	case c.Type == Text:
		return fmt.Errorf("the number %v in a column of texts", cell.Number)
	case math.IsNaN(cell.Number) || math.IsInf(cell.Number, 0):
		return fmt.Errorf("%v is no number a file can hold", cell.Number)
	case c.Type == Count && cell.Number != math.Trunc(cell.Number):
		return fmt.Errorf("%v is no whole number", cell.Number)
	}
	return nil
}

// CheckText refuses a text that some format would change or lose. A line break
// is the one control character allowed.
func CheckText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("the text %q is not valid UTF-8", clip(s))
	}
	units := 0
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' || r == '\uFFFE' || r == '\uFFFF' {
			return fmt.Errorf("the text %q holds the control character %U; remove it", clip(s), r)
		}
		units++
		if r > 0xFFFF {
			units++
		}
	}
	if units > MaxText {
		return fmt.Errorf("the text %q is %d characters long, %d at most; shorten it", clip(s), units, MaxText)
	}
	return nil
}

// clip shortens a text for an error.
func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	return s[:40] + "…"
}
