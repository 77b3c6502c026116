package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"barometer/weighting/design"
)

// step is one calibration, whose regression residuals replace the linearised
// variable: e = u − x′B with B = (Σ d x x′)⁻¹ Σ d x u over the whole sample,
// d the weights before the step (Deville & Särndal 1992, eq. 3.4). Of several
// steps each works on u times the factors of the later ones, in the order in
// which the weights were made, as R's survey package does.
type step struct {
	before []float64 // d, by row
	later  []float64 // factor of the later steps, by pattern
	x      [][]entry // auxiliary values of each pattern, zeros left out
	gram   *mat.Dense
}

// entry is a nonzero element of a vector.
type entry struct {
	at    int
	value float64
}

// resolveSteps numbers the patterns of the calibration variables and inverts
// each step's Σ d x x′. The pattern of each row is left in s.group.
func (s *Sample) resolveSteps(cols *designColumns) error {
	s.group = make([]int32, len(s.in))
	for row, in := range s.in {
		if !in {
			s.group[row] = -1
		}
	}
	if len(cols.before) == 0 {
		return nil
	}
	p := newPatterns(cols, s.in)
	for row, in := range s.in {
		if in {
			s.group[row] = p.of(row)
		}
	}
	for i, before := range cols.before {
		st := step{before: before.values}
		for _, row := range p.example {
			x, err := auxiliaryVector(cols, cols.auxiliary[i], row)
			if err != nil {
				return err
			}
			st.x = append(st.x, x)
		}
		sums := s.byPattern(st.before, len(p.example))
		after := s.Weight
		if i+1 < len(cols.before) {
			after = cols.before[i+1].values
		}
		st.later = s.byPattern(s.Weight, len(p.example))
		for g, sum := range s.byPattern(after, len(p.example)) {
			if sum != 0 {
				st.later[g] /= sum
			}
		}
		st.gram = st.invert(sums, len(cols.auxiliary[i]))
		s.steps = append(s.steps, st)
	}
	return nil
}

// byPattern adds weights by pattern, which s.group still holds.
func (s *Sample) byPattern(weights []float64, patterns int) []float64 {
	sums := make([]float64, patterns)
	for row, g := range s.group {
		if g >= 0 {
			sums[g] += weights[row]
		}
	}
	return sums
}

// patterns numbers the distinct combinations of calibration variables.
type patterns struct {
	codes   [][]int32
	met     []*numbering // combination of the columns up to here
	width   []int64
	example []int32 // a row of each pattern
}

func newPatterns(cols *designColumns, in []bool) *patterns {
	p := &patterns{}
	seen := make(map[string]bool)
	for _, auxiliary := range cols.auxiliary {
		for _, a := range auxiliary {
			for _, l := range a.Where {
				if c := cols.categories[l.Column]; !seen[c.name] {
					seen[c.name] = true
					p.append(c.codes, len(c.levels))
				}
			}
			if a.Value != "" && !seen["\x00"+a.Value] {
				seen["\x00"+a.Value] = true
				p.append(distinct(cols.numbers[a.Value].values, in))
			}
		}
	}
	rows := int64(len(in))
	for i, w := range p.width {
		limit := w
		if i > 0 {
			limit *= rows
		}
		p.met = append(p.met, newNumbering(limit))
	}
	return p
}

func (p *patterns) append(codes []int32, levels int) {
	p.codes = append(p.codes, codes)
	p.width = append(p.width, int64(levels)+1)
}

// distinct numbers the different values of a column.
func distinct(values []float64, in []bool) ([]int32, int) {
	number := make(map[uint64]int32)
	codes := make([]int32, len(values))
	for row, x := range values {
		if !in[row] {
			continue
		}
		bits := math.Float64bits(x)
		if _, ok := number[bits]; !ok {
			number[bits] = int32(len(number))
		}
		codes[row] = number[bits]
	}
	return codes, len(number)
}

// of returns the pattern of a row.
func (p *patterns) of(row int) int32 {
	at := int32(0)
	for i, codes := range p.codes {
		at = p.met[i].of(int64(at)*p.width[i] + int64(codes[row]) + 1)
	}
	if int(at) == len(p.example) {
		p.example = append(p.example, int32(row))
	}
	return at
}

