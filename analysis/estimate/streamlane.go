package estimate

import (
	"math"
	"slices"
)

// streamLane is a lane that finds the cells of its rows while they come.
type streamLane struct {
	*lane
	st *stream

	met        []*numbering // cells by partition; a key is stratum × domains + domain
	first      [][]int      // the row in which each cell was met
	units      []int        // by stratum level
	population []float64    // by stratum level, where units were met

	weight []float64
	home   []int32 // stratum level of the chunk's rows, -1 outside the sample
}

func (st *stream) newLane() *streamLane {
	levels := len(st.strata.levels)
	l := &streamLane{lane: newLane(st.items, len(st.parts)), st: st, first: make([][]int, len(st.parts)),
		units: make([]int, levels), population: make([]float64, levels)}
	for _, part := range st.parts {
		l.met = append(l.met, newNumbering(part.domains*int64(levels)))
	}
	return l
}

// take adds a chunk. It returns false where a design value is at fault.
func (l *streamLane) take(c *Chunk) bool {
	l.w = l.numbers(c, l.st.weight)
	if !l.findHomes(c) || !l.checkPopulation(c) {
		return false
	}
	for p := range l.st.parts {
		l.findCells(p, c)
	}
	l.add(c)
	return true
}

// numbers returns a column as numbers.
func (l *streamLane) numbers(c *Chunk, column int) []float64 {
	v := c.Columns[column]
	if v.Number != nil {
		return v.Number
	}
	l.weight = slices.Grow(l.weight[:0], c.Rows)[:c.Rows]
	for i := range l.weight {
		l.weight[i] = v.number(i)
	}
	return l.weight
}

// findHomes finds the stratum of each row with a weight above 0.
func (l *streamLane) findHomes(c *Chunk) bool {
	l.home = slices.Grow(l.home[:0], c.Rows)[:c.Rows]
	clear(l.home)
	if l.st.stratum >= 0 {
		copy(l.home, c.Columns[l.st.stratum].Code)
	}
	for i, w := range l.w {
		switch h := l.home[i]; {
		case w > 0 && w <= math.MaxFloat64 && h >= 0:
			l.units[h]++
		case w == 0:
			l.home[i] = -1
		default:
			return false
		}
	}
	return true
}

// checkPopulation compares the population counts of each stratum.
func (l *streamLane) checkPopulation(c *Chunk) bool {
	if l.st.fpc < 0 {
		return true
	}
	for i, h := range l.home {
		if h < 0 {
			continue
		}
		n := c.Columns[l.st.fpc].number(i)
		if l.population[h] == 0 {
			l.population[h] = n
		}
		if !(n > 0) || l.population[h] != n {
			return false
		}
	}
	return true
}

// findCells numbers the cells of a partition's rows.
func (l *streamLane) findCells(p int, c *Chunk) {
	part := &l.st.parts[p]
	l.cells[p] = append(l.cells[p][:0], l.home...)
	cells := l.cells[p]
	for k, column := range part.columns {
		cross(cells, c.Columns[column].Code, int32(len(part.by[k].levels)))
	}
	for _, want := range part.where {
		for i, code := range c.Columns[want.column].Code {
			if code != want.code {
				cells[i] = -1
			}
		}
	}
	met := l.met[p]
	for i, key := range cells {
		if key < 0 {
			continue
		}
		at := met.of(int64(key))
		if int(at) == len(l.first[p]) {
			l.first[p] = append(l.first[p], c.Start+i)
		}
		cells[i] = at
	}
	l.count[p] = len(l.first[p])
}

// cross tells rows further apart by the codes of a column with that many levels.
func cross(at, codes []int32, levels int32) {
	for i, code := range codes {
		switch {
		case at[i] < 0:
		case code < 0:
			at[i] = -1
		default:
			at[i] = at[i]*levels + code
		}
	}
}
