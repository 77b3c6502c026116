package represent

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// model is a logistic regression of response on the classes of the variables in
// it, fitted to cells.
type model struct {
	variables []Variable
	cells     []Cell
	rho       []float64 // propensity per cell

	active   []int     // cells whose propensity is estimated; the others' is certain
	columns  [][]int   // per cell, the columns that are 1
	width    int       // number of columns
	weights  []float64 // per unit of a cell, of mean 1 over all units
	inverse  mat.SymDense
	observed mat.Cholesky // of the information
}

func newModel(variables []Variable, cells []Cell) *model {
	m := &model{variables: variables, cells: cells, rho: make([]float64, len(cells)), weights: make([]float64, len(cells))}
	total, units := 0.0, 0.0
	for _, c := range cells {
		total += float64(c.Weight * float64(c.Units))
		units += float64(c.Units)
	}
	for i, c := range cells {
		m.weights[i] = c.Weight * units / total
	}
	return m
}

// fit estimates the propensity of every cell.
func (m *model) fit() error {
	m.certain()
	if len(m.active) == 0 {
		return nil
	}
	m.lay()
	return m.solve()
}

// certain settles cells of classes in which nobody or everybody has answered.
// There the likelihood has its top at infinity, and the propensity is 0 or 1.
// What is left without them may have such a class anew.
func (m *model) certain() {
	for i := range m.cells {
		m.active = append(m.active, i)
	}
	for again := true; again; {
		again = false
		for v, variable := range m.variables {
			if variable.Outside {
				continue
			}
			units, responded := map[string]int{}, map[string]int{}
			for _, i := range m.active {
				units[m.cells[i].Classes[v]] += m.cells[i].Units
				responded[m.cells[i].Classes[v]] += m.cells[i].Responded
			}
			var open []int
			for _, i := range m.active {
				class := m.cells[i].Classes[v]
				switch responded[class] {
				case 0:
					m.rho[i] = 0
				case units[class]:
					m.rho[i] = 1
				default:
					open = append(open, i)
				}
			}
			again = again || len(open) < len(m.active)
			m.active = open
		}
	}
}

// lay gives every cell its columns: the constant, and one per class of each
// variable in the model but its first. A column that follows from those before
// it is left out.
func (m *model) lay() {
	m.columns = make([][]int, len(m.cells))
	m.width = 1
	for _, i := range m.active {
		m.columns[i] = []int{0}
	}
	for v, variable := range m.variables {
		if variable.Outside {
			continue
		}
		seen := map[string]int{}
		for _, i := range m.active {
			class := m.cells[i].Classes[v]
			if _, known := seen[class]; !known {
				seen[class] = len(seen)
			}
			if k := seen[class]; k > 0 {
				m.columns[i] = append(m.columns[i], m.width+k-1)
			}
		}
		m.width += len(seen) - 1
	}
	m.drop()
}

// drop leaves out the columns that depend on those before them, found where
// the pivot of the cross products vanishes.
func (m *model) drop() {
	cross := m.cross(func(int) float64 { return 1 })
	kept := make([]int, m.width)
	n := 0
	for j := range m.width {
		kept[j] = -1
		pivot := cross.At(j, j)
		if pivot > 1e-9*m.weightOf(j) {
			kept[j] = n
			n++
			eliminate(cross, j)
		}
	}
	for _, i := range m.active {
		var columns []int
		for _, j := range m.columns[i] {
			if kept[j] >= 0 {
				columns = append(columns, kept[j])
			}
		}
		m.columns[i] = columns
	}
	m.width = n
}

// weightOf is the weight of the cells that have the column.
func (m *model) weightOf(column int) (sum float64) {
	for _, i := range m.active {
		for _, j := range m.columns[i] {
			if j == column {
				sum += float64(m.weights[i] * float64(m.cells[i].Units))
			}
		}
	}
	return sum
}

// eliminate takes what column j explains out of the later ones.
func eliminate(a *mat.SymDense, j int) {
	n := a.SymmetricDim()
	pivot := a.At(j, j)
	for r := j + 1; r < n; r++ {
		f := a.At(r, j) / pivot
		for c := r; c < n; c++ {
			a.SetSym(r, c, a.At(r, c)-float64(f*a.At(j, c)))
		}
	}
}

