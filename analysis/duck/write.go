package duck

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unsafe"

	"github.com/marcboeker/go-duckdb/mapping"

	"barometer/internal/archive"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// WriteData writes data to a Parquet file: categories as strings, numbers in
// the narrowest type that holds the column. Where a column tells why values are
// missing, a companion column named with MissingSuffix holds the reasons. meta
// goes into the file's key-value metadata. The same data give the same bytes.
func WriteData(ctx context.Context, path string, d *microdata.Data, meta map[string]string) error {
	s, err := open(1) // one thread writes row groups in order
	if err != nil {
		return err
	}
	defer s.close()
	columns := outColumns(d)
	if len(columns) == 0 {
		return fmt.Errorf("write %s: there are no columns", path)
	}
	if err := s.fill(ctx, columns, d.Rows()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return archive.Replace(path, func(tmp string) error {
		return s.exec(ctx, "COPY data TO "+literal(tmp)+" (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880"+metadata(meta)+")")
	})
}

func metadata(meta map[string]string) string {
	if len(meta) == 0 {
		return ""
	}
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		pairs = append(pairs, identifier(key)+": "+literal(meta[key]))
	}
	return ", KV_METADATA {" + strings.Join(pairs, ", ") + "}"
}

// outColumn is a column on its way into a table.
type outColumn struct {
	name    string
	sqlType string
	kind    mapping.Type
	put     func(v mapping.Vector, from, to int)
}

func outColumns(d *microdata.Data) []outColumn {
	var out []outColumn
	for i := range d.Columns() {
		c := &d.Columns()[i]
		if c.IsNumeric() {
			out = append(out, outNumbers(c.Name, c.Number))
		} else {
			out = append(out, outTexts(c))
		}
		if c.Reason != nil {
			out = append(out, outReasons(c))
		}
	}
	return out
}

// outNumbers picks the type by the values.
func outNumbers(name string, values []float64) outColumn {
	low, high, whole := 0.0, 0.0, true
	for _, x := range values {
		if !math.IsNaN(x) {
			low, high = min(low, x), max(high, x)
			whole = whole && x == math.Trunc(x) && !(x == 0 && math.Signbit(x))
		}
	}
	missing := func(i int) bool { return math.IsNaN(values[i]) }
	switch {
	case whole && low >= math.MinInt8 && high <= math.MaxInt8:
		return outColumn{name, "TINYINT", mapping.TypeTinyInt, fixed(missing, func(i int) int8 { return int8(values[i]) })}
	case whole && low >= math.MinInt32 && high <= math.MaxInt32:
		return outColumn{name, "INTEGER", mapping.TypeInteger, fixed(missing, func(i int) int32 { return int32(values[i]) })}
	}
	return outColumn{name, "DOUBLE", mapping.TypeDouble, fixed(missing, func(i int) float64 { return values[i] })}
}

func outReasons(c *microdata.Column) outColumn {
	reason := c.Reason
	return outColumn{c.Name + MissingSuffix, "UTINYINT", mapping.TypeUTinyInt,
		fixed(func(i int) bool { return reason[i] == codebook.Present }, func(i int) uint8 { return uint8(reason[i]) })}
}

func outTexts(c *microdata.Column) outColumn {
	return outColumn{c.Name, "VARCHAR", mapping.TypeVarchar, func(v mapping.Vector, from, to int) {
		for i := from; i < to; i++ {
			if c.Missing(i) {
				invalid(v, i-from)
				continue
			}
			mapping.VectorAssignStringElement(v, mapping.IdxT(i-from), c.Level(i))
		}
	}}
}

// fixed writes values of a fixed size into a vector.
func fixed[T any](missing func(int) bool, value func(int) T) func(mapping.Vector, int, int) {
	return func(v mapping.Vector, from, to int) {
		out := unsafe.Slice((*T)(mapping.VectorGetData(v)), to-from)
		for i := from; i < to; i++ {
			if missing(i) {
				invalid(v, i-from)
				continue
			}
			out[i-from] = value(i)
		}
	}
}

func invalid(v mapping.Vector, row int) {
	mapping.VectorEnsureValidityWritable(v)
	mapping.ValiditySetRowInvalid(mapping.VectorGetValidity(v), mapping.IdxT(row))
}

// fill makes the table data and appends the columns chunk by chunk.
func (s *session) fill(ctx context.Context, columns []outColumn, rows int) error {
	var fields []string
	var types []mapping.LogicalType
	for _, c := range columns {
		fields = append(fields, identifier(c.name)+" "+c.sqlType)
		types = append(types, mapping.CreateLogicalType(c.kind))
	}
	defer func() {
		for i := range types {
			mapping.DestroyLogicalType(&types[i])
		}
	}()
	if err := s.exec(ctx, "CREATE TABLE data ("+strings.Join(fields, ", ")+")"); err != nil {
		return err
	}
	var appender mapping.Appender
	if mapping.AppenderCreate(s.conn, "main", "data", &appender) == mapping.StateError {
		return fmt.Errorf("duckdb: %s", mapping.AppenderError(appender))
	}
	defer mapping.AppenderDestroy(&appender)
	size := int(mapping.VectorSize())
	for from := 0; from < rows; from += size {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := appendChunk(appender, types, columns, from, min(from+size, rows)); err != nil {
			return err
		}
	}
	if mapping.AppenderClose(appender) == mapping.StateError {
		return fmt.Errorf("duckdb: %s", mapping.AppenderError(appender))
	}
	return nil
}

func appendChunk(appender mapping.Appender, types []mapping.LogicalType, columns []outColumn, from, to int) error {
	c := mapping.CreateDataChunk(types)
	defer mapping.DestroyDataChunk(&c)
	for i, column := range columns {
		column.put(mapping.DataChunkGetVector(c, mapping.IdxT(i)), from, to)
	}
	mapping.DataChunkSetSize(c, mapping.IdxT(to-from))
	if mapping.AppendDataChunk(appender, c) == mapping.StateError {
		return fmt.Errorf("duckdb: %s", mapping.AppenderError(appender))
	}
	return nil
}
