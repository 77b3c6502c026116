package smallarea

import (
	"fmt"
	"math"
	"slices"
)

// NonConvergence says that the variance between areas was not found.
type NonConvergence struct {
	Method     Method
	Iterations int
	Last       float64 // where the iteration stood
}

func (e *NonConvergence) Error() string {
	return fmt.Sprintf("small-area model: the variance between areas (%s) has not settled after %d steps; it stood at %g. Look for areas with extreme variances",
		e.Method, e.Iterations, e.Last)
}

const (
	settled  = 1e-12 // change of σ² relative to σ² + median ψ
	maxSteps = 500
)

// between estimates σ² by the chosen method.
func (s *sample) between(m Method) (sigma2 float64, steps int, err error) {
	if m == Moment {
		return s.moment()
	}
	return s.reml()
}

// reml maximises the restricted likelihood over σ² ≥ 0 by Fisher scoring from
// the median sampling variance (Rao & Molina 2015, §5.2.4 and §6.1.2). With
// P = V⁻¹ − V⁻¹XQX′V⁻¹ the score is −½·tr P + ½·y′PPy and the information
// ½·tr PP. A step that lowers the likelihood is halved. The likelihood may have
// a second peak at 0; the higher of the two is taken.
func (s *sample) reml() (sigma2 float64, steps int, err error) {
	scale := median(s.psi)
	at, r := scale, s.regress(scale)
	for steps = 1; steps <= maxSteps; steps++ {
		score, information := s.score(r)
		next, following := s.climb(at, score/information, r)
		change := math.Abs(next - at)
		at, r = next, following
		if change <= settled*(at+scale) {
			return s.higher(at, r), steps, nil
		}
	}
	return 0, steps - 1, &NonConvergence{REML, steps - 1, at}
}

// climb takes a step, or the largest part of it that does not lead down.
func (s *sample) climb(at, step float64, r *regression) (float64, *regression) {
	here := r.logLikelihood()
	for ; math.Abs(step) > settled*settled*at; step /= 2 {
		to := max(at+step, 0)
		if to == at {
			break
		}
		following := s.regress(to)
		if following.logLikelihood() >= here-1e-13*math.Abs(here) {
			return to, following
		}
	}
	return at, r
}

// higher returns the better of the stationary point found and 0.
func (s *sample) higher(at float64, r *regression) float64 {
	if s.regress(0).logLikelihood() > r.logLikelihood() {
		return 0
	}
	return at
}

// score returns the derivative of the restricted log-likelihood and its
// expected information. All traces are over sums, so no area × area matrix is
// made.
func (s *sample) score(r *regression) (score, information float64) {
	var trace, squared float64
	for i, w := range r.weight {
		trace += w - float64(w*w*r.leverage[i])
		squared += float64(w*w) - float64(2*w*w*w*r.leverage[i])
	}
	return (r.squares(2) - trace) / 2, (squared + s.correction(r)) / 2
}

// correction is tr (QM)² with M = Σ w_i² x_i x_i′.
func (s *sample) correction(r *regression) float64 {
	square := make([]float64, len(r.weight))
	for i, w := range r.weight {
		square[i] = w * w
	}
	m := s.moments(square)
	p := len(m)
	product := make([][]float64, p)
	for i := range p {
		product[i] = make([]float64, p)
		for j := range p {
			for k := range p {
				product[i][j] += float64(r.inverse[i][k] * m[k][j])
			}
		}
	}
	var trace float64
	for i := range p {
		for j := range p {
			trace += float64(product[i][j] * product[j][i])
		}
	}
	return trace
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

// moment solves Σ (y_i − x_i′β)²/(σ² + ψ_i) = m − p for σ² ≥ 0 (Fay & Herriot
// 1979). The left side falls and is convex, so Newton's method from 0 climbs to
// the root without passing it. Where it is below m − p at 0, σ² is 0.
func (s *sample) moment() (sigma2 float64, steps int, err error) {
	target := float64(len(s.y) - len(s.x[0]))
	scale := median(s.psi)
	at := 0.0
	for steps = 1; steps <= maxSteps; steps++ {
		r := s.regress(at)
		step := (r.squares(1) - target) / r.squares(2)
		if !(step > settled*(at+scale)) {
			return at, steps, nil
		}
		at += step
	}
	return 0, steps - 1, &NonConvergence{Moment, steps - 1, at}
}

func median(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
