package calibration

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Solve returns the factors nearest to 1, in the problem's distance, with
// which the weights meet the totals. Constraints that follow from others are
// left out of the equations and must agree with them. The error is an
// *EmptyError, *InconsistentError or *InfeasibleError.
//
// Formula: minimise Σ d·G(w/d) subject to Σ w x = T, whose solution is
// w = d·F(x′λ) with F the inverse of the derivative of G; λ by Newton's method
// (Deville and Särndal 1992). Factors have no unit; totals are
// in units of x. Assumption: the totals are those of the population without
// error. Reference implementation: R survey, calibrate.
func Solve(p Problem) (*Solution, error) {
	p = p.withDefaults()
	s := newSystem(p)
	lambda := make([]float64, len(p.Totals))
	start := s.sums(Linear{}, lambda)
	independent, err := s.independent(start)
	if err != nil {
		return nil, err
	}
	n := &newton{system: s, dist: p.Distance, gram: start, free: independent, lambda: lambda}
	n.begin(p.Start)
	if err := n.minimise(p.Tolerance, p.MaxIter); err != nil {
		return nil, s.nearest(n, err, p.MaxIter)
	}
	return &Solution{
		Factor:      s.factors(p.Distance, n.lambda),
		Before:      start.achieved,
		Achieved:    n.now.achieved,
		Independent: independent,
		Lambda:      n.lambda,
		Iterations:  n.iterations,
		Deviation:   s.worst(n.now.achieved),
	}, nil
}

// begin places λ: where a problem like this one was solved, if that is nearer
// to the totals than 0, else at 0.
func (n *newton) begin(near []float64) {
	n.now = n.gram // F(0) = F′(0) = 1
	if !startsAtOne(n.dist) {
		n.now = n.system.sums(n.dist, n.lambda)
	}
	if len(near) != len(n.totals) {
		return
	}
	lambda := make([]float64, len(near))
	for _, j := range n.free {
		lambda[j] = near[j]
	}
	if at := n.system.sums(n.dist, lambda); n.freeDeviation(at) < n.freeDeviation(n.now) {
		n.now, n.lambda = at, lambda
	}
}

// newton minimises the dual by Newton's method with step halving.
type newton struct {
	*system
	dist       Distance
	gram       *sums     // at F′ = 1: scales the equations
	free       []int     // constraints solved for; λ is 0 elsewhere
	ease       []float64 // penalty on λ², which lets totals be missed; nil = none
	lambda     []float64
	now        *sums
	iterations int
}

func (n *newton) minimise(tolerance float64, maxIter int) *InfeasibleError {
	if n.now == nil {
		n.begin(nil)
	}
	for n.freeDeviation(n.now) > tolerance {
		if n.ease == nil && n.contradiction() {
			return &InfeasibleError{Proven: true, Iterations: n.iterations}
		}
		if n.iterations == maxIter || !n.step() {
			return &InfeasibleError{Iterations: n.iterations}
		}
		n.iterations++
	}
	n.polish()
	return nil
}

// startsAtOne reports whether F(0) = F′(0) = 1 for every unit, so that the
// first sums are those of any distance.
func startsAtOne(dist Distance) bool {
	if _, byWeight := dist.(Within); byWeight {
		return false
	}
	g, slope := []float64{0}, []float64{0}
	dist.fill([]float64{1}, []float64{0}, g, slope)
	return math.Abs(g[0]-1) < 1e-12 && math.Abs(slope[0]-1) < 1e-12
}

// polish takes one more Newton step where that still gains digits: close to
// the solution a step squares the error.
func (n *newton) polish() {
	before := *n
	if now := n.freeDeviation(n.now); now < 1e-14 || !n.step() || n.freeDeviation(n.now) >= now {
		*n = before
		return
	}
	n.iterations++
}

// freeDeviation is the largest deviation among the constraints solved for. The
// others follow from them, as far as their totals agree.
func (n *newton) freeDeviation(at *sums) float64 {
	var most float64
	for _, j := range n.free {
		most = math.Max(most, math.Abs(n.gap(j, at, n.lambda))/(1+math.Abs(n.totals[j])))
	}
	return most
}

// gap is what constraint j still lacks.
func (n *newton) gap(j int, at *sums, lambda []float64) float64 {
	gap := n.totals[j] - at.achieved[j]
	if n.ease != nil {
		gap -= n.ease[j] * lambda[j]
	}
	return gap
}

// step moves λ along the Newton direction, halving until the dual falls. It
// reports false when no step length helps.
func (n *newton) step() bool {
	direction := n.direction()
	if direction == nil {
		return false
	}
	steep := -n.slope(n.now, n.lambda, direction)
	for length := 1.0; length > 1e-12; length /= 2 {
		lambda := append([]float64(nil), n.lambda...)
		for k, j := range n.free {
			lambda[j] += float64(length * direction[k])
		}
		next := n.system.sums(n.dist, lambda)
		if n.fallen(n.slope(next, lambda, direction), steep, lambda) {
			n.now, n.lambda = next, lambda
			return true
		}
	}
	return false
}

