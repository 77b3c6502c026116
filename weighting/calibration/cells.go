package calibration

import "slices"

// system is a problem with its rows put in cells: rows that belong to the same
// constraints. In a cell only numeric auxiliary variables vary, so sums over
// its rows are short and dense. Where no variable is numeric all rows of a cell
// share their factor and become one: a million rows raked to three margins are
// a few hundred. Limits on weights keep rows apart too.
type system struct {
	d      []float64
	values [][]float64 // x of each numeric block, in the order of d
	cells  []cell
	totals []float64
	valued []int   // the numeric blocks' place among the blocks; -1 for others
	place  []int32 // where each row of the problem stands in d
}

// cell is the rows from..to of a system.
type cell struct {
	from, to   int
	constraint []int32 // one per block, -1 = none
}

func newSystem(p Problem) *system {
	s := &system{totals: p.Totals, valued: make([]int, len(p.Blocks))}
	numeric := 0
	for b, block := range p.Blocks {
		s.valued[b] = -1
		if block.Value != nil {
			s.valued[b] = numeric
			numeric++
		}
	}
	of, count := cellsOf(p.Blocks, len(p.Weights))
	s.place = of
	if _, byWeight := p.Distance.(Within); byWeight || numeric > 0 {
		s.place = s.arrange(of, count)
	} else {
		s.cells = make([]cell, count)
		for c := range s.cells {
			s.cells[c] = cell{from: c, to: c + 1}
		}
	}
	s.fill(p, of)
	return s
}

// arrange gives each cell a run of rows and each row its place in it.
func (s *system) arrange(of []int32, count int) []int32 {
	next := make([]int32, count+1)
	for _, c := range of {
		next[c+1]++
	}
	s.cells = make([]cell, count)
	for c := range s.cells {
		next[c+1] += next[c]
		s.cells[c] = cell{from: int(next[c]), to: int(next[c+1])}
	}
	place := make([]int32, len(of))
	for row, c := range of {
		place[row] = next[c]
		next[c]++
	}
	return place
}

// fill copies weights and values to their places.
func (s *system) fill(p Problem, of []int32) {
	s.d = make([]float64, s.cells[len(s.cells)-1].to)
	for row, at := range s.place {
		s.d[at] += p.Weights[row]
	}
	for row, c := range of {
		if s.cells[c].constraint == nil {
			for _, b := range p.Blocks {
				s.cells[c].constraint = append(s.cells[c].constraint, b.Constraint[row])
			}
		}
	}
	for _, b := range p.Blocks {
		if b.Value == nil {
			continue
		}
		v := make([]float64, len(s.d))
		for row, at := range s.place {
			v[at] = b.Value[row]
		}
		s.values = append(s.values, v)
	}
}

// cellsOf numbers the combinations of constraints that occur, in the order of
// the constraints, and returns each row's number.
func cellsOf(blocks []Block, rows int) (of []int32, count int) {
	const table = 1 << 21
	of, count = make([]int32, rows), 1
	for _, b := range blocks {
		width := int(slices.Max(b.Constraint)) + 2
		if count*width > table {
			count = renumber(of, count)
		}
		if count*width > 1<<31-1 {
			return alone(rows)
		}
		for row, c := range b.Constraint {
			of[row] = of[row]*int32(width) + c + 1
		}
		count *= width
	}
	return of, renumber(of, count)
}

// renumber makes the codes below size that occur consecutive, keeping their
// order, and returns how many there are.
func renumber(of []int32, size int) int {
	number := make([]int32, size)
	for _, c := range of {
		number[c] = 1
	}
	count := int32(0)
	for c, used := range number {
		number[c] = count
		count += used
	}
	for row, c := range of {
		of[row] = number[c]
	}
	return int(count)
}

// alone puts every row in a cell of its own.
func alone(rows int) (of []int32, count int) {
	of = make([]int32, rows)
	for row := range of {
		of[row] = int32(row)
	}
	return of, rows
}
