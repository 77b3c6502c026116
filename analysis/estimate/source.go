package estimate

import (
	"context"
	"math"
)

// Kind is the way a column is read.
type Kind int

const (
	Number   Kind = iota // float64, NaN where missing
	Category             // position in the column's levels, -1 where missing
)

// Column asks for one column, read in one way.
type Column struct {
	Name string
	As   Kind
}

// Chunk is a run of rows of the requested columns, in the order requested.
// It is valid only until the visit returns.
type Chunk struct {
	Start   int // row number of the first row in the source
	Rows    int
	Columns []Values
}

// Values holds one column of a chunk. Number or Code is set, as requested.
// A source that knows a number column to hold nothing but 0, 1 and missing may
// set Bit (0, 1, and 2 for missing) in place of Number: the reduction is twice
// as fast on it.
type Values struct {
	Number []float64
	Code   []int32
	Bit    []uint8
}

// Source is data that can be scanned any number of times.
//
// Rows are dealt to lanes in stripes of Stripe rows: row r belongs to lane
// (r/Stripe) mod Lanes. Chunks of one lane arrive in row order, one after the
// other; lanes may run at the same time. So what is summed by lane, and lanes
// in order, does not depend on the number of threads.
type Source interface {
	// Rows returns the number of rows.
	Rows() int
	// Levels returns the categories of a column, sorted.
	Levels(ctx context.Context, column string) ([]string, error)
	// Scan visits all rows. No chunk crosses a stripe's end.
	Scan(ctx context.Context, columns []Column, visit func(lane int, c *Chunk) error) error
}

const (
	// Stripe is the number of consecutive rows that stay together.
	Stripe = 1 << 16
	// Lanes is the number of partial sums, and so the most threads of use.
	Lanes = 8
)

// LaneOf returns the lane of a row.
func LaneOf(row int) int { return row / Stripe % Lanes }

// number returns value i of a number column.
func (v Values) number(i int) float64 {
	if v.Bit == nil {
		return v.Number[i]
	}
	if v.Bit[i] > 1 {
		return math.NaN()
	}
	return float64(v.Bit[i])
}
