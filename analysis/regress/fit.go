package regress

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"barometer/analysis/estimate"
	"barometer/analysis/internal/gram"
	"barometer/weighting/design"
)

// Fit is a fitted regression.
type Fit struct {
	Names      []string
	Value      []float64
	Covariance *mat.SymDense
	N          int
	DesignDF   float64 // units less strata among the rows that enter
	DF         float64 // residual: DesignDF + 1 − number of coefficients
	Warnings   []estimate.Warning

	terms []term
}

// Run fits a model.
//
// Estimand: the coefficients that solve Σ x(y − μ(x′β)) = 0 over the population,
// μ being x′β or, for a logistic model, 1/(1 + exp(−x′β)); in units of the outcome
// per unit of a predictor, or log odds. Estimated by Σ w x(y − μ) = 0. Their
// covariance is the design covariance of Σ w A⁻¹x(y − μ) with A = Σ w μ′ x x′
// (Binder 1983), which does not suppose that the model holds. Tests take
// df + 1 − p degrees of freedom, df being units less strata among the rows that
// enter and p the number of coefficients (Korn & Graubard 1999). Reference
// implementation: R survey, svyglm and regTermTest, to 1e-8.
func Run(ctx context.Context, src estimate.Source, spec design.Spec, m Model) (*Fit, error) {
	f, _, err := m.fit(ctx, src, spec)
	return f, err
}

// fit fits a model and returns the solver with its data beside it.
func (m Model) fit(ctx context.Context, src estimate.Source, spec design.Spec) (*Fit, *solver, error) {
	x, err := m.load(ctx, src, spec)
	if err != nil {
		return nil, nil, err
	}
	columns, names := x.columns()
	if len(x.rows) < len(names) {
		return nil, nil, fmt.Errorf("%d complete rows for %d coefficients", len(x.rows), len(names))
	}
	s := &solver{matrix: x, weights: x.sheet.Weight, columns: columns, names: names, logistic: m.Kind == Logistic,
		beta: make([]float64, len(names))}
	s.begin()
	if err := s.solve(); err != nil {
		return nil, nil, err
	}
	f := &Fit{Names: names, Value: s.beta, N: len(x.rows), terms: x.terms, Warnings: x.sheet.Warnings}
	f.DesignDF = x.sheet.DF(estimate.DF{Rule: estimate.DomainDF}, x.entered)
	f.DF = f.DesignDF + 1 - float64(len(names))
	f.Covariance, err = s.covariance()
	return f, s, err
}

// solver finds the coefficients by Newton's method, which for the linear model
// ends after one step; a second takes away most of the first's rounding.
type solver struct {
	*matrix
	weights  []float64
	columns  [][]float64
	names    []string
	logistic bool
	beta     []float64
	inverse  *mat.SymDense // of the information matrix
}

const (
	converged     = 1e-12 // relative change of every coefficient
	nearly        = 1e-9  // one that the information matrix may lack
	maxIterations = 60
)

// A logistic model of many rows is first fitted to a sixty-fourth of them, then to
// an eighth, roughly: few steps are left to be taken with all.
const (
	manyRows = 1 << 16
	together = 64 // rows that are left in or out as one, as memory comes in lines
	roughly  = 1e-3
)

// begin sets the coefficients to those of a part of the rows, if that settles them.
func (s *solver) begin() {
	if !s.logistic || len(s.rows) < manyRows {
		return
	}
	for _, oneIn := range []int{64, 8} {
		some := *s.matrix
		some.rows = nil
		for i := 0; i < len(s.rows); i += oneIn * together {
			some.rows = append(some.rows, s.rows[i:min(i+together, len(s.rows))]...)
		}
		part := *s
		part.matrix, part.beta = &some, slices.Clone(s.beta)
		if part.iterate(roughly) == nil {
			s.beta = part.beta
		}
	}
}

func (s *solver) solve() error { return s.iterate(converged) }

