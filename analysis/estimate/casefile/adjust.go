package casefile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting"
	"barometer/weighting/design"
)

// Step is one weighting step as written.
type Step struct{ text json.RawMessage }

// UnmarshalJSON keeps the text for [weighting.ReadStep].
func (s *Step) UnmarshalJSON(text []byte) error {
	s.text = slices.Clone(text)
	return nil
}

// tight is the relative distance from a total at which calibration stops: the
// answer's figures are compared to eight digits.
const tight = 1e-12

// steps turns the case's steps into those of package weighting.
func (p *problem) steps() ([]weighting.Step, error) {
	var steps []weighting.Step
	for i, s := range p.Adjust {
		step, err := s.read()
		if err != nil {
			return nil, badCase("key adjust, step %d: %v", i+1, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func (s Step) read() (weighting.Step, error) {
	var keys map[string]any
	d := json.NewDecoder(bytes.NewReader(s.text))
	d.UseNumber()
	if d.Decode(&keys) != nil || keys == nil {
		return nil, fmt.Errorf("%s where a step belongs", abridged(s.text))
	}
	text, err := yaml.Dump(spelled("", keys))
	if err != nil {
		return nil, err
	}
	step, err := weighting.ReadStep(text)
	switch k := step.(type) {
	case *weighting.Rake:
		k.Tolerance = tolerance(k.Tolerance)
	case *weighting.Calibrate:
		k.Tolerance = tolerance(k.Tolerance)
	}
	return step, err
}

// spelled writes a value as a recipe has it. A case has more freedom: a single
// name stands for a list of one, [] for no condition, null for an absent key or
// bound, and a level may be a number or a truth value.
func spelled(key string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		return spelledKeys(key, v)
	case []any:
		for i, each := range v {
			if key == "bounds" && each == nil {
				each = math.Inf(2*i - 1)
			}
			v[i] = spelled(key, each)
		}
		return v
	case bool:
		if contains(levelLists, key) {
			return truth(v)
		}
	case json.Number:
		x, err := v.Float64()
		if err != nil {
			return v.String()
		}
		if contains(levelLists, key) {
			return strconv.FormatFloat(x, 'f', -1, 64)
		}
		return x
	}
	return value
}

// levelLists are the keys of lists of codes and levels, nameLists those of
// lists of columns.
const (
	levelLists = "unknown respondents nonrespondents where level"
	nameLists  = "classes factors numeric vars"
)

func spelledKeys(key string, keys map[string]any) map[string]any {
	out := make(map[string]any)
	for k, v := range keys {
		if list, ok := v.([]any); v == nil || ok && len(list) == 0 && k == "where" {
			continue
		}
		inside := k
		if key == "where" || key == "level" { // k is a column
			inside = key
		}
		each := spelled(inside, v)
		if _, many := each.([]any); !many && key == "" && contains(levelLists+" "+nameLists, k) {
			each = []any{each}
		}
		if _, many := each.([]any); !many && k == "vars" {
			each = []any{each}
		}
		out[k] = each
	}
	return out
}

// tolerance is never looser than what the answer's digits need.
func tolerance(asked float64) float64 {
	if asked > 0 {
		return min(asked, tight)
	}
	return tight
}

// stepColumns lists the columns of the data that a step uses.
func stepColumns(s weighting.Step) []string {
	switch s := s.(type) {
	case *weighting.UnknownEligibility:
		return append(slices.Clone(s.Classes), s.Status)
	case *weighting.NonresponseClass:
		return append(slices.Clone(s.Classes), s.Status)
	case *weighting.NonresponsePropensity:
		return append(slices.Concat(s.Factors, s.Numeric), s.Status)
	case *weighting.Poststratify:
		return s.Margin.Columns
	case *weighting.Rake:
		var names []string
		for _, m := range s.Margins {
			names = append(names, m.Columns...)
		}
		return names
	case *weighting.Calibrate:
		var names []string
		for _, c := range s.Constraints {
			for _, l := range c.Where {
				names = append(names, l.Column)
			}
			if c.Value != "" {
				names = append(names, c.Value)
			}
		}
		return names
	}
	return nil
}

// weigh applies the steps, adds the weights before each calibration and at the
// end to the data, and tells the design about them.
func (p *problem) weigh(ctx context.Context, steps []weighting.Step) error {
	row, err := p.data.Column(rowKey)
	if err != nil {
		return &Error{BadData, err.Error()}
	}
	names := keys(row)
	if err := checkKeys(names); err != nil {
		return err
	}
	w, err := p.startingWeights(ctx)
	if err != nil {
		return err
	}
	for i, s := range steps {
		out, err := weighting.Apply(s, p.data, w)
		if err != nil {
			return err
		}
		if weighting.Calibrating(s) {
			p.calibrations = append(p.calibrations, s)
			if p.fixed == nil {
				p.fixed = w
			}
			before := fmt.Sprintf("weight before step %d (%s)", i+1, s.Kind())
			if err := p.data.Add(microdata.Numbers(before, w)); err != nil {
				return err
			}
			p.spec.Adjustments = append(p.spec.Adjustments, design.Adjustment{Before: before, Auxiliary: out.Auxiliary})
		}
		w = out.Weights
	}
	if p.fixed == nil {
		p.fixed = w
	}
	p.answer.Weights = &Weights{Keys: names, Values: w}
	p.spec.Weight = "final weight of the case"
	return p.data.Add(microdata.Numbers(p.spec.Weight, w))
}

// startingWeights returns the design's weights, checked.
func (p *problem) startingWeights(ctx context.Context) ([]float64, error) {
	if p.spec.Weight == "" {
		s, err := estimate.Resolve(ctx, estimate.FromData(p.data), p.spec)
		if err != nil {
			return nil, err
		}
		p.warn(s.Warnings)
		return s.Weight, nil
	}
	return estimate.Weights(ctx, estimate.FromData(p.data), p.spec.Weight)
}
