package variance

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"barometer/analysis/internal/gram"
	"barometer/weighting/design"
)

// FromSpreads returns the variance of a total over an element sample, one stage
// with every row its own unit: the sum over strata of (1−f)·n/(n−1)·Σ(z − z̄)²,
// with f = 0 when drawn with replacement (Särndal, Swensson & Wretman 1992,
// §3.7). Reference implementation: R survey, svyrecvar. spreads holds, by stratum, the weighted
// linearised values of the rows; rows left out count as zero.
func (d *Design) FromSpreads(spreads []Spread) (float64, error) {
	strata := d.Stages[0].Strata
	sum, units := 0.0, 0
	inUse := make([]bool, len(strata))
	for h := range spreads {
		spreads[h].Pad(strata[h].Units)
		inUse[h] = spreads[h].FromDomain
		if inUse[h] {
			sum += spreads[h].Sum()
			units += strata[h].Units
		}
	}
	scales, err := d.scales(0, strata, inUse)
	if err != nil {
		return math.NaN(), err
	}
	v := 0.0
	for h, s := range strata {
		if scales[h] == 0 {
			continue
		}
		square := spreads[h].Square
		if s.lonely() { // compared with the mean of all strata
			apart := spreads[h].Mean - sum/float64(units)
			square = apart * apart
		}
		v += float64(scales[h] * square)
	}
	return v, nil
}

// FromUnits returns the variance of a total over stages: at each the formula of
// [Design.FromSpreads], times the sampling fractions of the stages above it
// (Bellhouse 1985; Särndal, Swensson & Wretman 1992, result 4.3.1). Reference
// implementation: R survey, svyrecvar. z holds the weighted linearised
// total of every unit of the last stage; entered tells which of these units
// hold rows of the estimate (nil: all).
func (d *Design) FromUnits(z []float64, entered []bool) (float64, error) {
	v, err := d.Covariance([][]float64{z}, entered)
	if err != nil {
		return math.NaN(), err
	}
	return v.At(0, 0), nil
}

// Covariance returns the covariance matrix of several totals, each given as in
// FromUnits: squares become products (Särndal, Swensson & Wretman 1992).
func (d *Design) Covariance(z [][]float64, entered []bool) (*mat.SymDense, error) {
	sum := mat.NewSymDense(len(z), nil)
	for s := len(d.Stages) - 1; s >= 0; s-- {
		if err := d.addStage(sum, s, z, entered); err != nil {
			return nil, err
		}
		if s > 0 {
			z, entered = d.Stages[s].rollUp(z, entered, len(d.Stages[s-1].Stratum))
		}
	}
	return sum, nil
}

// rollUp adds the totals of a stage's units to the units they lie in.
func (s Stage) rollUp(z [][]float64, entered []bool, parents int) ([][]float64, []bool) {
	up, in := make([][]float64, len(z)), make([]bool, parents)
	for k := range z {
		up[k] = make([]float64, parents)
		for i, p := range s.Parent {
			if s.Stratum[i] >= 0 {
				up[k][p] += z[k][i]
			}
		}
	}
	for i, p := range s.Parent {
		in[p] = in[p] || s.Stratum[i] >= 0 && (entered == nil || entered[i])
	}
	return up, in
}

// addStage adds the contribution of one stage.
func (d *Design) addStage(sum *mat.SymDense, stage int, z [][]float64, entered []bool) error {
	st := d.Stages[stage]
	inUse := make([]bool, len(st.Strata))
	for i, h := range st.Stratum {
		if h >= 0 && (entered == nil || entered[i]) {
			inUse[h] = true
		}
	}
	scales := make([]float64, len(st.Strata))
	centres := st.centres(z)
	for from := 0; from < len(st.Strata); {
		to := st.siblings(from)
		part, err := d.scales(stage, st.Strata[from:to], inUse[from:to])
		if err != nil {
			return err
		}
		copy(scales[from:to], part)
		recentreLonely(st.Strata[from:to], inUse[from:to], centres[from:to], len(z))
		from = to
	}
	st.addProducts(sum, z, scales, centres)
	return nil
}

// centres returns the mean of each total over the units of each stratum.
func (s Stage) centres(z [][]float64) [][]float64 {
	centres := make([][]float64, len(s.Strata))
	for h := range centres {
		centres[h] = make([]float64, len(z))
	}
	for k := range z {
		for i, h := range s.Stratum {
			if h >= 0 {
				centres[h][k] += z[k][i]
			}
		}
	}
	for h, c := range centres {
		for k := range c {
			c[k] /= float64(s.Strata[h].Units)
		}
	}
	return centres
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

// recentreLonely centres lonely units at the mean over the units of all strata
// in use. Only the rule "adjust" gives them a scale above 0, and so a use for it.
func recentreLonely(strata []Stratum, inUse []bool, centres [][]float64, totals int) {
	mean, units := make([]float64, totals), 0.0
	for h, s := range strata {
		if inUse[h] {
			units += float64(s.Units)
			for k, c := range centres[h] {
				mean[k] += c * float64(s.Units)
			}
		}
	}
	for k := range mean {
		mean[k] /= units
	}
	for h, s := range strata {
		if s.lonely() && inUse[h] {
			copy(centres[h], mean)
		}
	}
}

// addProducts adds scale · (z − centre)(z − centre)′ of every unit.
func (s Stage) addProducts(sum *mat.SymDense, z [][]float64, scales []float64, centres [][]float64) {
	p := len(z)
	apart, scaled, products := make([][]float64, p), make([][]float64, p), make([]float64, p*p)
	for k := range z {
		apart[k], scaled[k] = make([]float64, gram.Rows), make([]float64, gram.Rows)
	}
	from := 0
	for strata := range slices.Chunk(s.Stratum, gram.Rows) {
		for k := range z {
			values := z[k][from:]
			apart[k], scaled[k] = apart[k][:len(strata)], scaled[k][:len(strata)]
			for i, h := range strata {
				apart[k][i], scaled[k][i] = 0, 0
				if h >= 0 && scales[h] != 0 {
					x := values[i] - centres[h][k]
					apart[k][i], scaled[k][i] = x, x*scales[h]
				}
			}
		}
		gram.Add(products, scaled, apart)
		from += len(strata)
	}
	for k := range z {
		for l := k; l < p; l++ {
			sum.SetSym(k, l, sum.At(k, l)+products[k*p+l])
		}
	}
}

// scales returns the factor of each stratum's sum of squares,
// factor · (1−f_h) · n_h/(n_h−1), with single-unit strata treated by the
// design's rule: 0 where they add nothing.
func (d *Design) scales(stage int, strata []Stratum, inUse []bool) ([]float64, error) {
	scales := make([]float64, len(strata))
	var refused []string
	used, alone := 0, 0
	for h, s := range strata {
		if !inUse[h] {
			continue
		}
		used++
		switch {
		case s.unsampled() <= certain:
		case s.Units > 1:
			n := float64(s.Units)
			scales[h] = s.Factor * s.unsampled() * n / (n - 1)
		case d.Lonely == design.Adjust:
			scales[h] = s.Factor * s.unsampled()
		case d.Lonely == design.Average:
			alone++
		case d.Lonely != design.Remove && d.Lonely != design.Certainty:
			refused = append(refused, stageName(stage, s.Name))
		}
	}
	if refused != nil {
		return nil, &LonelyError{refused}
	}
	if alone > 0 {
		for h := range scales {
			scales[h] *= float64(used) / float64(used-alone)
		}
	}
	return scales, nil
}
