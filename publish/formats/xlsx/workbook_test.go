package xlsx_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/publish/formats"
	"barometer/publish/formats/xlsx"
	"barometer/publish/internal/publishtest"
)

// book makes a workbook of one sheet with the given cells.
func book(cells ...formats.Cell) formats.Book {
	grid := &formats.Grid{Name: "g", Rows: len(cells), Columns: []formats.Column{
		{Name: "no", Type: formats.Count, Cell: func(r int) formats.Cell { return formats.NumberCell(float64(r)) }},
		{Name: "cell", Type: formats.Text, Cell: func(r int) formats.Cell { return cells[r%len(cells)] }},
	}}
	return formats.Book{Title: "Prøve", Author: "COI", Language: "da", Created: publishtest.Built,
		Sheets: []formats.Sheet{{Name: "Ark", Grid: grid}}}
}

func write(t *testing.T, b formats.Book) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := xlsx.Write(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func reopen(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestGoal30_TextsComeBackAsTextsWhateverTheyBeginWith(t *testing.T) {
	texts := []string{"=1+1", "+45 12", "-2", "@SUM(A1)", "007", "1E5", "TRUE", " foran", "bag ", "to\nlinjer",
		"<b>&\"'æøåÆØÅ", "_x0041_", "_x005F_", "😀", strings.Repeat("å", formats.MaxText)}
	var cells []formats.Cell
	for _, s := range texts {
		cells = append(cells, formats.TextCell(s))
	}
	f := reopen(t, write(t, book(cells...)))
	for i, want := range texts {
		at := fmt.Sprintf("B%d", i+2)
		got, err := f.GetCellValue("Ark", at)
		if err != nil || got != want {
			t.Errorf("%s reads %.60q (%v), want %.60q", at, got, err, want)
		}
		if formula, _ := f.GetCellFormula("Ark", at); formula != "" {
			t.Errorf("%s is the formula %q", at, formula)
		}
	}
}

func TestGoal29_WhatAWorkbookCannotHoldIsRefusedWithItsPlace(t *testing.T) {
	sheets := func(names ...string) formats.Book {
		b := book(formats.TextCell("x"))
		grid := b.Sheets[0].Grid
		b.Sheets = nil
		for _, n := range names {
			b.Sheets = append(b.Sheets, formats.Sheet{Name: n, Grid: grid})
		}
		return b
	}
	large := book(formats.TextCell("x"))
	large.Sheets[0].Rows = 1_048_576
	cases := []struct {
		name string
		book formats.Book
		want string
	}{
		{"too long", book(formats.Blank, formats.TextCell(strings.Repeat("x", formats.MaxText+1))), "sheet Ark, row 2, column cell: the text"},
		{"too long in UTF-16", book(formats.TextCell(strings.Repeat("😀", formats.MaxText/2+1))), "32768 characters long"},
		{"control character", book(formats.TextCell("a\x0bb")), "control character U+000B"},
		{"broken UTF-8", book(formats.TextCell("a\xff")), "row 1, column cell: the text \"a\\xff\" is not valid UTF-8"},
		{"no number", book(formats.NumberCell(math.NaN())), "row 1, column cell"},
		{"name too long", sheets(strings.Repeat("n", 32)), "1 to 31 characters"},
		{"name with slash", sheets("a/b"), "none of"},
		{"names that differ by case", sheets("Ark", "ARK"), "stands twice"},
		{"no sheet", formats.Book{}, "no sheet"},
		{"too many rows", large, "a sheet holds 1048575"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			err := xlsx.Write(&out, c.book)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if out.Len() > 0 {
				t.Errorf("%d bytes were written", out.Len())
			}
		})
	}
}

func TestTheSameBookGivesTheSameBytes(t *testing.T) {
	tables := tableBook(t, i18n.Danish)
	first := write(t, tables)
	for range 20 {
		if !bytes.Equal(first, write(t, tables)) {
			t.Fatal("two builds of one workbook differ")
		}
	}
}

func TestPropertiesAreOursNotTheLibrarys(t *testing.T) {
	f := reopen(t, write(t, book(formats.TextCell("x"))))
	p, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if p.Creator != "COI" || p.LastModifiedBy != "COI" || p.Created != "2026-03-02T07:00:00Z" || p.Modified != p.Created || p.Language != "da" || p.Title != "Prøve" {
		t.Errorf("properties %+v", p)
	}
}

func TestGoal27_EverySheetIsOneFilteredTableFromA1(t *testing.T) {
	for _, b := range []formats.Book{tableBook(t, i18n.Danish), formats.MicrodataBook(publishtest.Microdata(t, 40), publishtest.About(), i18n.English)} {
		f := reopen(t, write(t, b))
		if got := len(f.GetSheetList()); got != len(b.Sheets) {
			t.Fatalf("%d sheets, want %d", got, len(b.Sheets))
		}
		for _, s := range b.Sheets {
			tables, err := f.GetTables(s.Name)
			if err != nil || len(tables) != 1 {
				t.Fatalf("sheet %s has the tables %v (%v)", s.Name, tables, err)
			}
			last, _ := excelize.CoordinatesToCellName(len(s.Columns), s.Rows+1)
			if tables[0].Range != "A1:"+last {
				t.Errorf("sheet %s: table %s, want A1:%s", s.Name, tables[0].Range, last)
			}
			if panes, _ := f.GetPanes(s.Name); !panes.Freeze || panes.YSplit != 1 || panes.XSplit != s.Fixed {
				t.Errorf("sheet %s: panes %+v", s.Name, panes)
			}
			if merged, _ := f.GetMergeCells(s.Name); len(merged) > 0 {
				t.Errorf("sheet %s has merged cells", s.Name)
			}
		}
	}
}

func TestPartsAreSortedAndDatedAlike(t *testing.T) {
	data := write(t, tableBook(t, i18n.English))
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.File {
		if i > 0 && f.Name <= archive.File[i-1].Name {
			t.Errorf("%s stands after %s", f.Name, archive.File[i-1].Name)
		}
		if f.Modified.Year() != 1980 {
			t.Errorf("%s is dated %v", f.Name, f.Modified)
		}
	}
}

func tableBook(t testing.TB, l i18n.Lang) formats.Book {
	t.Helper()
	b, err := formats.TableBook(publishtest.Draft().Table(t), nil, publishtest.About(), l)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// LibreOffice is a reader of another make: it must find the sheets and show
// shares in percent.
func TestLibreOfficeReadsTheWorkbook(t *testing.T) {
	soffice := testenv.Need(t, "soffice")
	dir := t.TempDir()
	path := filepath.Join(dir, "tables.xlsx")
	if err := os.WriteFile(path, write(t, tableBook(t, i18n.Danish)), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,3`, "--outdir", dir, path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found, _ := filepath.Glob(filepath.Join(dir, "tables*.csv"))
	if len(found) != 1 {
		t.Fatalf("converted to %v", found)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Innovation,innov_rate,Innovative arbejdspladser,Hele landet,80%", "Værdi"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("LibreOffice reads\n%s\nwithout %q", text, want)
		}
	}
}

// BenchmarkWorkbook writes a research workbook of seven sheets, 20,000 records
// and 200 variables.
func BenchmarkWorkbook(b *testing.B) {
	f := publishtest.Wide(b, 20_000, 200)
	for b.Loop() {
		if err := xlsx.Write(io.Discard, formats.MicrodataBook(f, publishtest.About(), i18n.Danish)); err != nil {
			b.Fatal(err)
		}
	}
	reportPeak(b)
}

// reportPeak reports the largest memory the process has used.
func reportPeak(b *testing.B) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			b.ReportMetric(kb/1024, "peak-MB")
		}
	}
}

// A chart stands on a sheet of its own, and the same book gives the same bytes.
func TestChartOfColumns(t *testing.T) {
	text := func(row int) formats.Cell { return formats.TextCell([]string{"Ældre", "Børn"}[row]) }
	number := func(row int) formats.Cell { return formats.NumberCell(float64(10 * row)) }
	b := formats.Book{Title: "x", Language: "da", Sheets: []formats.Sheet{{Name: "Jeres svar", Grid: &formats.Grid{Name: "g", Rows: 2, Columns: []formats.Column{
		{Name: "a", Cell: text}, {Name: "b", Type: formats.Decimal, Cell: number}, {Name: "c", Type: formats.Decimal, Cell: number}}}}},
		Bars: &formats.Bars{Name: "Figur", Title: "Svar", Labels: 0, Values: []int{1, 2}}}
	var first bytes.Buffer
	if err := xlsx.Write(&first, b); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		var again bytes.Buffer
		if err := xlsx.Write(&again, b); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatalf("the same book gives other bytes, %v", err)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); len(got) != 2 || got[1] != "Figur" {
		t.Errorf("sheets %v", got)
	}
	b.Bars.Values = []int{7}
	if err := xlsx.Write(new(bytes.Buffer), b); err == nil || !strings.Contains(err.Error(), "has no column 8") {
		t.Errorf("a chart of no column: %v", err)
	}
}
