package compare

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// Independence is a test of whether two classifications are independent.
type Independence struct {
	Rows, Columns []string    // the levels met
	Share         [][]float64 // weighted shares of the cells

	Pearson float64 // X² of the shares scaled to the number of rows
	Cells   float64 // (rows−1)(columns−1)

	// Second-order correction of Rao & Scott (1984), as an F statistic
	// (Thomas & Rao 1987).
	F, DF1, DF2, PF float64

	// First-order correction: X² over the mean design effect.
	Chi, PChi float64

	Warnings []estimate.Warning
}

// Independent tests two classifications for independence with the corrections
// of Rao and Scott (1981, 1984) for the design, on the rows that have both.
//
// Hypothesis: every cell's share of the population is the product of its row's
// and its column's. X² = n·Σ(p − p_r·p_c)²/(p_r·p_c) with p the weighted shares.
// Under the hypothesis it is distributed as Σδχ²₁, δ being the eigenvalues of Δ,
// the generalised design effects. Second order: F = X²/tr Δ on d₀ and d₀·df
// degrees of freedom, d₀ = (tr Δ)²/tr Δ² (Thomas & Rao 1987); first order: X²
// over the mean δ as χ² on (rows−1)(columns−1). df counts units less strata among
// the rows that enter. Units: none. Reference implementation: R survey, svychisq
// with statistic "F" and "Chisq".
//
// The covariance of the cells is linearised, or comes from replicates where there
// are any.
func Independent(ctx context.Context, src estimate.Source, spec design.Spec, row, column string, where []design.Level, reps *estimate.Replicates) (*Independence, error) {
	sh, err := estimate.Load(ctx, src, spec, estimate.Column{Name: row, As: estimate.Category}, estimate.Column{Name: column, As: estimate.Category})
	if err != nil {
		return nil, err
	}
	sh.ByReplicates(reps)
	t, err := crossTable(ctx, sh, row, column, where)
	if err != nil {
		return nil, err
	}
	if len(t.Rows) < 2 || len(t.Columns) < 2 {
		return nil, fmt.Errorf("%s × %s has %d rows and %d columns with answers: a test needs two of each", row, column, len(t.Rows), len(t.Columns))
	}
	t.Warnings = sh.Warnings
	return &t.Independence, t.test(sh)
}

// crossed is a two-way table on its way to a test.
type crossed struct {
	Independence
	cell    []int32 // of each row of the sample, -1 for none
	entered []bool
	n       int
	weight  float64
	share   []float64 // by cell
}

func crossTable(ctx context.Context, sh *estimate.Sheet, row, column string, where []design.Level) (*crossed, error) {
	_, domain, err := sh.Domains(ctx, estimate.Breakdown{Where: where})
	if err != nil {
		return nil, err
	}
	a, levelsA := sh.Category(row)
	b, levelsB := sh.Category(column)
	t := &crossed{cell: make([]int32, sh.Rows()), entered: make([]bool, sh.Rows())}
	metA, metB := make([]bool, len(levelsA)), make([]bool, len(levelsB))
	for i := range t.cell {
		t.entered[i] = domain[i] >= 0 && a[i] >= 0 && b[i] >= 0
		if t.entered[i] {
			metA[a[i]], metB[b[i]] = true, true
		}
	}
	var rankA, rankB []int32
	t.Rows, rankA = only(levelsA, metA)
	t.Columns, rankB = only(levelsB, metB)
	t.share = make([]float64, len(t.Rows)*len(t.Columns))
	for i := range t.cell {
		t.cell[i] = -1
		if t.entered[i] {
			t.cell[i] = rankA[a[i]]*int32(len(t.Columns)) + rankB[b[i]]
			t.share[t.cell[i]] += sh.Weight[i]
			t.weight += sh.Weight[i]
			t.n++
		}
	}
	for c := range t.share {
		t.share[c] /= t.weight
	}
	t.Share = slices.Collect(slices.Chunk(t.share, max(1, len(t.Columns))))
	return t, nil
}

// only keeps the levels met and numbers them.
func only(levels []string, met []bool) (kept []string, rank []int32) {
	rank = make([]int32, len(levels))
	for i, l := range levels {
		rank[i] = int32(len(kept))
		if met[i] {
			kept = append(kept, l)
		}
	}
	return kept, rank
}

