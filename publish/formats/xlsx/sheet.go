package xlsx

import (
	"errors"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"barometer/publish/formats"
)

// styles are the cell styles of a workbook.
type styles struct {
	heading, plain, wrapped, count, decimal, percent int
}

func newStyles(f *excelize.File) (styles, error) {
	percent, decimal := "0.0%", "0.0" // shown with the decimal mark of the reader's own settings
	top := &excelize.Alignment{Vertical: "top"}
	var st styles
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&st.heading, excelize.Style{
			Font:      &excelize.Font{Bold: true, Color: "FFFFFF", Family: "Calibri", Size: 11},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"12436D"}},
			Alignment: &excelize.Alignment{Vertical: "center"},
		}},
		{&st.plain, excelize.Style{Alignment: top}},
		{&st.wrapped, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&st.count, excelize.Style{NumFmt: 3, Alignment: top}}, // 3 = whole number with thousands separator
		{&st.decimal, excelize.Style{CustomNumFmt: &decimal, Alignment: top}},
		{&st.percent, excelize.Style{CustomNumFmt: &percent, Alignment: top}},
	} {
		id, err := f.NewStyle(&s.style)
		if err != nil {
			return styles{}, err
		}
		*s.id = id
	}
	return st, nil
}

// writeSheet streams one sheet. Everything that belongs to the sheet is set
// before the first row; after Flush it would be lost without an error.
func writeSheet(f *excelize.File, s formats.Sheet, tableName string, st styles) error {
	if err := printable(f, s); err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	if err := layOut(sw, s); err != nil {
		return err
	}
	row := make([]any, len(s.Columns))
	for j, c := range s.Columns {
		row[j] = excelize.Cell{StyleID: st.heading, Value: c.Heading()}
	}
	if err := sw.SetRow("A1", row, excelize.RowOpts{Height: 20}); err != nil {
		return err
	}
	for i := range s.Rows {
		if err := st.writeRow(sw, s, i, row); err != nil {
			return err
		}
	}
	if err := addTable(sw, s, tableName); err != nil {
		return err
	}
	return sw.Flush()
}

// writeRow writes one row below the heading; row is reused from row to row.
func (st styles) writeRow(sw *excelize.StreamWriter, s formats.Sheet, i int, row []any) error {
	lines := 1
	for j, c := range s.Columns {
		cell := c.Cell(i)
		row[j] = st.value(c, cell)
		if c.Wrap {
			lines = max(lines, wrapped(cell.Text, c.Width))
		}
	}
	// A style for the row spares the library a search by column for each cell.
	options := excelize.RowOpts{StyleID: st.plain}
	if lines > 1 {
		options.Height = min(lineHeight*float64(lines), excelize.MaxRowHeight)
	}
	at, err := excelize.CoordinatesToCellName(1, i+2)
	if err != nil {
		return err
	}
	return sw.SetRow(at, row, options)
}

// lineHeight is the height of a line of text, in points.
const lineHeight = 15

// wrapped estimates the lines a text takes in a column of the given width, a
// little too many rather than too few.
func wrapped(text string, width float64) int {
	lines := 0
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines += max(1, int(math.Ceil(1.1*float64(utf8.RuneCountInString(paragraph))/width)))
	}
	return lines
}

// widestPrinted is the most columns that can be read on one sheet of paper.
const widestPrinted = 15

// printable lets a sheet that is not too wide print on paper laid crosswise,
// all columns on one page and the heading on every page.
func printable(f *excelize.File, s formats.Sheet) error {
	if len(s.Columns) > widestPrinted {
		return nil
	}
	orientation, a4, fit, one, any := "landscape", 9, true, 1, 0
	heading := "'" + strings.ReplaceAll(s.Name, "'", "''") + "'!$1:$1"
	return errors.Join(
		f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: heading, Scope: s.Name}),
		f.SetSheetProps(s.Name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageLayout(s.Name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &one, FitToHeight: &any}))
}

// layOut freezes the heading and the fixed columns and sets widths.
func layOut(sw *excelize.StreamWriter, s formats.Sheet) error {
	corner, err := excelize.CoordinatesToCellName(s.Fixed+1, 2)
	if err != nil {
		return err
	}
	pane := "bottomLeft"
	if s.Fixed > 0 {
		pane = "bottomRight"
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, XSplit: s.Fixed, YSplit: 1, TopLeftCell: corner, ActivePane: pane,
		Selection: []excelize.Selection{{SQRef: corner, ActiveCell: corner, Pane: pane}}}); err != nil {
		return err
	}
	for j, c := range s.Columns {
		width := c.Width
		if width == 0 {
			width = float64(max(9, utf8.RuneCountInString(c.Heading())+4)) // room for the filter button
		}
		if err := sw.SetColWidth(j+1, j+1, min(width, excelize.MaxColumnWidth)); err != nil {
			return err
		}
	}
	return nil
}

// addTable makes the sheet a defined table, which gives it filters and a name.
func addTable(sw *excelize.StreamWriter, s formats.Sheet, name string) error {
	if s.Rows == 0 {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(s.Columns), s.Rows+1)
	if err != nil {
		return err
	}
	striped := true
	return sw.AddTable(&excelize.Table{Range: "A1:" + last, Name: name, StyleName: "TableStyleLight1", ShowRowStripes: &striped})
}

// value is a cell in the library's form, with a style where that of the row
// will not do.
func (st styles) value(c formats.Column, cell formats.Cell) any {
	switch {
	case cell.IsText() && c.Wrap:
		return excelize.Cell{StyleID: st.wrapped, Value: cell.Text}
	case cell.IsText():
		return cell.Text
	case !cell.IsNumber():
		return nil
	}
	shown := cell.Shown
	if shown == formats.Text {
		shown = c.Type
	}
	switch shown {
	case formats.Count:
		return excelize.Cell{StyleID: st.count, Value: cell.Number}
	case formats.Decimal:
		return excelize.Cell{StyleID: st.decimal, Value: cell.Number}
	case formats.Percent:
		return excelize.Cell{StyleID: st.percent, Value: cell.Number}
	}
	return cell.Number
}
