package estimate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"barometer/analysis/variance"
	"barometer/weighting/design"
)

// Sample is a data source seen through its sampling design: weights, units and
// strata of every row. A row whose weight is 0 before calibration has left the
// sample and counts in no stratum.
type Sample struct {
	Design   variance.Design
	Weight   []float64 // of each row, 0 outside the sample
	Warnings []Warning

	in   []bool  // rows in the sample
	leaf []int32 // unit of the last stage of each row; nil where the row is the unit
	psu  []int32 // stage-1 unit of each leaf; nil where the leaf is the unit

	// Rows are reduced by group: rows of one group share stratum (of an element
	// sample) or last-stage unit, and the values of all calibration variables.
	group  []int32 // of each row, -1 outside the sample
	groups []group
	steps  []step
}

// group is a set of rows that residuals treat alike.
type group struct {
	home    int32 // stratum of an element sample, else last-stage unit
	pattern int32 // of calibration variables

	// over all its rows
	n      int
	weight float64   // Σw
	spread float64   // Σ(w − w̄)²
	before []float64 // Σ of the weights before each calibration step
}

// DesignError says what in the data contradicts the design. Code is one of
// not_nested, fpc_too_small, missing_design_value, invalid_weights, bad_data.
type DesignError struct {
	Code    string
	Message string
}

func (e *DesignError) Error() string { return e.Message }

func refuse(code, format string, args ...any) error {
	return &DesignError{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Resolve reads the design columns and numbers units and strata.
func Resolve(ctx context.Context, src Source, spec design.Spec) (*Sample, error) {
	cols, err := readDesign(ctx, src, spec)
	if err != nil {
		return nil, err
	}
	s := &Sample{}
	if err := s.weigh(cols); err != nil {
		return nil, err
	}
	if err := s.resolveStages(cols); err != nil {
		return nil, err
	}
	if cols.weight == nil {
		s.weighByCounts()
	}
	s.Design.Lonely = spec.Lonely
	s.warnLonely()
	if err := s.resolveSteps(cols); err != nil {
		return nil, err
	}
	s.resolveGroups()
	return s, nil
}

// Elements reports whether every row is its own sampling unit.
func (s *Sample) Elements() bool { return s.leaf == nil }

// weigh takes the weights and decides which rows are in the sample.
func (s *Sample) weigh(cols *designColumns) error {
	s.in = make([]bool, cols.rows)
	if cols.weight == nil {
		for i := range s.in {
			s.in[i] = true
		}
		return nil
	}
	base := cols.weight
	if len(cols.before) > 0 {
		base = cols.before[0]
	}
	if err := checkWeights(base); err != nil {
		return err
	}
	s.Weight = cols.weight.values
	if base != cols.weight {
		s.Weight = slices.Clone(s.Weight)
	}
	for i, d := range base.values {
		if s.in[i] = d > 0; !s.in[i] {
			s.Weight[i] = 0
		}
	}
	for _, step := range append(cols.before, cols.weight) {
		if i := firstBad(step.values, s.in); i >= 0 {
			return refuse("invalid_weights", "column %s, row %d: the weight is %v", step.name, i+1, step.values[i])
		}
	}
	return nil
}

// checkWeights refuses weights a sample cannot have before calibration.
func checkWeights(w *numberColumn) error {
	positive := false
	for i, x := range w.values {
		if math.IsNaN(x) {
			return refuse("missing_design_value", "column %s, row %d: the weight is missing: give a row outside the sample the weight 0", w.name, i+1)
		}
		if x < 0 || math.IsInf(x, 0) {
			return refuse("invalid_weights", "column %s, row %d: the weight is %v", w.name, i+1, x)
		}
		positive = positive || x > 0
	}
	if !positive {
		return refuse("invalid_weights", "column %s: no row has a weight above 0", w.name)
	}
	return nil
}

func firstBad(w []float64, in []bool) int {
	for i, x := range w {
		if in[i] && (math.IsNaN(x) || math.IsInf(x, 0)) {
			return i
		}
	}
	return -1
}

// weighByCounts makes the weights of a sample that carries none: the product
// over stages of population by sample count.
func (s *Sample) weighByCounts() {
	s.Weight = make([]float64, len(s.in))
	known := true
	for i := range s.Weight {
		w, unit := 1.0, s.unit(i)
		for stage := len(s.Design.Stages) - 1; stage >= 0; stage-- {
			st := s.Design.Stages[stage]
			stratum := st.Strata[st.Stratum[unit]]
			if math.IsInf(stratum.Population, 1) {
				known = false
			} else {
				w *= stratum.Population / float64(stratum.Units)
			}
			if stage > 0 {
				unit = int(st.Parent[unit])
			}
		}
		s.Weight[i] = w
	}
	if !known {
		s.Warnings = append(s.Warnings, "no weights and no population counts: where a stage has no count every unit weighs the same")
	}
}

// unit returns the last-stage unit of a row.
func (s *Sample) unit(row int) int {
	if s.leaf == nil {
		return row
	}
	return int(s.leaf[row])
}

func (s *Sample) warnLonely() {
	names := s.Design.LonelyStrata()
	if len(names) == 0 || s.Design.Lonely == design.Fail || s.Design.Lonely == "" {
		return
	}
	effect := map[design.LonelyPSU]string{
		design.Remove:    "adds no variance",
		design.Certainty: "is taken as drawn with certainty and adds no variance",
		design.Adjust:    "is compared with the mean of all strata",
		design.Average:   "is given the average variance of the other strata",
	}[s.Design.Lonely]
	for _, name := range names {
		s.Warnings = append(s.Warnings, Warning(fmt.Sprintf("stratum %s has a single sampled unit and %s (lonely_psu: %s)", name, effect, s.Design.Lonely)))
	}
}

// Weights reads a column of weights a sample can have before calibration: none
// missing, negative or infinite, and not all 0.
func Weights(ctx context.Context, src Source, column string) ([]float64, error) {
	r := newReader(src)
	w := r.number(column)
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	return w.values, checkWeights(w)
}

// Levels lists the levels of a column that rows of the sample have.
func (s *Sample) Levels(ctx context.Context, src Source, column string) ([]string, error) {
	r := newReader(src)
	c := r.category(column)
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	present := make([]bool, len(c.levels))
	for row, code := range c.codes {
		if s.in[row] && code >= 0 {
			present[code] = true
		}
	}
	var levels []string
	for i, l := range c.levels {
		if present[i] {
			levels = append(levels, l)
		}
	}
	return levels, nil
}
