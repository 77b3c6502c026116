package anonymise

import (
	"context"
	"fmt"
	"math"
	"slices"

	"barometer/analysis/estimate"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// Precision compares what a user of the research file gets with what the true
// weights and design give, over the shares of all yes/no answers.
type Precision struct {
	Shares       int     `json:"shares"`
	MedianRatio  float64 `json:"median_se_ratio"` // standard error by the pseudo-design over the true one
	LowestRatio  float64 `json:"lowest_se_ratio"`
	HighestRatio float64 `json:"highest_se_ratio"`
	LargestShift float64 `json:"largest_shift"` // of an estimated share, as a fraction of one
}

// Design is how a research file is to be analysed.
func Design() design.Spec {
	return design.Spec{Strata: []string{ColumnStratum}, FPC: []string{ColumnFPC}, Weight: ColumnWeight, Lonely: design.Fail}
}

// Assess measures the precision of the file against the wave it was made from
// and adds it to the report. spec is the true design, over the columns of the
// wave and of its weights, whose rows are in the order of the wave.
func (f *File) Assess(ctx context.Context, w *microdata.Wave, weights *microdata.Data, spec design.Spec) error {
	joined, err := join(w, weights)
	if err != nil {
		return err
	}
	var items []estimate.Item
	for _, v := range f.Codebook.Variables {
		if v.Kind == codebook.Binary {
			items = append(items, estimate.Item{Stat: estimate.Mean, Var: v.Name})
		}
	}
	if len(items) == 0 {
		return nil
	}
	request := estimate.Request{Items: items, Breakdowns: []estimate.Breakdown{{}}, Level: 0.95}
	truth, _, err := estimate.Run(ctx, estimate.FromData(joined), spec, request)
	if err != nil {
		return fmt.Errorf("anonymise: estimates by the true design: %w", err)
	}
	released, _, err := estimate.Run(ctx, estimate.FromData(f.Data), Design(), request)
	if err != nil {
		return fmt.Errorf("anonymise: estimates by the pseudo-design: %w", err)
	}
	f.Report.Precision = compare(truth, released)
	return nil
}

// join puts the columns of the weights beside those of the wave.
func join(w *microdata.Wave, weights *microdata.Data) (*microdata.Data, error) {
	unit, err := columns(w.Data, waveUnit)
	if err != nil {
		return nil, fmt.Errorf("anonymise: wave %s: %w", w.ID, err)
	}
	weighted, err := columns(weights, weightsUnit)
	if err != nil {
		return nil, fmt.Errorf("anonymise: weights: %w", err)
	}
	if w.Rows() != weights.Rows() {
		return nil, fmt.Errorf("anonymise: %d weights for the %d units of wave %s", weights.Rows(), w.Rows(), w.ID)
	}
	for i := range w.Rows() {
		if unit[0].Level(i) != weighted[0].Level(i) {
			return nil, fmt.Errorf("anonymise: row %d of the weights is of another unit than that of wave %s", i+1, w.ID)
		}
	}
	joined, err := microdata.New(slices.Clone(w.Columns())...)
	if err != nil {
		return nil, err
	}
	for _, c := range weights.Columns() {
		if c.Name == weightsUnit {
			continue
		}
		if err := joined.Add(c); err != nil {
			return nil, fmt.Errorf("anonymise: weights: %w", err)
		}
	}
	return joined, nil
}

// compare sets estimates of the same items side by side. Those without
// variation have no ratio.
func compare(truth, released []estimate.Estimate) *Precision {
	p := &Precision{Shares: len(truth)}
	var ratios []float64
	for i := range truth {
		if shift := math.Abs(released[i].Value - truth[i].Value); shift > p.LargestShift {
			p.LargestShift = shift
		}
		if truth[i].SE > 0 && released[i].SE > 0 {
			ratios = append(ratios, released[i].SE/truth[i].SE)
		}
	}
	if len(ratios) == 0 {
		return p
	}
	slices.Sort(ratios)
	p.LowestRatio, p.HighestRatio = ratios[0], ratios[len(ratios)-1]
	p.MedianRatio = (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
	return p
}
