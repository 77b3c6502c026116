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
)

// Parquet is a Parquet file as an estimate.Source: columns are decoded by
// DuckDB and handed over chunk by chunk, so memory stays bounded however many
// rows the file has.
type Parquet struct {
	path    string
	session *session
	table   *table
	rows    int

	mu   sync.Mutex
	dict map[string]*dictionary
}

// OpenParquet opens a file. Close it after use.
func OpenParquet(ctx context.Context, path string) (*Parquet, error) {
	s, err := open(0)
	if err != nil {
		return nil, err
	}
	p := &Parquet{path: path, session: s, dict: make(map[string]*dictionary)}
	if err := p.begin(ctx); err != nil {
		s.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func (p *Parquet) begin(ctx context.Context) (err error) {
	if _, err := os.Stat(p.path); err != nil {
		return err
	}
	if p.table, err = p.session.describe(ctx, p.path); err != nil {
		return err
	}
	n, err := p.session.number(ctx, "SELECT sum(num_rows)::DOUBLE FROM parquet_file_metadata("+literal(p.path)+")")
	p.rows = int(n)
	return err
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

// Close frees the database's memory.
func (p *Parquet) Close() error {
	p.session.close()
	return nil
}

// Rows returns the number of rows of the file.
func (p *Parquet) Rows() int { return p.rows }

// Levels returns the sorted distinct values of a column as text.
func (p *Parquet) Levels(ctx context.Context, column string) ([]string, error) {
	d, err := p.dictionary(ctx, column)
	if err != nil {
		return nil, err
	}
	return d.levels, nil
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
