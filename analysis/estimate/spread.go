package estimate

import (
	"cmp"
	"math"
	"slices"
)

// values are the rows of one domain that enter a measure: weights and one
// variable, or a pair of them.
type values struct{ w, y, x []float64 }

// of computes a measure and its linearised variable, one value a row.
func (v values) of(m Measure) (value float64, u []float64) {
	switch m {
	case StandardDeviation:
		return v.standardDeviation()
	case Covariance:
		return v.covariance(v.x)
	case Correlation:
		return v.correlation()
	case Gini:
		return v.gini()
	}
	return v.covariance(v.y)
}

func (v values) size() float64 {
	n := 0.0
	for _, w := range v.w {
		n += w
	}
	return n
}

func (v values) positive() int {
	n := 0
	for _, y := range v.y {
		if y != 0 {
			n++
		}
	}
	return n
}

// deviations are differences from the weighted mean. The mean is taken about
// the first value, so that a large one costs no digits.
func (v values) deviations(y []float64) []float64 {
	sum := 0.0
	for i, w := range v.w {
		sum += float64(w * (y[i] - y[0]))
	}
	shift := sum / v.size()
	d := make([]float64, len(y))
	for i := range y {
		d[i] = y[i] - y[0] - shift
	}
	return d
}

func (v values) covariance(x []float64) (value float64, u []float64) {
	n, size := float64(len(v.y)), v.size()
	a, b := v.deviations(v.y), v.deviations(x)
	u = make([]float64, len(a))
	sum := 0.0
	for i, w := range v.w {
		u[i] = n / (n - 1) * a[i] * b[i]
		sum += float64(w * u[i])
	}
	value = sum / size
	for i := range u {
		u[i] = (u[i] - value) / size
	}
	return value, u
}

func (v values) standardDeviation() (value float64, u []float64) {
	variance, u := v.covariance(v.y)
	value = math.Sqrt(variance)
	for i := range u {
		u[i] /= 2 * value
	}
	return value, u
}

func (v values) correlation() (value float64, u []float64) {
	size := v.size()
	a, b := v.standardised(v.y), v.standardised(v.x)
	sum := 0.0
	for i, w := range v.w {
		sum += float64(w * a[i] * b[i])
	}
	value = sum / size
	u = make([]float64, len(a))
	for i := range u {
		squares := float64(a[i]*a[i]) + float64(b[i]*b[i])
		u[i] = (float64(a[i]*b[i]) - float64(value/2*squares)) / size
	}
	return value, u
}

// standardised are deviations over their root mean square.
func (v values) standardised(y []float64) []float64 {
	d := v.deviations(y)
	sum := 0.0
	for i, w := range v.w {
		sum += float64(w * d[i] * d[i])
	}
	scale := math.Sqrt(sum / v.size())
	for i := range d {
		d[i] /= scale
	}
	return d
}

// gini goes through the values in ascending order. With N and Y the sums of w
// and wy up to a value, the weighted distance of the value to all others,
// Σ′w′|y−y′|, is y(2N − N̂) + Ŷ − 2Y; equal values may come in any order.
func (v values) gini() (value float64, u []float64) {
	order := make([]int, len(v.y))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(v.y[i], v.y[j]) })
	size, total := v.size(), 0.0
	for _, i := range order {
		total += float64(v.w[i] * v.y[i])
	}
	u = make([]float64, len(v.y))
	below, totalBelow, sum := 0.0, 0.0, 0.0
	for _, i := range order {
		below += v.w[i]
		totalBelow += float64(v.w[i] * v.y[i])
		u[i] = float64(v.y[i]*(2*below-size)) + total - 2*totalBelow
		sum += float64(v.w[i] * u[i])
	}
	value = sum / (2 * size * total)
	for i, y := range v.y {
		u[i] = (u[i] - float64(value*(total+float64(y*size)))) / (size * total)
	}
	return value, u
}
