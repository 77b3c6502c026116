package estimate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"barometer/survey/microdata"
)

// FromData makes data in memory a source. A categorical column can be read as
// numbers when all its levels are numbers, or TRUE and FALSE, a numeric one as categories, each
// distinct value a level.
func FromData(d *microdata.Data) Source {
	return &memory{data: d, views: make(map[Column]*view)}
}

type memory struct {
	data  *microdata.Data
	mu    sync.Mutex
	views map[Column]*view
}

// view is one column read in one way.
type view struct {
	values Values
	levels []string
}

func (m *memory) Rows() int { return m.data.Rows() }

func (m *memory) Levels(_ context.Context, column string) ([]string, error) {
	v, err := m.view(Column{column, Category})
	if err != nil {
		return nil, err
	}
	return v.levels, nil
}

func (m *memory) Scan(ctx context.Context, columns []Column, visit func(int, *Chunk) error) error {
	whole := make([]Values, len(columns))
	for i, c := range columns {
		v, err := m.view(c)
		if err != nil {
			return err
		}
		whole[i] = v.values
	}
	g, ctx := errgroup.WithContext(ctx)
	for lane := range Lanes {
		g.Go(func() error {
			return visitLane(ctx, lane, m.Rows(), whole, visit)
		})
	}
	return g.Wait()
}

func visitLane(ctx context.Context, lane, rows int, whole []Values, visit func(int, *Chunk) error) error {
	c := Chunk{Columns: make([]Values, len(whole))}
	for from := lane * Stripe; from < rows; from += Lanes * Stripe {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := min(from+Stripe, rows)
		c.Start, c.Rows = from, to-from
		for i, v := range whole {
			c.Columns[i] = v.slice(from, to)
		}
		if err := visit(lane, &c); err != nil {
			return err
		}
	}
	return nil
}

func (v Values) slice(from, to int) Values {
	if v.Number != nil {
		return Values{Number: v.Number[from:to]}
	}
	return Values{Code: v.Code[from:to]}
}

func (m *memory) view(c Column) (*view, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.views[c]; ok {
		return v, nil
	}
	column, err := m.data.Column(c.Name)
	if err != nil {
		return nil, &DataError{Column: c.Name, Err: err}
	}
	v, err := viewOf(column, c.As)
	if err != nil {
		return nil, err
	}
	m.views[c] = v
	return v, nil
}

func viewOf(c *microdata.Column, as Kind) (*view, error) {
	switch {
	case as == Number && c.IsNumeric():
		return &view{values: Values{Number: c.Number}}, nil
	case as == Number:
		return numbersOf(c)
	case c.IsNumeric():
		return categoriesOf(c), nil
	}
	return sortedLevels(c), nil
}

// numbersOf reads a categorical column as numbers.
func numbersOf(c *microdata.Column) (*view, error) {
	if c.IsLogical() {
		values, _ := c.Values()
		return &view{values: Values{Number: values}}, nil
	}
	value := make([]float64, len(c.Levels))
	wrong := make([]bool, len(c.Levels))
	for i, l := range c.Levels {
		x, err := strconv.ParseFloat(l, 64)
		value[i], wrong[i] = x, err != nil || math.IsInf(x, 0) || math.IsNaN(x)
	}
	number := make([]float64, len(c.Code))
	for i, code := range c.Code {
		switch {
		case code < 0:
			number[i] = math.NaN()
		case wrong[code]:
			return nil, &DataError{Column: c.Name, Row: i + 1, Err: fmt.Errorf("%q is not a number", c.Levels[code])}
		default:
			number[i] = value[code]
		}
	}
	return &view{values: Values{Number: number}}, nil
}

// categoriesOf reads a numeric column as categories.
func categoriesOf(c *microdata.Column) *view {
	number, distinct := numbered(c.Number)
	texts := make([]string, len(distinct))
	for i, x := range distinct {
		texts[i] = strconv.FormatFloat(x, 'f', -1, 64)
	}
	levels := slices.Clone(texts)
	slices.Sort(levels)
	position := make([]int32, len(texts))
	for i, text := range texts {
		at, _ := slices.BinarySearch(levels, text)
		position[i] = int32(at)
	}
	for i, n := range number {
		if n >= 0 {
			number[i] = position[n]
		}
	}
	return &view{values: Values{Code: number}, levels: levels}
}

// numbered numbers distinct values in the order they are met; a missing one has
// the number -1. Small whole numbers, as most codes are, are looked up in a table.
func numbered(values []float64) (number []int32, distinct []float64) {
	const small = 1 << 16
	var table [small]int32 // number + 1
	others := make(map[float64]int32)
	number = make([]int32, len(values))
	for i, x := range values {
		switch {
		case x >= 0 && x < small && x == math.Trunc(x):
			at := &table[int(x)]
			if *at == 0 {
				distinct = append(distinct, x+0) // not −0
				*at = int32(len(distinct))
			}
			number[i] = *at - 1
		case math.IsNaN(x):
			number[i] = -1
		default:
			at, ok := others[x]
			if !ok {
				at = int32(len(distinct))
				others[x] = at
				distinct = append(distinct, x)
			}
			number[i] = at
		}
	}
	return number, distinct
}

// sortedLevels reads a categorical column with its levels in sorted order.
func sortedLevels(c *microdata.Column) *view {
	levels := slices.Clone(c.Levels)
	slices.Sort(levels)
	if slices.Equal(levels, c.Levels) {
		return &view{values: Values{Code: c.Code}, levels: c.Levels}
	}
	position := make([]int32, len(c.Levels))
	for i, l := range c.Levels {
		at, _ := slices.BinarySearch(levels, l)
		position[i] = int32(at)
	}
	code := make([]int32, len(c.Code))
	for i, old := range c.Code {
		code[i] = -1
		if old >= 0 {
			code[i] = position[old]
		}
	}
	return &view{values: Values{Code: code}, levels: levels}
}

// DataError says which column, and where it can which row, cannot be used.
type DataError struct {
	Column string
	Row    int // 1 is the first; 0 where the column as a whole is meant
	Err    error
}

func (e *DataError) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("column %s, row %d: %v", e.Column, e.Row, e.Err)
	}
	return fmt.Sprintf("column %s: %v", e.Column, e.Err)
}

func (e *DataError) Unwrap() error { return e.Err }
