package duck

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"barometer/analysis/estimate"
)

// batch is the number of rows decoded at a time: enough to keep all threads
// busy, few enough to bound memory.
const batch = 16 * estimate.Stripe

// Scan visits all rows, lane by lane.
func (p *Parquet) Scan(ctx context.Context, columns []estimate.Column, visit func(int, *estimate.Chunk) error) error {
	sc := &scan{Parquet: p, visit: visit}
	for _, c := range columns {
		d, err := p.decoder(ctx, c)
		if err != nil {
			return err
		}
		sc.decoders = append(sc.decoders, d)
	}
	for from := 0; from < p.rows; from += batch {
		if err := sc.batch(ctx, from, min(from+batch, p.rows)); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
	}
	return nil
}

// scan is one pass over the file.
type scan struct {
	*Parquet
	decoders []decoder
	visit    func(int, *estimate.Chunk) error
}

// decoder turns one column of DuckDB's chunks into that of an estimate.Chunk.
type decoder struct {
	column estimate.Column
	sql    string
	form   form
	dict   *dictionary
}

// form is how a column travels.
type form int

const (
	asDouble form = iota
	asTiny
	asText
)

func (p *Parquet) decoder(ctx context.Context, c estimate.Column) (decoder, error) {
	column, err := p.table.column(c.Name)
	if err != nil {
		return decoder{}, &estimate.DataError{Column: c.Name, Err: err}
	}
	sql, number := column.readAs()
	d := decoder{column: c, sql: sql}
	switch {
	case number && (column.sqlType == "TINYINT" || column.sqlType == "BOOLEAN"):
		d.form, d.sql = asTiny, identifier(c.Name)+"::TINYINT"
	case !number:
		d.form = asText
	}
	if c.As == estimate.Category || d.form == asText {
		d.dict, err = p.dictionary(ctx, c.Name)
	}
	return d, err
}