// iterate takes steps from the coefficients at hand until none changes by more
// than a proportion, or until the next would change none by more, as far as the
// last two tell: each step of Newton's method is about the square of the one
// before. The information matrix is that before the last step.
func (s *solver) iterate(enough float64) error {
	last := math.Inf(1)
	for i := range maxIterations {
		step, err := s.step()
		if err != nil {
			return err
		}
		largest := 0.0
		for j, d := range step {
			s.beta[j] += d
			if change := math.Abs(d) / (1 + math.Abs(s.beta[j])); !(change <= largest) {
				largest = change
			}
		}
		next := largest * (largest / last) * (largest / last)
		if largest <= enough || largest <= nearly && next <= enough/100 || !s.logistic && i == 1 {
			return nil
		}
		last = largest
	}
	return fmt.Errorf("the logistic regression does not converge in %d steps: an outcome may be certain at some level of a predictor", maxIterations)
}

// step is inverse information × score.
func (s *solver) step() ([]float64, error) {
	score, err := s.inform()
	if err != nil {
		return nil, err
	}
	var d mat.VecDense
	d.MulVec(s.inverse, mat.NewVecDense(len(score), score))
	return d.RawVector().Data, nil
}

// mean returns the expected outcome of a row and its derivative by the linear
// predictor.
func (s *solver) mean(row int) (mu, slope float64) {
	eta := 0.0
	for j, c := range s.columns {
		eta += float64(s.beta[j] * c[row])
	}
	return s.expected(eta)
}

// expected is the inverse link and its derivative.
func (s *solver) expected(eta float64) (mu, slope float64) {
	if !s.logistic {
		return eta, 1
	}
	mu = 1 / (1 + math.Exp(-eta))
	return mu, mu * (1 - mu)
}

// inform inverts the information matrix Σ w x x′ μ′ at the coefficients and
// returns the score Σ w x(y − μ).
func (s *solver) inform() (score []float64, err error) {
	p := len(s.columns)
	blocks := make([]moments, s.blocks())
	s.inBlocks(func(b int, rows []int32) { blocks[b] = s.momentsOf(rows) })
	all := moments{score: make([]float64, p), information: make([]float64, p*p)}
	for _, b := range blocks {
		floats.Add(all.score, b.score)
		floats.Add(all.information, b.information)
	}
	return all.score, s.invert(mat.NewSymDense(p, all.information))
}

// blockRows is the number of rows summed on their own. Blocks are added in their
// order, so the number of threads changes no bit.
const blockRows = 64 * gram.Rows

func (s *solver) blocks() int { return (len(s.rows) + blockRows - 1) / blockRows }

// inBlocks calls do with every block of rows, several at a time.
func (s *solver) inBlocks(do func(b int, rows []int32)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for b := range s.blocks() {
		g.Go(func() error {
			do(b, s.rows[b*blockRows:min(len(s.rows), (b+1)*blockRows)])
			return nil
		})
	}
	g.Wait() //nolint:errcheck // no block fails
}

// moments are the score and the upper half of the information of some rows.
type moments struct{ score, information []float64 }

func (s *solver) momentsOf(rows []int32) moments {
	p := len(s.columns)
	m := moments{score: make([]float64, p), information: make([]float64, p*p)}
	v := s.newView()
	for some := range slices.Chunk(rows, gram.Rows) {
		v.of(some)
		for i, row := range some {
			mu, slope := s.expected(v.eta[i])
			w := s.weights[row]
			v.residual[i], v.slope[i] = w*(s.outcome[row]-mu), w*slope
		}
		gram.AddTo(m.score, v.residual, v.x, 0)
		v.scale()
		gram.Add(m.information, v.scaled, v.x)
	}
	return m
}

