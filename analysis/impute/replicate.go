package impute

import (
	"context"
	"fmt"
	"math"
	"slices"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
)

// Reimpute completes the data as [Deck.Complete] does, with a replicate's
// weights: donors that the replicate has dropped give nothing. Repeating the
// imputation in each bootstrap replicate makes the bootstrap variance hold for
// the imputed estimate (Shao & Sitter 1996).
//
// Donors stand in the order of their values, by the first variable of the plan
// before the others, and a recipient keeps its random number: it gets the value
// at the same place of the class's distribution as the replicate has it. Fresh
// numbers would count the choice of donors twice, since a replicate that doubles
// the weight of a recipient doubles one draw where it stands for two. So the
// variance is right for the first variable of a plan and too large for the
// others, by about a tenth where 30 % is missing and they have nothing in common
// with the first. With the plan's own weights nothing changes.
//
// It is not for the jackknife of categories, whose replicates differ by less
// than one answer: use [Deck.Adjusted] there.
func (d *Deck) Reimpute(weights []float64) (*microdata.Data, error) {
	chosen, err := d.draw(0, weights)
	if err != nil {
		return nil, err
	}
	return d.complete(chosen)
}

// Statistic computes estimates from completed data and one weight a row.
type Statistic func(data *microdata.Data, weights []float64) ([]float64, error)

// Replicate computes a statistic from the completed data, and its variances
// from bootstrap replicates in each of which the imputation is repeated
// ([Deck.Reimpute]). weights are those of the full sample; replicates must come
// with the weighting steps repeated in them where those should show. The
// variances include sampling, nonresponse and the random choice of donors.
func (d *Deck) Replicate(ctx context.Context, reps *estimate.Replicates, weights []float64, stat Statistic) (values, variances []float64, err error) {
	completed, err := d.Complete()
	if err != nil {
		return nil, nil, err
	}
	if values, err = stat(completed, weights); err != nil {
		return nil, nil, err
	}
	replicates := make([][]float64, len(values))
	inReplicate := make([]float64, d.data.Rows())
	for r := range reps.RScale {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if err := reps.Weights(r, inReplicate); err != nil {
			return nil, nil, fmt.Errorf("replicate %d: %w", r+1, err)
		}
		if completed, err = d.Reimpute(inReplicate); err != nil {
			return nil, nil, fmt.Errorf("replicate %d: %w", r+1, err)
		}
		again, err := stat(completed, inReplicate)
		if err != nil {
			return nil, nil, fmt.Errorf("replicate %d: %w", r+1, err)
		}
		for k := range values {
			replicates[k] = append(replicates[k], again[k])
		}
	}
	for k, v := range values {
		variances = append(variances, reps.Variance(v, replicates[k]))
	}
	return values, variances, nil
}

// Adjusted returns the completed values of a numeric variable, or of
// 1{variable = level}, as a jackknife replicate sees them (Rao & Shao
// 1992): answers as they are, and each imputed value y*ᵢ moved to
//
//	y*ᵢ + ȳ_r(replicate) − ȳ_r
//
// where ȳ_r is the weighted mean of the donors of the recipient's class, under
// the replicate's weights and under the plan's. The jackknife variance of a
// mean or total of these values is consistent for the imputed one when the
// sampling fraction is small; the test holds it to the known variance of a
// simple random sample. With the plan's own weights they are the values
// of [Deck.Complete]. A class none of whose donors is left in the replicate
// stays where it is. Missing values that are not imputed are NaN.
func (d *Deck) Adjusted(variable, level string, weights []float64) ([]float64, error) {
	if len(weights) != d.data.Rows() {
		return nil, fmt.Errorf("imputation of %v: %d weights for %d rows", d.plan.Variables, len(weights), d.data.Rows())
	}
	if !slices.Contains(d.plan.Variables, variable) {
		return nil, fmt.Errorf("variable %s is not imputed: the plan has %v", variable, d.plan.Variables)
	}
	c := d.variables[slices.Index(d.plan.Variables, variable)]
	y, err := values(c, level)
	if err != nil {
		return nil, err
	}
	adjusted := slices.Clone(y)
	shift := make(map[int32]float64)
	for i, row := range d.recipients {
		if !lacks(c, int(row)) {
			continue
		}
		at := d.pool[i]
		by, known := shift[at]
		if !known {
			by = d.tree[at].mean(y, weights) - d.tree[at].mean(y, d.weight)
			if math.IsNaN(by) {
				by = 0
			}
			shift[at] = by
		}
		adjusted[row] = y[d.chosen[i]] + by
	}
	return adjusted, nil
}

// values reads a column as numbers: itself, or 1 where it has the level.
func values(c *microdata.Column, level string) ([]float64, error) {
	if c.IsNumeric() {
		if level != "" {
			return nil, fmt.Errorf("variable %s holds numbers and has no level %q", c.Name, level)
		}
		return c.Number, nil
	}
	want := int32(slices.Index(c.Levels, level))
	if want < 0 {
		return nil, fmt.Errorf("variable %s has no level %q: it has %v", c.Name, level, c.Levels)
	}
	y := make([]float64, len(c.Code))
	for i, code := range c.Code {
		switch {
		case code < 0:
			y[i] = math.NaN()
		case code == want:
			y[i] = 1
		}
	}
	return y, nil
}

// mean is the weighted mean over the donors of a class.
func (c *class) mean(y, weights []float64) float64 {
	var sum, total float64
	for _, row := range c.donors {
		sum += float64(weights[row] * y[row])
		total += weights[row]
	}
	return sum / total
}