// fallen reports whether the dual is lower at the end of a step than at its
// beginning, where it fell at the rate steep. The dual is convex: downhill at
// the end means downhill all along. A rise at the end that is small beside the
// fall at the beginning means lower too, if the curvature only grew or only
// shrank on the way. Beyond that its values decide, which cost another pass.
func (n *newton) fallen(slope, steep float64, lambda []float64) bool {
	if slope <= 0.1*steep {
		return true
	}
	before, size := n.dual(n.lambda)
	after, _ := n.dual(lambda)
	return after <= before+1e-15*size
}

// dual returns Φ(λ) and the size of the numbers it is the difference of.
func (n *newton) dual(lambda []float64) (value, size float64) {
	var target float64
	for _, j := range n.free {
		target += float64(lambda[j] * n.totals[j])
		if n.ease != nil {
			target -= float64(n.ease[j] * lambda[j] * lambda[j] / 2)
		}
	}
	psi := n.system.potential(n.dist, lambda)
	if value = psi - target; math.IsNaN(value) {
		value = math.Inf(1)
	}
	return value, math.Abs(psi) + math.Abs(target)
}

// slope is the derivative of the dual along direction.
func (n *newton) slope(at *sums, lambda, direction []float64) float64 {
	var slope float64
	for k, j := range n.free {
		slope -= float64(n.gap(j, at, lambda) * direction[k])
	}
	return slope
}

// direction solves H·δ = T − T̂ in variables scaled by the Gram matrix. Where
// bounds hold so many rows that H has lost rank, a growing share of the Gram
// matrix is added.
func (n *newton) direction() []float64 {
	k := len(n.free)
	if k == 0 {
		return nil
	}
	scale := make([]float64, k)
	gap := mat.NewVecDense(k, nil)
	for a, i := range n.free {
		scale[a] = math.Sqrt(n.gram.at(i, i))
		gap.SetVec(a, n.gap(i, n.now, n.lambda)/scale[a])
	}
	entry := func(m *sums, a, b int) float64 {
		return m.at(n.free[a], n.free[b]) / (scale[a] * scale[b])
	}
	for _, ridge := range []float64{0, 1e-8, 1e-5, 1e-2, 1} {
		h := mat.NewSymDense(k, nil)
		for a := range k {
			for b := a; b < k; b++ {
				v := entry(n.now, a, b)
				if ridge > 0 {
					v += ridge * entry(n.gram, a, b)
				}
				if a == b && n.ease != nil {
					v += n.ease[n.free[a]] / (scale[a] * scale[a])
				}
				h.SetSym(a, b, v)
			}
		}
		var cholesky mat.Cholesky
		if !cholesky.Factorize(h) || cholesky.Cond() > 1e13 {
			continue
		}
		var delta mat.VecDense
		if cholesky.SolveVecTo(&delta, gap) != nil {
			continue
		}
		out := make([]float64, k)
		for a := range out {
			out[a] = delta.AtVec(a) / scale[a]
		}
		return out
	}
	return nil
}

// contradiction reports whether λ proves that nothing meets the totals: the
// totals ask for Σ w·t = λ′T with t = x′λ, and no factors within the limits
// give that much (a certificate in the sense of Farkas' lemma).
func (n *newton) contradiction() bool {
	var asked float64
	for _, j := range n.free {
		asked += float64(n.lambda[j] * n.totals[j])
	}
	most := n.now.support
	return asked-most > 1e-9*(math.Abs(asked)+math.Abs(most))
}

// missPrice sets how dearly a missed total is paid against moving weights, in
// units of its squared deviation: small = as close as the limits allow.
const missPrice = 1e-7

// nearest completes a failure with the totals that come closest: the same
// problem with each miss penalised instead of forbidden.
func (s *system) nearest(failed *newton, e *InfeasibleError, maxIter int) *InfeasibleError {
	n := &newton{system: s, dist: failed.dist, gram: failed.gram, free: failed.free,
		lambda: make([]float64, len(s.totals)), ease: make([]float64, len(s.totals))}
	for j, t := range s.totals {
		n.ease[j] = missPrice * (1 + math.Abs(t)) * (1 + math.Abs(t))
	}
	n.minimise(DefaultTolerance, maxIter) // its last step is reported, settled or not
	e.Achieved = n.now.achieved
	for j, t := range s.totals {
		e.Deviation = append(e.Deviation, deviation(t, e.Achieved[j]))
	}
	e.Tightest = s.tightest(failed, maxIter)
	return e
}
