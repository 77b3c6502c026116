package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// made is a clustered sample with groups that cut across clusters, ties and gaps.
type made struct {
	psu, group []string
	w, y, x    []float64
}

func makeSample() *made {
	r := rand.New(rand.NewPCG(3, 7))
	m := &made{}
	for i := range 60 {
		m.psu = append(m.psu, string(rune('A'+i/5)))
		m.group = append(m.group, []string{"a", "b", "c"}[r.IntN(3)])
		m.w = append(m.w, 1+4*r.Float64())
		m.y, m.x = append(m.y, float64(r.IntN(7))), append(m.x, r.NormFloat64())
	}
	m.y[4], m.x[9] = math.NaN(), math.NaN()
	return m
}

func (m *made) source(t *testing.T) estimate.Source {
	t.Helper()
	psu, err := microdata.Categories("psu", slices.Compact(slices.Sorted(slices.Values(m.psu))), m.psu)
	if err != nil {
		t.Fatal(err)
	}
	group, err := microdata.Categories("group", []string{"a", "b", "c"}, m.group)
	if err != nil {
		t.Fatal(err)
	}
	d, err := microdata.New(psu, group, microdata.Numbers("w", m.w), microdata.Numbers("y", m.y), microdata.Numbers("x", m.x))
	if err != nil {
		t.Fatal(err)
	}
	return estimate.FromData(d)
}

var clustered = design.Spec{IDs: []string{"psu"}, Weight: "w"}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-10*(1+math.Abs(want)) {
		t.Errorf("%s is %.15g, want %.15g", what, got, want)
	}
}

