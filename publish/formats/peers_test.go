package formats_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/publish/formats"
	"barometer/publish/formats/dta"
	"barometer/publish/formats/sav"
	"barometer/publish/formats/xlsx"
	"barometer/publish/internal/publishtest"
	"barometer/survey/codebook"
)

// statistical is a format of statistics programs.
type statistical struct {
	ext    string
	write  func(io.Writer, *formats.Labelled) error
	gap    func(codebook.Missing) string // how a reader shows a value missing for a reason
	labels int                           // bytes of a value's label
}

var statisticals = []statistical{
	{"sav", sav.Write, func(m codebook.Missing) string {
		if m == codebook.Present {
			return "."
		}
		return strconv.Itoa(formats.GapNumber(m))
	}, 120},
	{"dta", dta.Write, func(m codebook.Missing) string {
		if m == codebook.Present {
			return "."
		}
		return "." + string(rune('a'+int(m)-1))
	}, 32000},
}

// hard is data with everything that a format has been seen to lose: names and
// words with Danish letters, long labels, texts of every length at which a
// format changes its ways, large, small, negative and fractional numbers, and
// every reason for a missing value in columns of every width.
func hard() *formats.Labelled {
	lengths := []int{0, 1, 7, 8, 9, 251, 252, 253, 255}
	d := &formats.Labelled{Name: "hard", Title: "Prøve på æøå ÆØÅ", Notes: []string{"Syntetiske data: æøå. " + strings.Repeat("ord ", 40)}, Created: publishtest.Built, Weight: "vægt", Rows: 40}
	text := func(name string, longest int) formats.LabelledVariable {
		return formats.LabelledVariable{Name: name, Label: "Tekst på op til " + strconv.Itoa(longest) + " byte", Measure: formats.Nominal, Text: func(row int) string {
			n := longest
			if row < len(lengths) {
				n = min(longest, lengths[row])
			}
			return fill(n, row)
		}}
	}
	number := func(name string, whole bool, value func(int) float64) formats.LabelledVariable {
		return formats.LabelledVariable{Name: name, Label: "Tal: " + name, Measure: formats.Scale, Whole: whole, Number: value,
			Reason: func(int) codebook.Missing { return codebook.Present }}
	}
	gaps := func(v formats.LabelledVariable) formats.LabelledVariable {
		of, reasons := v.Number, append([]codebook.Missing{codebook.Present}, codebook.Reasons...)
		v.Number = func(row int) float64 {
			if row%9 < len(reasons) {
				return math.NaN()
			}
			return of(row)
		}
		v.Reason = func(row int) codebook.Missing {
			if row%9 < len(reasons) {
				return reasons[row%9]
			}
			return codebook.Present
		}
		for _, m := range codebook.Reasons {
			v.Gaps = append(v.Gaps, formats.Gap{Reason: m, Label: m.Label().DA})
		}
		return v
	}
	coded := number("Størrelse_på_arbejdspladsen", true, func(row int) float64 { return []float64{1, 2, 1081}[row%3] })
	coded.Measure, coded.Label = formats.Ordinal, strings.Repeat("Hvor stor er »arbejdspladsen«, & hvorfor? ", 9)
	coded.Values = []formats.ValueLabel{{1, "Lille <1–19>"}, {2, strings.Repeat("æ", 70)}, {1081, "Nordjylland"}}
	d.Variables = []formats.LabelledVariable{
		text("id", 8), number("vægt", false, func(row int) float64 { return 0.1 + float64(row)/3 }), coded,
		gaps(number("et_ciffer", true, func(row int) float64 { return float64(row % 2) })),
		gaps(number("tusinder", true, func(row int) float64 { return float64(row * 700) })),
		gaps(number("millioner", true, func(row int) float64 { return float64(row * 50_000_000) })),
		gaps(number("milliarder", true, func(row int) float64 { return float64(row) * 5e12 })),
		gaps(number("brøker", false, func(row int) float64 { return float64(row) / 7 })),
		number("negativ", true, func(row int) float64 { return float64(-3 * row) }),
		number("nul", false, func(row int) float64 { return math.Copysign(0.25, float64(row%2)-0.5) }),
		text("kort", 9), text("t252", 252), text("t255", 255), text("t256", 256), text("t600", 600), text("t2045", 2045), text("t5000", 5000), text("lang", 32766),
	}
	return d
}

// fill makes a text of n bytes that differs at every place.
func fill(n, seed int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		if n-b.Len() > 2 && i%5 == 2 {
			b.WriteString("ø")
			continue
		}
		b.WriteByte(byte('A' + (i*7+seed+i/26)%26))
	}
	return b.String()
}

// seen is what a reader of another make takes from a file.
type seen struct {
	Title     string
	Notes     []string
	Variables []seenVariable
}

