package duck

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"barometer/analysis/estimate"
)

// batch is the number of rows decoded at a time: enough to keep all threads
// busy, few enough to bound memory.
const batch = 16 * estimate.Stripe

// Scan visits all rows, lane by lane.
func (p *Parquet) Scan(ctx context.Context, columns []estimate.Column, visit func(int, *estimate.Chunk) error) error {
	if p.reads(columns...) {
		return p.named(p.fast.Scan(ctx, columns, visit))
	}
	if err := p.database(ctx); err != nil {
		return p.named(err)
	}
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
			return p.named(err)
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

// lane visits the rows of one lane, in order, a stripe at a time: long runs of
// one column keep its sums in the processor's cache.
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
	return s.deliver(b, lane)
}

// parts takes those rows of a chunk that are the lane's: all, unless the chunk
// crosses a stripe's end.
func (s *scan) parts(c chunk, b *buffers, first, last, lane int) error {
	start := first
	for first < last {
		end := min(last, (first/estimate.Stripe+1)*estimate.Stripe)
		if estimate.LaneOf(first) == lane {
			if b.chunk.Rows > 0 && first/estimate.Stripe != b.chunk.Start/estimate.Stripe {
				if err := s.deliver(b, lane); err != nil {
					return err
				}
			}
			if err := b.decode(c, first-start, end-start, first); err != nil {
				return err
			}
		}
		first = end
	}
	return nil
}

// deliver visits the rows gathered.
func (s *scan) deliver(b *buffers, lane int) error {
	if b.chunk.Rows == 0 {
		return nil
	}
	for i := range b.columns {
		b.chunk.Columns[i] = b.columns[i].values()
	}
	err := s.visit(lane, &b.chunk)
	b.chunk.Rows = 0
	for i := range b.columns {
		b.columns[i].reset()
	}
	return err
}

// buffers gather the decoded columns of a stripe.
type buffers struct {
	chunk   estimate.Chunk
	columns []columnBuffer
}

func newBuffers(decoders []decoder) *buffers {
	b := &buffers{chunk: estimate.Chunk{Columns: make([]estimate.Values, len(decoders))}, columns: make([]columnBuffer, len(decoders))}
	for i, d := range decoders {
		b.columns[i].decoder = d
	}
	return b
}

// decode appends rows from..to of a chunk; first is the row number of from.
func (b *buffers) decode(c chunk, from, to, first int) error {
	if b.chunk.Rows == 0 {
		b.chunk.Start = first
	}
	b.chunk.Rows += to - from
	for i := range b.columns {
		if err := b.columns[i].add(c.column(i), from, to); err != nil {
			return err
		}
	}
	return nil
}
