// Package rounding turns a two-way table of numbers into whole ones that keep
// its margins.
//
// A table of cell sums comes in, whole numbers go out: every cell is one of the
// two whole numbers nearest to it, and so is the sum of every row, of every
// column and of all. Sums that are whole already are kept exactly. That this
// can always be done for two margins, and how, is shown by Causey, Cox and
// Ernst (1985); for three margins it cannot be promised. It serves the weighting
// step round, and knows nothing of weights.
package rounding

import "math"

// one is 1 in the fixed-point arithmetic that keeps every step exact.
const one = int64(1) << 30

// Table rounds cells[row][column], each 0 or more, to one of its two
// neighbouring whole numbers each, so that the sums of rows and columns are
// rounded likewise (Causey, Cox and Ernst 1985).
func Table(cells [][]float64) [][]int64 {
	columns := len(cells[0])
	t := &table{part: make([][]int64, len(cells)+1)}
	whole := make([][]int64, len(cells))
	for i, row := range cells {
		whole[i], t.part[i] = make([]int64, columns), make([]int64, columns+1)
		for j, x := range row {
			units := math.Floor(x)
			whole[i][j], t.part[i][j] = int64(units), int64(math.Round((x-units)*float64(one)))
		}
	}
	t.part[len(cells)] = make([]int64, columns+1)
	t.close()
	for {
		row, column, found := t.fractional()
		if !found {
			break
		}
		t.turn(t.cycle(row, column))
	}
	for i := range whole {
		for j := range whole[i] {
			whole[i][j] += t.part[i][j] / one
		}
	}
	return whole
}

// table is the fractional parts of the cells, with one more row and column that
// make every sum whole.
type table struct{ part [][]int64 }

func (t *table) close() {
	last := len(t.part) - 1
	width := len(t.part[0]) - 1
	for i := range t.part[:last] {
		t.part[i][width] = missing(t.part[i][:width])
	}
	for j := range width + 1 {
		column := make([]int64, last)
		for i := range column {
			column[i] = t.part[i][j]
		}
		t.part[last][j] = missing(column)
	}
}

// missing is what the values lack to a whole sum.
func missing(values []int64) int64 {
	var sum int64
	for _, v := range values {
		sum += v
	}
	return (one - sum%one) % one
}

func (t *table) fractional() (row, column int, found bool) {
	for i := range t.part {
		for j, v := range t.part[i] {
			if v%one != 0 {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

type place struct{ row, column int }

// cycle walks along fractional cells, by turns within a row and within a
// column, until it comes back to a row or column it has left. It never gets
// stuck: a row or column of whole sum has no single fractional cell.
func (t *table) cycle(row, column int) []place {
	path := []place{{row, column}}
	rows, columns := map[int]int{row: 0}, map[int]int{}
	for along := 1; ; along++ { // odd: the next cell is in the same column
		if along%2 == 1 {
			if since, seen := columns[column]; seen {
				return path[since:]
			}
			columns[column] = along
			row = t.otherRow(row, column)
		} else {
			if since, seen := rows[row]; seen {
				return path[since:]
			}
			rows[row] = along
			column = t.otherColumn(row, column)
		}
		path = append(path, place{row, column})
	}
}

func (t *table) otherRow(row, column int) int {
	for i := range t.part {
		if i != row && t.part[i][column]%one != 0 {
			return i
		}
	}
	panic("rounding: a column with a single fractional cell")
}

func (t *table) otherColumn(row, column int) int {
	for j, v := range t.part[row] {
		if j != column && v%one != 0 {
			return j
		}
	}
	panic("rounding: a row with a single fractional cell")
}

// turn adds to every second cell of a cycle and takes from the others, in the
// direction that needs the least to make a cell whole. No sum changes.
func (t *table) turn(cycle []place) {
	up, down := one, one
	for k, p := range cycle {
		v := t.part[p.row][p.column] % one
		if k%2 == 1 {
			v = one - v
		}
		up, down = min(up, one-v), min(down, v)
	}
	by := up
	if down < up {
		by = -down
	}
	for k, p := range cycle {
		if k%2 == 0 {
			t.part[p.row][p.column] += by
		} else {
			t.part[p.row][p.column] -= by
		}
	}
}
