package xlsx

import (
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"barometer/publish/formats"
)

// styles are the cell styles of a workbook.
type styles struct {
	heading, wrapped, count, decimal, percent int
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
			Font:      &excelize.Font{Bold: true, Color: "FFFFFF"},
			Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"12436D"}},
			Alignment: &excelize.Alignment{Vertical: "center"},
		}},
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
		for j, c := range s.Columns {
			row[j] = st.value(c, c.Cell(i))
		}
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := sw.SetRow(at, row); err != nil {
			return err
		}
	}
	if err := addTable(sw, s, tableName); err != nil {
		return err
	}
	return sw.Flush()
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

// value is a cell in the library's form. Only cells that need one get a style:
// looking styles up by column would cost a search per cell.
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
