package impute

import (
	"fmt"
	"math"

	"barometer/analysis/estimate"
)

// Combined is one estimate from m completed data sets, with the parts of its
// variance. Variances are in the squared unit of the estimate.
type Combined struct {
	estimate.Estimate // Value, SE, interval and DF of the combination

	Sets     int
	Within   float64 // Ū: mean of the m variances
	Between  float64 // B: variance of the m values
	Total    float64 // T = Ū + (1 + 1/m)·B
	Increase float64 // r = (1 + 1/m)·B / Ū: relative increase of variance by nonresponse
	Lambda   float64 // (1 + 1/m)·B / T: share of the variance that is due to nonresponse
	Missing  float64 // fraction of missing information, λ corrected for a finite m
}

// Combine combines the estimates of one quantity from m ≥ 2 completed data
// sets (Rubin 1987, §3.3):
//
//	Q̄ = Σ Q_k / m,  Ū = Σ SE_k² / m,  B = Σ (Q_k − Q̄)² / (m − 1),  T = Ū + (1 + 1/m)·B.
//
// The interval is Q̄ ± t·√T at the given level. Its degrees of freedom are
// those of Barnard & Rubin (1999): with λ = (1 + 1/m)·B / T and ν the
// degrees of freedom of complete data, the smallest among the sets,
//
//	1/df = 1/ν_m + 1/ν_obs,  ν_m = (m − 1)/λ²,  ν_obs = (ν + 1)/(ν + 3) · ν·(1 − λ).
//
// The fraction of missing information is (r + 2/(df + 3)) / (r + 1) (Rubin 1987,
// eq. 3.1.10), r = λ/(1 − λ). It assumes that imputations are proper
// ([Deck.Multiple]) and the complete-data estimate roughly normal. R's mice
// follows the same formulas; R's mitools 2.4 takes ν·Ū/(Ū + B), without
// (1 + 1/m), in place of ν·(1 − λ).
//
// N, Positive and SumWeights are the smallest of the sets, so that a rule on
// small counts sees the least favourable one.
func Combine(sets []estimate.Estimate, level float64) (Combined, error) {
	m := float64(len(sets))
	if m < 2 {
		return Combined{}, fmt.Errorf("combining completed data sets: %d estimates; give at least 2", len(sets))
	}
	if !(level > 0 && level < 1) {
		return Combined{}, fmt.Errorf("combining completed data sets: level %v is not between 0 and 1", level)
	}
	c := Combined{Estimate: sets[0], Sets: len(sets)}
	c.Deff, c.Value = math.NaN(), 0
	for k, e := range sets {
		if err := comparable(sets[0], e); err != nil {
			return Combined{}, fmt.Errorf("completed data set %d: %w", k+1, err)
		}
		c.Value += e.Value / m
		c.Within += float64(e.SE*e.SE) / m
		c.DF = min(c.DF, e.DF)
		c.N, c.Positive = min(c.N, e.N), min(c.Positive, e.Positive)
		c.SumWeights = min(c.SumWeights, e.SumWeights)
	}
	for _, e := range sets {
		c.Between += float64((e.Value-c.Value)*(e.Value-c.Value)) / (m - 1)
	}
	c.finish(m, level)
	return c, nil
}

// finish computes everything that follows from Ū, B and the degrees of freedom
// of complete data.
func (c *Combined) finish(m, level float64) {
	extra := (1 + 1/m) * c.Between
	c.Total = c.Within + extra
	if c.Total > 0 {
		c.Increase, c.Lambda = extra/c.Within, extra/c.Total
	}
	c.DF = degrees(c.DF, m, c.Lambda)
	c.Missing = c.Lambda + (1-c.Lambda)*2/(c.DF+3)
	c.SE = math.Sqrt(c.Total)
	half := estimate.TQuantile(level, c.DF) * c.SE
	c.Low, c.High = c.Value-half, c.Value+half
}

// degrees returns the degrees of freedom of Barnard & Rubin (1999), which are
// Rubin's (1987, eq. 3.1.6) when complete data have infinitely many.
func degrees(complete, m, lambda float64) float64 {
	if !(complete > 0) {
		return complete
	}
	imputation := (m - 1) / (lambda * lambda)
	if math.IsInf(complete, 1) {
		return imputation
	}
	observed := (complete + 1) / (complete + 3) * complete * (1 - lambda)
	return 1 / (1/imputation + 1/observed)
}

// CombineAll combines lists of estimates, one list a completed data set: all
// items and domains of one request, in the same order.
func CombineAll(sets [][]estimate.Estimate, level float64) ([]Combined, error) {
	if len(sets) == 0 {
		return nil, fmt.Errorf("combining completed data sets: there are none")
	}
	out := make([]Combined, len(sets[0]))
	for i := range out {
		var same []estimate.Estimate
		for k, list := range sets {
			if len(list) != len(out) {
				return nil, fmt.Errorf("completed data set %d has %d estimates, the first has %d", k+1, len(list), len(out))
			}
			same = append(same, list[i])
		}
		c, err := Combine(same, level)
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

// comparable refuses estimates of different things.
func comparable(a, b estimate.Estimate) error {
	same := a.Item == b.Item && len(a.Domain) == len(b.Domain)
	for i := range a.Domain {
		same = same && a.Domain[i] == b.Domain[i]
	}
	if !same {
		return fmt.Errorf("an estimate of %s in %v cannot be combined with %s in %v", b.Item, b.Domain, a.Item, a.Domain)
	}
	return nil
}
