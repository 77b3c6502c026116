package calibration

// maxCells bounds the table used to find rows that are alike.
const maxCells = 1 << 21

// system is a problem with rows that share all auxiliary values made one, since
// they share their factor: a million rows raked to three margins are a few
// hundred cells.
type system struct {
	d      []float64
	blocks []Block
	totals []float64
	cell   []int32 // the problem's rows in the system's; nil = one to one
}

func newSystem(p Problem) *system {
	rows := &system{d: p.Weights, blocks: p.Blocks, totals: p.Totals}
	size := 1
	for _, b := range p.Blocks {
		if b.Value != nil {
			return rows
		}
		if size *= highest(b.Constraint) + 2; size > maxCells {
			return rows
		}
	}
	if size > len(p.Weights) {
		return rows
	}
	return compress(p, size)
}

func highest(constraint []int32) int {
	top := int32(-1)
	for _, c := range constraint {
		top = max(top, c)
	}
	return int(top)
}

// compress numbers the combinations of constraints as the digits of one
// number, adds the weights of each, and keeps those that occur.
func compress(p Problem, size int) *system {
	s := &system{totals: p.Totals, cell: make([]int32, len(p.Weights))}
	radix := make([]int32, len(p.Blocks))
	for i, b := range p.Blocks {
		radix[i] = int32(highest(b.Constraint) + 2)
		for row, c := range b.Constraint {
			s.cell[row] = s.cell[row]*radix[i] + c + 1
		}
	}
	sum := make([]float64, size)
	for row, c := range s.cell {
		sum[c] += p.Weights[row]
	}

	renumbered := make([]int32, size)
	s.blocks = make([]Block, len(p.Blocks))
	for code, d := range sum {
		if d == 0 {
			continue
		}
		renumbered[code] = int32(len(s.d))
		s.d = append(s.d, d)
		rest := int32(code)
		for i := len(radix) - 1; i >= 0; i-- {
			s.blocks[i].Constraint = append(s.blocks[i].Constraint, rest%radix[i]-1)
			rest /= radix[i]
		}
	}
	for row, c := range s.cell {
		s.cell[row] = renumbered[c]
	}
	return s
}

// factors returns F(x′λ) for every row of the problem.
func (s *system) factors(dist Distance, lambda []float64) []float64 {
	g := make([]float64, len(s.d))
	inPieces(len(s.d), func(_, from, to int) {
		for i := from; i < to; i++ {
			_, g[i], _ = dist.at(s.score(i, lambda))
		}
	})
	if s.cell == nil {
		return g
	}
	rows := make([]float64, len(s.cell))
	for row, c := range s.cell {
		rows[row] = g[c]
	}
	return rows
}

// score returns x′λ of row i.
func (s *system) score(i int, lambda []float64) float64 {
	var t float64
	for b := range s.blocks {
		c := s.blocks[b].Constraint[i]
		if c < 0 {
			continue
		}
		if v := s.blocks[b].Value; v != nil {
			t += float64(lambda[c] * v[i])
		} else {
			t += lambda[c]
		}
	}
	return t
}
