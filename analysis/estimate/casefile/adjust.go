package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting"
	"barometer/weighting/calibration"
	"barometer/weighting/design"
	"barometer/weighting/margin"
)

// Step is one weighting step as written.
type Step struct {
	kind string
	text json.RawMessage // without its kind
}

func (s *Step) UnmarshalJSON(text []byte) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return badCase("key adjust: %s where a step belongs", abridged(text))
	}
	if json.Unmarshal(keys["kind"], &s.kind) != nil {
		return badCase("key adjust: a step has no kind")
	}
	delete(keys, "kind")
	rest, err := json.Marshal(keys)
	s.text = rest
	return err
}

// The steps of a case, key by key.
type (
	unknownEligibility struct {
		Status  string `json:"status"`
		Unknown texts  `json:"unknown"`
		Classes list   `json:"classes"`
	}
	nonresponseClass struct {
		Status         string `json:"status"`
		Respondents    texts  `json:"respondents"`
		Nonrespondents texts  `json:"nonrespondents"`
		Classes        list   `json:"classes"`
	}
	nonresponsePropensity struct {
		Status         string `json:"status"`
		Respondents    texts  `json:"respondents"`
		Nonrespondents texts  `json:"nonrespondents"`
		Factors        list   `json:"factors"`
		Numeric        list   `json:"numeric"`
		Weighted       bool   `json:"weighted"`
		Classes        *int   `json:"n_classes"`
	}
	trim struct {
		Lower        *float64 `json:"lower"`
		Upper        *float64 `json:"upper"`
		Strict       bool     `json:"strict"`
		Redistribute string   `json:"redistribute"`
	}
	poststratify struct {
		Vars   list    `json:"vars"`
		Totals []total `json:"totals"`
	}
	rake struct {
		Margins   []poststratify `json:"margins"`
		Tolerance float64        `json:"tolerance"`
		MaxIter   int            `json:"max_iter"`
	}
	calibrate struct {
		Method      string       `json:"method"`
		Bounds      *[2]float64  `json:"bounds"`
		Constraints []constraint `json:"constraints"`
		Tolerance   float64      `json:"tolerance"`
		MaxIter     int          `json:"max_iter"`
	}
)

type total struct {
	Level levels   `json:"level"`
	Total *float64 `json:"total"`
}

type constraint struct {
	Where levels   `json:"where"`
	Value string   `json:"value"`
	Total *float64 `json:"total"`
}

// tight is the relative distance from a total at which calibration stops: the
// answer's figures are compared to eight digits.
const tight = 1e-12

// steps turns the case's steps into those of package weighting.
func (p *problem) steps() ([]weighting.Step, error) {
	var steps []weighting.Step
	for i, s := range p.Adjust {
		step, err := s.step()
		if err != nil {
			return nil, badCase("key adjust, step %d (%s): %v", i+1, s.kind, err)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func (s Step) step() (weighting.Step, error) {
	switch s.kind {
	case "unknown_eligibility":
		var k unknownEligibility
		err := strict(s.text, &k)
		return &weighting.UnknownEligibility{Status: k.Status, Unknown: k.Unknown, Classes: k.Classes}, err
	case "nonresponse_class":
		var k nonresponseClass
		err := strict(s.text, &k)
		return &weighting.NonresponseClass{Status: k.Status, Respondents: k.Respondents, Nonrespondents: k.Nonrespondents, Classes: k.Classes}, err
	case "nonresponse_propensity":
		return s.propensity()
	case "trim":
		var k trim
		err := strict(s.text, &k)
		return &weighting.Trim{Lower: k.Lower, Upper: k.Upper, Strict: k.Strict, Redistribute: weighting.Redistribution(k.Redistribute)}, err
	case "poststratify":
		var k poststratify
		if err := strict(s.text, &k); err != nil {
			return nil, err
		}
		m, err := k.margin()
		return &weighting.Poststratify{Margin: m}, err
	case "rake":
		return s.rake()
	case "calibrate":
		return s.calibrate()
	}
	return nil, fmt.Errorf("unknown kind")
}

func (s Step) propensity() (weighting.Step, error) {
	var k nonresponsePropensity
	if err := strict(s.text, &k); err != nil {
		return nil, err
	}
	step := &weighting.NonresponsePropensity{Status: k.Status, Respondents: k.Respondents, Nonrespondents: k.Nonrespondents,
		Factors: k.Factors, Numeric: k.Numeric, Weighted: k.Weighted}
	if k.Classes != nil {
		if *k.Classes < 1 {
			return nil, fmt.Errorf("n_classes: %d classes", *k.Classes)
		}
		step.Count = *k.Classes
	}
	return step, nil
}

func (s Step) rake() (weighting.Step, error) {
	var k rake
	if err := strict(s.text, &k); err != nil {
		return nil, err
	}
	step := &weighting.Rake{Tolerance: tolerance(k.Tolerance), MaxIter: k.MaxIter}
	for _, each := range k.Margins {
		m, err := each.margin()
		if err != nil {
			return nil, err
		}
		step.Margins = append(step.Margins, m)
	}
	return step, nil
}

func (s Step) calibrate() (weighting.Step, error) {
	var k calibrate
	if err := strict(s.text, &k); err != nil {
		return nil, err
	}
	step := &weighting.Calibrate{Method: calibration.Method(k.Method), Bounds: k.Bounds, Tolerance: tolerance(k.Tolerance), MaxIter: k.MaxIter}
	for i, c := range k.Constraints {
		if c.Total == nil {
			return nil, fmt.Errorf("constraint %d has no total", i+1)
		}
		step.Constraints = append(step.Constraints, weighting.Constraint{Where: c.Where, Value: c.Value, Total: *c.Total})
	}
	return step, nil
}

// tolerance is never looser than what the answer's digits need.
func tolerance(asked float64) float64 {
	if asked > 0 {
		return min(asked, tight)
	}
	return tight
}

func (k poststratify) margin() (margin.Margin, error) {
	m := margin.Margin{Columns: k.Vars}
	for i, t := range k.Totals {
		if t.Total == nil {
			return m, fmt.Errorf("total %d of margin %s is missing", i+1, m.Label())
		}
		level := make([]string, len(k.Vars))
		for j, v := range k.Vars {
			at := slices.IndexFunc(t.Level, func(l design.Level) bool { return l.Column == v })
			if at < 0 || len(t.Level) != len(k.Vars) {
				return m, fmt.Errorf("total %d of margin %s: the level must name %s and nothing else", i+1, m.Label(), m.Label())
			}
			level[j] = t.Level[at].Level
		}
		m.Totals = append(m.Totals, margin.Total{Level: level, Total: *t.Total})
	}
	return m, nil
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
