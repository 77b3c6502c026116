package estimate

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"barometer/weighting/design"
)

// QuantileRule says which value is the p-quantile of weighted values.
type QuantileRule string

const (
	// MathRule takes the smallest value whose cumulated weight share reaches p.
	MathRule QuantileRule = "math"
	// Rule7 interpolates as rule 7 of Hyndman & Fan 1996 does, on weights.
	Rule7 QuantileRule = "hf7"
)

// QuantileRequest asks for quantiles.
type QuantileRequest struct {
	Vars      []string
	Probs     []float64
	Breakdown Breakdown
	Rule      QuantileRule // "" = MathRule
	Logit     bool         // interval for the share on the logit scale
	Level     float64
	DF        DF

	Replicates *Replicates // nil: linearised variance of the share
}

// Quantiles estimates quantiles with Woodruff's intervals (Woodruff 1952, §2).
//
// Estimand: the value q that a share p of the domain's units does not exceed, in
// units of y, by the request's rule. The interval is one for the share F(q̂) of
// the population at or below the estimate, F̂ ± t·SE(F̂), or that on the logit
// scale, with the linearised variable (1{y ≤ q̂} − F̂)/N̂ or replicates; its ends
// are turned back into values by the rule of the estimate itself. The standard
// error is the interval's length over 2t. An end outside 0 to 1 is undefined, as
// are both on the logit scale where nobody is above. Assumption: F̂ is nearly
// normal, and F smooth around q. Items are named "y@p". Reference implementation:
// R survey, svyquantile with qrule "math" and "hf7", to 1e-8.
func Quantiles(ctx context.Context, src Source, spec design.Spec, req QuantileRequest) ([]Estimate, []Warning, error) {
	var columns []Column
	for _, v := range req.Vars {
		columns = append(columns, Column{v, Number})
	}
	sh, err := Load(ctx, src, spec, columns...)
	if err != nil {
		return nil, nil, err
	}
	sh.ByReplicates(req.Replicates)
	domains, domainOf, err := sh.Domains(ctx, req.Breakdown)
	if err != nil {
		return nil, nil, err
	}
	var out []Estimate
	for _, name := range req.Vars {
		for d, domain := range domains {
			q := sh.sorted(sh.Number(name), domainOf, int32(d))
			for _, p := range req.Probs {
				est, err := q.estimate(p, req)
				if err != nil {
					return nil, nil, fmt.Errorf("quantile of %s, %s: %w", name, domainText(domain), err)
				}
				est.Item, est.Domain = fmt.Sprintf("%s@%v", name, p), domain
				out = append(out, est)
			}
		}
	}
	return out, sh.Warnings, nil
}

func (q *sortedValues) estimate(p float64, req QuantileRequest) (Estimate, error) {
	est := Estimate{N: count(q.entered), DF: q.sheet.DF(req.DF, q.entered), Deff: math.NaN(),
		Value: math.NaN(), SE: math.NaN(), Low: math.NaN(), High: math.NaN()}
	if len(q.rows) == 0 {
		return est, nil
	}
	est.SumWeights, est.Positive = q.total(), est.N
	est.Value = q.at(p, req.Rule)
	share, se, err := q.shareBelow(est.Value)
	if err != nil {
		return est, err
	}
	t := TQuantile(Request{Level: req.Level}.level(), est.DF)
	low, high := share-t*se, share+t*se
	if req.Logit {
		centre, half := math.Log(share/(1-share)), t*se/(share*(1-share))
		low, high = expit(centre-half), expit(centre+half)
	}
	if low >= 0 {
		est.Low = q.at(low, req.Rule)
	}
	if high <= 1 {
		est.High = q.at(high, req.Rule)
	}
	est.SE = (est.High - est.Low) / (2 * t)
	return est, nil
}

// at returns the quantile of a share by the rule.
func (q *sortedValues) at(p float64, rule QuantileRule) float64 {
	if rule == Rule7 {
		return q.interpolated(p)
	}
	const allowance = 1e-12
	i := q.reaching((p - allowance) * q.total())
	return q.value(min(i, len(q.rows)-1))
}

// interpolated places the i-th of n values at the weight before it over the
// weight of all but the last, and interpolates between.
func (q *sortedValues) interpolated(p float64) float64 {
	n := len(q.rows)
	if n == 1 {
		return q.value(0)
	}
	all := q.upTo(n - 2)
	place := func(i int) float64 {
		if i == 0 {
			return 0
		}
		return q.upTo(i-1) / all
	}
	i := max(1, q.reaching(p*all))
	for i > 1 && place(i-1) >= p { // what multiplying rounds
		i--
	}
	for ; i < n; i++ {
		if place(i) >= p {
			below, above := q.value(i-1), q.value(i)
			if place(i) == p {
				return above
			}
			part := (p - place(i-1)) / (place(i) - place(i-1))
			return below + max(0, part)*(above-below)
		}
	}
	return q.value(n - 1)
}

// shareBelow estimates the share of the domain at or below a value.
func (q *sortedValues) shareBelow(value float64) (share, stdErr float64, err error) {
	share = q.notAbove(value) / q.total()
	v, err := q.sheet.Replicated(func(weights []float64) ([]float64, error) {
		return []float64{q.shareUnder(weights, value)}, nil
	})
	if v != nil || err != nil {
		return share, se(v, share), err
	}
	s := q.sheet.NewScores(1)
	s.Entered = q.entered
	for row, in := range q.entered {
		if in {
			u := -share
			if q.values[row] <= value {
				u = 1 - share
			}
			s.U[0][row] = u / q.total()
		}
	}
	v, err = q.sheet.Covariance(s)
	return share, se(v, share), err
}

// shareUnder is the share at or below a value under other weights.
func (q *sortedValues) shareUnder(weights []float64, value float64) float64 {
	below, all := 0.0, 0.0
	for row, in := range q.entered {
		if in {
			all += weights[row]
			if q.values[row] <= value {
				below += weights[row]
			}
		}
	}
	return below / all
}

// se is the standard error in a covariance matrix of one, NaN without one.
func se(v *mat.SymDense, value float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return StandardError(v.At(0, 0), value)
}