// test fills in the statistics. With C the contrasts of interaction and D the
// diagonal matrix of shares, the generalised design effects are the eigenvalues
// of Δ = (C′D⁻¹C/n)⁻¹ C′D⁻¹VD⁻¹C.
func (t *crossed) test(sh *estimate.Sheet) error {
	t.pearson()
	contrasts := interaction(len(t.Rows), len(t.Columns))
	_, k := contrasts.Dims()
	scores := sh.NewScores(k)
	scores.Entered = t.entered
	denominator := mat.NewSymDense(k, nil)
	shift := make([]float64, k)
	for c, p := range t.share {
		if p == 0 {
			continue
		}
		for i := range k {
			shift[i] += contrasts.At(c, i)
			for j := i; j < k; j++ {
				denominator.SetSym(i, j, denominator.At(i, j)+contrasts.At(c, i)*contrasts.At(c, j)/p/float64(t.n))
			}
		}
	}
	for row, c := range t.cell {
		if c >= 0 {
			for i := range k {
				scores.U[i][row] = (contrasts.At(int(c), i)/t.share[c] - shift[i]) / t.weight
			}
		}
	}
	df := sh.DF(estimate.DF{Rule: estimate.DomainDF}, t.entered)
	v, err := sh.Replicated(func(weights []float64) ([]float64, error) { return t.contrasted(weights, contrasts), nil })
	if v == nil && err == nil {
		v, err = sh.Covariance(scores)
	}
	if err != nil {
		return err
	}
	var delta mat.Dense
	if err := delta.Solve(denominator, v); err != nil {
		return fmt.Errorf("a cell of the table is empty in a way that leaves the test undefined: %w", err)
	}
	t.correct(&delta, df)
	return nil
}

// contrasted returns C′D⁻¹p of the shares p that other weights give, with D of
// the weights of the sample.
func (t *crossed) contrasted(weights []float64, contrasts *mat.Dense) []float64 {
	_, k := contrasts.Dims()
	out := make([]float64, k)
	all := 0.0
	for row, c := range t.cell {
		if c >= 0 {
			all += weights[row]
			for i := range out {
				out[i] += float64(weights[row] * contrasts.At(int(c), i) / t.share[c])
			}
		}
	}
	for i := range out {
		out[i] /= all
	}
	return out
}

func (t *crossed) correct(delta *mat.Dense, df float64) {
	var square mat.Dense
	square.Mul(delta, delta)
	trace := mat.Trace(delta)
	t.DF1 = trace * trace / mat.Trace(&square)
	t.DF2 = t.DF1 * df
	t.F = t.Pearson / trace
	t.PF = math.NaN()
	if df > 0 {
		t.PF = distuv.F{D1: t.DF1, D2: t.DF2}.Survival(t.F)
	}
	t.Chi = t.F * t.Cells
	t.PChi = distuv.ChiSquared{K: t.Cells}.Survival(t.Chi)
}

func (t *crossed) pearson() {
	byRow, byColumn := make([]float64, len(t.Rows)), make([]float64, len(t.Columns))
	for i, row := range t.Share {
		for j, p := range row {
			byRow[i] += p
			byColumn[j] += p
		}
	}
	for i, row := range t.Share {
		for j, p := range row {
			e := byRow[i] * byColumn[j]
			t.Pearson += float64(t.n) * (p - e) * (p - e) / e
		}
	}
	t.Cells = float64((len(t.Rows) - 1) * (len(t.Columns) - 1))
}

// interaction returns the contrasts between cells that main effects leave:
// products of deviations from the mean, one column for each row and column of
// the table but the first.
func interaction(rows, columns int) *mat.Dense {
	c := mat.NewDense(rows*columns, (rows-1)*(columns-1), nil)
	centred := func(level, at, levels int) float64 {
		if level == at {
			return 1 - 1/float64(levels)
		}
		return -1 / float64(levels)
	}
	for i := range rows {
		for j := range columns {
			for a := 1; a < rows; a++ {
				for b := 1; b < columns; b++ {
					c.Set(i*columns+j, (a-1)*(columns-1)+b-1, centred(i, a, rows)*centred(j, b, columns))
				}
			}
		}
	}
	return c
}
