package parquet

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"barometer/analysis/estimate"
)

// fixtures are small files by another writer, in many layouts.
func fixtures(t testing.TB) [][]byte {
	t.Helper()
	paths, err := filepath.Glob("../duck/testdata/parquet/*.parquet")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files: %v", err)
	}
	var all [][]byte
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// readAll reads every column in every way.
func readAll(t *testing.T, b []byte) error {
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil || f.Rows() > 1<<20 {
		return err
	}
	var faults []error
	for name := range f.columns {
		for _, as := range []estimate.Kind{estimate.Number, estimate.Category} {
			c := estimate.Column{Name: name, As: as}
			if !f.Reads(c) {
				continue
			}
			rows := make([]int, estimate.Lanes)
			err := f.Scan(t.Context(), []estimate.Column{c}, func(lane int, c *estimate.Chunk) error {
				rows[lane] += c.Rows
				if v := c.Columns[0]; len(v.Number)+len(v.Code) != c.Rows && len(v.Bits.Known) != estimate.Words(c.Rows) {
					t.Errorf("column %s: a chunk of %d rows has another number of values", name, c.Rows)
				}
				return nil
			})
			n := 0
			for _, k := range rows {
				n += k
			}
			if err == nil && n != f.Rows() {
				t.Errorf("column %s: %d of %d rows", name, n, f.Rows())
			}
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

func FuzzFile(f *testing.F) {
	for _, b := range fixtures(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { _ = readAll(t, b) })
}

// FuzzPages writes into whole files, so that what is damaged is seldom the footer.
func FuzzPages(f *testing.F) {
	files := fixtures(f)
	for i := range files {
		for at := uint32(4); at < 20_000; at += 4001 {
			f.Add(uint8(i), at, []byte{0xff, 0x7f, 3})
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, at uint32, with []byte) {
		b := bytes.Clone(files[int(which)%len(files)])
		copy(b[int(at)%len(b):], with)
		_ = readAll(t, b)
	})
}

// TestEveryByteMatters: no file is read in part when it is cut short, and a
// damaged byte is an error or another value, never a crash.
func TestEveryByteMatters(t *testing.T) {
	for _, whole := range fixtures(t) {
		if err := readAll(t, whole); err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(whole); at += 1499 {
			b := bytes.Clone(whole)
			b[at] ^= 0x5a
			_ = readAll(t, b)
			if _, err := Open(bytes.NewReader(whole[:at]), int64(at)); err == nil {
				t.Fatalf("a file cut after %d bytes is opened", at)
			}
		}
	}
}
