// Package xlsx writes a release's workbooks.
//
// A formats.Book comes in; an Excel workbook (Office Open XML) goes out. Each
// sheet holds one grid: heading in row 1 from A1, frozen, under a defined
// table with filters; no merged cells, no formulas. Texts are written as
// texts whatever they begin with. Sheets are streamed, so that memory does not
// grow with their rows, and the same book gives the same bytes. What the
// sheets say is decided in package formats.
package xlsx

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"barometer/publish/formats"
)

// Limits of a sheet in every spreadsheet program that reads the format.
const (
	maxRows     = 1_048_576
	maxColumns  = 16_384
	maxNameRune = 31
)

// Write writes a workbook. A book with a chart is put together in memory, others
// through a file for a moment, since they may be large. A book with any fault is refused before the first
// byte, with sheet, row and column named.
func Write(w io.Writer, b formats.Book) (err error) {
	if err := check(b); err != nil {
		return err
	}
	archive, err := archiveFor(w, b)
	if err != nil {
		return err
	}
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close(), archive.remove()) }()
	st, err := newStyles(f)
	if err != nil {
		return err
	}
	for i, s := range b.Sheets {
		if err := addSheet(f, i, s, st); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	if err := addBars(f, b); err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	if err := describe(f, b); err != nil {
		return err
	}
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return archive })
	return f.Write(io.Discard)
}

// bookZip is what the parts of a workbook are collected in.
type bookZip interface {
	excelize.ZipWriter
	remove() error // what is left of it elsewhere
}

func archiveFor(w io.Writer, b formats.Book) (bookZip, error) {
	if b.Bars != nil {
		return newMemoryZip(w), nil
	}
	return newSortedZip(w)
}

func addSheet(f *excelize.File, i int, s formats.Sheet, st styles) error {
	if i == 0 {
		if err := f.SetSheetName(f.GetSheetName(0), s.Name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(s.Name); err != nil {
		return err
	}
	return writeSheet(f, s, fmt.Sprintf("tabel_%d", i+1), st)
}

// describe sets the properties that would otherwise name the library and its
// date.
func describe(f *excelize.File, b formats.Book) error {
	created := b.Created.UTC().Format(time.RFC3339)
	return f.SetDocProps(&excelize.DocProperties{Title: b.Title, Subject: b.Subject, Creator: b.Author,
		LastModifiedBy: b.Author, Language: b.Language, Created: created, Modified: created})
}

// check lists everything that keeps a book from being written unchanged.
func check(b formats.Book) error {
	var faults formats.Faults
	if len(b.Sheets) == 0 {
		faults.Addf("the workbook %q has no sheet", b.Title)
	}
	faults.Add(checkBars(b))
	names := make(map[string]bool)
	for _, s := range b.Sheets {
		folded := strings.ToLower(s.Name)
		switch {
		case s.Name == "" || len([]rune(s.Name)) > maxNameRune || strings.ContainsAny(s.Name, `:\/?*[]`) || strings.Trim(s.Name, "'") != s.Name:
			faults.Addf("sheet %q: a name has 1 to %d characters, none of : \\ / ? * [ ] and no apostrophe at its ends", s.Name, maxNameRune)
		case names[folded]:
			faults.Addf("sheet %q: the name stands twice", s.Name)
		case len(s.Columns) == 0 || len(s.Columns) > maxColumns:
			faults.Addf("sheet %s: %d columns: a sheet holds 1 to %d", s.Name, len(s.Columns), maxColumns)
		case s.Rows > maxRows-1:
			faults.Addf("sheet %s: %d rows: a sheet holds %d below its heading", s.Name, s.Rows, maxRows-1)
		}
		names[folded] = true
		grid := *s.Grid
		grid.Name = "sheet " + s.Name
		faults.Add(grid.Check())
	}
	return faults.Err()
}