type seenVariable struct {
	Name, Label, Measure string
	Numbers, Words       []string
	Range                []float64
	Cells                []string
}

// UnmarshalJSON takes what R writes for nothing, an empty list, as nothing.
func (v *seenVariable) UnmarshalJSON(data []byte) error {
	var raw struct {
		Name                  string
		Label, Measure, Range json.RawMessage
		Numbers, Words, Cells []string
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*v = seenVariable{Name: raw.Name, Numbers: raw.Numbers, Words: raw.Words, Cells: raw.Cells}
	for from, to := range map[*json.RawMessage]any{&raw.Label: &v.Label, &raw.Measure: &v.Measure, &raw.Range: &v.Range} {
		if s := string(*from); s != "" && s != "[]" && s != "{}" {
			if err := json.Unmarshal(*from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s statistical) file(t *testing.T, d *formats.Labelled) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data."+s.ext)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := s.write(f, d); err != nil {
		t.Fatal(err)
	}
	return path
}

func haven(t *testing.T, path string) (s seen) {
	t.Helper()
	r := testenv.NeedR(t, "haven", "jsonlite")
	cmd := exec.Command(r, "testdata/haven.R", path)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatalf("%v in %.300s", err, out)
	}
	return s
}

// Goals 31 and 33. R's haven takes from both files what was put in, cell by
// cell, with labels, and with every reason for a missing value apart.
func TestGoal31_HavenReadsSPSSAndStataAlike(t *testing.T) {
	research := formats.Label(publishtest.Microdata(t, 300), publishtest.About(), i18n.Danish)
	for _, s := range statisticals {
		for _, d := range []*formats.Labelled{research, hard()} {
			t.Run(s.ext+" "+d.Name, func(t *testing.T) { s.compare(t, d, haven(t, s.file(t, d))) })
		}
	}
}

func (s statistical) compare(t *testing.T, d *formats.Labelled, got seen) {
	t.Helper()
	if len(got.Variables) != len(d.Variables) {
		t.Fatalf("%d variables, want %d", len(got.Variables), len(d.Variables))
	}
	if s.ext == "sav" && got.Title != formats.Shorten(d.Title, 64) || s.ext == "dta" && got.Title != d.Title {
		t.Errorf("titled %q, want %q", got.Title, d.Title)
	}
	if !slices.ContainsFunc(got.Notes, func(n string) bool { return strings.HasPrefix(n, d.Notes[0][:20]) }) {
		t.Errorf("notes %q, want %q", got.Notes, d.Notes)
	}
	for i, v := range d.Variables {
		have := got.Variables[i]
		if have.Name != v.Name || !strings.HasPrefix(v.Label, strings.TrimRight(have.Label, "…")) || have.Label == "" {
			t.Errorf("variable %d is %s, %q, want %s, %q", i+1, have.Name, have.Label, v.Name, v.Label)
		}
		s.compareLabels(t, v, have)
		for row := range d.Rows {
			if want := s.shown(v, row); !sameShown(have.Cells[row], want) {
				t.Errorf("row %d, variable %s: %.80q of %d bytes, want %.80q of %d", row+1, v.Name, have.Cells[row], len(have.Cells[row]), want, len(want))
			}
		}
	}
}

func (s statistical) compareLabels(t *testing.T, v formats.LabelledVariable, have seenVariable) {
	t.Helper()
	want := make(map[string]string)
	for _, l := range v.Values {
		want[strconv.Itoa(l.Number)] = formats.Shorten(l.Label, s.labels)
	}
	for _, g := range v.Gaps {
		want[s.gap(g.Reason)] = g.Label
	}
	labels := make(map[string]string)
	for i := range have.Numbers {
		labels[have.Numbers[i]] = have.Words[i]
	}
	if fmt.Sprint(labels) != fmt.Sprint(want) {
		t.Errorf("variable %s has the labels %q, want %q", v.Name, labels, want)
	}
	if s.ext == "sav" && (len(v.Gaps) > 0) != (len(have.Range) == 2 && have.Range[0] == -6 && have.Range[1] == -1) {
		t.Errorf("variable %s: the range %v is missing", v.Name, have.Range)
	}
}

// shown is how a reader shows a cell.
func (s statistical) shown(v formats.LabelledVariable, row int) string {
	switch {
	case v.Text != nil:
		return v.Text(row)
	case math.IsNaN(v.Number(row)):
		return s.gap(v.Reason(row))
	}
	return strconv.FormatFloat(v.Number(row), 'g', 17, 64)
}

// sameShown compares what is shown, numbers to the last bit.
func sameShown(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && x == y
}

// Goal 31. PSPP, which reads what SPSS reads, finds the same values in the .sav,
// those missing for a reason included, and declares them missing.
func TestGoal31_PSPPReadsTheSame(t *testing.T) {
	pspp := testenv.Need(t, "pspp")
	s := statisticals[0]
	for _, d := range []*formats.Labelled{formats.Label(publishtest.Microdata(t, 300), publishtest.About(), i18n.English), hard()} {
		path := s.file(t, d)
		out := filepath.Join(filepath.Dir(path), "out.csv")
		syntax := fmt.Sprintf("GET FILE='%s'.\nDISPLAY DICTIONARY.\nSAVE TRANSLATE /OUTFILE='%s' /TYPE=CSV /REPLACE /FIELDNAMES /CELLS=VALUES /MISSING=IGNORE.\n", path, out)
		cmd := exec.Command(pspp, "-O", "format=txt", "-o", "-", "-")
		cmd.Stdin = strings.NewReader(syntax)
		dictionary, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(dictionary), "error:") || strings.Contains(string(dictionary), "warning:") {
			t.Fatalf("%v: %s", err, dictionary)
		}
		f, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(f).ReadAll()
		if err = errors.Join(err, f.Close()); err != nil || len(records) != d.Rows+1 {
			t.Fatalf("%d lines, %v", len(records), err)
		}
		for i, v := range d.Variables {
			if records[0][i] != v.Name {
				t.Errorf("variable %d is %s, want %s", i+1, records[0][i], v.Name)
			}
			for row := range d.Rows {
				want := s.shown(v, row)
				if want == "." {
					want = ""
				}
				if got := strings.TrimRight(records[row+1][i], " "); !near(got, want) {
					t.Errorf("%s, row %d, variable %s: %.80q of %d bytes, want %.80q of %d", d.Name, row+1, v.Name, got, len(got), want, len(want))
				}
			}
		}
		if want := "-6 THRU"; d.Name == "hard" && !strings.Contains(strings.ToUpper(string(dictionary)), want) {
			t.Errorf("the dictionary has no range %q of missing values:\n%s", want, dictionary)
		}
	}
}

