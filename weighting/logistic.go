package weighting

import (
	"math"

	"barometer/internal/cholesky"
)

// logit is a logistic regression of a yes/no outcome, fitted by iteratively
// reweighted least squares (McCullagh and Nelder 1989, §2.5).
type logit struct {
	x       [][]float64 // one row of regressors per unit
	y       []bool
	weights []float64 // likelihood weights

	beta       []float64
	fitted     []float64
	iterations int
}

const (
	logitTolerance = 1e-12 // relative change of the deviance
	logitMaxIter   = 100
)

// fit estimates the coefficients; those of aliased regressors are 0. It reports
// false when the iteration does not settle.
func (m *logit) fit() bool {
	p := len(m.x[0])
	m.beta, m.fitted = make([]float64, p), make([]float64, len(m.x))
	deviance := m.predict(m.beta)
	settled := false
	for m.iterations < logitMaxIter {
		m.iterations++
		step := m.newtonStep()
		next, length := math.Inf(1), 1.0
		var beta []float64
		for ; length > 1e-8; length /= 2 {
			beta = along(m.beta, step, length)
			if next = m.predict(beta); next <= deviance*(1+1e-14) {
				break
			}
		}
		m.beta = beta
		change := math.Abs(deviance-next) / (math.Abs(next) + 0.1)
		deviance = next
		if settled { // one step beyond the tolerance squares what is left
			return true
		}
		settled = change < logitTolerance
	}
	return settled
}

func along(from, step []float64, length float64) []float64 {
	to := make([]float64, len(from))
	for j := range to {
		to[j] = from[j] + float64(length*step[j])
	}
	return to
}

// predict fills fitted with the probabilities at beta and returns the deviance.
func (m *logit) predict(beta []float64) float64 {
	var deviance float64
	for i, x := range m.x {
		var eta float64
		for j, b := range beta {
			eta += float64(b * x[j])
		}
		m.fitted[i] = 1 / (1 + math.Exp(-eta))
		if m.y[i] {
			eta = -eta
		}
		deviance += float64(2 * m.weights[i] * softplus(eta))
	}
	return deviance
}

// softplus is log(1 + eᵗ) without overflow.
func softplus(t float64) float64 {
	return math.Max(t, 0) + math.Log1p(math.Exp(-math.Abs(t)))
}

func (m *logit) newtonStep() []float64 {
	p := len(m.beta)
	information, score := make([]float64, p*p), make([]float64, p)
	for i, x := range m.x {
		f := m.fitted[i]
		residual := -f
		if m.y[i] {
			residual = 1 - f
		}
		residual *= m.weights[i]
		curve := m.weights[i] * f * (1 - f)
		for a, xa := range x {
			if xa == 0 {
				continue
			}
			score[a] += float64(residual * xa)
			for b, xb := range x[:a+1] {
				information[a*p+b] += float64(curve * xa * xb)
			}
		}
	}
	at := func(a, b int) float64 { return information[max(a, b)*p+min(a, b)] }
	return cholesky.Eliminate(p, at, 1e-11).Solve(score)
}
