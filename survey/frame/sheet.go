package frame

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
)

// IsWorkbook reports whether a file is an XLSX workbook rather than text.
func IsWorkbook(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// ReadSheet reads a frame from the rows of a sheet, the header first. Faults
// are named by cell; data is the file the rows are from, for the hash.
func ReadSheet(file, sheet string, data []byte, rows iter.Seq2[[]string, error]) (*Frame, error) {
	c := newChecker(file)
	c.faults.sheet = sheet
	units := c.sheet(rows)
	if err := c.result(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return &Frame{Units: units, Hash: hex.EncodeToString(sum[:])}, nil
}

// sheet reads row by row. Empty rows are passed over: spreadsheet programs
// leave some behind what was deleted.
func (c *checker) sheet(rows iter.Seq2[[]string, error]) []Unit {
	var units []Unit
	var position []int
	width, row := 0, 0
	for cells, err := range rows {
		row++
		if err != nil {
			c.faults.add(Fault{Row: row, Message: err.Error()})
			return nil
		}
		cells = trimmed(cells)
		switch {
		case position == nil && len(cells) == 0:
			c.faults.add(Fault{Row: row, Message: "there is no header", Hint: "the first row names the columns: " + strings.Join(columns[:needed], ", ")})
			return nil
		case position == nil:
			var ok bool
			if position, ok = c.header(cells); !ok {
				return nil
			}
			width = len(cells)
		case len(cells) > width:
			c.faults.add(Fault{Row: row, Column: width + 1, Name: "cell", Value: cells[width], Message: "stands under no column", Hint: "remove it"})
		case len(cells) > 0:
			units = append(units, c.unit(row, valuesOf(cells, position), position))
		}
	}
	return units
}

// trimmed drops spaces around values and empty cells at the end.
func trimmed(cells []string) []string {
	for i, s := range cells {
		cells[i] = strings.TrimSpace(s)
	}
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// valuesOf puts the cells of a row in the order of columns. Empty cells at the
// end are not stored in a workbook.
func valuesOf(cells []string, position []int) []string {
	values := make([]string, len(columns))
	for i, at := range position {
		if at < 0 || at >= len(cells) {
			continue
		}
		values[i] = cells[at]
		if slices.Contains(counted, columns[i]) {
			values[i] = whole(cells[at])
		}
	}
	return values
}

// counted are the columns that a spreadsheet may hold as numbers.
var counted = []string{"p_number", "cvr", "employees", "phone", "postcode"}

// whole writes a number that the workbook stores as 1.003000001E9 in digits.
func whole(s string) string {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !strings.ContainsAny(s, ".eE") || x != math.Trunc(x) || math.Abs(x) >= 1<<53 {
		return s
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}