// cross is Σ w·slope·x·x′ over the active cells.
func (m *model) cross(slope func(cell int) float64) *mat.SymDense {
	a := mat.NewSymDense(m.width, nil)
	for _, i := range m.active {
		w := m.weights[i] * float64(m.cells[i].Units) * slope(i)
		for k, r := range m.columns[i] {
			for _, c := range m.columns[i][k:] {
				a.SetSym(r, c, a.At(r, c)+w)
			}
		}
	}
	return a
}

const (
	converged     = 1e-12 // relative change of the deviance
	maxIterations = 100
	surest        = 30 // linear predictors beyond are certain to all digits
)

// solve finds the propensities by Newton's method. It goes by the deviance: a
// propensity that tends to 0 or 1 settles though its coefficient does not.
func (m *model) solve() error {
	beta := make([]float64, m.width)
	before := math.Inf(1)
	for range maxIterations {
		deviance := 0.0
		score := mat.NewVecDense(m.width, nil)
		for _, i := range m.active {
			rho := m.propensity(i, beta)
			m.rho[i] = rho
			n, y := float64(m.cells[i].Units), float64(m.cells[i].Responded)
			deviance -= float64(m.weights[i] * (float64(y*math.Log(rho)) + float64((n-y)*math.Log(1-rho))))
			for _, j := range m.columns[i] {
				score.SetVec(j, score.AtVec(j)+float64(m.weights[i]*(y-n*rho)))
			}
		}
		if !m.observed.Factorize(m.cross(m.slope)) {
			return errors.New("the model of response cannot be estimated: too few answers for its classes")
		}
		if math.Abs(before-deviance) <= converged*(math.Abs(deviance)+1) {
			if err := m.observed.InverseTo(&m.inverse); !isCondition(err) {
				return err
			}
			return nil
		}
		before = deviance
		var step mat.VecDense
		if err := m.observed.SolveVecTo(&step, score); err != nil && !isCondition(err) {
			return err
		}
		for j := range beta {
			beta[j] += step.AtVec(j)
		}
	}
	return errors.New("the model of response does not settle: too few answers for its classes")
}

// isCondition reports a warning that a matrix is nearly singular, as it gets
// where propensities tend to 0 or 1.
func isCondition(err error) bool {
	var c mat.Condition
	return errors.As(err, &c)
}

func (m *model) slope(i int) float64 { return m.rho[i] * (1 - m.rho[i]) }

func (m *model) propensity(i int, beta []float64) float64 {
	eta := 0.0
	for _, j := range m.columns[i] {
		eta += beta[j]
	}
	return 1 / (1 + math.Exp(-max(-surest, min(surest, eta))))
}

// bias is what estimating the propensities and drawing the sample add to the
// variance of the propensities: (Σ d z′Vz − var(Σ d ρ)/N)/N, z being ρ(1 − ρ)x,
// V the inverse information, and the second term the variance under stratified
// sampling. N is the sum of the design weights.
func (m *model) bias(total float64) float64 {
	estimation := 0.0
	for _, i := range m.active {
		z := m.slope(i)
		form := 0.0
		for _, r := range m.columns[i] {
			for _, c := range m.columns[i] {
				form += m.inverse.At(r, c)
			}
		}
		estimation += float64(m.cells[i].Weight * float64(m.cells[i].Units) * z * z * form)
	}
	return (estimation - m.drawing(m.rho)/total) / total
}

// drawing is the variance of the weighted total of a value per cell under
// stratified simple random sampling.
func (m *model) drawing(of []float64) (variance float64) {
	for _, g := range groups(m.cells, func(c Cell) string { return c.Stratum }) {
		n, size, mean := 0.0, 0.0, 0.0
		for _, i := range g.cells {
			units := float64(m.cells[i].Units)
			n += units
			size += float64(units * m.cells[i].Weight)
			mean += float64(units * of[i])
		}
		if n < 2 {
			continue
		}
		mean /= n
		spread := 0.0
		for _, i := range g.cells {
			spread += float64(float64(m.cells[i].Units) * (of[i] - mean) * (of[i] - mean))
		}
		variance += float64(size * size * max(0, 1-n/size) * spread / (n - 1) / n)
	}
	return variance
}
