package csv_test

import (
	"bytes"
	stdcsv "encoding/csv"
	"strings"
	"testing"

	"barometer/publish/formats"
	"barometer/publish/formats/csv"
)

func grid(texts ...string) *formats.Grid {
	return &formats.Grid{Name: "tables", Rows: len(texts), Columns: []formats.Column{
		{Name: "text", Type: formats.Text, Cell: func(r int) formats.Cell { return formats.TextCell(texts[r]) }},
		{Name: "number", Type: formats.Number, Cell: func(r int) formats.Cell { return formats.NumberCell(-0.1 * float64(r)) }},
	}}
}

func TestFieldsComeBackThroughAnotherReader(t *testing.T) {
	texts := []string{"plain", "a,b", `say "hi"`, "to\nlinjer", "æøå", " space ", "", "1-19", "[not_asked]"}
	var out bytes.Buffer
	if err := csv.Write(&out, grid(texts...)); err != nil {
		t.Fatal(err)
	}
	if bytes.HasPrefix(out.Bytes(), []byte("\xef\xbb\xbf")) {
		t.Error("the file begins with a byte order mark")
	}
	records, err := stdcsv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range texts {
		if got := records[i+1][0]; got != want {
			t.Errorf("row %d reads %q, want %q", i+1, got, want)
		}
	}
	if got := records[4][1]; got != "-0.30000000000000004" {
		t.Errorf("the number reads %s: digits are lost", got)
	}
}

func TestGoal30_TextsASpreadsheetWouldRunAreRefused(t *testing.T) {
	for _, s := range []string{"=1+1", "+45", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0"} {
		var out bytes.Buffer
		err := csv.Write(&out, grid("harmless", s))
		if err == nil || !strings.Contains(err.Error(), "tables, row 2, column text") {
			t.Errorf("%q: error %v", s, err)
		}
		if out.Len() > 0 {
			t.Errorf("%q: %d bytes were written", s, out.Len())
		}
	}
	named := grid("x")
	named.Columns[0].Name = "=name"
	if err := csv.Write(new(bytes.Buffer), named); err == nil {
		t.Error("a column name that is a formula passed")
	}
}
