package estimate

import (
	"errors"
	"fmt"
	"math"
)

// QualityRule decides by thresholds how far an estimate can be relied on.
// Thresholds are inclusive as the comments say; 0 switches one off.
type QualityRule struct {
	MinN             int     `yaml:"min_n"`              // fewer rows: TooFewRows
	MinEffectiveN    float64 `yaml:"min_effective_n"`    // of a proportion, below: TooFewEffective
	NarrowWidth      float64 `yaml:"narrow_width"`       // of a proportion's interval: this or less is always narrow enough
	WideWidth        float64 `yaml:"wide_width"`         // this or more: WideInterval
	MaxRelativeWidth float64 `yaml:"max_relative_width"` // width over the proportion, above: WideRelative
	ReviewDF         float64 `yaml:"review_df"`          // fewer degrees of freedom: FewDegrees
	Bands            []Band  `yaml:"cv_bands"`           // in ascending order
}

// Band names a range of the coefficient of variation, from the band before.
type Band struct {
	Name string  `yaml:"name"`
	UpTo float64 `yaml:"up_to"` // inclusive; a ratio, not percent; .inf for the last
}

// NCHSRule is the standard of the National Center for Health Statistics for
// proportions (Parker et al. 2017), which supposes Korn–Graubard
// intervals at the 95 % level ([Beta]), with the bands for the coefficient of
// variation that Statistics Canada uses in its guides to microdata: to 16.5 %
// unrestricted, to 33.3 % with a warning, above that not to be released.
func NCHSRule() QualityRule {
	return QualityRule{MinN: 30, MinEffectiveN: 30, NarrowWidth: 0.05, WideWidth: 0.30, MaxRelativeWidth: 1.30, ReviewDF: 8,
		Bands: []Band{{"unrestricted", 0.165}, {"marginal", 0.333}, {"unreliable", math.Inf(1)}}}
}

// Check refuses a rule that cannot mean what it says, with all its faults.
func (r QualityRule) Check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if r.MinN < 0 || r.MinEffectiveN < 0 || r.NarrowWidth < 0 || r.WideWidth < 0 || r.MaxRelativeWidth < 0 || r.ReviewDF < 0 {
		fault("a threshold of quality is negative")
	}
	if r.WideWidth > 0 && r.NarrowWidth >= r.WideWidth {
		fault("narrow_width %v is not below wide_width %v", r.NarrowWidth, r.WideWidth)
	}
	for i, b := range r.Bands {
		if b.Name == "" {
			fault("cv_bands, band %d: no name", i+1)
		}
		if !(b.UpTo > 0) || i > 0 && b.UpTo <= r.Bands[i-1].UpTo {
			fault("cv_bands, band %d: up_to %v does not ascend", i+1, b.UpTo)
		}
	}
	return errors.Join(faults...)
}

// QualityFlag is a reason to doubt an estimate.
type QualityFlag string

const (
	TooFewRows      QualityFlag = "n"              // suppress
	TooFewEffective QualityFlag = "effective_n"    // suppress
	WideInterval    QualityFlag = "width"          // suppress
	WideRelative    QualityFlag = "relative_width" // suppress
	NoInterval      QualityFlag = "no_interval"    // suppress: nothing is known of the error
	FewDegrees      QualityFlag = "df"             // review: the error itself is uncertain
	NoVariation     QualityFlag = "no_variation"   // review: a proportion of exactly 0 or 1
	ComplementWide  QualityFlag = "complement"     // note: 1 − p would fail WideRelative
)

// Suppresses reports whether the flag alone keeps an estimate from being shown.
func (f QualityFlag) Suppresses() bool {
	switch f {
	case FewDegrees, NoVariation, ComplementWide:
		return false
	}
	return true
}

// Quality is what a rule finds out about an estimate.
type Quality struct {
	CV            float64 // SE / |value|; NaN for a value of 0
	EffectiveN    float64 // of a proportion, p(1−p)/SE², else NaN
	Width         float64 // of the interval
	RelativeWidth float64 // width / |value|
	Band          string  // of the CV; "" without one
	Flags         []QualityFlag
}

// Suppressed reports whether a flag keeps the estimate from being shown.
func (q Quality) Suppressed() bool {
	for _, f := range q.Flags {
		if f.Suppresses() {
			return true
		}
	}
	return false
}

// CV is the coefficient of variation, SE / |value|, as a ratio: undefined for
// a value of 0.
func (e Estimate) CV() float64 {
	if e.Value == 0 {
		return math.NaN()
	}
	return e.SE / math.Abs(e.Value)
}

// EffectiveN is the size of the simple random sample that would estimate a
// proportion with the same variance, p(1−p)/SE² (Korn & Graubard 1998). Of a
// proportion of exactly 0 or 1 it is the number of rows.
func (e Estimate) EffectiveN() float64 {
	p := e.Value
	if p == 0 || p == 1 {
		return float64(e.N)
	}
	return p * (1 - p) / (e.SE * e.SE)
}

// Number judges a mean, total or any estimate that is not a proportion: by its
// number of rows, degrees of freedom and coefficient of variation.
func (r QualityRule) Number(e Estimate) Quality {
	q := r.measure(e)
	q.EffectiveN = math.NaN()
	r.common(e, &q)
	return q
}

// Proportion judges a share: first by numbers of rows, then by the width of its
// interval, and by the width relative to the share where the interval is
// neither narrow nor wide (Parker et al. 2017). The relative width
// of the complement is noted and does not suppress.
func (r QualityRule) Proportion(e Estimate) Quality {
	q := r.measure(e)
	q.EffectiveN = e.EffectiveN()
	r.common(e, &q)
	if r.MinEffectiveN > 0 && q.EffectiveN < r.MinEffectiveN {
		q.flag(TooFewEffective)
	}
	if e.Value == 0 || e.Value == 1 {
		q.flag(NoVariation)
	}
	switch {
	case math.IsNaN(q.Width) || q.Width <= r.NarrowWidth:
	case r.WideWidth > 0 && q.Width >= r.WideWidth:
		q.flag(WideInterval)
	case r.MaxRelativeWidth == 0:
	case q.Width > r.MaxRelativeWidth*e.Value:
		q.flag(WideRelative)
	case q.Width > r.MaxRelativeWidth*(1-e.Value):
		q.flag(ComplementWide)
	}
	return q
}

func (r QualityRule) measure(e Estimate) Quality {
	q := Quality{CV: e.CV(), Width: e.High - e.Low, RelativeWidth: math.NaN()}
	if e.Value != 0 {
		q.RelativeWidth = q.Width / math.Abs(e.Value)
	}
	for _, b := range r.Bands {
		if q.CV <= b.UpTo {
			q.Band = b.Name
			break
		}
	}
	return q
}

// common are the flags that any estimate may have.
func (r QualityRule) common(e Estimate, q *Quality) {
	if e.N < r.MinN {
		q.flag(TooFewRows)
	}
	if math.IsNaN(q.Width) {
		q.flag(NoInterval)
	}
	if e.DF < r.ReviewDF {
		q.flag(FewDegrees)
	}
}

func (q *Quality) flag(f QualityFlag) { q.Flags = append(q.Flags, f) }
