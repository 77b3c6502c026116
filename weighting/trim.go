package weighting

import (
	"math"
	"slices"

	"barometer/survey/microdata"
)

// Redistribution says who takes over the weight that trimming cuts away.
type Redistribution string

const (
	Equal        Redistribution = "equal"        // the same amount to every other unit
	Proportional Redistribution = "proportional" // the same factor for every other unit
)

// Trim sets weights outside limits to the limit and shares the excess among
// the others, so that the sum stays. A unit once cut stays cut. A smaller
// spread of weights lowers variance at the price of some bias (Potter 1990);
// calibrate again afterwards to meet the totals. Reference implementation: R
// survey, trimWeights.
type Trim struct {
	Lower        *float64       `yaml:"lower"`        // absolute limits; nil = none
	Upper        *float64       `yaml:"upper"`        //
	Median       *float64       `yaml:"median"`       // upper limit as a multiple of the median weight
	IQR          *float64       `yaml:"iqr"`          // upper limit as median + IQR · interquartile range
	MSE          *MSELimit      `yaml:"mse"`          // upper limit where the mean squared error is least
	Redistribute Redistribution `yaml:"redistribute"` // "" = equal
	Strict       bool           `yaml:"strict"`       // repeat until no weight is outside

	times []float64 // in a replicate: how often each unit stands in it
}

// inReplicate is the step in a replicate whose units stand in it factor times: a
// unit drawn three times is three units of a third of its weight, and it is
// these that the limits are for. To cut the weight as a whole would cut away the
// variance that the replicates are to show.
func (s *Trim) inReplicate(factor []float64) Step {
	own := *s
	own.times = factor
	return &own
}

// each divides weights by how often their units stand in a replicate.
func (s *Trim) each(w []float64) []float64 {
	if s.times == nil {
		return w
	}
	single := make([]float64, len(w))
	for i, x := range w {
		if s.times[i] > 0 {
			single[i] = x / s.times[i]
		}
	}
	return single
}

// Kind is "trim".
func (*Trim) Kind() string { return "trim" }

// Apply does the step. Limits that cannot hold the sum of the weights are the
// error CalibrationInfeasible.
func (s *Trim) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	w = s.each(w)
	lower, upper := s.limits(w)
	if lower > upper {
		return nil, failf(BadCase, "the lower limit %v lies above the upper limit %v", lower, upper)
	}
	var tried int
	if s.MSE != nil {
		limit, candidates, err := s.MSE.limit(data, w, func(limit float64) ([]float64, error) {
			if limit < lower {
				return nil, failf(CalibrationInfeasible, "the limit %v lies below the lower limit", limit)
			}
			t, err := s.cutAt(w, lower, limit)
			return t.w, err
		})
		if err != nil {
			return nil, err
		}
		upper, tried = min(upper, limit), len(candidates)
	}
	t, err := s.cutAt(w, lower, upper)
	if err != nil {
		return nil, err
	}
	t.report.Lower, t.report.Candidates = lower, tried
	if !math.IsInf(upper, 1) {
		t.report.Upper = upper
	}
	for i := range s.times {
		t.w[i] *= s.times[i]
	}
	return &Outcome{Weights: t.w, Report: StepReport{Trimmed: &t.report}}, nil
}

// cutAt trims at given limits.
func (s *Trim) cutAt(w []float64, lower, upper float64) (trimming, error) {
	t := trimming{w: slices.Clone(w), times: s.times, frozen: make([]bool, len(w)), lower: lower, upper: upper}
	for {
		excess, outside := t.cut()
		if !outside {
			return t, nil
		}
		if err := t.share(excess, s.Redistribute); err != nil {
			return t, err
		}
		if !s.Strict {
			return t, nil
		}
	}
}

func (s *Trim) check() error {
	switch {
	case s.Lower == nil && s.Upper == nil && s.Median == nil && s.IQR == nil && s.MSE == nil:
		return failf(BadCase, "no limit is given: set lower, upper, median, iqr or mse")
	case s.Redistribute != "" && s.Redistribute != Equal && s.Redistribute != Proportional:
		return failf(BadCase, "unknown redistribute %q: use equal or proportional", s.Redistribute)
	}
	for _, limit := range []*float64{s.Lower, s.Upper, s.Median, s.IQR} {
		if limit != nil && !(*limit >= 0) {
			return failf(BadCase, "limit %v: a limit is 0 or more", *limit)
		}
	}
	if s.MSE != nil {
		return s.MSE.check()
	}
	return nil
}

// limits returns the absolute limits; of several upper limits the lowest.
func (s *Trim) limits(w []float64) (lower, upper float64) {
	upper = math.Inf(1)
	if s.Lower != nil {
		lower = *s.Lower
	}
	if s.Upper != nil {
		upper = *s.Upper
	}
	if s.Median == nil && s.IQR == nil {
		return lower, upper
	}
	positive := slices.DeleteFunc(slices.Clone(w), func(x float64) bool { return x == 0 })
	slices.Sort(positive)
	median := quantile(positive, 0.5)
	if s.Median != nil {
		upper = math.Min(upper, *s.Median*median)
	}
	if s.IQR != nil {
		upper = math.Min(upper, median+float64(*s.IQR*(quantile(positive, 0.75)-quantile(positive, 0.25))))
	}
	return lower, upper
}

// quantile interpolates linearly between the order statistics of sorted values
// (rule 7 of Hyndman and Fan 1996).
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	below := int(at)
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[below] + float64((at-float64(below))*(sorted[below+1]-sorted[below]))
}

// trimming is the state of one trim.
type trimming struct {
	w            []float64
	times        []float64 // that each unit counts; nil = once
	frozen       []bool    // cut units, which take no more part
	lower, upper float64
	report       TrimReport
}

// trimSlack is how far, in proportion, a weight may lie outside a limit by
// rounding alone.
const trimSlack = 1e-12

// cut sets the weights outside to the limit and returns what they gave up.
func (t *trimming) cut() (excess float64, outside bool) {
	for i, w := range t.w {
		if w == 0 || t.frozen[i] {
			continue
		}
		limit := t.upper
		switch {
		case w > t.upper*(1+trimSlack):
			t.report.Cut++
		case w < t.lower*(1-trimSlack):
			t.report.Raised++
			limit = t.lower
		default:
			continue
		}
		excess += float64(t.count(i) * (w - limit))
		t.w[i], t.frozen[i] = limit, true
		outside = true
	}
	if outside {
		t.report.Passes++
		t.report.Moved += excess
	}
	return excess, outside
}

func (t *trimming) count(unit int) float64 {
	if t.times == nil {
		return 1
	}
	return t.times[unit]
}

// share gives the excess to the units that are not cut.
func (t *trimming) share(excess float64, how Redistribution) error {
	var count, sum float64
	for i, w := range t.w {
		if w > 0 && !t.frozen[i] {
			count += t.count(i)
			sum += float64(t.count(i) * w)
		}
	}
	if count == 0 {
		return failf(CalibrationInfeasible, "every weight is at a limit and %.6g of their sum is left over: limits from %v to %v cannot hold it",
			excess, t.lower, t.upper)
	}
	for i, w := range t.w {
		if w == 0 || t.frozen[i] {
			continue
		}
		if how == Proportional {
			t.w[i] = w * (1 + excess/sum)
		} else {
			t.w[i] = w + excess/count
		}
		if t.w[i] <= 0 {
			return failf(CalibrationInfeasible, "raising weights to %v takes more than the others have: row %d would get %v", t.lower, i+1, t.w[i])
		}
	}
	return nil
}
