package compare

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"barometer/analysis/estimate"
)

// Hypothesis is one linear statement about estimates: Σ coefficient · estimate
// equals Null.
type Hypothesis struct {
	Name string
	At   []int // numbers of the estimates
	Coef []float64
	Null float64
}

// WaldTest is a joint test of several hypotheses.
type WaldTest struct {
	Chi            float64 // W = (Cθ̂−c)′(CVC′)⁻¹(Cθ̂−c)
	F, DF1, DF2, P float64 // W over the number of hypotheses, on df

	// The same statistic corrected for the degrees of freedom that the
	// covariance was estimated with: (df−q+1)/(df·q)·W on q and df−q+1.
	AdjustedF, AdjustedDF2, AdjustedP float64
}

// Wald tests whether all hypotheses hold at once.
//
// With q hypotheses Cθ = c about estimates θ̂ of covariance V, the statistic is
// W = (Cθ̂−c)′(CVC′)⁻¹(Cθ̂−c); W/q is referred to F(q, df). Where df is not
// much larger than q that test rejects too often, and the adjusted one is to be
// preferred (Korn & Graubard 1990). Assumptions: estimates
// nearly normal, as many units as make V stable. Source: Wald 1943; Koch,
// Freeman & Freeman 1975 for surveys. Reference implementations: R survey,
// regTermTest (F); Stata, test after svy (adjusted).
//
// df are the degrees of freedom of V, units less strata; P is undefined where
// they do not suffice. A hypothesis that follows from those before it, or whose
// estimate has no variance, is refused by name.
func Wald(j *estimate.Joint, hypotheses []Hypothesis, df float64) (*WaldTest, error) {
	q := len(hypotheses)
	if q == 0 {
		return nil, fmt.Errorf("a Wald test needs a hypothesis")
	}
	apart := make([]float64, q)
	c := mat.NewDense(q, len(j.Estimates), nil)
	for i, h := range hypotheses {
		if len(h.At) == 0 || len(h.At) != len(h.Coef) {
			return nil, fmt.Errorf("hypothesis %s: %d estimates with %d coefficients", h.Name, len(h.At), len(h.Coef))
		}
		for k, at := range h.At {
			c.Set(i, at, c.At(i, at)+h.Coef[k])
			apart[i] += float64(h.Coef[k] * j.Estimates[at].Value)
		}
		apart[i] -= h.Null
	}
	v := sandwich(c, j.Covariance)
	if i := dependent(v); i >= 0 {
		return nil, fmt.Errorf("hypothesis %s cannot be tested beside the others: it follows from those before it, or its estimate has no variance", hypotheses[i].Name)
	}
	return waldOf(apart, v, df)
}

// sandwich is CVC′ of the estimates that C uses; others may be undefined.
func sandwich(c *mat.Dense, v mat.Symmetric) *mat.SymDense {
	q, n := c.Dims()
	out := mat.NewSymDense(q, nil)
	for i := range q {
		for k := i; k < q; k++ {
			sum := 0.0
			for a := range n {
				for b := range n {
					if c.At(i, a) != 0 && c.At(k, b) != 0 {
						sum += float64(c.At(i, a) * v.At(a, b) * c.At(k, b))
					}
				}
			}
			out.SetSym(i, k, sum)
		}
	}
	return out
}

// dependent returns the first variable of a covariance matrix that those before
// it explain entirely, -1 if there is none.
func dependent(v *mat.SymDense) int {
	n := v.SymmetricDim()
	rest := mat.DenseCopyOf(v)
	for i := range n {
		if !(rest.At(i, i) > 1e-12*v.At(i, i)) {
			return i
		}
		for r := i + 1; r < n; r++ {
			factor := rest.At(r, i) / rest.At(i, i)
			for k := i; k < n; k++ {
				rest.Set(r, k, rest.At(r, k)-float64(factor*rest.At(i, k)))
			}
		}
	}
	return -1
}

// waldOf makes the statistics from what is apart from the hypotheses and its
// covariance.
func waldOf(apart []float64, v *mat.SymDense, df float64) (*WaldTest, error) {
	var chol mat.Cholesky
	if !chol.Factorize(v) {
		return nil, fmt.Errorf("the covariance of the hypotheses is singular: leave one out")
	}
	q := float64(len(apart))
	b := mat.NewVecDense(len(apart), apart)
	var solved mat.VecDense
	if err := chol.SolveVecTo(&solved, b); err != nil {
		return nil, fmt.Errorf("the covariance of the hypotheses is nearly singular: leave one out: %w", err)
	}
	t := &WaldTest{Chi: mat.Dot(b, &solved), DF1: q, DF2: df, AdjustedDF2: df - q + 1}
	t.F, t.P = t.Chi/q, upperF(t.Chi/q, q, df)
	t.AdjustedF = t.F
	if !math.IsInf(df, 1) {
		t.AdjustedF = t.F * t.AdjustedDF2 / df
	}
	t.AdjustedP = upperF(t.AdjustedF, q, t.AdjustedDF2)
	return t, nil
}

// upperF is the p-value of an F statistic, of χ² for infinitely many degrees of
// freedom, NaN without any.
func upperF(f, df1, df2 float64) float64 {
	switch {
	case !(df2 > 0) || math.IsNaN(f):
		return math.NaN()
	case math.IsInf(df2, 1):
		return distuv.ChiSquared{K: df1}.Survival(f * df1)
	}
	return distuv.F{D1: df1, D2: df2}.Survival(f)
}

// twoSided is the p-value of a t statistic against both sides.
func twoSided(t, df float64) float64 {
	switch {
	case !(df > 0) || math.IsNaN(t):
		return math.NaN()
	case math.IsInf(df, 1):
		return 2 * distuv.UnitNormal.CDF(-math.Abs(t))
	}
	return 2 * distuv.StudentsT{Sigma: 1, Nu: df}.CDF(-math.Abs(t))
}
