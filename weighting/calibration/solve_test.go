package calibration

import (
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// one evaluates a distance at a single t.
func one(dist Distance, t float64) (psi, g, slope float64) {
	var out [3][1]float64
	d, at := []float64{2}, []float64{t}
	dist.potential(d, at, out[0][:])
	dist.fill(d, at, out[1][:], out[2][:])
	return out[0][0], out[1][0], out[2][0]
}

// survey is a random sample with three margins and a numeric variable.
type survey struct {
	d       []float64
	margins [3][]int32
	size    []float64
}

var levels = [3]int{4, 5, 3}

func draw(n int, seed uint64) survey {
	r := rand.New(rand.NewPCG(seed, 2))
	s := survey{d: make([]float64, n), size: make([]float64, n)}
	for m := range s.margins {
		s.margins[m] = make([]int32, n)
	}
	for i := range n {
		s.d[i] = 1 + 4*r.Float64()
		s.size[i] = math.Exp(2 * r.Float64())
		for m, k := range levels {
			s.margins[m][i] = int32(r.IntN(k))
		}
	}
	return s
}

// problem asks for the totals that weights d·(1 + 0.3·noise) give, so that a
// solution exists.
func (s survey) problem(dist Distance, withSize bool) Problem {
	p := Problem{Weights: s.d, Distance: dist}
	first := int32(0)
	for m, k := range levels {
		b := Block{Constraint: make([]int32, len(s.d))}
		for i, c := range s.margins[m] {
			b.Constraint[i] = first + c
		}
		p.Blocks = append(p.Blocks, b)
		first += int32(k)
	}
	if withSize {
		b := Block{Constraint: make([]int32, len(s.d)), Value: s.size}
		for i := range b.Constraint {
			b.Constraint[i] = first
		}
		p.Blocks = append(p.Blocks, b)
		first++
	}
	r := rand.New(rand.NewPCG(77, 3))
	w := make([]float64, len(s.d))
	for i := range w {
		tilt := 0.05*float64(s.margins[0][i]) - 0.04*float64(s.margins[1][i])
		w[i] = s.d[i] * (1 + tilt + 0.2*(r.Float64()-0.5))
	}
	p.Totals = p.sums(w)
	return p
}

func (p Problem) sums(w []float64) []float64 {
	top := int32(0)
	for _, b := range p.Blocks {
		top = max(top, slices.Max(b.Constraint)+1)
	}
	t := make([]float64, top)
	for _, b := range p.Blocks {
		for i, c := range b.Constraint {
			x := 1.0
			if b.Value != nil {
				x = b.Value[i]
			}
			if c >= 0 {
				t[c] += w[i] * x
			}
		}
	}
	return t
}

func (p Problem) weights(s *Solution) []float64 {
	w := make([]float64, len(p.Weights))
	for i, g := range s.Factor {
		w[i] = g * p.Weights[i]
	}
	return w
}

var distances = []struct {
	name string
	dist Distance
}{
	{"linear", Linear{}},
	{"linear bounded", BoundedLinear{0.7, 1.35}},
	{"raking", Raking{}},
	{"raking bounded", BoundedRaking{0.7, 1.35}},
	{"logit", Logit{0.6, 1.6}},
}

// TestSolutionIsOptimal checks what defines the solution: the totals are met,
// the factors respect the bounds, and no other weights that meet them are
// nearer. The last is the optimality condition: F⁻¹(g) = x′λ wherever no bound
// holds the unit, so it lies in the space of the auxiliary variables.
func TestSolutionIsOptimal(t *testing.T) {
	for _, c := range distances {
		for _, withSize := range []bool{false, true} {
			p := draw(3000, 11).problem(c.dist, withSize)
			s, err := Solve(p)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			w := p.weights(s)
			for j, total := range p.sums(w) {
				if deviation(p.Totals[j], total) > 1e-11 {
					t.Errorf("%s: total %d is %v, want %v", c.name, j, total, p.Totals[j])
				}
			}
			low, high := c.dist.limits(1)
			if slices.Min(s.Factor) < low || slices.Max(s.Factor) > high {
				t.Errorf("%s: factors from %v to %v", c.name, slices.Min(s.Factor), slices.Max(s.Factor))
			}
			checkNearest(t, c.name, c.dist, p, s)
		}
	}
}

// checkNearest takes groups of units no bound holds, finds the one change of
// their weights that keeps all totals, and demands that the distance is
// stationary along it: its derivative by a unit's weight is F⁻¹(g).
func checkNearest(t *testing.T, name string, dist Distance, p Problem, s *Solution) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	k := len(s.Independent) + 1
	for range 10 {
		var units []int
		for len(units) < k {
			i := r.IntN(len(s.Factor))
			if _, _, slope := one(dist, solveFor(dist, s.Factor[i])); slope > 0 {
				units = append(units, i)
			}
		}
		x := mat.NewDense(len(p.Totals), k, nil)
		for col, i := range units {
			for _, b := range p.Blocks {
				v := 1.0
				if b.Value != nil {
					v = b.Value[i]
				}
				x.Set(int(b.Constraint[i]), col, v)
			}
		}
		var svd mat.SVD
		if !svd.Factorize(x, mat.SVDFullV) {
			t.Fatal("no decomposition")
		}
		var v mat.Dense
		svd.VTo(&v)
		var slope, size float64
		for col, i := range units {
			step := v.At(col, k-1)
			slope += step * solveFor(dist, s.Factor[i])
			size += math.Abs(step * solveFor(dist, s.Factor[i]))
		}
		if math.Abs(slope) > 1e-9*(size+1e-3) {
			t.Fatalf("%s: the distance falls along a change that keeps the totals (slope %v of %v)", name, slope, size)
		}
	}
}

