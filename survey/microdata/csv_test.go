package microdata

import (
	"encoding/csv"
	"math"
	"slices"
	"strings"
	"testing"

	"barometer/survey/codebook"
)

// Goals 42 and 43. Reasons for missing values stay apart, and the data file
// holds what was stored: what a spreadsheet would run is put right in files for
// spreadsheets alone.
func TestGoal43_DataFileKeepsWhatSpreadsheetsWouldRun(t *testing.T) {
	levels := []string{"=1+1", "-2", "æ,\"ø\"\nå"}
	a, err := Categories("a", levels, append(levels, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	a.Reason = []codebook.Missing{0, 0, 0, codebook.Skipped, codebook.Refused}
	b := Numbers("b", []float64{-1.5, 0, 1e21, math.NaN(), math.NaN()})
	b.Reason = []codebook.Missing{0, 0, 0, codebook.NotAsked, codebook.Nonresponse}
	d, err := New(a, b, Numbers("c", []float64{1, 2, 3, math.NaN(), 5}))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := WriteCSV(&out, d); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"a", "b", "c"},
		{"=1+1", "-1.5", "1"}, {"-2", "0", "2"}, {levels[2], "1000000000000000000000", "3"},
		{"[skipped]", "[not_asked]", ""}, {"[refused]", "[nonresponse]", "5"},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("read back %q", got)
	}
}
