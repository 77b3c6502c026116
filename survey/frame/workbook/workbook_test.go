package workbook

import (
	"archive/zip"
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"barometer/survey/frame"
)

// sheetOf makes a workbook with one sheet of the given rows.
func sheetOf(tb testing.TB, rows ...[]any) []byte {
	tb.Helper()
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", "Ramme"); err != nil {
		tb.Fatal(err)
	}
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := book.SetSheetRow("Ramme", cell, &row); err != nil {
			tb.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

var (
	head = []any{"p_number", "cvr", "name", "sector", "subsector", "municipality", "region", "employees", "email"}
	// Numbers as numbers, and nothing in the last cell.
	row1 = []any{1003000001, 55133018, "Børnehuset Solstrålen", "kommune", "K-DAG", "0751", "1082", 23}
	row2 = []any{1.003000002e9, "55133018", " Skolen; øst ", "stat", "S-UNG", "0860", 1081, 100.0, "a@example.dk"}
)

func TestReadWorkbook(t *testing.T) {
	data := sheetOf(t, head, row1, []any{}, row2, []any{"  ", ""})
	f, err := Read(bytes.NewReader(data), "frame.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	want := []frame.Unit{
		{PNumber: "1003000001", CVR: "55133018", Name: "Børnehuset Solstrålen", Sector: "kommune", Subsector: "K-DAG", Municipality: "0751", Region: "1082", Employees: 23},
		{PNumber: "1003000002", CVR: "55133018", Name: "Skolen; øst", Email: "a@example.dk", Sector: "stat", Subsector: "S-UNG", Municipality: "0860", Region: "1081", Employees: 100},
	}
	if !reflect.DeepEqual(f.Units, want) || len(f.Hash) != 64 {
		t.Errorf("got %+v", f)
	}
}

// A fault is named by the cell it stands in, as the spreadsheet program does.
func TestFaultsOfAWorkbookAreNamedByCell(t *testing.T) {
	short := append([]any{}, row1...)
	short[0], short[5] = 1003000002, 751 // a dropped leading zero
	beyond := append(append([]any{}, row2...), "note")
	beyond[0] = 1003000003
	half := append([]any{}, row1...)
	half[0], half[7] = 1003000004, 23.5
	_, err := Read(bytes.NewReader(sheetOf(t, head, row1, []any{}, short, row1, beyond, half)), "frame.xlsx")
	if err == nil {
		t.Fatal("a faulty workbook was read")
	}
	for _, want := range []string{
		`frame.xlsx:Ramme!F4: municipality "751" is no known code (four digits`,
		`frame.xlsx:Ramme!A5: p_number "1003000001" stands already in row 2`,
		`frame.xlsx:Ramme!J6: cell "note" stands under no column`,
		`frame.xlsx:Ramme!H7: employees "23.5" is no positive whole number`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got:\n%v\nwant %q", err, want)
		}
	}
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"empty":          {sheetOf(t), "f.xlsx:1:"},
		"no header":      {sheetOf(t, []any{}, head, row1), "there is no header"},
		"no rows":        {sheetOf(t, head), "there is no unit below the header"},
		"unknown column": {sheetOf(t, append([]any{"navn"}, head...), row1), `f.xlsx:Ramme!A1: column "navn" is unknown`},
		"missing column": {sheetOf(t, head[1:], row1), "f.xlsx:Ramme!1: column p_number is missing"},
		"no workbook":    {[]byte("PK\x03\x04 and nothing else"), "f.xlsx: is no workbook that can be read"},
		"cut short":      {sheetOf(t, head, row1)[:2000], "is no workbook that can be read"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(bytes.NewReader(tt.data), "f.xlsx")
			if f != nil || err == nil || !strings.Contains(err.Error(), tt.want) && name != "empty" {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A file of some kilobytes that unpacks to megabytes is refused before it is
// unpacked, and leaves nothing behind.
func TestBombIsRefused(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	sound := sheetOf(t, head, row1)
	var file bytes.Buffer
	in, err := zip.NewReader(bytes.NewReader(sound), int64(len(sound)))
	if err != nil {
		t.Fatal(err)
	}
	out := zip.NewWriter(&file)
	for _, part := range in.File {
		if err := out.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	w, err := out.Create("xl/worksheets/sheet2.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 8<<20)); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	small := limits{packed: 1 << 20, unpacked: 4 << 20, memory: 1 << 20}
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"unpacked": {file.Bytes(), "unzip size exceeds"},
		"packed":   {append([]byte("PK\x03\x04"), make([]byte, 1<<20)...), "larger than 1 MB"},
	} {
		if _, err := read(tt.data, "bomb.xlsx", small); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if left, _ := os.ReadDir(temporary); len(left) > 0 {
		t.Errorf("%d files were left behind", len(left))
	}
}

func FuzzReadWorkbook(f *testing.F) {
	f.Add(sheetOf(f, head, row1, row2))
	f.Add(sheetOf(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		f, err := read(data, "f.xlsx", limits{packed: 1 << 20, unpacked: 4 << 20, memory: 1 << 20})
		if err == nil && frame.Check(f.Units, "units") != nil {
			t.Fatalf("units were read that do not pass: %+v", f.Units)
		}
	})
}
