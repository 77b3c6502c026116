package duck

import (
	"math"
	"unsafe"

	"github.com/marcboeker/go-duckdb/mapping"
)

// chunk is a run of up to 2,048 rows in DuckDB's memory. What its methods
// return views that memory and ends with close.
type chunk struct{ c mapping.DataChunk }

func (c chunk) close() { mapping.DestroyDataChunk(&c.c) }

func (c chunk) rows() int { return int(mapping.DataChunkGetSize(c.c)) }

// column returns a column of the chunk.
func (c chunk) column(i int) vector {
	v := mapping.DataChunkGetVector(c.c, mapping.IdxT(i))
	return vector{
		data:  mapping.VectorGetData(v),
		valid: (*uint64)(mapping.VectorGetValidity(v)),
		rows:  c.rows(),
	}
}

// vector is one column of a chunk.
type vector struct {
	data  unsafe.Pointer
	valid *uint64 // one bit a row, 1 where there is a value; nil: all have one
	rows  int
}

func values[T any](v vector) []T { return unsafe.Slice((*T)(v.data), v.rows) }

// mask returns the validity bits, nil where every row has a value.
func (v vector) mask() []uint64 {
	if v.valid == nil {
		return nil
	}
	return unsafe.Slice(v.valid, (v.rows+63)/64)
}

func isValid(mask []uint64, row int) bool {
	return mask == nil || mask[row/64]>>(row%64)&1 == 1
}

// text is DuckDB's string value: short ones are held in place.
type text struct {
	length uint32
	inline [4]byte
	rest   [8]byte
}

// inlined is the length up to which a string is held in place.
const inlined = 12

// string returns a view of the string.
func (t *text) string() string {
	if t.length <= inlined {
		return unsafe.String(&t.inline[0], int(t.length))
	}
	return unsafe.String(*(**byte)(unsafe.Pointer(&t.rest)), int(t.length))
}

// strings calls visit for every row; ok is false where the value is missing.
func (v vector) strings(visit func(row int, s string, ok bool)) {
	mask := v.mask()
	texts := values[text](v)
	for row := range texts {
		if !isValid(mask, row) {
			visit(row, "", false)
			continue
		}
		visit(row, texts[row].string(), true)
	}
}

// doubles appends rows of a DOUBLE column, NaN where the value is missing.
func (v vector) doubles(from, to int, into []float64) []float64 {
	before := len(into)
	into = append(into, values[float64](v)[from:to]...)
	if mask := v.mask(); mask != nil {
		added := into[before:]
		for i := range added {
			if !isValid(mask, from+i) {
				added[i] = math.NaN()
			}
		}
	}
	return into
}
