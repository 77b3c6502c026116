// Package cholesky solves symmetric equations that may hold the same equation
// twice.
//
// Both a set of control totals and a regression on several factors carry
// columns that follow from others: the last level of a second margin, a sector
// beside its subsectors, a covariate that repeats another. Elimination goes through the columns in the order
// given, keeps each that adds something, and says of the others how they
// follow. Plain loops in a fixed order make the result the same everywhere.
package cholesky

import "math"

// Factor is the Cholesky factor of the independent columns of a positive
// semi-definite matrix, scaled to a unit diagonal.
type Factor struct {
	Kept      []int        // the independent columns
	Dependent []Dependence // the columns that follow from earlier kept ones
	Null      []int        // columns that are 0 throughout

	scale []float64   // square root of the diagonal
	rows  [][]float64 // lower triangle over Kept
}

// Dependence says that Column = Σ Coefficient · On.
type Dependence struct {
	Column      int
	On          []int
	Coefficient []float64
}

// Eliminate factors the n × n matrix at. A column counts as dependent when
// earlier ones leave less than the share tolerance of its diagonal.
func Eliminate(n int, at func(i, j int) float64, tolerance float64) *Factor {
	f := &Factor{scale: make([]float64, n)}
	for j := range n {
		own := at(j, j)
		if !(own > 0) {
			f.Null = append(f.Null, j)
			continue
		}
		f.scale[j] = math.Sqrt(own)
		row, left := f.project(j, at)
		if left > tolerance {
			f.Kept = append(f.Kept, j)
			f.rows = append(f.rows, append(row, math.Sqrt(left)))
			continue
		}
		f.Dependent = append(f.Dependent, f.dependence(j, row))
	}
	return f
}

// project expresses column j in the kept ones and returns what is left of it.
func (f *Factor) project(j int, at func(i, j int) float64) (row []float64, left float64) {
	row = make([]float64, len(f.Kept), len(f.Kept)+1)
	left = 1
	for k, c := range f.Kept {
		v := at(j, c) / (f.scale[j] * f.scale[c])
		for m, r := range row[:k] {
			v -= float64(r * f.rows[k][m])
		}
		row[k] = v / f.rows[k][k]
		left -= float64(row[k] * row[k])
	}
	return row, left
}

func (f *Factor) dependence(j int, row []float64) Dependence {
	d := Dependence{Column: j}
	f.backward(row)
	for k, b := range row {
		if math.Abs(b) > 1e-7 {
			d.On = append(d.On, f.Kept[k])
			d.Coefficient = append(d.Coefficient, b*f.scale[j]/f.scale[f.Kept[k]])
		}
	}
	return d
}

// backward solves L′x = b in place over the first len(b) kept columns.
func (f *Factor) backward(b []float64) {
	for k := len(b) - 1; k >= 0; k-- {
		for m := k + 1; m < len(b); m++ {
			b[k] -= float64(f.rows[m][k] * b[m])
		}
		b[k] /= f.rows[k][k]
	}
}

// Solve returns the x with A·x = b over the kept columns and 0 elsewhere.
func (f *Factor) Solve(b []float64) []float64 {
	y := make([]float64, len(f.Kept))
	for k, c := range f.Kept {
		y[k] = b[c] / f.scale[c]
		for m, r := range f.rows[k][:k] {
			y[k] -= float64(r * y[m])
		}
		y[k] /= f.rows[k][k]
	}
	f.backward(y)
	x := make([]float64, len(f.scale))
	for k, c := range f.Kept {
		x[c] = y[k] / f.scale[c]
	}
	return x
}

// LogDet returns the logarithm of the determinant over the kept columns.
func (f *Factor) LogDet() float64 {
	var sum float64
	for k, c := range f.Kept {
		sum += 2 * math.Log(f.scale[c]*f.rows[k][k])
	}
	return sum
}
