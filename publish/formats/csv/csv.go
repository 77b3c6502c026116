// Package csv writes a release's data files.
//
// A formats.Grid comes in; comma-separated values (RFC 4180) go out: UTF-8
// without byte order mark, lines ended by a line feed, a point as decimal
// mark, the shortest digits that give the number back, nothing for a blank.
//
// A spreadsheet runs a text that begins with = + - @, tab or carriage return
// as a formula. Changing such a text would make the file say something else
// than its siblings, so it is refused, naming its place: every text in a
// release is a code or a wording of ours and can be put differently.
package csv

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"barometer/publish/formats"
)

// Write writes a grid. A grid with any fault is refused before the first byte.
func Write(w io.Writer, g *formats.Grid) error {
	if err := check(g); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	record := make([]string, len(g.Columns))
	for j, c := range g.Columns {
		record[j] = c.Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for i := range g.Rows {
		for j, c := range g.Columns {
			record[j] = Field(c.Cell(i))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Field writes one cell.
func Field(c formats.Cell) string {
	if c.IsNumber() {
		return strconv.FormatFloat(c.Number, 'f', -1, 64)
	}
	return c.Text
}

func check(g *formats.Grid) error {
	var faults formats.Faults
	faults.Add(g.Check())
	for _, c := range g.Columns {
		if formula(c.Name) {
			faults.Addf("%s: a spreadsheet would run the column name %q as a formula; rename it", g.Name, c.Name)
		}
		for i := range g.Rows {
			if cell := c.Cell(i); cell.IsText() && formula(cell.Text) {
				faults.Addf("%s, row %d, column %s: a spreadsheet would run %q as a formula; word it differently", g.Name, i+1, c.Name, cell.Text)
			}
		}
	}
	return faults.Err()
}

// formula reports whether a spreadsheet would run a text (OWASP, CSV injection).
func formula(s string) bool { return s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) }
