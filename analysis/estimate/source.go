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
// set Bits in place of Number: the reduction is many times as fast on them.
type Values struct {
	Number []float64
	Code   []int32
	Bits   Bits
}

// Bits are the values of a 0/1 column, a bit a row: row r's is bit r mod 64 of
// word r/64. Known says which rows have a value, One which have the value 1; One
// is a part of Known. What stands behind the last row has no meaning. Known is nil
// where the column is not given so.
type Bits struct{ Known, One []uint64 }

// Words is the number of words for the bits of that many rows.
func Words(rows int) int { return (rows + 63) / 64 }

// at returns the value of a row: 0, 1, or 2 for missing.
func (b Bits) at(row int) uint8 {
	word, bit := row>>6, row&63
	return uint8(b.One[word]>>bit&1 | (^b.Known[word]>>bit&1)<<1)
}

// spell writes a byte a row.
func (b Bits) spell(into []uint8) {
	for row := range into {
		into[row] = b.at(row)
	}
}

// numbersInto copies a number column.
func (v Values) numbersInto(into []float64) {
	if v.Number != nil {
		copy(into, v.Number)
		return
	}
	for i := range into {
		into[i] = v.At(i)
	}
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
	// Lanes is the number of partial sums, and so the most threads that sum; each
	// takes memory for all cells, and is added to the others in the end.
	Lanes = 4
)

// LaneOf returns the lane of a row.
func LaneOf(row int) int { return row / Stripe % Lanes }

// At returns value i of a number column.
func (v Values) At(i int) float64 {
	if v.Bits.Known == nil {
		return v.Number[i]
	}
	if x := v.Bits.at(i); x < 2 {
		return float64(x)
	}
	return math.NaN()
}
