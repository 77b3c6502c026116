package xlsx

import (
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"barometer/publish/formats"
)

// seriesColours are those of the charts of a release, told apart at 3:1 on white.
var seriesColours = []string{"12436D", "F46A25", "28A197", "801650"}

// checkBars refuses a chart of columns that the book does not have.
func checkBars(b formats.Book) error {
	c := b.Bars
	if c == nil {
		return nil
	}
	if c.Of < 0 || c.Of >= len(b.Sheets) || len(c.Values) == 0 || len(c.Values) > len(seriesColours) {
		return fmt.Errorf("chart %q: it takes one to %d columns of a sheet of the workbook", c.Name, len(seriesColours))
	}
	for _, column := range append([]int{c.Labels}, c.Values...) {
		if column < 0 || column >= len(b.Sheets[c.Of].Columns) {
			return fmt.Errorf("chart %q: sheet %s has no column %d", c.Name, b.Sheets[c.Of].Name, column+1)
		}
	}
	return nil
}

// addBars adds the chart of a book on a sheet of its own. It lies behind the
// sheets, which are streamed and take no chart once they are written.
func addBars(f *excelize.File, b formats.Book) error {
	c := b.Bars
	if c == nil || b.Sheets[c.Of].Rows == 0 {
		return nil
	}
	if _, err := f.NewSheet(c.Name); err != nil {
		return err
	}
	s := b.Sheets[c.Of]
	var series []excelize.ChartSeries
	for i, column := range c.Values {
		series = append(series, excelize.ChartSeries{
			Name: cells(s.Name, column, 1, 1), Categories: cells(s.Name, c.Labels, 2, s.Rows+1), Values: cells(s.Name, column, 2, s.Rows+1),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{seriesColours[i]}},
		})
	}
	zero, most := 0.0, 100.0
	orientation, a4, fit, one := "landscape", 9, true, 1 // on one page of paper
	if err := errors.Join(f.SetSheetProps(c.Name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageLayout(c.Name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &one, FitToHeight: &one})); err != nil {
		return err
	}
	text := excelize.Font{Color: "1A1A1A", Size: 9}
	return f.AddChart(c.Name, "A1", &excelize.Chart{
		Type: excelize.Bar, Series: series, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Title}}},
		Legend: excelize.ChartLegend{Position: "top"}, Dimension: excelize.ChartDimension{Width: 900, Height: uint(160 + 34*s.Rows)},
		XAxis: excelize.ChartAxis{ReverseOrder: true, Font: text}, YAxis: excelize.ChartAxis{Font: text, Minimum: &zero, Maximum: &most, MajorGridLines: true},
		Format: excelize.GraphicOptions{AltText: c.Title},
	})
}

// cells addresses rows of a column of a sheet.
func cells(sheet string, column, from, to int) string {
	name, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		panic(err) // columns are checked
	}
	quoted := "'" + strings.ReplaceAll(sheet, "'", "''") + "'!"
	if from == to {
		return fmt.Sprintf("%s$%s$%d", quoted, name, from)
	}
	return fmt.Sprintf("%s$%s$%d:$%s$%d", quoted, name, from, name, to)
}
