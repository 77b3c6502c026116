package paper

import (
	"encoding/csv"
	"io"

	"github.com/xuri/excelize/v2"

	"barometer/survey/contact"
	"barometer/survey/contact/wording"
)

// columns are those of the lists for mail merge.
var columns = []string{"p_number", "name", "attention", "address", "postcode", "city", "email", "phone", "code", "link", "subject", "text"}

// row is a letter's line in a list, each value one line of text but the last.
func row(s Sheet) []string {
	values := []string{s.PNumber, s.Name, s.Attention, s.Address, s.Postcode, s.City, s.Email, s.Phone, s.Code.String(), s.Link, s.Letter.Subject}
	for i, v := range values {
		values[i] = wording.Plain(v)
	}
	return append(values, s.Letter.Text())
}

// WriteCSV writes the letters as a list for mail merge: semicolons between
// cells, UTF-8 with a byte-order mark, as Danish office programs expect. Cells
// that a spreadsheet would take for a formula are preceded by an apostrophe.
func WriteCSV(w io.Writer, sheets []Sheet) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := out.Write(columns); err != nil {
		return err
	}
	for _, s := range sheets {
		values := row(s)
		for i := range values {
			values[i] = contact.Inert(values[i])
		}
		if err := out.Write(values); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// widths of the columns in characters.
var widths = []float64{12, 34, 22, 30, 9, 18, 30, 14, 16, 46, 40, 60}

// WriteXLSX writes the same list as a workbook. Every cell is text, so that no
// number loses its zeros and nothing is reckoned.
func WriteXLSX(w io.Writer, sheets []Sheet) error {
	book := excelize.NewFile()
	defer book.Close()
	const name = "Breve"
	if err := book.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49}) // text, also when a cell is typed over
	if err != nil {
		return err
	}
	bold, err := book.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	out, err := book.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := layOut(out); err != nil {
		return err
	}
	if err := writeRow(out, 1, columns, bold); err != nil {
		return err
	}
	for i, s := range sheets {
		if err := writeRow(out, i+2, row(s), text); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = book.WriteTo(w)
	return err
}

// layOut sets widths and keeps the head in view.
func layOut(out *excelize.StreamWriter) error {
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	return out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func writeRow(out *excelize.StreamWriter, n int, values []string, style int) error {
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = excelize.Cell{StyleID: style, Value: v}
	}
	at, err := excelize.CoordinatesToCellName(1, n)
	if err != nil {
		return err
	}
	return out.SetRow(at, cells)
}
