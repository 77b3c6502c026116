package formats_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"barometer/analysis/duck"
	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/publish/formats"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/parquet"
	"barometer/publish/formats/xlsx"
	"barometer/publish/internal/publishtest"
)

// Goal 13 of publishing: the files of rows decode to the identical cube.
func TestGoal13_FilesOfRowsDecodeToTheIdenticalCube(t *testing.T) {
	cubes, err := cube.All(publishtest.Draft().Table(t), publishtest.About())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cubes {
		g, err := c.Grid()
		if err != nil {
			t.Fatal(err)
		}
		header := make([]string, len(g.Columns))
		for i, column := range g.Columns {
			header[i] = column.Name
		}
		sameCube(t, "csv", header, recordsOfCSV(t, g), i18n.Languages, c)
		sameCube(t, "parquet", header, recordsOfParquet(t, g, header), i18n.Languages, c)
		for _, l := range i18n.Languages {
			one, err := c.In(l).Grid()
			if err != nil {
				t.Fatal(err)
			}
			header := make([]string, len(one.Columns))
			for i, column := range one.Columns {
				header[i] = column.Name
			}
			sameCube(t, "xlsx in "+string(l), header, recordsOfBook(t, c, l, len(header)), []i18n.Lang{l}, c.In(l))
		}
	}
}

func sameCube(t *testing.T, format string, header []string, records [][]string, languages []i18n.Lang, c *cube.Cube) {
	t.Helper()
	back, err := cube.FromRows(header, records, languages)
	if err != nil {
		t.Errorf("%s of %s: %v", format, c.ID, err)
		return
	}
	if err := cube.Differ(back, c.Core()); err != nil {
		t.Errorf("%s of %s: %v", format, c.ID, err)
	}
}

func recordsOfCSV(t *testing.T, g *formats.Grid) [][]string {
	t.Helper()
	var out bytes.Buffer
	if err := csv.Write(&out, g); err != nil {
		t.Fatal(err)
	}
	records, err := stdcsv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records[1:]
}

func recordsOfParquet(t *testing.T, g *formats.Grid, header []string) [][]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "g.parquet")
	if err := parquet.Write(t.Context(), path, g); err != nil {
		t.Fatal(err)
	}
	return recordsByDuck(t, path, header)
}

func recordsByDuck(t *testing.T, path string, header []string) [][]string {
	t.Helper()
	data, err := duck.ReadData(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	records := make([][]string, data.Rows())
	for i := range records {
		records[i] = make([]string, len(header))
		for j, name := range header {
			c, err := data.Column(name)
			switch {
			case err != nil:
				t.Fatal(err)
			case c.Missing(i):
			case c.IsNumeric():
				records[i][j] = strconv.FormatFloat(c.Number[i], 'f', -1, 64)
			default:
				records[i][j] = c.Level(i)
			}
		}
	}
	return records
}

func recordsOfBook(t *testing.T, c *cube.Cube, l i18n.Lang, columns int) [][]string {
	t.Helper()
	book, err := c.Book(l)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := xlsx.Write(&out, book); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := f.GetRows(book.Sheets[cube.TableSheet].Name, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records { // cells that end a row empty are left out
		records[i] = append(r, make([]string, columns-len(r))...)
	}
	return records[1:]
}