func (m *made) joint(t *testing.T) *estimate.Joint {
	t.Helper()
	j, err := estimate.RunJoint(t.Context(), m.source(t), clustered, estimate.Request{
		Items: []estimate.Item{{Stat: estimate.Mean, Var: "x"}}, Breakdowns: []estimate.Breakdown{{By: []string{"group"}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// The t test is the contrast of the two domains' means, on the degrees of
// freedom of the rows that enter; swapping the domains turns its sign.
func TestTwoDomainsAreAContrast(t *testing.T) {
	m := makeSample()
	req := TwoDomains{Var: "x", By: "group", Levels: [2]string{"c", "a"}}
	got, err := TTestDomains(t.Context(), m.source(t), clustered, req)
	if err != nil {
		t.Fatal(err)
	}
	value, v, err := Combine(m.joint(t), LinearForm, []int{0, 2}, []float64{1, -1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", got.Difference, value)
	near(t, "standard error", got.SE, math.Sqrt(v))
	near(t, "degrees of freedom", got.DF, 10) // 12 clusters, one stratum, two means
	near(t, "length of the interval", got.High-got.Low, 2*2.2281388519649385*got.SE)
	req.Levels = [2]string{"a", "c"}
	swapped, err := TTestDomains(t.Context(), m.source(t), clustered, req)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "t of the swapped domains", swapped.T, -got.T)
	near(t, "p of the swapped domains", swapped.P, got.P)
}

// By hand: differences 1, 1, 3, 3 of four rows of equal weight have mean 2 and
// standard error √(4/3/4).
func TestPairsByHand(t *testing.T) {
	m := &made{psu: []string{"A", "B", "C", "D"}, group: []string{"a", "a", "a", "a"}, w: []float64{1, 1, 1, 1},
		y: []float64{5, 2, 9, 4}, x: []float64{4, 1, 6, 1}}
	got, err := TTestPaired(t.Context(), m.source(t), clustered, Paired{Var: "y", Minus: "x", Null: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", got.Difference, 1.5)
	near(t, "t", got.T, 1.5/math.Sqrt(1.0/3))
	near(t, "degrees of freedom", got.DF, 3)
}

// By hand: ranks of 1, 2 against 3, 4 are places 1/8, 3/8 against 5/8, 7/8.
func TestRanksByHand(t *testing.T) {
	m := &made{psu: []string{"A", "B", "C", "D"}, group: []string{"a", "b", "a", "b"}, w: []float64{2, 2, 2, 2},
		y: []float64{1, 4, 2, 3}, x: make([]float64, 4)}
	got, err := Ranked(t.Context(), m.source(t), clustered, RankRequest{Var: "y", By: "group", Score: Wilcoxon})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "difference", got.Difference, 0.5)
	near(t, "t", got.T, 0.5/math.Sqrt(4.0/3*4*math.Pow(0.125/2, 2)))
	near(t, "degrees of freedom", got.DF, 2)
	if got.N != 4 || !slices.Equal(got.Groups, []string{"a", "b"}) {
		t.Errorf("%+v", got)
	}
}

// Ranks know only the order of values: neither a rising transformation nor the
// order of rows matters, ties of unequal weight included. Two groups have F = t².
func TestRanksKnowOnlyOrder(t *testing.T) {
	m, bent, reversed := makeSample(), makeSample(), makeSample()
	for i, y := range bent.y {
		bent.y[i] = math.Exp(y)
	}
	slices.Reverse(reversed.psu)
	slices.Reverse(reversed.group)
	slices.Reverse(reversed.w)
	slices.Reverse(reversed.y)
	for _, score := range []RankScore{Wilcoxon, VanDerWaerden, MedianScore} {
		for _, levels := range [][]string{nil, {"a", "b"}} {
			var tests []*RankTest
			for _, s := range []*made{m, bent, reversed} {
				got, err := Ranked(t.Context(), s.source(t), clustered, RankRequest{Var: "y", By: "group", Levels: levels, Score: score})
				if err != nil {
					t.Fatal(err)
				}
				tests = append(tests, got)
			}
			near(t, "F of transformed values", tests[1].F, tests[0].F)
			near(t, "F of reversed rows", tests[2].F, tests[0].F)
			if levels != nil {
				near(t, "F of two groups", tests[0].F, tests[0].T*tests[0].T)
			}
		}
	}
}

func TestWaldOfOneIsTSquared(t *testing.T) {
	j := makeSample().joint(t)
	got, err := Wald(j, []Hypothesis{{Name: "a as b", At: []int{0, 1}, Coef: []float64{1, -1}, Null: 0.25}}, 11)
	if err != nil {
		t.Fatal(err)
	}
	value, v, err := Combine(j, LinearForm, []int{0, 1}, []float64{1, -1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "F", got.F, (value-0.25)*(value-0.25)/v)
	near(t, "p", got.P, twoSided((value-0.25)/math.Sqrt(v), 11))
	near(t, "adjusted p", got.AdjustedP, got.P)
}

// The same hypotheses in other words are the same test, and one that adds
// nothing is refused by name.
func TestWaldKnowsWhatHypothesesSay(t *testing.T) {
	j := makeSample().joint(t)
	ab := Hypothesis{Name: "a as b", At: []int{0, 1}, Coef: []float64{1, -1}}
	bc := Hypothesis{Name: "b as c", At: []int{1, 2}, Coef: []float64{1, -1}}
	ac := Hypothesis{Name: "a as c", At: []int{0, 2}, Coef: []float64{-3, 3}}
	one, err := Wald(j, []Hypothesis{ab, bc}, 11)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Wald(j, []Hypothesis{ac, ab}, 11)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "χ²", other.Chi, one.Chi)
	near(t, "adjusted F", one.AdjustedF, one.Chi*10/(11*2))
	if !(one.AdjustedP > one.P) {
		t.Errorf("adjusted p %v is not above %v", one.AdjustedP, one.P)
	}
	if _, err := Wald(j, []Hypothesis{ab, bc, ac}, 11); err == nil || !strings.Contains(err.Error(), "a as c") {
		t.Errorf("a hypothesis that follows from the others: %v", err)
	}
	if free, err := Wald(j, []Hypothesis{ab, bc}, 1); err != nil || !math.IsNaN(free.AdjustedP) || math.IsNaN(free.P) {
		t.Errorf("one degree of freedom for two hypotheses: %+v, %v", free, err)
	}
}

func TestHopelessComparisonsAreRefused(t *testing.T) {
	src := makeSample().source(t)
	rank := func(r RankRequest) error { _, err := Ranked(t.Context(), src, clustered, r); return err }
	_, emptyLevel := TTestDomains(t.Context(), src, clustered, TwoDomains{Var: "x", By: "group", Levels: [2]string{"a", "z"}})
	_, noRow := TTestPaired(t.Context(), src, clustered, Paired{Var: "x", Where: []design.Level{{Column: "group", Level: "z"}}})
	for says, err := range map[string]error{
		"group = z":   emptyLevel,
		"no row":      noRow,
		"none of":     rank(RankRequest{Var: "y", By: "group", Score: "savage"}),
		"needs two":   rank(RankRequest{Var: "y", By: "group", Levels: []string{"a"}, Score: Wilcoxon}),
		"do not vary": rank(RankRequest{Var: "w", By: "w", Score: MedianScore, Levels: nil}),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want an error that says %q", err, says)
		}
	}
}
