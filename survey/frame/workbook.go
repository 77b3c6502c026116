package frame

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// limits are what a workbook may weigh. It is a compressed archive, and a small
// one can unpack to fill a disk.
type limits struct {
	packed   int   // bytes of the file
	unpacked int64 // bytes of its parts together
	memory   int64 // bytes of one part; a larger one is unpacked to a temporary file
}

var workbookLimits = limits{packed: 64 << 20, unpacked: 512 << 20, memory: 16 << 20}

// IsWorkbook reports whether a file is an XLSX workbook rather than text.
func IsWorkbook(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// workbook reads the first sheet that is not hidden.
func (c *checker) workbook(data []byte, most limits) []Unit {
	refuse := func(message, hint string) []Unit {
		c.faults.add(Fault{Message: message, Hint: hint})
		return nil
	}
	if len(data) > most.packed {
		return refuse(fmt.Sprintf("the workbook is larger than %d MB", most.packed>>20), "save it as CSV")
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: most.unpacked, UnzipXMLSizeLimit: min(most.memory, most.unpacked), RawCellValue: true})
	if err != nil {
		return refuse("is no workbook that can be read: "+err.Error(), "open it in a spreadsheet program and save it as .xlsx or CSV")
	}
	defer book.Close() // removes what was unpacked
	c.faults.sheet = sheet(book)
	rows, err := book.Rows(c.faults.sheet)
	if err != nil {
		return refuse(err.Error(), "")
	}
	defer rows.Close()
	return c.rowsOf(rows)
}

func sheet(book *excelize.File) string {
	names := book.GetSheetList()
	for _, name := range names {
		if visible, err := book.GetSheetVisible(name); err == nil && visible {
			return name
		}
	}
	return slices.Concat(names, []string{""})[0]
}

// rowsOf reads the sheet row by row. Empty rows are passed over: spreadsheet
// programs leave some behind what was deleted.
func (c *checker) rowsOf(rows *excelize.Rows) []Unit {
	var units []Unit
	var position []int
	width := 0
	for row := 1; rows.Next(); row++ {
		cells, err := rows.Columns()
		if err != nil {
			c.faults.add(Fault{Row: row, Message: err.Error()})
			return nil
		}
		cells = trimmed(cells)
		switch {
		case position == nil && len(cells) == 0:
			c.faults.add(Fault{Row: row, Message: "there is no header", Hint: "the first row names the columns: " + strings.Join(columns, ", ")})
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
	if err := rows.Error(); err != nil {
		c.faults.add(Fault{Message: err.Error()})
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
		if at >= len(cells) {
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
var counted = []string{"p_number", "cvr", "employees"}

// whole writes a number that the workbook stores as 1.003000001E9 in digits.
func whole(s string) string {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !strings.ContainsAny(s, ".eE") || x != math.Trunc(x) || math.Abs(x) >= 1<<53 {
		return s
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}