// solveFor returns the t with F(t) = g.
func solveFor(dist Distance, g float64) float64 {
	low, high := -20.0, 20.0
	for range 100 {
		middle := (low + high) / 2
		if _, at, _ := one(dist, middle); at < g {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// TestConvention_RakingIsIterativeProportionalFitting runs the algorithm of Deming and
// Stephan beside the solver.
func TestConvention_RakingIsIterativeProportionalFitting(t *testing.T) {
	p := draw(2000, 5).problem(Raking{}, false)
	s, err := Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	w := slices.Clone(p.Weights)
	for range 500 {
		for _, b := range p.Blocks {
			sum := make([]float64, len(p.Totals))
			for i, c := range b.Constraint {
				sum[c] += w[i]
			}
			for i, c := range b.Constraint {
				w[i] *= p.Totals[c] / sum[c]
			}
		}
	}
	for i, x := range p.weights(s) {
		if math.Abs(x-w[i]) > 1e-11*w[i] {
			t.Fatalf("unit %d: %v, by proportional fitting %v", i, x, w[i])
		}
	}
}

// TestConvention_OneMarginIsCellMeans: with a single margin every distance gives the
// factor total / Σd in each cell.
func TestConvention_OneMarginIsCellMeans(t *testing.T) {
	for _, c := range distances {
		p := draw(500, 8).problem(c.dist, false)
		p.Blocks = p.Blocks[:1]
		p.Totals = p.Totals[:levels[0]]
		s, err := Solve(p)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		before := p.sums(p.Weights)
		for i, g := range s.Factor {
			cell := p.Blocks[0].Constraint[i]
			if want := p.Totals[cell] / before[cell]; math.Abs(g-want) > 1e-12 {
				t.Fatalf("%s: factor %v, want %v", c.name, g, want)
			}
		}
	}
}

// TestProcessorsDoNotMatter: one processor and many give the same bits.
func TestProcessorsDoNotMatter(t *testing.T) {
	p := draw(100_000, 4).problem(Logit{0.5, 2}, true)
	many, err := Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	one, err := Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(one.Factor, many.Factor) {
		t.Error("factors differ")
	}
}

func TestConvention_RedundantConstraintsAreDropped(t *testing.T) {
	p := draw(400, 6).problem(Linear{}, false)
	s, err := Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	// Each margin after the first adds one equation less than it has levels.
	if want := levels[0] + levels[1] + levels[2] - 2; len(s.Independent) != want {
		t.Errorf("%d independent constraints, want %d", len(s.Independent), want)
	}
	p.Totals[len(p.Totals)-1] *= 1.001
	var inconsistent *InconsistentError
	if _, err := Solve(p); !errors.As(err, &inconsistent) || inconsistent.Constraint != len(p.Totals)-1 {
		t.Errorf("error %v, want the last constraint to be inconsistent", err)
	}
	p.Totals = append(p.Totals, 10)
	p.Totals[len(p.Totals)-2] /= 1.001
	var empty *EmptyError
	if _, err := Solve(p); !errors.As(err, &empty) || empty.Constraint != len(p.Totals)-1 {
		t.Errorf("error %v, want the new constraint to be empty", err)
	}
}

// Complaint (pewmethods#5): a calibration that fails says why. Bounds that contradict the totals are proven to, and the
// totals reported are the nearest there are.
func TestComplaint_InfeasibleCalibrationSaysWhy(t *testing.T) {
	for _, dist := range []Distance{BoundedLinear{0.99, 1.01}, Logit{0.99, 1.01}, BoundedRaking{0.99, 1.01}} {
		p := draw(1000, 6).problem(dist, true)
		_, err := Solve(p)
		var infeasible *InfeasibleError
		if !errors.As(err, &infeasible) {
			t.Fatalf("%T: error %v", dist, err)
		}
		if !infeasible.Proven {
			t.Errorf("%T: not proven", dist)
		}
		checkTightest(t, p, infeasible.Tightest)
		before := p.sums(p.Weights)
		for j, a := range infeasible.Achieved {
			if a < 0.99*before[j]-1e-6 || a > 1.01*before[j]+1e-6 {
				t.Errorf("%T: total %d is said to reach %v, the bounds allow %v to %v", dist, j, a, 0.99*before[j], 1.01*before[j])
			}
		}
	}
}

// checkTightest: the bounds named can be met, and 1 % tighter ones cannot.
func checkTightest(t *testing.T, p Problem, bounds *[2]float64) {
	t.Helper()
	if bounds == nil {
		t.Fatalf("%T: no bounds named", p.Distance)
	}
	between := func(low, high float64) error {
		switch p.Distance.(type) {
		case Logit:
			p.Distance = Logit{low, high}
		case BoundedRaking:
			p.Distance = BoundedRaking{low, high}
		case BoundedLinear:
			p.Distance = BoundedLinear{low, high}
		}
		_, err := Solve(p)
		return err
	}
	if err := between(bounds[0], bounds[1]); err != nil {
		t.Errorf("%T: bounds %v: %v", p.Distance, *bounds, err)
	}
	if between(bounds[0]*1.01, bounds[1]/1.01) == nil {
		t.Errorf("%T: bounds 1 %% tighter than %v can be met", p.Distance, *bounds)
	}
}

// TestNoBoundsHelp: totals that no positive weights meet name no bounds.
func TestNoBoundsHelp(t *testing.T) {
	p := Problem{
		Weights:  []float64{1, 1, 1},
		Blocks:   []Block{{Constraint: []int32{0, 0, 0}}, {Constraint: []int32{1, 1, 1}, Value: []float64{1, 2, 3}}},
		Totals:   []float64{3, 12}, // a mean of 4 from values up to 3
		Distance: BoundedLinear{0.5, 2},
	}
	_, err := Solve(p)
	var infeasible *InfeasibleError
	if !errors.As(err, &infeasible) || infeasible.Tightest != nil {
		t.Errorf("error %v, bounds %v", err, infeasible.Tightest)
	}
}

// TestWeightsWithinBounds: bounds on the weights themselves hold, the totals
// are met, and units of equal weight get what the same bounds as factors give.
func TestWeightsWithinBounds(t *testing.T) {
	for _, inside := range []Distance{Linear{}, Raking{}} {
		p := draw(3000, 21).problem(Within{inside, 1.4, 6.5}, true)
		s, err := Solve(p)
		if err != nil {
			t.Fatalf("%T: %v", inside, err)
		}
		w := p.weights(s)
		atBound := 0
		for _, x := range w {
			if x < 1.4-1e-12 || x > 6.5+1e-12 {
				t.Fatalf("%T: weight %v", inside, x)
			}
			if x < 1.4+1e-9 || x > 6.5-1e-9 {
				atBound++
			}
		}
		if atBound == 0 {
			t.Errorf("%T: no bound holds, so nothing is tested", inside)
		}
		for j, total := range p.sums(w) {
			if deviation(p.Totals[j], total) > 1e-11 {
				t.Errorf("%T: total %d is %v, want %v", inside, j, total, p.Totals[j])
			}
		}
	}
	p := draw(2000, 5).problem(nil, true)
	for i := range p.Weights {
		p.Weights[i] = 4
	}
	p.Totals = p.sums(p.Weights)
	p.Totals[0], p.Totals[1] = p.Totals[0]+40, p.Totals[1]-40
	var factors [2][]float64
	for k, dist := range []Distance{Within{Linear{}, 3.4, 4.3}, BoundedLinear{0.85, 1.075}} {
		p.Distance = dist
		s, err := Solve(p)
		if err != nil {
			t.Fatal(err)
		}
		factors[k] = s.Factor
	}
	for i, g := range factors[0] {
		if math.Abs(g-factors[1][i]) > 1e-9 {
			t.Fatalf("unit %d: factor %v within weights, %v within factors", i, g, factors[1][i])
		}
	}
}

// TestStart: a start near the solution costs fewer passes and leads to the
// same place; a useless one does no harm.
func TestStart(t *testing.T) {
	for _, c := range distances {
		p := draw(3000, 11).problem(c.dist, true)
		cold, err := Solve(p)
		if err != nil {
			t.Fatal(err)
		}
		p.Start = cold.Lambda
		warm, err := Solve(p)
		if err != nil {
			t.Fatal(err)
		}
		if warm.Iterations > 1 {
			t.Errorf("%s: %d iterations from the solution", c.name, warm.Iterations)
		}
		p.Start = slices.Repeat([]float64{-40}, len(p.Totals))
		far, err := Solve(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range cold.Factor {
			if math.Abs(warm.Factor[i]-g) > 1e-10 || math.Abs(far.Factor[i]-g) > 1e-10 {
				t.Fatalf("%s, unit %d: factor %v, from the solution %v, from afar %v", c.name, i, g, warm.Factor[i], far.Factor[i])
			}
		}
	}
}

// TestTightBounds walks the bounds inward until no solution is left: every
// answer on the way must be a solution or a proof that there is none.
func TestTightBounds(t *testing.T) {
	s := draw(2000, 9)
	solved := 0
	for reach := 0.6; reach > 0.01; reach -= 0.01 {
		p := s.problem(BoundedLinear{1 - reach, 1 + reach}, true)
		_, err := Solve(p)
		var infeasible *InfeasibleError
		switch {
		case err == nil:
			solved++
		case !errors.As(err, &infeasible) || !infeasible.Proven:
			t.Errorf("bounds 1 ± %.2f: neither solved nor proven impossible: %v", reach, err)
		}
	}
	if solved < 20 {
		t.Errorf("only %d bounds have a solution", solved)
	}
}

// Complaint (icarus#13, #18): a total of 0 is as good as any other.
func TestComplaint_ZeroTotalsAreMet(t *testing.T) {
	s := draw(500, 3)
	for i := range s.size {
		s.size[i] -= 3.2 // near its mean, so that the total can be 0
	}
	p := s.problem(Linear{}, true)
	p.Totals[len(p.Totals)-1] = 0
	sol, err := Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.sums(p.weights(sol))[len(p.Totals)-1]; math.Abs(got) > 1e-8 {
		t.Errorf("total %v, want 0", got)
	}
}

// TestDistances checks Ψ′ = F and F′ by difference quotients, and F(0) = 1.
func TestDistances(t *testing.T) {
	for _, c := range distances {
		psi, g, slope := one(c.dist, 0)
		if math.Abs(psi) > 1e-15 || math.Abs(g-1) > 1e-15 || math.Abs(slope-1) > 1e-15 {
			t.Errorf("%s: at 0 Ψ = %v, F = %v, F′ = %v", c.name, psi, g, slope)
		}
		for x := -2.03; x < 2; x += 0.13 {
			const h = 1e-5
			up, gUp, _ := one(c.dist, x+h)
			down, gDown, _ := one(c.dist, x-h)
			_, g, slope := one(c.dist, x)
			if math.Abs((up-down)/(2*h)-g) > 1e-8 {
				t.Errorf("%s: at %v Ψ′ = %v but F = %v", c.name, x, (up-down)/(2*h), g)
			}
			if math.Abs((gUp-gDown)/(2*h)-slope) > 1e-8 {
				t.Errorf("%s: at %v F′ = %v, by differences %v", c.name, x, slope, (gUp-gDown)/(2*h))
			}
		}
	}
}
