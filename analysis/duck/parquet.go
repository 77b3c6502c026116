package duck

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"barometer/analysis/estimate"
	"barometer/analysis/parquet"
)

// Parquet is a Parquet file as an estimate.Source: columns are decoded and
// handed over a stripe at a time, so memory stays bounded however many rows the
// file has. Package parquet decodes the plain kind; what its reader does not
// take, DuckDB decodes, which is started when first needed. Both give the same
// chunks.
type Parquet struct {
	path string
	file *os.File
	fast *parquet.File // nil where the footer is one it does not read

	mu      sync.Mutex
	session *session
	table   *table
	rows    int
	dict    map[string]*dictionary
}

// OpenParquet opens a file. Close it after use.
func OpenParquet(ctx context.Context, path string) (*Parquet, error) {
	p, err := openThroughDuckDB(path)
	if err != nil {
		return nil, err
	}
	info, err := p.file.Stat()
	if err == nil {
		p.fast, err = parquet.Open(p.file, info.Size())
	}
	if err != nil {
		err = p.database(ctx) // which says what is wrong, or reads it
	}
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// openThroughDuckDB opens a file of which DuckDB is to read all.
func openThroughDuckDB(path string) (*Parquet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &Parquet{path: path, file: f, dict: make(map[string]*dictionary)}, nil
}

// database has DuckDB open the file, once.
func (p *Parquet) database(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.session != nil {
		return nil
	}
	s, err := open(0)
	if err != nil {
		return err
	}
	if p.table, err = s.describe(ctx, p.path); err == nil {
		var n float64
		n, err = s.number(ctx, "SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata("+literal(p.path)+")")
		p.rows = int(n)
	}
	if err != nil {
		s.close()
		return err
	}
	p.session = s
	return nil
}

// number returns the one number a query yields.
func (s *session) number(ctx context.Context, sql string) (float64, error) {
	r, err := s.query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer r.close()
	x := math.NaN()
	err = r.each(func(c chunk) error {
		x = c.column(0).doubles(0, 1, nil)[0]
		return nil
	})
	return x, err
}

// Close frees what is held open.
func (p *Parquet) Close() error {
	if p.session != nil {
		p.session.close()
	}
	return p.file.Close()
}

// Rows returns the number of rows of the file.
func (p *Parquet) Rows() int {
	if p.fast != nil {
		return p.fast.Rows()
	}
	return p.rows
}

// Levels returns the sorted distinct values of a column as text.
func (p *Parquet) Levels(ctx context.Context, column string) ([]string, error) {
	if p.reads(estimate.Column{Name: column, As: estimate.Category}) {
		levels, err := p.fast.Levels(ctx, column)
		return levels, p.named(err)
	}
	if err := p.database(ctx); err != nil {
		return nil, p.named(err)
	}
	d, err := p.dictionary(ctx, column)
	if err != nil {
		return nil, err
	}
	return d.levels, nil
}

// reads reports whether the columns need no DuckDB.
func (p *Parquet) reads(columns ...estimate.Column) bool {
	return p.fast != nil && p.fast.Reads(columns...)
}

// named says which file an error is about.
func (p *Parquet) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", p.path, err)
}

// dictionary numbers the levels of a column, by text or by number.
type dictionary struct {
	levels  []string
	text    map[string]int32
	numbers map[float64]int32
	small   []int32 // numbers by value, where all are small and whole
}

func (p *Parquet) dictionary(ctx context.Context, column string) (*dictionary, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d, ok := p.dict[column]; ok {
		return d, nil
	}
	c, err := p.table.column(column)
	if err != nil {
		return nil, &estimate.DataError{Column: column, Err: err}
	}
	sql, number := c.readAs()
	r, err := p.session.query(ctx, fmt.Sprintf("SELECT DISTINCT %s AS v FROM %s WHERE %s IS NOT NULL", sql, p.table.from, identifier(column)))
	if err != nil {
		return nil, &estimate.DataError{Column: column, Err: err}
	}
	defer r.close()
	d := &dictionary{}
	if number {
		err = d.readNumbers(r)
	} else {
		err = d.readTexts(r)
	}
	p.dict[column] = d
	return d, err
}

func (d *dictionary) readTexts(r *result) error {
	err := r.each(func(c chunk) error {
		c.column(0).strings(func(_ int, s string, _ bool) {
			if s != "" {
				d.levels = append(d.levels, strings.Clone(s))
			}
		})
		return nil
	})
	slices.Sort(d.levels)
	d.text = make(map[string]int32, len(d.levels))
	for i, l := range d.levels {
		d.text[l] = int32(i)
	}
	return err
}

// smallest whole numbers are looked up in a table up to this value.
const smallLimit = 1 << 16

func (d *dictionary) readNumbers(r *result) error {
	var distinct []float64
	err := r.each(func(c chunk) error {
		for _, x := range c.column(0).doubles(0, c.rows(), nil) {
			if !math.IsNaN(x) {
				distinct = append(distinct, x)
			}
		}
		return nil
	})
	d.numbers = make(map[float64]int32, len(distinct))
	texts := make(map[string]float64, len(distinct))
	small := true
	for _, x := range distinct {
		text := strconv.FormatFloat(x, 'f', -1, 64)
		texts[text] = x
		d.levels = append(d.levels, text)
		small = small && x >= 0 && x < smallLimit && x == math.Trunc(x)
	}
	slices.Sort(d.levels)
	if small {
		d.small = make([]int32, smallLimit)
	}
	for i, l := range d.levels {
		d.numbers[texts[l]] = int32(i)
		if small {
			d.small[int(texts[l])] = int32(i)
		}
	}
	return err
}

func (d *dictionary) ofNumber(x float64) int32 {
	switch {
	case x != x:
		return -1
	case d.small != nil:
		return d.small[int(x)]
	}
	return d.numbers[x]
}
