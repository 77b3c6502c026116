package represent

import "gonum.org/v1/gonum/mat"

// uncertainty is the variance of the variance of the propensities. Answering
// moves the coefficients, whose error is nearly normal with covariance C, and a
// quadratic form in them has the variance 4a′Ca + 2tr(BCBC): a is half its slope
// in the coefficients, B half its curvature. The slope at the estimate is larger
// than at the truth by what was estimated: its square by tr(BCBC), which is taken
// out. Drawing the sample adds the variance of the mean of (ρ − mean)². total is
// the sum of the design weights, mean that of the propensities.
func (m *model) uncertainty(total, mean float64) float64 {
	spread := make([]float64, len(m.cells))
	for i, rho := range m.rho {
		spread[i] = (rho - mean) * (rho - mean)
	}
	drawing := m.drawing(spread) / total / total
	if len(m.active) == 0 {
		return drawing
	}
	a, b := m.curve(total, mean)
	c := m.covariance()
	var bc, bcbc mat.Dense
	bc.Mul(b, c)
	bcbc.Mul(&bc, &bc)
	curved := 2 * mat.Trace(&bcbc)
	return max(4*mat.Inner(a, c, a)-curved, curved) + drawing
}

// curve is the slope, halved, and the curvature, halved, of the variance of the
// propensities in the coefficients: a = Σ d(ρ − mean)z/N, B = Σ d(z − z̄)(z − z̄)′/N,
// z being ρ(1 − ρ)x.
func (m *model) curve(total, mean float64) (a *mat.VecDense, b *mat.SymDense) {
	a, centre := mat.NewVecDense(m.width, nil), mat.NewVecDense(m.width, nil)
	b = mat.NewSymDense(m.width, nil)
	for _, i := range m.active {
		d, z := m.cells[i].Weight*float64(m.cells[i].Units)/total, m.slope(i)
		for k, r := range m.columns[i] {
			a.SetVec(r, a.AtVec(r)+float64(d*(m.rho[i]-mean)*z))
			centre.SetVec(r, centre.AtVec(r)+float64(d*z))
			for _, c := range m.columns[i][k:] {
				b.SetSym(r, c, b.At(r, c)+float64(d*z*z))
			}
		}
	}
	b.SymRankOne(b, -1, centre)
	return a, b
}

// covariance is that of the coefficients: the inverse information around the
// variance of the scores, in which a unit counts by the square of its weight.
func (m *model) covariance() *mat.Dense {
	scores := m.cross(func(i int) float64 { return m.slope(i) * m.weights[i] })
	var half, all mat.Dense
	half.Mul(&m.inverse, scores)
	all.Mul(&half, &m.inverse)
	return &all
}
