package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"barometer/analysis/estimate"
)

// File is a Parquet file as an estimate.Source. Memory stays bounded however
// many rows it has.
type File struct {
	r       io.ReaderAt
	footer  *footer
	columns map[string]*column

	mu     sync.Mutex
	levels map[string]*levels
}

// Open reads the footer of a file of the given size in bytes.
func Open(r io.ReaderAt, size int64) (*File, error) {
	foot, err := readFooter(r, size)
	if err != nil {
		return nil, err
	}
	if foot.rows > math.MaxInt32 {
		return nil, fmt.Errorf("the file has %d rows, more than are counted here", foot.rows)
	}
	return &File{r: r, footer: foot, columns: foot.columns(), levels: make(map[string]*levels)}, nil
}

// Rows returns the number of rows.
func (f *File) Rows() int { return int(f.footer.rows) }

// Reads reports whether all the columns are of the kind that is read here, in
// the way asked for.
func (f *File) Reads(columns ...estimate.Column) bool {
	for _, c := range columns {
		of, ok := f.columns[c.Name]
		if !ok || of.text() && c.As == estimate.Number {
			return false
		}
	}
	return true
}

func (f *File) column(name string) (*column, error) {
	if c, ok := f.columns[name]; ok {
		return c, nil
	}
	return nil, &estimate.DataError{Column: name, Err: errors.New("no column of the kind that is read here")}
}

// window is the number of rows decoded at a time: a stripe for each lane.
const window = estimate.Lanes * estimate.Stripe

// Scan visits all rows: columns are decoded side by side, a window at a time,
// then lanes are visited side by side.
func (f *File) Scan(ctx context.Context, columns []estimate.Column, visit func(int, *estimate.Chunk) error) error {
	readers := make([]*reader, len(columns))
	for i, c := range columns {
		of, err := f.column(c.Name)
		if err != nil {
			return err
		}
		var l *levels
		if c.As == estimate.Category {
			if l, err = f.levelsOf(ctx, c.Name); err != nil {
				return err
			}
		}
		readers[i] = f.reader(c, of, l)
	}
	for from := 0; from < f.Rows(); from += window {
		n := min(window, f.Rows()-from)
		if err := eachOf(ctx, len(readers), func(i int) error { return readers[i].fill(n) }); err != nil {
			return err
		}
		if err := eachOf(ctx, estimate.Lanes, func(lane int) error {
			return deliver(readers, from, n, lane, visit)
		}); err != nil {
			return err
		}
	}
	return nil
}

// eachOf runs n tasks on all processors.
func eachOf(ctx context.Context, n int, task func(i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return task(i)
		})
	}
	return g.Wait()
}

// deliver visits the stripe of a window that is the lane's.
func deliver(readers []*reader, from, n, lane int, visit func(int, *estimate.Chunk) error) error {
	start := lane * estimate.Stripe
	if start >= n {
		return nil
	}
	end := min(start+estimate.Stripe, n)
	c := estimate.Chunk{Start: from + start, Rows: end - start, Columns: make([]estimate.Values, len(readers))}
	for i, r := range readers {
		c.Columns[i] = r.stripe(lane, start, end)
	}
	return visit(lane, &c)
}
