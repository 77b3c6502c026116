// Package workbook reads a sampling frame from an XLSX workbook.
//
// A workbook comes in; a checked frame.Frame goes out, of its first visible
// sheet, with every fault named by cell. What a sound frame is stays with
// package frame; this one knows the file format and its dangers only.
package workbook

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/xuri/excelize/v2"

	"barometer/survey/frame"
)

// limits are what a workbook may weigh. It is a compressed archive, and a small
// one can unpack to fill a disk.
type limits struct {
	packed   int   // bytes of the file
	unpacked int64 // bytes of its parts together
	memory   int64 // bytes of one part; a larger one is unpacked to a temporary file
}

var workbookLimits = limits{packed: 64 << 20, unpacked: 512 << 20, memory: 16 << 20}

// Read reads a frame from a workbook. The name of the file is used in messages
// only. An error is *frame.Faults where the workbook could be opened.
func Read(r io.Reader, file string) (*frame.Frame, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(workbookLimits.packed)+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return read(data, file, workbookLimits)
}

func read(data []byte, file string, most limits) (*frame.Frame, error) {
	if len(data) > most.packed {
		return nil, fmt.Errorf("%s: the workbook is larger than %d MB: save it as CSV", file, most.packed>>20)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: most.unpacked, UnzipXMLSizeLimit: min(most.memory, most.unpacked), RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%s: is no workbook that can be read: %w (open it in a spreadsheet program and save it as .xlsx or CSV)", file, err)
	}
	defer book.Close() // removes what was unpacked
	name := visible(book)
	rows, err := book.Rows(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	defer rows.Close()
	return frame.ReadSheet(file, name, data, cells(rows))
}

// visible is the name of the first sheet that is not hidden.
func visible(book *excelize.File) string {
	names := book.GetSheetList()
	for _, name := range names {
		if shown, err := book.GetSheetVisible(name); err == nil && shown {
			return name
		}
	}
	return slices.Concat(names, []string{""})[0]
}

// cells goes through the rows; an error ends them.
func cells(rows *excelize.Rows) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for rows.Next() {
			row, err := rows.Columns()
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(nil, err)
		}
	}
}
