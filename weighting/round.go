package weighting

import (
	"cmp"
	"math"
	"slices"

	"barometer/survey/microdata"
	"barometer/weighting/rounding"
)

// Round makes the weights whole, or of a few decimals, for publication. It
// changes no weight by as much as one unit of the last place, except that none
// becomes 0, and keeps the sums by the columns of Keep, up to two: sums that
// were whole stay exactly what they were, any other moves to one of its
// neighbours. So margins met by raking are met by the rounded weights. Within a
// cell of Keep the weights with the largest remainders are raised, of equal
// ones the earlier in the data.
//
// It is the last step, and no source of variance: replicates leave it out,
// since rounding would drown the small differences they are made of.
type Round struct {
	Decimals int      `yaml:"decimals"` // 0 = whole weights
	Keep     []string `yaml:"keep"`     // columns whose sums are kept
}

// Kind is "round".
func (*Round) Kind() string { return "round" }

func (s *Round) check() error {
	switch {
	case s.Decimals < 0 || s.Decimals > 6:
		return failf(BadCase, "decimals %d: give a number from 0 to 6", s.Decimals)
	case len(s.Keep) > 2:
		return failf(BadCase, "keep: the sums by two columns can be kept, not by %d", len(s.Keep))
	}
	return nil
}

// Apply does the step.
func (s *Round) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var margin [2]*groups
	for k := range margin {
		var columns []string
		if k < len(s.Keep) {
			columns = s.Keep[k : k+1]
		}
		g, err := groupBy(data, columns, inSample(w))
		if err != nil {
			return nil, err
		}
		margin[k] = g
	}
	place := math.Pow10(s.Decimals)
	cells := make([][][]int, margin[0].count()) // rows of the data by cell
	sums := make([][]float64, len(cells))
	for i := range cells {
		cells[i], sums[i] = make([][]int, margin[1].count()), make([]float64, margin[1].count())
	}
	for row, x := range w {
		if x > 0 {
			i, j := margin[0].of[row], margin[1].of[row]
			cells[i][j] = append(cells[i][j], row)
			sums[i][j] += float64(x * place)
		}
	}
	out := &Outcome{Weights: make([]float64, len(w)), Report: StepReport{Rounded: &RoundReport{Decimals: s.Decimals, Keep: s.Keep}}}
	for i, targets := range rounding.Table(sums) {
		for j, target := range targets {
			apportion(cells[i][j], w, place, target, out.Weights)
		}
	}
	out.Report.Rounded.compare(w, out.Weights, margin[:])
	return out, nil
}

// apportion gives the rows whole numbers of units that add to target: each what
// it has without its remainder, at least 1, and the rest by largest remainder.
func apportion(rows []int, w []float64, place float64, target int64, into []float64) {
	units := make([]int64, len(rows))
	remainder := make([]float64, len(rows))
	order := make([]int, len(rows))
	for k, row := range rows {
		x := w[row] * place
		units[k], order[k] = max(1, int64(math.Floor(x))), k
		remainder[k] = math.Round((x-float64(units[k]))*1e9) / 1e9 // rounding errors make no order
		target -= units[k]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(remainder[b], remainder[a]) })
	for _, k := range order {
		if target > 0 {
			units[k]++
			target--
		}
	}
	slices.Reverse(order)
	for _, k := range order { // units raised to 1 took too much
		if target < 0 && units[k] > 1 {
			units[k]--
			target++
		}
	}
	for k, row := range rows {
		into[row] = float64(units[k]) / place
	}
}

// RoundReport says what rounding changed.
type RoundReport struct {
	Decimals int      `json:"decimals"`
	Keep     []string `json:"keep,omitempty"`
	Unit     float64  `json:"unit"`   // largest change of a weight
	Margin   float64  `json:"margin"` // largest change of a sum by a column of Keep
	Total    float64  `json:"total"`  // change of the sum of all weights
}

func (r *RoundReport) compare(before, after []float64, margins []*groups) {
	change := make([]float64, len(before))
	for i := range before {
		change[i] = after[i] - before[i]
		r.Unit = math.Max(r.Unit, math.Abs(change[i]))
		r.Total += change[i]
	}
	for k := range r.Keep {
		for _, x := range margins[k].sum(func(row int) float64 { return change[row] }) {
			r.Margin = math.Max(r.Margin, math.Abs(x))
		}
	}
}