// invert scales the matrix to a unit diagonal first, so that the units of the
// predictors do not matter.
func (s *solver) invert(a *mat.SymDense) error {
	p := a.SymmetricDim()
	scaled := mat.NewSymDense(p, nil)
	scale := func(i int) float64 { return math.Sqrt(a.At(i, i)) }
	for i := range p {
		for j := i; j < p; j++ {
			scaled.SetSym(i, j, a.At(i, j)/scale(i)/scale(j))
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(scaled) || chol.Cond() > 1e12 {
		return fmt.Errorf("the coefficients %v cannot be told apart in these data: leave out a predictor or merge levels", s.names)
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return fmt.Errorf("the coefficients cannot be told apart: %w", err)
	}
	for i := range p {
		for j := i; j < p; j++ {
			inverse.SetSym(i, j, inverse.At(i, j)/scale(i)/scale(j))
		}
	}
	s.inverse = &inverse
	return nil
}

// covariance is the design variance of the total of A⁻¹x(y − μ). Calibration
// residuals are taken of these, behind A⁻¹. With replicates it is that of the
// coefficients fitted under each replicate's weights.
func (s *solver) covariance() (*mat.SymDense, error) {
	if v, err := s.sheet.Replicated(s.refit); v != nil || err != nil {
		return v, err
	}
	return s.sheet.Covariance(s.influence())
}

// influence returns the linearised variables of the coefficients.
func (s *solver) influence() *estimate.Scores {
	p := len(s.columns)
	scores := s.sheet.NewScores(p)
	scores.Entered = s.entered
	inverse := mat.DenseCopyOf(s.inverse)
	s.inBlocks(func(_ int, rows []int32) {
		v := s.newView()
		u := make([]float64, gram.Rows)
		for some := range slices.Chunk(rows, gram.Rows) {
			v.of(some)
			for i, row := range some {
				mu, _ := s.expected(v.eta[i])
				v.residual[i] = s.outcome[row] - mu
			}
			for j := range p {
				gram.Combine(u[:len(some)], inverse.RawRowView(j), v.x)
				for i, row := range some {
					scores.U[j][row] = u[i] * v.residual[i]
				}
			}
		}
	})
	return scores
}

// refit returns the coefficients under other weights.
func (s *solver) refit(weights []float64) ([]float64, error) {
	again := *s
	again.weights, again.beta = weights, slices.Clone(s.beta)
	err := again.solve()
	return again.beta, err
}

// P is the two-sided p-value of one coefficient.
func (f *Fit) P(j int) float64 {
	if !(f.DF > 0) {
		return math.NaN()
	}
	t := f.Value[j] / math.Sqrt(f.Covariance.At(j, j))
	return 2 * distuv.StudentsT{Sigma: 1, Nu: f.DF}.CDF(-math.Abs(t))
}

// Wald tests whether all coefficients of a term are zero: an F statistic on
// their number q and the given degrees of freedom, F = b′V⁻¹b/q with V the
// design's covariance of the coefficients (Korn & Graubard 1990). Assumption: the
// coefficients are nearly normal. Reference implementation: R survey,
// regTermTest(method = "Wald").
func (f *Fit) Wald(name string, df float64) (statistic, df1, p float64, err error) {
	at := f.coefficients(name)
	if at == nil {
		return 0, 0, 0, fmt.Errorf("the model has no term %s", name)
	}
	b := mat.NewVecDense(len(at), nil)
	v := mat.NewSymDense(len(at), nil)
	for i, j := range at {
		b.SetVec(i, f.Value[j])
		for k, l := range at[i:] {
			v.SetSym(i, i+k, f.Covariance.At(j, l))
		}
	}
	var solved mat.VecDense
	if err := solved.SolveVec(v, b); err != nil {
		return 0, 0, 0, fmt.Errorf("term %s: the covariance of its coefficients is singular: %w", name, err)
	}
	df1 = float64(len(at))
	statistic = mat.Dot(b, &solved) / df1
	p = math.NaN()
	if df > 0 {
		p = distuv.F{D1: df1, D2: df}.Survival(statistic)
	}
	return statistic, df1, p, nil
}

// coefficients returns the numbers of a term's coefficients.
func (f *Fit) coefficients(name string) []int {
	first := 0
	for _, t := range f.terms {
		if t.name == name {
			at := make([]int, len(t.names))
			for i := range at {
				at[i] = first + i
			}
			return at
		}
		first += len(t.names)
	}
	return nil
}
