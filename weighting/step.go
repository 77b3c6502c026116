package weighting

import (
	"math"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// Step changes the weights of a sample. The kinds are [UnknownEligibility],
// [NonresponseClass], [NonresponsePropensity], [Trim], [Poststratify], [Rake]
// and [Calibrate].
type Step interface {
	// Kind is the step's name in a recipe.
	Kind() string

	// Apply returns the weights after the step, one per row of data; the
	// weights given are not changed. Rows of weight 0 have left the sample
	// and take no part. A failure is an [*Error].
	Apply(data *microdata.Data, weights []float64) (*Outcome, error)
}

// Outcome is what a step did.
type Outcome struct {
	Weights []float64

	// Auxiliary are the linearly independent calibration variables of a step
	// that made weights agree with totals; nil for a step whose result counts
	// as fixed in a linearised variance.
	Auxiliary []design.Auxiliary

	Report StepReport

	multipliers []float64 // λ of a calibration, to start a similar one from
}

// Calibrating reports whether a step of this kind makes weights agree with
// totals, so that its residuals belong in the variance.
func Calibrating(s Step) bool {
	switch s.(type) {
	case *Poststratify, *Rake, *Calibrate:
		return true
	}
	return false
}

// checkWeights refuses weights that no step can start from.
func checkWeights(w []float64) error {
	var positive bool
	for i, x := range w {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			return failf(InvalidWeights, "row %d has weight %v: a weight is a finite number, 0 or more", i+1, x)
		}
		positive = positive || x > 0
	}
	if !positive {
		return failf(InvalidWeights, "no row has a positive weight")
	}
	return nil
}

// Apply does one step after checking the weights it starts from, and fills in
// the summary of the result.
func Apply(s Step, data *microdata.Data, w []float64) (*Outcome, error) {
	if len(w) != data.Rows() {
		return nil, inStep(s.Kind(), failf(InvalidWeights, "%d weights for %d rows", len(w), data.Rows()))
	}
	if err := checkWeights(w); err != nil {
		return nil, inStep(s.Kind(), err)
	}
	out, err := s.Apply(data, w)
	if err != nil {
		return nil, inStep(s.Kind(), err)
	}
	out.Report.Kind = s.Kind()
	out.Report.Summary = Summarise(out.Weights)
	return out, nil
}
