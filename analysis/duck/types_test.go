package duck

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"barometer/survey/microdata"
)

// Columns of a CSV file have the types, levels and values that R 4.2.2's
// read.csv(na.strings = "") gives the same fields.
func TestCSVTypesAreThoseOfR(t *testing.T) {
	const text, number = "text", "number"
	nan := math.NaN()
	for _, c := range []struct {
		fields  string
		kind    string
		levels  []string
		numbers []float64
	}{
		{"TRUE|FALSE|", text, []string{"FALSE", "TRUE"}, []float64{1, 0, nan}},
		{"T|F", text, []string{"FALSE", "TRUE"}, []float64{1, 0}},
		{"true|false", text, []string{"false", "true"}, nil},
		{"TRUE|1", text, []string{"1", "TRUE"}, nil},
		{" TRUE|FALSE", text, []string{" TRUE", "FALSE"}, nil},
		{"007|7", number, nil, []float64{7, 7}},
		{`"12"|"007"`, number, nil, []float64{12, 7}},
		{"1.0|2", number, nil, []float64{1, 2}},
		{"1e3|+1|-2E-3", number, nil, []float64{1000, 1, -.002}},
		{" 1|2 ", number, nil, []float64{1, 2}},
		{".5|1.", number, nil, []float64{.5, 1}},
		{"NaN|Inf|-inf|1", number, nil, []float64{nan, math.Inf(1), math.Inf(-1), 1}},
		{"  |1", number, nil, []float64{nan, 1}},
		{"  |a", text, []string{"  ", "a"}, nil},
		{`""|a`, text, []string{"a"}, nil},
		{"NA|1", text, []string{"1", "NA"}, nil},
		{"3000000000|1", number, nil, []float64{3e9, 1}},
		{"123456789012345678901|1", number, nil, []float64{123456789012345678901, 1}},
		{"-|1", text, []string{"-", "1"}, nil},
		{"1 2|1", text, []string{"1", "1 2"}, nil},
		{"1d2|1", text, []string{"1", "1d2"}, nil},
		{"1_000|1", text, []string{"1", "1_000"}, nil},
		{"2025-03-01|1", text, []string{"1", "2025-03-01"}, nil},
	} {
		path := writeFile(t, "d.csv", "row,v\n,"+strings.ReplaceAll(c.fields, "|", "\n,")+"\n")
		d, err := ReadData(t.Context(), path, "v")
		if err != nil {
			t.Errorf("%s: %v", c.fields, err)
			continue
		}
		v, _ := d.Column("v")
		numbers, _ := v.Values()
		if v.IsNumeric() != (c.kind == number) || !slices.Equal(v.Levels, c.levels) || !alike(numbers, c.numbers) {
			t.Errorf("%s: levels %q, numbers %v; R has %q, %v", c.fields, v.Levels, numbers, c.levels, c.numbers)
		}
	}
}

func alike(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}

// Every type that a Parquet file has for numbers, texts, days and truth values
// is read as the CSV file of the same data is, null and NaN as an empty field.
func TestParquetTypesAreReadAsCSVIs(t *testing.T) {
	for name, c := range map[string]struct{ kind, of string }{
		"int8": {"TINYINT", "i - 9"}, "int16": {"SMALLINT", "i * 99"}, "int32": {"INTEGER", "i * 1000"}, "int64": {"BIGINT", "i * 5000000000"},
		"uint8": {"UTINYINT", "i"}, "uint64": {"UBIGINT", "i"}, "huge": {"HUGEINT", "i"},
		"float": {"FLOAT", "i + 0.5"}, "double": {"DOUBLE", "i / 7"}, "decimal": {"DECIMAL(9, 2)", "i + 0.25"},
		"text": {"VARCHAR", "'Ærø, ' || (i % 3)"}, "dictionary": {"ENUM('x', 'y')", "CASE WHEN i % 2 = 0 THEN 'x' ELSE 'y' END"},
		"date": {"DATE", "DATE '2025-03-01' + (i % 2)::INTEGER"}, "boolean": {"BOOLEAN", "i % 2 = 0"},
		"NaN":     {"DOUBLE", "CASE WHEN i = 3 THEN 'NaN'::DOUBLE ELSE i END"},
		"nothing": {"INTEGER", "NULL"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			csv, parquet := filepath.Join(dir, "d.csv"), filepath.Join(dir, "d.parquet")
			s, err := open(1)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			field := "CASE WHEN v::VARCHAR <> 'nan' THEN v END"
			if c.kind == "BOOLEAN" {
				field = "upper(v::VARCHAR)" // as R, SAS and Excel write it
			}
			for _, sql := range []string{
				"CREATE TABLE d AS SELECT i::INTEGER AS row, CASE WHEN i <> 5 THEN (" + c.of + ")::" + c.kind + " END AS v FROM range(1, 20) AS r(i)",
				"COPY d TO " + literal(parquet) + " (FORMAT parquet)",
				"COPY (SELECT row, " + field + " AS v FROM d) TO " + literal(csv) + " (HEADER)",
			} {
				if err := s.exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			var read [2]*microdata.Column
			for i, path := range []string{csv, parquet} {
				d, err := ReadData(t.Context(), path, "v")
				if err != nil {
					t.Fatal(err)
				}
				if read[i], err = d.Column("v"); err != nil || d.Rows() != 19 {
					t.Fatalf("%d rows, %v", d.Rows(), err)
				}
			}
			a, b := read[0], read[1]
			if !slices.Equal(a.Levels, b.Levels) || !slices.Equal(a.Code, b.Code) || !alike(a.Number, b.Number) {
				t.Errorf("from CSV %v\nfrom Parquet %v", *a, *b)
			}
		})
	}
}
