package duck

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"barometer/analysis/estimate"
)

// The two readers of Parquet files give the same levels and the same chunks, to
// the bit, whatever wrote the file and however its pages are laid out.
func TestReadersAgree(t *testing.T) {
	files, err := filepath.Glob("testdata/parquet/*.parquet")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	large := filepath.Join(t.TempDir(), "large.parquet")
	if err := WriteData(t.Context(), large, big(t, 530_000), nil); err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, large) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			both, err := OpenParquet(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer both.Close()
			alone, err := openThroughDuckDB(path)
			if err != nil {
				t.Fatal(err)
			}
			defer alone.Close()
			if err := alone.database(t.Context()); err != nil {
				t.Fatal(err)
			}
			fast := 0
			for _, c := range alone.table.columns {
				fast += compareColumn(t, both, alone, c)
			}
			t.Logf("%d of %d columns without DuckDB", fast, len(alone.table.columns))
			if fast == 0 && !strings.Contains(path, "gzip") {
				t.Error("no column is read without DuckDB")
			}
		})
	}
}

// compareColumn reads a column both ways as category and as number and returns
// 1 if the fast reader took it.
func compareColumn(t *testing.T, both, alone *Parquet, c tableColumn) (fast int) {
	t.Helper()
	asked := []estimate.Column{{Name: c.name, As: estimate.Category}}
	if _, number := c.readAs(); number {
		asked = append(asked, estimate.Column{Name: c.name, As: estimate.Number})
	}
	if both.reads(asked...) {
		fast = 1
	}
	got, err := both.Levels(t.Context(), c.name)
	want, err2 := alone.Levels(t.Context(), c.name)
	if err != nil || err2 != nil || !slices.Equal(got, want) {
		t.Fatalf("column %s: levels %.100q, %v; DuckDB says %.100q, %v", c.name, got, err, want, err2)
	}
	for _, a := range asked {
		got, want := scanned(t, both, a), scanned(t, alone, a)
		if len(got) != len(want) {
			t.Fatalf("column %s: %d stripes, DuckDB gives %d", c.name, len(got), len(want))
		}
		for start, v := range want {
			if row, same := sameValues(got[start], v); !same {
				t.Fatalf("column %s as %v: row %d differs", c.name, a.As, start+row+1)
			}
		}
	}
	return fast
}

// scanned returns the values of a column by the first row of each chunk.
func scanned(t *testing.T, src estimate.Source, c estimate.Column) map[int]estimate.Values {
	t.Helper()
	chunks := make(map[int]estimate.Values)
	var mu sync.Mutex
	err := src.Scan(context.Background(), []estimate.Column{c}, func(_ int, chunk *estimate.Chunk) error {
		mu.Lock()
		defer mu.Unlock()
		v := chunk.Columns[0]
		chunks[chunk.Start] = estimate.Values{Number: slices.Clone(v.Number), Code: slices.Clone(v.Code), Bits: estimate.Bits{Known: rowsOf(v.Bits.Known, chunk.Rows), One: rowsOf(v.Bits.One, chunk.Rows)}}
		return nil
	})
	if err != nil {
		t.Fatalf("column %s: %v", c.Name, err)
	}
	return chunks
}

// rowsOf copies bits without those behind the last row.
func rowsOf(bits []uint64, rows int) []uint64 {
	bits = slices.Clone(bits)
	if rest := rows % 64; rest > 0 && len(bits) > 0 {
		bits[len(bits)-1] &= 1<<rest - 1
	}
	return bits
}

func sameValues(a, b estimate.Values) (row int, same bool) {
	if len(a.Number) != len(b.Number) || !slices.Equal(a.Code, b.Code) || !slices.Equal(a.Bits.Known, b.Bits.Known) || !slices.Equal(a.Bits.One, b.Bits.One) {
		return 0, false
	}
	for i, x := range a.Number {
		y := b.Number[i]
		if math.Float64bits(x) != math.Float64bits(y) && !(math.IsNaN(x) && math.IsNaN(y)) {
			return i, false
		}
	}
	return 0, true
}

// A file that is no Parquet file, or half of one, is refused by name.
func TestDamagedParquetIsRefused(t *testing.T) {
	whole, err := os.ReadFile("testdata/parquet/snappy.parquet")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"empty": nil, "half": whole[:len(whole)/2], "no magic": whole[:len(whole)-1]} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "broken.parquet")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenParquet(t.Context(), path); err == nil || !strings.Contains(err.Error(), "broken.parquet") {
				t.Errorf("got %v", err)
			}
		})
	}
}