// auxiliaryVector returns the calibration variables of a row.
func auxiliaryVector(cols *designColumns, auxiliary []design.Auxiliary, row int32) ([]entry, error) {
	var x []entry
	for i, a := range auxiliary {
		if !matches(cols, a.Where, row) {
			continue
		}
		value := 1.0
		if a.Value != "" {
			value = cols.numbers[a.Value].values[row]
		}
		if math.IsNaN(value) {
			return nil, refuse("bad_data", "column %s, row %d: the calibration variable is missing", a.Value, row+1)
		}
		if value != 0 {
			x = append(x, entry{i, value})
		}
	}
	return x, nil
}

func matches(cols *designColumns, where []design.Level, row int32) bool {
	for _, l := range where {
		c := cols.categories[l.Column]
		if c.codes[row] < 0 || c.levels[c.codes[row]] != l.Level {
			return false
		}
	}
	return true
}

// invert returns a generalised inverse of Σ d x x′: redundant variables get
// coefficient 0, which leaves the fitted values as they are.
func (st *step) invert(sums []float64, size int) *mat.Dense {
	gram := mat.NewSymDense(size, nil)
	for g, x := range st.x {
		for _, a := range x {
			for _, b := range x {
				if a.at <= b.at {
					gram.SetSym(a.at, b.at, gram.At(a.at, b.at)+float64(sums[g]*a.value*b.value))
				}
			}
		}
	}
	return generalisedInverse(gram)
}

// fit returns x′B of every pattern for the regression of a variable whose sums
// Σ d u by pattern are given.
func (st *step) fit(sums, fitted []float64) {
	size, _ := st.gram.Dims()
	right := make([]float64, size)
	for g, x := range st.x {
		for _, e := range x {
			right[e.at] += float64(sums[g] * e.value)
		}
	}
	var b mat.VecDense
	b.MulVec(st.gram, mat.NewVecDense(size, right))
	for g, x := range st.x {
		fitted[g] = 0
		for _, e := range x {
			fitted[g] += float64(e.value * b.AtVec(e.at))
		}
	}
}

// explained turns x′B of a pattern into what it takes out of u: nothing where
// later steps leave no weight.
func (st *step) explained(fitted float64, pattern int32) float64 {
	if st.later[pattern] == 0 {
		return 0
	}
	return fitted / st.later[pattern]
}

// redundant is the part of a variable not explained by those before it, below
// which it adds nothing.
const redundant = 1e-10

// generalisedInverse inverts a symmetric positive semidefinite matrix on its
// independent rows and columns, found by Cholesky decomposition with diagonal
// pivoting, and leaves zeros elsewhere.
func generalisedInverse(a *mat.SymDense) *mat.Dense {
	keep := independent(a)
	sub := mat.NewSymDense(len(keep), nil)
	for i, r := range keep {
		for j, c := range keep[i:] {
			sub.SetSym(i, i+j, a.At(r, c))
		}
	}
	n := a.SymmetricDim()
	full := mat.NewDense(n, n, nil)
	var chol mat.Cholesky
	if len(keep) == 0 || !chol.Factorize(sub) {
		return full
	}
	var inverse mat.SymDense
	if chol.InverseTo(&inverse) != nil && inverse.IsEmpty() {
		return full
	}
	for i, r := range keep {
		for j, c := range keep {
			full.Set(r, c, inverse.At(i, j))
		}
	}
	return full
}

// independent lists a maximal set of independent variables of a Gram matrix in
// ascending order.
func independent(a *mat.SymDense) []int {
	n := a.SymmetricDim()
	rest := mat.NewDense(n, n, nil)
	rest.Copy(a)
	var keep []int
	for range n {
		pivot, best := -1, redundant
		for i := range n {
			if share := rest.At(i, i) / a.At(i, i); share > best {
				pivot, best = i, share
			}
		}
		if pivot < 0 {
			break
		}
		keep = append(keep, pivot)
		eliminate(rest, pivot)
	}
	slices.Sort(keep)
	return keep
}

// eliminate takes what a variable explains out of all others.
func eliminate(rest *mat.Dense, pivot int) {
	n, _ := rest.Dims()
	d := rest.At(pivot, pivot)
	column := mat.Col(nil, pivot, rest)
	for i := range n {
		for j := range n {
			rest.Set(i, j, rest.At(i, j)-column[i]*column[j]/d)
		}
	}
	for i := range n {
		rest.Set(i, pivot, 0)
		rest.Set(pivot, i, 0)
	}
}