// batch decodes a range of rows and visits it.
func (s *scan) batch(ctx context.Context, from, to int) error {
	list := make([]string, len(s.decoders))
	for i, d := range s.decoders {
		list[i] = d.sql
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM " + s.table.from
	if from > 0 || to < s.rows {
		sql = fmt.Sprintf("SELECT %s FROM read_parquet(%s, file_row_number=true) WHERE file_row_number >= %d AND file_row_number < %d",
			strings.Join(list, ", "), literal(s.path), from, to)
	}
	r, err := s.session.query(ctx, sql)
	if err != nil {
		return err
	}
	defer r.close()
	starts := r.starts(from, to)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for lane := range estimate.Lanes {
		g.Go(func() error { return s.lane(ctx, r, starts, lane) })
	}
	return g.Wait()
}

// starts returns the first row of every chunk and, last, the end.
func (r *result) starts(from, to int) []int {
	const size = 2048
	n := r.chunks()
	starts := make([]int, n+1)
	even := n == (to-from+size-1)/size
	at := from
	for i := range n {
		starts[i] = at
		if even {
			at += size
			continue
		}
		c := r.chunk(i)
		at += c.rows()
		c.close()
	}
	starts[n] = to
	return starts
}

// lane visits the rows of one lane, in order.
func (s *scan) lane(ctx context.Context, r *result, starts []int, lane int) error {
	b := newBuffers(s.decoders)
	for i := range len(starts) - 1 {
		first, last := starts[i], starts[i+1]
		if last == first || estimate.LaneOf(first) != lane && estimate.LaneOf(last-1) != lane {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		c := r.chunk(i)
		err := s.parts(c, b, first, last, lane)
		c.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// parts visits those rows of a chunk that are the lane's: all, unless the
// chunk crosses a stripe's end.
func (s *scan) parts(c chunk, b *buffers, first, last, lane int) error {
	for first < last {
		end := min(last, (first/estimate.Stripe+1)*estimate.Stripe)
		if estimate.LaneOf(first) == lane {
			start := last - c.rows()
			if err := b.decode(c, first-start, end-start); err != nil {
				return err
			}
			b.chunk.Start, b.chunk.Rows = first, end-first
			if err := s.visit(lane, &b.chunk); err != nil {
				return err
			}
		}
		first = end
	}
	return nil
}

// buffers hold the decoded columns of one lane.
type buffers struct {
	decoders []decoder
	chunk    estimate.Chunk
	numbers  [][]float64
	codes    [][]int32
	bits     [][]uint8
}

func newBuffers(decoders []decoder) *buffers {
	n := len(decoders)
	return &buffers{decoders: decoders, chunk: estimate.Chunk{Columns: make([]estimate.Values, n)},
		numbers: make([][]float64, n), codes: make([][]int32, n), bits: make([][]uint8, n)}
}

// decode converts rows from..to of a chunk.
func (b *buffers) decode(c chunk, from, to int) error {
	for i, d := range b.decoders {
		v := c.column(i)
		out := &b.chunk.Columns[i]
		*out = estimate.Values{}
		switch {
		case d.form == asText:
			b.codes[i] = texts(v, from, to, d.dict, b.codes[i])
			out.Code = b.codes[i]
		case d.form == asTiny && d.column.As == estimate.Number:
			if bits, ok := tinyBits(v, from, to, b.bits[i]); ok {
				b.bits[i], out.Bit = bits, bits
				continue
			}
			b.numbers[i] = tinyNumbers(v, from, to, b.numbers[i])
			out.Number = b.numbers[i]
		default:
			if d.form == asTiny {
				b.numbers[i] = tinyNumbers(v, from, to, b.numbers[i])
			} else {
				b.numbers[i] = v.doubles(from, to, b.numbers[i])
			}
			out.Number = b.numbers[i]
		}
		if d.column.As == estimate.Category && d.form != asText {
			b.codes[i] = numberCodes(b.numbers[i], d.dict, b.codes[i])
			out.Number, out.Code = nil, b.codes[i]
		}
		if d.column.As == estimate.Number && d.form == asText {
			if err := b.textNumbers(i, d, to-from); err != nil {
				return err
			}
		}
	}
	return nil
}

// texts looks a text column's values up in its dictionary.
func texts(v vector, from, to int, d *dictionary, into []int32) []int32 {
	into = into[:0]
	mask, all := v.mask(), values[text](v)
	for row := from; row < to; row++ {
		code, met := int32(-1), false
		if isValid(mask, row) {
			if code, met = d.text[all[row].string()]; !met {
				code = -1 // the empty string is a missing value
			}
		}
		into = append(into, code)
	}
	return into
}

// tinyBits hands a TINYINT column over as bits, unless it holds other values.
func tinyBits(v vector, from, to int, into []uint8) ([]uint8, bool) {
	all := values[uint8](v)[from:to]
	mask := v.mask()
	if mask == nil {
		into = append(into[:0], all...)
	} else {
		into = into[:0]
		for i, x := range all {
			if !isValid(mask, from+i) {
				x = 2
			}
			into = append(into, x)
		}
	}
	var any uint8
	for i, x := range all {
		if into[i] != 2 || mask == nil {
			any |= x
		}
	}
	return into, any <= 1
}

func tinyNumbers(v vector, from, to int, into []float64) []float64 {
	into = into[:0]
	mask, all := v.mask(), values[int8](v)
	for row := from; row < to; row++ {
		x := math.NaN()
		if isValid(mask, row) {
			x = float64(all[row])
		}
		into = append(into, x)
	}
	return into
}

func numberCodes(numbers []float64, d *dictionary, into []int32) []int32 {
	into = into[:0]
	for _, x := range numbers {
		into = append(into, d.ofNumber(x))
	}
	return into
}

// textNumbers reads a text column as numbers, where all its levels are.
func (b *buffers) textNumbers(i int, d decoder, rows int) error {
	b.numbers[i] = b.numbers[i][:0]
	for _, code := range b.codes[i][:rows] {
		x := math.NaN()
		if code >= 0 {
			parsed, err := strconv.ParseFloat(d.dict.levels[code], 64)
			if err != nil || math.IsInf(parsed, 0) || math.IsNaN(parsed) {
				return &estimate.DataError{Column: d.column.Name, Err: fmt.Errorf("%q is not a number", d.dict.levels[code])}
			}
			x = parsed
		}
		b.numbers[i] = append(b.numbers[i], x)
	}
	b.chunk.Columns[i] = estimate.Values{Number: b.numbers[i]}
	return nil
}
