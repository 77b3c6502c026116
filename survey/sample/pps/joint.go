package pps

import "fmt"

// jointUnits bounds the population of which joint probabilities are reckoned;
// the work grows with its third power.
const jointUnits = 400

// JointSampford returns the probability that two units are both selected by
// [Design.Sampford], in the diagonal that of one (Sampford 1967, section 5).
func (d *Design) JointSampford() ([][]float64, error) {
	if len(d.chance) > jointUnits {
		return nil, fmt.Errorf("joint probabilities of %d units are more than are reckoned at once (%d)", len(d.chance), jointUnits)
	}
	p := d.chances()
	joint := make([][]float64, len(p))
	for k := range joint {
		joint[k] = make([]float64, len(p))
	}
	if d.take > 1 {
		all := d.completions()[0].marked[d.take]
		for i := range p {
			for j, w := range d.without(i, p) {
				// One of the two carries the mark, or another unit does.
				ways := w.marked[d.take-2] + (2-p[i]-p[j])*w.plain[d.take-2]
				joint[i][j] = p[i] * p[j] * ways / all
			}
		}
	}
	return d.whole(p, joint), nil
}

// without returns for every j the ways of all units but i and j, from those of
// the units before j and after it.
func (d *Design) without(i int, p []float64) []ways {
	width := d.take
	before := make([]ways, len(p)+1)
	before[0] = nothing(width)
	for j := range p {
		before[j+1] = before[j]
		if j != i {
			before[j+1] = before[j].with(p[j], width)
		}
	}
	pairs := make([]ways, len(p))
	after := nothing(width)
	for j := len(p) - 1; j >= 0; j-- {
		pairs[j] = before[j].and(after, d.take-2)
		if j != i {
			after = after.with(p[j], width)
		}
	}
	return pairs
}

// and joins two groups of units, for m taken of both together.
func (w ways) and(v ways, m int) ways {
	joined := ways{make([]float64, m+1), make([]float64, m+1)}
	for k := range m + 1 {
		joined.plain[m] += w.plain[k] * v.plain[m-k]
		joined.marked[m] += w.marked[k]*v.plain[m-k] + w.plain[k]*v.marked[m-k]
	}
	return joined
}

// JointSystematic returns the probability that two units are both selected by
// [Design.Systematic] in their given order, in the diagonal that of one. It is
// zero for many pairs, which is why its variance cannot be estimated.
func (d *Design) JointSystematic() ([][]float64, error) {
	if len(d.chance) > jointUnits {
		return nil, fmt.Errorf("joint probabilities of %d units are more than are reckoned at once (%d)", len(d.chance), jointUnits)
	}
	p := d.chances()
	joint := make([][]float64, len(p))
	for i := range joint {
		joint[i] = make([]float64, len(p))
	}
	arcs := make([][2]uint64, len(p)) // of the circle of starting points
	reached := uint64(0)
	for k, x := range d.size {
		length := uint64(d.take) * x
		arcs[k] = [2]uint64{reached % d.total, length}
		reached += length
	}
	for i := range arcs {
		for j := range arcs {
			joint[i][j] = float64(common(arcs[i], arcs[j], d.total)) / float64(d.total)
		}
	}
	return d.whole(p, joint), nil
}

// common is the length that two arcs of a circle share.
func common(a, b [2]uint64, circle uint64) uint64 {
	sum := uint64(0)
	for _, x := range pieces(a, circle) {
		for _, y := range pieces(b, circle) {
			if from, to := max(x[0], y[0]), min(x[1], y[1]); from < to {
				sum += to - from
			}
		}
	}
	return sum
}

// pieces cuts an arc where the circle begins.
func pieces(arc [2]uint64, circle uint64) [][2]uint64 {
	if end := arc[0] + arc[1]; end > circle {
		return [][2]uint64{{arc[0], circle}, {0, end - circle}}
	}
	return [][2]uint64{{arc[0], arc[0] + arc[1]}}
}

// whole places the joint probabilities of the units left to chance among those
// of all.
func (d *Design) whole(p []float64, chance [][]float64) [][]float64 {
	single := d.Probabilities()
	joint := make([][]float64, d.units)
	for i := range joint {
		joint[i] = make([]float64, d.units)
		for j := range joint[i] {
			joint[i][j] = single[i] * single[j] // right where one is certain
		}
		joint[i][i] = single[i]
	}
	for a, i := range d.chance {
		for b, j := range d.chance {
			if a != b {
				joint[i][j] = chance[a][b]
			}
		}
	}
	return joint
}
