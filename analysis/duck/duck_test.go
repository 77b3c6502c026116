package duck

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCSVColumnsKeepWhatTheyMean(t *testing.T) {
	path := writeFile(t, "d.csv", "\ufeffrow,kommune,size,x,name\n1,0101,2,1.5,\"Æble, \"\"stor\"\"\"\n2,0860,,,\n3,0101,3,-2e-3,b\n")
	d, err := ReadData(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	kommune, _ := d.Column("kommune")
	if !kommune.IsNumeric() || kommune.Number[0] != 101 {
		t.Errorf("kommune: 0101 became %v", kommune)
	}
	x, _ := d.Column("x")
	if !x.IsNumeric() || x.Number[0] != 1.5 || !math.IsNaN(x.Number[1]) || x.Number[2] != -2e-3 {
		t.Errorf("x = %v", x)
	}
	name, _ := d.Column("name")
	if name.Level(0) != `Æble, "stor"` || !name.Missing(1) {
		t.Errorf("name = %q, %q", name.Level(0), name.Level(1))
	}
	size, _ := d.Column("size")
	if !size.IsNumeric() || !size.Missing(1) {
		t.Errorf("size = %v", size)
	}
}

func TestCSVFaultsAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"no header":     {"", "empty"},
		"two names":     {"a,a\n1,2\n", "column a stands twice"},
		"nameless":      {"a,\n1,2\n", "without a name"},
		"short line":    {"a,b\n1,2\n3\n", "3"},
		"long line":     {"a,b\n1,2\n3,4,5\n", "3"},
		"absent column": {"b\n1\n", "no column a"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadData(t.Context(), writeFile(t, "d.csv", c.text), "a")
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want an error that says %q", err, c.says)
			}
		})
	}
	if _, err := ReadData(t.Context(), filepath.Join(t.TempDir(), "none.csv")); err == nil {
		t.Error("a file that is not there was read")
	}
}

