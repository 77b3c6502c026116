package compare

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// RankScore turns the place of a value in the population, 0 to 1, into what is
// compared between groups.
type RankScore string

const (
	Wilcoxon      RankScore = "wilcoxon"        // the place itself; Kruskal–Wallis for several groups
	VanDerWaerden RankScore = "van_der_waerden" // the normal quantile of the place
	MedianScore   RankScore = "median"          // 1 above the middle, else 0 (Mood)
)

// RankRequest asks whether values lie higher in some groups than in others.
type RankRequest struct {
	Var    string // numeric or ordered
	By     string
	Levels []string // the groups; none: all that hold rows
	Score  RankScore
	Where  []design.Level
}

// RankTest is a design-based rank test.
type RankTest struct {
	Groups []string
	Means  []float64 // mean score of each group

	// Of two groups: the difference of the second from the first.
	Difference, SE, T float64

	// All groups alike: F on groups − 1 and the same degrees of freedom as T.
	F, DF1, DF, P float64
	N             int
	Warnings      []estimate.Warning
}

// Ranked tests whether a variable is equally distributed over groups.
//
// The place of a value is the estimated share of the population below it plus
// half the share at it, F̂(y−) + f̂(y)/2, over the rows that enter; so the order
// of rows with equal values does not matter. Places are turned into scores, the
// scores are taken as given, and their means compared between groups with the
// design's covariance: for two groups t = difference / SE, for k groups the Wald
// statistic of k−1 differences over k−1, as F. Degrees of freedom are units less
// strata among the rows that enter, less k−1. Units: none. Assumption: the
// hypothesis of equal distributions; with many units the estimation of the
// places then adds nothing to the variance.
//
// Source: Lumley & Scott 2013. Reference implementation: R survey,
// svyranktest, which gives tied values the plain mean of their cumulated weights
// in file order: the same where there are no ties or their weights are equal.
func Ranked(ctx context.Context, src estimate.Source, spec design.Spec, req RankRequest) (*RankTest, error) {
	score, err := req.Score.function()
	if err != nil {
		return nil, err
	}
	g, err := readGroups(ctx, src, spec, req.Var, req.By, req.Levels, req.Where)
	if err != nil {
		return nil, err
	}
	scores, err := g.places()
	if err != nil {
		return nil, err
	}
	for row, place := range scores {
		scores[row] = score(place)
	}
	means, cov, err := g.means(scores)
	if err != nil {
		return nil, err
	}
	apart, v := fromFirst(means, cov)
	if dependent(v) >= 0 {
		return nil, fmt.Errorf("%s by %s: the scores of a group do not vary, which leaves the test undefined", req.Var, req.By)
	}
	t := &RankTest{Groups: g.names, Means: means, Warnings: g.sheet.Warnings}
	for _, n := range g.count {
		t.N += n
	}
	wald, err := waldOf(apart, v, g.df()-float64(len(apart)))
	if err != nil {
		return nil, err
	}
	t.F, t.DF1, t.DF, t.P = wald.F, wald.DF1, wald.DF2, wald.P
	t.Difference, t.SE, t.T = math.NaN(), math.NaN(), math.NaN()
	if len(apart) == 1 {
		t.Difference, t.SE = apart[0], math.Sqrt(v.At(0, 0))
		t.T = t.Difference / t.SE
	}
	return t, nil
}

func (s RankScore) function() (func(float64) float64, error) {
	switch s {
	case Wilcoxon:
		return func(place float64) float64 { return place }, nil
	case VanDerWaerden:
		return distuv.UnitNormal.Quantile, nil
	case MedianScore:
		return func(place float64) float64 {
			const allowance = 1e-12 // of rounding: the middle itself is not above it
			if place > 0.5+allowance {
				return 1
			}
			return 0
		}, nil
	}
	return nil, fmt.Errorf("rank score %q is none of %s, %s, %s", s, Wilcoxon, VanDerWaerden, MedianScore)
}

// places estimates, for every row of some weight that enters, its value's place
// in the population; 0.5 for other rows.
func (g *groups) places() ([]float64, error) {
	places := slices.Repeat([]float64{0.5}, len(g.of))
	var order []int
	total := 0.0
	for row, in := range g.entered {
		switch w := g.sheet.Weight[row]; {
		case !in || w == 0:
		case w < 0:
			return nil, fmt.Errorf("row %d has the negative weight %v: ranks need weights above 0, so calibrate within bounds", row+1, w)
		default:
			order = append(order, row)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.value[a], g.value[b]) })
	for _, row := range order {
		total += g.sheet.Weight[row]
	}
	below := 0.0
	for from := 0; from < len(order); {
		to, at := from, 0.0
		for ; to < len(order) && g.value[order[to]] == g.value[order[from]]; to++ {
			at += g.sheet.Weight[order[to]]
		}
		for _, row := range order[from:to] {
			places[row] = (below + at/2) / total
		}
		below, from = below+at, to
	}
	return places, nil
}

// fromFirst returns the differences of all means from the first, with their
// covariance.
func fromFirst(means []float64, cov *mat.SymDense) ([]float64, *mat.SymDense) {
	q := len(means) - 1
	apart, c := make([]float64, q), mat.NewDense(q, q+1, nil)
	for i := range q {
		apart[i] = means[i+1] - means[0]
		c.Set(i, 0, -1)
		c.Set(i, i+1, 1)
	}
	return apart, sandwich(c, cov)
}
