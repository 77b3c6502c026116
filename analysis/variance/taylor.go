package variance

import (
	"math"

	"barometer/weighting/design"
)

// FromSpreads returns the variance of a total over an element sample: one
// stage, every row its own unit. spreads holds, by stratum, the weighted
// linearised values of the rows; rows left out count as zero.
func (d *Design) FromSpreads(spreads []Spread) (float64, error) {
	strata := d.Stages[0].Strata
	for h := range spreads {
		spreads[h].Pad(strata[h].Units)
	}
	return d.stage(0, strata, spreads)
}

// FromUnits returns the variance of a total. z holds the weighted linearised
// total of every unit of the last stage; entered tells which of these units
// hold rows of the estimate (nil: all).
func (d *Design) FromUnits(z []float64, entered []bool) (float64, error) {
	sum := 0.0
	for s := len(d.Stages) - 1; s >= 0; s-- {
		v, err := d.unitStage(s, z, entered)
		if err != nil {
			return math.NaN(), err
		}
		sum += v
		if s > 0 {
			z, entered = d.Stages[s].rollUp(z, entered, len(d.Stages[s-1].Stratum))
		}
	}
	return sum, nil
}

// rollUp adds the totals of a stage's units to the units they lie in.
func (s Stage) rollUp(z []float64, entered []bool, parents int) ([]float64, []bool) {
	up, in := make([]float64, parents), make([]bool, parents)
	for i, p := range s.Parent {
		if s.Stratum[i] >= 0 {
			up[p] += z[i]
			in[p] = in[p] || entered == nil || entered[i]
		}
	}
	return up, in
}

// unitStage returns the contribution of one stage to the variance.
func (d *Design) unitStage(stage int, z []float64, entered []bool) (float64, error) {
	st := d.Stages[stage]
	spreads := make([]Spread, len(st.Strata))
	for i, h := range st.Stratum {
		if h >= 0 {
			spreads[h].Add(z[i])
			spreads[h].FromDomain = spreads[h].FromDomain || entered == nil || entered[i]
		}
	}
	sum := 0.0
	for from := 0; from < len(st.Strata); {
		to := st.siblings(from)
		v, err := d.stage(stage, st.Strata[from:to], spreads[from:to])
		if err != nil {
			return math.NaN(), err
		}
		sum += v
		from = to
	}
	return sum, nil
}

// siblings returns the end of the run of strata that share from's parent. The
// lonely-unit rules look at one parent's strata at a time.
func (s Stage) siblings(from int) int {
	to := from + 1
	for to < len(s.Strata) && s.Strata[to].Parent == s.Strata[from].Parent {
		to++
	}
	return to
}

// stage returns Σ_h factor · (1−f_h) · n_h/(n_h−1) · Σ(z − z̄_h)² over the given
// strata, with single-unit strata treated by the design's rule.
func (d *Design) stage(stage int, strata []Stratum, spreads []Spread) (float64, error) {
	sum, inUse, alone := 0.0, 0, 0
	var refused []string
	for h, s := range strata {
		if !spreads[h].FromDomain && spreads[h].Mean == 0 {
			continue
		}
		inUse++
		if s.unsampled() <= certain {
			continue
		}
		if s.Units > 1 {
			n := float64(s.Units)
			sum += s.Factor * s.unsampled() * n / (n - 1) * spreads[h].Square
			continue
		}
		alone++
		switch d.Lonely {
		case design.Adjust:
			apart := spreads[h].Mean - centre(strata, spreads)
			sum += s.Factor * s.unsampled() * apart * apart
		case design.Remove, design.Certainty, design.Average:
		default:
			refused = append(refused, stageName(stage, s.Name))
		}
	}
	if refused != nil {
		return math.NaN(), &LonelyError{refused}
	}
	if d.Lonely == design.Average && alone > 0 {
		sum *= float64(inUse) / float64(inUse-alone)
	}
	return sum, nil
}

// centre is the mean over the units of all strata that hold rows of the
// estimate: what a lonely unit is compared with under the rule "adjust".
func centre(strata []Stratum, spreads []Spread) float64 {
	sum, units := 0.0, 0
	for h, s := range strata {
		if spreads[h].FromDomain || spreads[h].Mean != 0 {
			sum += spreads[h].Sum()
			units += s.Units
		}
	}
	return sum / float64(units)
}