func sample(t *testing.T) *microdata.Data {
	t.Helper()
	c4, err := microdata.Categories("c4", []string{"foerst", "tilpasset", "kopi"}, []string{"kopi", "", "foerst", "kopi"})
	if err != nil {
		t.Fatal(err)
	}
	c4.Reason = []codebook.Missing{codebook.Present, codebook.NotAsked, codebook.Present, codebook.Present}
	d, err := microdata.New(c4,
		microdata.Numbers("weight", []float64{1.25, 2, math.NaN(), 1e300}),
		microdata.Numbers("innov", []float64{1, 0, math.NaN(), 1}),
		microdata.Numbers("stratum_n", []float64{70000, 3, 4, 5}))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDataComeBackAsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.parquet")
	want := sample(t)
	if err := WriteData(t.Context(), path, want, nil); err != nil {
		t.Fatal(err)
	}
	got, err := ReadData(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

func same(t *testing.T, got, want *microdata.Data) {
	t.Helper()
	if len(got.Columns()) != len(want.Columns()) || got.Rows() != want.Rows() {
		t.Fatalf("got %d columns × %d rows, want %d × %d", len(got.Columns()), got.Rows(), len(want.Columns()), want.Rows())
	}
	for _, w := range want.Columns() {
		g, err := got.Column(w.Name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Rows() {
			equal := g.Missing(i) == w.Missing(i) && g.IsNumeric() == w.IsNumeric()
			if equal && !w.Missing(i) {
				equal = w.IsNumeric() && g.Number[i] == w.Number[i] || !w.IsNumeric() && g.Level(i) == w.Level(i)
			}
			if equal && w.Reason != nil {
				equal = g.Reason != nil && g.Reason[i] == w.Reason[i]
			}
			if !equal {
				t.Errorf("column %s, row %d differs: %+v, want %+v", w.Name, i+1, g, w)
			}
		}
	}
}

func TestWritingTwiceGivesTheSameBytes(t *testing.T) {
	var files [2][]byte
	for i := range files {
		path := filepath.Join(t.TempDir(), "d.parquet")
		if err := WriteData(t.Context(), path, big(t, 300_000), map[string]string{"b": "2", "a": "it's"}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = text
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same data gave different bytes")
	}
}

// big makes data that span several row groups and stripes.
func big(t *testing.T, rows int) *microdata.Data {
	t.Helper()
	h, d, name := make([]float64, rows), make([]float64, rows), make([]string, rows)
	w, y, z := make([]float64, rows), make([]float64, rows), make([]float64, rows)
	for i := range rows {
		h[i], d[i] = float64(i%37), float64(i*7919%11)
		name[i] = []string{"kommune", "region", "stat", ""}[i*31%4]
		w[i] = 1 + float64(i%101)/7
		y[i] = float64(i * 2654435761 >> 7 & 1)
		z[i] = math.Sin(float64(i)) * 100
		if i%13 == 0 {
			y[i] = math.NaN()
		}
	}
	sector, err := microdata.Categories("sector", []string{"kommune", "region", "stat"}, name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := microdata.New(sector, microdata.Numbers("h", h), microdata.Numbers("d", d),
		microdata.Numbers("w", w), microdata.Numbers("y", y), microdata.Numbers("z", z))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWaveComesBackWithItsCodebook(t *testing.T) {
	data := sample(t)
	book := codebook.Codebook{Variables: []codebook.Variable{
		{Name: "c4", Kind: codebook.Categorical, Role: codebook.RoleAnswer, Label: i18n.Text{DA: "Hvor ny?", EN: "How new?"}, Item: "C4",
			Codes: []codebook.Code{{Value: "foerst", Number: 1}, {Value: "tilpasset", Number: 2}, {Value: "kopi", Number: 3}}},
		{Name: "weight", Kind: codebook.Numeric, Role: codebook.RoleDesign},
		{Name: "innov", Kind: codebook.Binary, Role: codebook.RoleAnswer},
		{Name: "stratum_n", Kind: codebook.Numeric, Role: codebook.RoleDesign},
	}}
	want, err := microdata.NewWave("2025", true, book, data)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "wave.parquet")
	if err := WriteWave(t.Context(), path, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadWave(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got.Data, want.Data)
	v, _ := got.Codebook.Variable("c4")
	if got.ID != "2025" || !got.Synthetic || v.Label.DA != "Hvor ny?" {
		t.Errorf("got wave %q, synthetic %v, label %q", got.ID, got.Synthetic, v.Label.DA)
	}
	c4, _ := got.Data.Column("c4")
	if c4.Levels[1] != "tilpasset" {
		t.Errorf("levels %v are not in the codebook's order", c4.Levels)
	}
	if err := WriteData(t.Context(), path, data, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadWave(t.Context(), path); err == nil {
		t.Error("a file without a codebook was read as a wave")
	}
}

// TestGoal25_EveryReasonComesBack: each reason for a gap is another one in a
// Parquet file, beside numbers as beside categories.
func TestGoal25_EveryReasonComesBack(t *testing.T) {
	reasons := append([]codebook.Missing{codebook.Present}, codebook.Reasons...)
	numbers, texts := make([]float64, len(reasons)), make([]string, len(reasons))
	numbers[0], texts[0] = -1234.5, "ja"
	for i := range codebook.Reasons {
		numbers[i+1] = math.NaN()
	}
	level, err := microdata.Categories("k11", []string{"ja"}, texts)
	if err != nil {
		t.Fatal(err)
	}
	number := microdata.Numbers("k1", numbers)
	level.Reason, number.Reason = reasons, reasons
	want, err := microdata.New(level, number)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "d.parquet")
	if err := WriteData(t.Context(), path, want, nil); err != nil {
		t.Fatal(err)
	}
	got, err := ReadData(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
	for _, c := range got.Columns() {
		if !slices.Equal(c.Reason, reasons) {
			t.Errorf("%s: reasons %v, want %v", c.Name, c.Reason, reasons)
		}
	}
}