// near compares what PSPP writes, which rounds numbers for print.
func near(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && math.Abs(x-y) <= 1e-4*max(1, math.Abs(y))
}

// Goal 31. Python's pandas reads the .dta to the same cells.
func TestGoal31_PandasReadsTheSame(t *testing.T) {
	python := testenv.NeedPython(t, "pandas")
	s := statisticals[1]
	for _, d := range []*formats.Labelled{formats.Label(publishtest.Microdata(t, 300), publishtest.About(), i18n.Danish), hard()} {
		cmd := exec.Command(python, "testdata/stata.py", s.file(t, d))
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var got seen
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		for i, v := range d.Variables {
			for row := range d.Rows {
				if have, want := got.Variables[i].Cells[row], s.shown(v, row); !sameShown(have, want) {
					t.Errorf("%s, row %d, variable %s: %.80q, want %.80q", d.Name, row+1, v.Name, have, want)
				}
			}
		}
	}
}

// Goal 27. R's readxl finds in the workbook's sheet of codes what the other
// formats hold, and in the sheet of words the labels of the codebook.
func TestGoal27_ReadxlReadsTheWorkbook(t *testing.T) {
	r := testenv.NeedR(t, "readxl")
	f := publishtest.Microdata(t, 60)
	path := filepath.Join(t.TempDir(), "microdata.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(xlsx.Write(out, formats.MicrodataBook(f, publishtest.About(), i18n.Danish)), out.Close()); err != nil {
		t.Fatal(err)
	}
	for sheet, g := range map[string]*formats.Grid{"Data_koder": formats.Codes(f), "Data_tekst": formats.Labels(f, i18n.Danish)} {
		cmd := exec.Command(r, "-e", `a <- commandArgs(TRUE); write.csv(readxl::read_excel(a[1], a[2], col_types = "text"), row.names = FALSE, na = "", fileEncoding = "UTF-8")`, path, sheet)
		read, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(strings.NewReader(string(read))).ReadAll()
		if err != nil || len(records) != g.Rows+1 {
			t.Fatalf("%s: %d lines, %v", sheet, len(records), err)
		}
		for j, c := range g.Columns {
			for row := range g.Rows {
				cell := c.Cell(row)
				if want := fieldOf(cell); !sameShown(records[row+1][j], want) {
					t.Errorf("%s, row %d, column %s: %q, want %q", sheet, row+1, c.Name, records[row+1][j], want)
				}
			}
		}
	}
}

func fieldOf(c formats.Cell) string {
	if c.IsNumber() {
		return strconv.FormatFloat(c.Number, 'g', -1, 64)
	}
	return c.Text
}
