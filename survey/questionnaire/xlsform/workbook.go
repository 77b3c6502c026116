package xlsform

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"barometer/internal/i18n"
)

// Bounds on a workbook, far above what a questionnaire needs, far below what
// would exhaust the machine.
const (
	maxFile     = 4 << 20
	maxUnpacked = 32 << 20
	maxParts    = 200
	maxRows     = 5_000
	maxColumns  = 100
)

// workbook is what the sheets of a file say.
type workbook struct {
	file   string
	sheets map[string][]row
	faults Faults
}

// row is one row of a sheet: what stands in each column that says something.
type row struct {
	sheet  string
	number int
	values map[string]string
	column map[string]int // of every column of the sheet, from 1
}

func (r row) get(column string) string { return r.values[column] }

// says reports whether the row has the text in any language.
func (r row) says(column string) bool {
	return slices.ContainsFunc(i18n.Languages, func(l i18n.Lang) bool { return r.values[in(column, l)] != "" })
}

func (w *workbook) refuse(hint, format string, args ...any) {
	w.faults = append(w.faults, Fault{File: w.file, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// refuseAt refuses a cell, or the row where it has no such column.
func (w *workbook) refuseAt(r row, column, hint, format string, args ...any) {
	w.faults = append(w.faults, Fault{w.file, r.sheet, r.number, r.column[column], fmt.Sprintf(format, args...), hint})
}

// open reads a workbook. Nothing is calculated, followed or unpacked to disk;
// whatever could hide something from whoever reviews it is refused.
func open(r io.Reader, file string) *workbook {
	w := &workbook{file: file, sheets: map[string][]row{}}
	src, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		w.refuse("", "cannot be read: %v", err)
		return w
	case len(src) > maxFile:
		w.refuse("", "the file is larger than %d bytes", maxFile)
		return w
	}
	formulas, ok := w.inspect(src)
	if !ok {
		return w
	}
	f, err := excelize.OpenReader(bytes.NewReader(src), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
	})
	if err != nil {
		w.refuse("save it as an Excel workbook (.xlsx)", "not a workbook: %v", err)
		return w
	}
	for _, sheet := range f.GetSheetList() {
		w.sheet(f, sheet, formulas)
	}
	if err := f.Close(); err != nil {
		w.refuse("", "cannot be read: %v", err)
	}
	return w
}

// plainPart matches the parts of a workbook that hold cells, texts and looks.
// Macros, links to other files, queries, drawings and embedded objects are
// none of them.
var plainPart = regexp.MustCompile(`^(\[Content_Types\]\.xml|_rels/\.rels|docProps/[a-z]+\.xml|docMetadata/.*|` +
	`xl/(workbook|styles|sharedStrings|calcChain|metadata)\.xml|xl/_rels/workbook\.xml\.rels|xl/theme/theme\d+\.xml|` +
	`xl/worksheets/(sheet\d+\.xml|_rels/sheet\d+\.xml\.rels)|xl/(tables/table\d+\.xml|printerSettings/.*|comments\d*\.xml|drawings/vmlDrawing\d+\.vml))$`)

// inspect looks at the parts before anything is read out of them, and returns
// the cells that hold a formula on any sheet.
func (w *workbook) inspect(src []byte) (formulas []string, ok bool) {
	archive, err := zip.NewReader(bytes.NewReader(src), int64(len(src)))
	if err != nil {
		w.refuse("save it as an Excel workbook (.xlsx) without a password", "not a workbook: %v", err)
		return nil, false
	}
	unpacked := uint64(0)
	seen := map[string]bool{}
	for _, part := range archive.File {
		unpacked += min(part.UncompressedSize64, maxUnpacked+1)
		switch {
		case len(archive.File) > maxParts, unpacked > maxUnpacked:
			w.refuse("", "the workbook is larger than a questionnaire can be: at most %d parts and %d bytes unpacked", maxParts, maxUnpacked)
			return nil, false
		case seen[strings.ToLower(part.Name)]:
			w.refuse("save it anew", "the part %.80q stands twice", part.Name)
		case !plainPart.MatchString(part.Name) && !strings.HasSuffix(part.Name, "/"):
			w.refuse("save a workbook with cells alone", "the part %.80q is no part of a form: macros, links, queries and embedded objects are not read", part.Name)
		}
		seen[strings.ToLower(part.Name)] = true
	}
	if len(w.faults) > 0 {
		return nil, false
	}
	for _, part := range archive.File {
		if strings.HasPrefix(part.Name, "xl/worksheets/sheet") {
			cells, err := formulaCells(part)
			if err != nil {
				w.refuse("save it anew", "the part %s cannot be read: %v", part.Name, err)
			}
			formulas = append(formulas, cells...)
		}
	}
	return formulas, len(w.faults) == 0
}

// formulaCells returns the names of the cells of a worksheet that hold a formula.
func formulaCells(part *zip.File) (cells []string, err error) {
	r, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	decoder := xml.NewDecoder(io.LimitReader(r, maxUnpacked))
	for at := ""; ; {
		token, err := decoder.Token()
		if err == io.EOF {
			return cells, nil
		}
		if err != nil {
			return nil, err
		}
		element, ok := token.(xml.StartElement)
		switch {
		case ok && element.Name.Local == "c":
			at = ""
			for _, a := range element.Attr {
				if a.Name.Local == "r" {
					at = a.Value
				}
			}
		case ok && element.Name.Local == "f":
			cells = append(cells, at)
		}
	}
}

// sheet takes one sheet in.
func (w *workbook) sheet(f *excelize.File, name string, formulas []string) {
	if !slices.Contains(sheets, name) {
		w.refuse("sheets are "+strings.Join(sheets, ", "), "there is no place for the sheet %.40q", name)
		return
	}
	if visible, err := f.GetSheetVisible(name); err != nil || !visible {
		w.refuse("show or delete it", "the sheet %s is hidden", name)
		return
	}
	grid, err := f.GetRows(name)
	if err != nil {
		w.refuse("", "the sheet %s cannot be read: %v", name, err)
		return
	}
	if !w.fits(name, grid) {
		return
	}
	w.plain(f, name, grid, formulas)
	w.take(name, grid)
}

func (w *workbook) fits(name string, grid [][]string) bool {
	width := 0
	for _, cells := range grid {
		width = max(width, len(cells))
	}
	if len(grid) > maxRows || width > maxColumns {
		w.refuse("", "the sheet %s has more than %d rows or %d columns", name, maxRows, maxColumns)
		return false
	}
	if len(grid) == 0 {
		w.refuse("", "the sheet %s is empty", name)
	}
	return len(grid) > 0
}

// plain refuses what the cells do not show: formulas, hidden rows and columns,
// and merged cells.
func (w *workbook) plain(f *excelize.File, name string, grid [][]string, formulas []string) {
	place := func(row, column int, hint, message string) {
		w.faults = append(w.faults, Fault{w.file, name, row, column, message, hint})
	}
	for _, cell := range formulas {
		column, row, err := excelize.CellNameToCoordinates(cell)
		formula, formulaErr := f.GetCellFormula(name, cell)
		if err == nil && formulaErr == nil && formula != "" {
			place(row, column, "write the value", "the cell holds a formula")
		}
	}
	merged, err := f.GetMergeCells(name)
	for _, m := range merged {
		if column, row, err := excelize.CellNameToCoordinates(m.GetStartAxis()); err == nil {
			place(row, column, "split it", "the cell is merged with others")
		}
	}
	for i := range grid {
		visible, rowErr := f.GetRowVisible(name, i+1)
		if err = errors.Join(err, rowErr); rowErr == nil && !visible {
			place(i+1, 0, "show or delete it", "the row is hidden")
		}
	}
	for i := range grid[0] {
		letter, _ := excelize.ColumnNumberToName(i + 1)
		visible, columnErr := f.GetColVisible(name, letter)
		if err = errors.Join(err, columnErr); columnErr == nil && !visible {
			place(0, i+1, "show or delete it", "the column is hidden")
		}
	}
	if err != nil {
		w.refuse("", "the sheet %s cannot be read: %v", name, err)
	}
}

// take reads the rows under the header. A column we do not know may be there
// as long as nothing stands in it.
func (w *workbook) take(name string, grid [][]string) {
	header := row{name, 1, nil, map[string]int{}}
	var titles []string
	for i, title := range grid[0] {
		column := canonical(title)
		if header.column[column] > 0 && column != "" {
			w.faults = append(w.faults, Fault{w.file, name, 1, i + 1, fmt.Sprintf("the column %.40q stands twice", title), ""})
		}
		header.column[column] = i + 1
		titles = append(titles, column)
	}
	rows := []row{}
	for i, cells := range grid[1:] {
		r := row{name, i + 2, map[string]string{}, header.column}
		for j, v := range cells {
			v = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n"))
			if v == "" {
				continue
			}
			if j >= len(titles) || !slices.Contains(columns[name], titles[j]) {
				w.faults = append(w.faults, Fault{w.file, name, r.number, j + 1, "there is no place for what stands here", unknownColumn(titles, j)})
				continue
			}
			r.values[titles[j]] = v
		}
		if len(r.values) > 0 {
			rows = append(rows, r)
		}
	}
	w.sheets[name] = rows
}

func unknownColumn(titles []string, j int) string {
	switch {
	case j >= len(titles) || titles[j] == "":
		return "the column has no name"
	case slices.Contains([]string{"label", "hint", "short", "asked", "title", "period", "intro", "phrase"}, titles[j]):
		return "name the language: " + in(titles[j], i18n.Danish)
	}
	return fmt.Sprintf("the column %.40q is not part of the subset", titles[j])
}

// inLanguage matches a column of texts, however it names the language:
// label::Dansk (da), label::Danish (da), label::da.
var inLanguage = regexp.MustCompile(`^([a-z_]+)::(?:[^()]*\(([a-z]{2})\)|([a-z]{2}))$`)

// canonical spells a column as we write it.
func canonical(title string) string {
	title = strings.TrimSpace(title)
	m := inLanguage.FindStringSubmatch(title)
	if m == nil {
		return title
	}
	l, err := i18n.ParseLang(m[2] + m[3])
	if err != nil {
		return title
	}
	return in(m[1], l)
}
