package estimate

import (
	"math"
	"slices"
)

// streamLane is a lane that finds the cells of its rows while they come.
type streamLane struct {
	*lane
	st *stream

	met      homesMet
	cellsMet []*numbering // by partition; a key is home × domains + domain
	first    [][]int      // the row in which each cell was met
}

func (st *stream) newLane() *streamLane {
	l := &streamLane{lane: newLane(st.items, len(st.parts)), st: st, first: make([][]int, len(st.parts)), met: newHomesMet(&st.homes)}
	for p, part := range st.parts {
		cells := part.domains * st.homes.count()
		l.cellsMet = append(l.cellsMet, newNumbering(cells))
		l.most[p] = int(cells)
	}
	return l
}

// take adds a chunk. It returns false where a design value is at fault.
func (l *streamLane) take(c *Chunk) bool {
	defer l.work(l.st.spaces)()
	l.w = l.numbers(c, l.st.weight)
	if !l.findStrata(c) || !l.checkPopulation(c) || !l.findHomes(c) {
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
	v.numbersInto(l.weight)
	return l.weight
}

// findStrata finds the stratum level of each row with a weight above 0.
func (l *streamLane) findStrata(c *Chunk) bool {
	l.home = slices.Grow(l.home[:0], c.Rows)[:c.Rows]
	clear(l.home)
	if at := l.st.homes.stratum; at >= 0 {
		copy(l.home, c.Columns[at].Code)
	}
	for i, w := range l.w {
		switch {
		case w > 0 && w <= math.MaxFloat64 && l.home[i] >= 0:
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
	if l.st.homes.fpc < 0 {
		return true
	}
	for i, h := range l.home {
		if h < 0 {
			continue
		}
		n := c.Columns[l.st.homes.fpc].At(i)
		if l.met.population[h] == 0 {
			l.met.population[h] = n
		}
		if !(n > 0) || l.met.population[h] != n {
			return false
		}
	}
	return true
}

// findHomes counts the rows of each home, after turning strata into clusters
// where there are any.
func (l *streamLane) findHomes(c *Chunk) bool {
	if l.st.homes.clusters() {
		return l.met.takeClusters(&l.st.homes, l.home, c)
	}
	for _, h := range l.home {
		if h >= 0 {
			l.met.rows[h]++
		}
	}
	return true
}

// findCells numbers the cells of a partition's rows.
func (l *streamLane) findCells(p int, c *Chunk) {
	part := &l.st.parts[p]
	cells := append(l.keys[p][:0], l.home...)
	l.keys[p], l.cells[p] = cells, cells
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
	met := l.cellsMet[p]
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
