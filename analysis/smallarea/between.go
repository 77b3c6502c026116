package smallarea

import (
	"math"
	"slices"
)

// equation is what is 0 at the estimate of σ²: the score of the restricted
// likelihood, or what the moments lack.
func (m Method) equation(s *sample, r *regression) float64 {
	if m == Moment {
		return r.squares(1) - float64(len(s.y)-len(s.x[0]))
	}
	return s.score(r)
}

// between estimates σ² by the chosen method. Both are bracketed first, so
// neither can fail to converge.
func (s *sample) between(m Method) float64 {
	if m == Moment {
		return s.moment()
	}
	return s.reml()
}

// moment solves Σ (y_i − x_i′β)²/(σ² + ψ_i) = m − p for σ² ≥ 0 (Fay & Herriot
// 1979). The left side falls in σ². Where it is below m − p at 0, σ² is 0.
func (s *sample) moment() float64 {
	above := func(sigma2 float64) bool { return Moment.equation(s, s.regress(sigma2)) > 0 }
	if !above(0) {
		return 0
	}
	high := median(s.psi)
	for above(high) {
		high *= 2
	}
	return bisect(0, high, above)
}

// reml maximises the restricted likelihood over σ² ≥ 0 (Rao & Molina 2015,
// §5.2.4 and §6.1.2). With few areas of very unequal variances it can have
// several peaks; so each peak of a grid is climbed, and the highest taken. The
// grid is 0 and then grows by √2 from a hundredth of the smallest sampling
// variance to ten times what any area could ask for.
func (s *sample) reml() float64 {
	ordinary := s.regress(0)
	furthest := max(slices.Max(ordinary.residual), -slices.Min(ordinary.residual))
	to := 10 * (slices.Max(s.psi) + float64(furthest*furthest))
	grid, height := []float64{0}, []float64{ordinary.logLikelihood()}
	for at := slices.Min(s.psi) / 100; at < to; at *= math.Sqrt2 {
		grid, height = append(grid, at), append(height, s.regress(at).logLikelihood())
	}
	best, highest := 0.0, height[0]
	for i := 1; i+1 < len(grid); i++ {
		if height[i] < height[i-1] || height[i] < height[i+1] {
			continue
		}
		peak := s.climb(grid[i-1], grid[i], grid[i+1])
		if l := s.regress(peak).logLikelihood(); l > highest {
			best, highest = peak, l
		}
	}
	return best
}

// climb finds the peak between low and high, where the likelihood is no higher
// than at the place between them to start from. The score tells on which side
// of it the peak is, more sharply than the likelihood, which is flat there.
func (s *sample) climb(low, from, high float64) float64 {
	rises := func(sigma2 float64) bool { return s.score(s.regress(sigma2)) > 0 }
	if rises(from) {
		return bisect(from, high, rises)
	}
	return bisect(low, from, rises)
}

// bisect returns the place between low and high where a condition that holds
// below ends: to the last digits.
func bisect(low, high float64, holds func(float64) bool) float64 {
	for high-low > 1e-15*high {
		middle := low + (high-low)/2
		if middle == low || middle == high {
			break
		}
		if holds(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// score is the derivative of the restricted log-likelihood by σ²,
// −½·tr P + ½·y′PPy with P = V⁻¹ − V⁻¹XQX′V⁻¹.
func (s *sample) score(r *regression) float64 {
	var trace float64
	for i, w := range r.weight {
		trace += w - float64(w*w*r.leverage[i])
	}
	return (r.squares(2) - trace) / 2
}

// logLikelihood is the restricted log-likelihood without its constant:
// −½·(Σ log(σ² + ψ_i) + log|X′V⁻¹X| + Σ (y_i − x_i′β)²/(σ² + ψ_i)).
func (r *regression) logLikelihood() float64 {
	sum := r.cross.LogDet() + r.squares(1)
	for _, w := range r.weight {
		sum -= math.Log(w)
	}
	return -sum / 2
}

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
