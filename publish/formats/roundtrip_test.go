package formats_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"barometer/analysis/duck"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/parquet"
	"barometer/publish/formats/xlsx"
	"barometer/publish/internal/publishtest"
)

// rows is what a reader of a file sees: the fields of every row by column, in
// the shortest digits that give a number back.
type rows []map[string]string

// rowsOf is what a file must say.
func rowsOf(g *formats.Grid) rows {
	all := make(rows, g.Rows)
	for i := range all {
		all[i] = make(map[string]string)
		for _, c := range g.Columns {
			all[i][c.Name] = csv.Field(c.Cell(i))
		}
	}
	return all
}

func fromCSV(t *testing.T, g *formats.Grid) rows {
	t.Helper()
	var out bytes.Buffer
	if err := csv.Write(&out, g); err != nil {
		t.Fatal(err)
	}
	records, err := stdcsv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records2rows(records)
}

func records2rows(records [][]string) rows {
	var all rows
	for _, r := range records[1:] {
		row := make(map[string]string)
		for j, name := range records[0] {
			row[name] = ""
			if j < len(r) {
				row[name] = r[j]
			}
		}
		all = append(all, row)
	}
	return all
}

func fromParquet(t *testing.T, g *formats.Grid) rows {
	t.Helper()
	path := filepath.Join(t.TempDir(), "g.parquet")
	if err := parquet.Write(t.Context(), path, g); err != nil {
		t.Fatal(err)
	}
	data, err := duck.ReadData(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	all := make(rows, data.Rows())
	for i := range all {
		all[i] = make(map[string]string)
		for _, c := range data.Columns() {
			name, isReason := strings.CutSuffix(c.Name, formats.ReasonSuffix)
			switch {
			case c.Missing(i) && isReason:
			case c.Missing(i):
				all[i][name] = ""
			case c.IsNumeric():
				all[i][name] = strconv.FormatFloat(c.Number[i], 'f', -1, 64)
			default:
				all[i][name] = c.Level(i)
			}
		}
	}
	return all
}

// fromXLSX reads the sheets of a workbook, raw values under the names of the
// grids' columns.
func fromXLSX(t *testing.T, sheets ...formats.Sheet) map[string]rows {
	t.Helper()
	var out bytes.Buffer
	if err := xlsx.Write(&out, formats.Book{Title: "t", Created: publishtest.Built, Sheets: sheets}); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := make(map[string]rows)
	for _, s := range sheets {
		records, err := f.GetRows(s.Name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for j, c := range s.Columns {
			records[0][j] = c.Name
		}
		all[s.Name] = records2rows(records)
	}
	return all
}

func compare(t *testing.T, format string, got, want rows) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d rows, want %d", format, len(got), len(want))
	}
	for i := range want {
		for name, value := range want[i] {
			if got[i][name] != value {
				t.Fatalf("%s, row %d, column %s: %q, want %q", format, i+1, name, got[i][name], value)
			}
		}
		if len(got[i]) != len(want[i]) {
			t.Fatalf("%s, row %d: columns %v, want %v", format, i+1, got[i], want[i])
		}
	}
}

func TestGoal27_EveryFormatHoldsTheSameResearchData(t *testing.T) {
	f := publishtest.Microdata(t, 300)
	for _, g := range []*formats.Grid{formats.Codes(f), formats.Labels(f, i18n.Danish), formats.Variables(f, i18n.Languages...), formats.Values(f, i18n.English)} {
		want := rowsOf(g)
		compare(t, "csv "+g.Name, fromCSV(t, g), want)
		compare(t, "parquet "+g.Name, fromParquet(t, g), want)
		compare(t, "xlsx "+g.Name, fromXLSX(t, formats.Sheet{Name: "s", Grid: g})["s"], want)
	}
}

// The data files hold the table in one grid and the workbook in a sheet for
// each breakdown: put together, both must be the table, cell by cell.
func TestEveryFormatHoldsTheSameTable(t *testing.T) {
	source := publishtest.Draft().Table(t)
	g, err := formats.Tables(source)
	if err != nil {
		t.Fatal(err)
	}
	book, err := formats.TableBook(source, nil, publishtest.About(), i18n.Danish)
	if err != nil {
		t.Fatal(err)
	}
	var fromBook rows
	for _, sheet := range fromXLSX(t, book.Sheets[2:]...) {
		fromBook = append(fromBook, sheet...)
	}
	for format, all := range map[string]rows{"csv": fromCSV(t, g), "parquet": fromParquet(t, g), "xlsx": fromBook} {
		if want := len(source.Indicators()) * len(source.Domains()); len(all) != want {
			t.Errorf("%s: %d figures, want %d", format, len(all), want)
		}
		for _, row := range all {
			checkFigure(t, format, source, row)
		}
	}
}

// checkFigure compares one row of a file with the cell it came from.
func checkFigure(t *testing.T, format string, source *table.Table, row map[string]string) {
	t.Helper()
	i := slices.IndexFunc(source.Domains(), func(d table.Domain) bool {
		joined := row["sector"] + row["size"] // no code occurs in both
		return strings.Join(d.Codes, "") == joined
	})
	if i < 0 {
		t.Fatalf("%s: no domain for %v", format, row)
	}
	address := row["indicator"] + " × " + source.Domains()[i].ID()
	cell, ok := source.Cell(row["indicator"], source.Domains()[i].ID())
	if !ok {
		t.Fatalf("%s: there is no cell %s", format, address)
	}
	if row["status"] != string(cell.Status()) {
		t.Errorf("%s: cell %s has status %q, want %q", format, address, row["status"], cell.Status())
	}
	f, shown := cell.Figure()
	for name, want := range map[string]float64{"value": f.Value, "low": f.Low, "high": f.High, "se": f.SE, "df": f.DF, "n": float64(f.N)} {
		if !shown {
			if row[name] != "" {
				t.Errorf("%s: the suppressed cell %s shows %s = %s", format, address, name, row[name])
			}
			continue
		}
		// The library that reads workbooks back keeps 15 digits, the file all.
		if got, err := strconv.ParseFloat(row[name], 64); err != nil || math.Abs(got-want) > 1e-14*math.Abs(want) || format != "xlsx" && got != want {
			t.Errorf("%s: cell %s, %s = %s, want %v", format, address, name, row[name], want)
		}
	}
}
