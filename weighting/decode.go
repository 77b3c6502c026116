package weighting

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"barometer/weighting/calibration"
	"barometer/weighting/design"
	"barometer/weighting/margin"
	"go.yaml.in/yaml/v4"
)

// draft is a step as written, before the margins it names are known.
type draft interface {
	bind(known []margin.Margin, st Status) (Step, error)

	// needs names the margins the step looks up.
	needs() []string
}

// drafts lists the kinds of step that change weights.
var drafts = map[string]func() draft{
	"unknown_eligibility":    func() draft { return new(UnknownEligibility) },
	"nonresponse_class":      func() draft { return new(NonresponseClass) },
	"nonresponse_propensity": func() draft { return new(NonresponsePropensity) },
	"trim":                   func() draft { return new(Trim) },
	"round":                  func() draft { return new(Round) },
	"poststratify":           func() draft { return new(poststratifyDraft) },
	"rake":                   func() draft { return new(rakeDraft) },
	"calibrate":              func() draft { return new(calibrateDraft) },
}

// take removes a scalar key from a mapping and returns its value.
func take(node *yaml.Node, key string) string {
	if node.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			value := node.Content[i+1].Value
			node.Content = slices.Delete(slices.Clone(node.Content), i, i+2)
			return value
		}
	}
	return ""
}

// yamlFaults splits a decoding error into its faults, each with its line.
func yamlFaults(err error) []string {
	var many *yaml.LoadErrors
	if !errors.As(err, &many) {
		return []string{err.Error()}
	}
	faults := make([]string, len(many.Errors))
	for i, e := range many.Errors {
		faults[i] = fmt.Sprintf("line %d: %s", e.Mark.Line, e.Message)
	}
	return faults
}

// where is a condition written as a mapping of columns to levels.
type where []design.Level

func (w *where) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: where is a mapping of columns to levels", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i+1].Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: %s needs a single level", node.Content[i].Line, node.Content[i].Value)
		}
		*w = append(*w, design.Level{Column: node.Content[i].Value, Level: node.Content[i+1].Value})
	}
	return nil
}

// marginRef is a margin written out, or the name of one.
type marginRef struct {
	name  string
	given *margin.Margin
}

func (r *marginRef) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		r.name = node.Value
		return nil
	}
	r.given = new(margin.Margin)
	return r.given.UnmarshalYAML(node)
}

func (r marginRef) resolve(known []margin.Margin) (margin.Margin, error) {
	if r.given != nil {
		return *r.given, nil
	}
	names := make([]string, len(known))
	for i, m := range known {
		if m.Name == r.name {
			return m, nil
		}
		names[i] = m.Name
	}
	return margin.Margin{}, failf(BadCase, "no margin is named %q: known are %s", r.name, listFew(names))
}

func namesOf(refs []marginRef) []string {
	var names []string
	for _, r := range refs {
		if r.given == nil {
			names = append(names, r.name)
		}
	}
	return names
}

func resolveAll(refs []marginRef, known []margin.Margin) ([]margin.Margin, error) {
	var out []margin.Margin
	for _, r := range refs {
		m, err := r.resolve(known)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

type poststratifyDraft struct {
	Margin  *marginRef `yaml:"margin"`
	Vars    []string   `yaml:"vars"`
	Totals  yaml.Node  `yaml:"totals"`
	Partial bool       `yaml:"partial"`
}

func (d *poststratifyDraft) needs() []string {
	if d.Margin == nil {
		return nil
	}
	return namesOf([]marginRef{*d.Margin})
}

// bind accepts a margin, or a margin's vars and totals in the step itself.
func (d *poststratifyDraft) bind(known []margin.Margin, _ Status) (Step, error) {
	if d.Margin != nil {
		m, err := d.Margin.resolve(known)
		if err != nil {
			return nil, err
		}
		return &Poststratify{Margin: m, Partial: d.Partial}, nil
	}
	inline := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("totals"), &d.Totals}}
	if d.Totals.IsZero() {
		return nil, failf(BadCase, "give a margin, or vars and totals")
	}
	vars := &yaml.Node{Kind: yaml.SequenceNode}
	for _, v := range d.Vars {
		vars.Content = append(vars.Content, scalar(v))
	}
	inline.Content = append(inline.Content, scalar("vars"), vars)
	var m margin.Margin
	if err := m.UnmarshalYAML(&inline); err != nil {
		return nil, failf(BadCase, "%s", strings.Join(yamlFaults(err), "; "))
	}
	return &Poststratify{Margin: m, Partial: d.Partial}, nil
}

func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

type rakeDraft struct {
	Margins   []marginRef `yaml:"margins"`
	Tolerance float64     `yaml:"tolerance"`
	MaxIter   int         `yaml:"max_iter"`
}

func (d *rakeDraft) needs() []string { return namesOf(d.Margins) }

func (d *rakeDraft) bind(known []margin.Margin, _ Status) (Step, error) {
	margins, err := resolveAll(d.Margins, known)
	if err != nil {
		return nil, err
	}
	if len(margins) == 0 {
		return nil, failf(BadCase, "list the margins to rake to")
	}
	if err := checkSolver(d.Tolerance, d.MaxIter); err != nil {
		return nil, err
	}
	return &Rake{Margins: margins, Tolerance: d.Tolerance, MaxIter: d.MaxIter}, nil
}

type calibrateDraft struct {
	Method      calibration.Method `yaml:"method"`
	Bounds      []float64          `yaml:"bounds"`
	Weights     []float64          `yaml:"weight_bounds"`
	Margins     []marginRef        `yaml:"margins"`
	Constraints []struct {
		Where where    `yaml:"where"`
		Value string   `yaml:"value"`
		Total *float64 `yaml:"total"`
	} `yaml:"constraints"`
	Tolerance float64 `yaml:"tolerance"`
	MaxIter   int     `yaml:"max_iter"`
}

func (d *calibrateDraft) needs() []string { return namesOf(d.Margins) }

func (d *calibrateDraft) bind(known []margin.Margin, _ Status) (Step, error) {
	margins, err := resolveAll(d.Margins, known)
	if err != nil {
		return nil, err
	}
	s := &Calibrate{Method: d.Method, Tolerance: d.Tolerance, MaxIter: d.MaxIter}
	for _, m := range margins {
		s.Constraints = append(s.Constraints, Constraints(m)...)
	}
	for i, c := range d.Constraints {
		if c.Total == nil {
			return nil, failf(BadCase, "constraint %d has no total", i+1)
		}
		s.Constraints = append(s.Constraints, Constraint{Where: c.Where, Value: c.Value, Total: *c.Total})
	}
	if s.Bounds, err = pairOf("bounds", d.Bounds); err != nil {
		return nil, err
	}
	if s.Weights, err = pairOf("weight_bounds", d.Weights); err != nil {
		return nil, err
	}
	if _, err := s.distance(); err != nil {
		return nil, err
	}
	if len(s.Constraints) == 0 {
		return nil, failf(BadCase, "list margins or constraints to meet")
	}
	if err := checkSolver(d.Tolerance, d.MaxIter); err != nil {
		return nil, err
	}
	return s, nil
}

func pairOf(key string, list []float64) (*[2]float64, error) {
	switch len(list) {
	case 0:
		return nil, nil
	case 2:
		return &[2]float64{list[0], list[1]}, nil
	}
	return nil, failf(BadCase, "%s are two numbers, lower and upper", key)
}

func checkSolver(tolerance float64, maxIter int) error {
	if !(tolerance >= 0 && tolerance < 0.1) {
		return failf(BadCase, "tolerance %v: give a small positive number such as 1e-9", tolerance)
	}
	if maxIter < 0 || maxIter > 100_000 {
		return failf(BadCase, "max_iter %d: give a number up to 100000", maxIter)
	}
	return nil
}

func (s *UnknownEligibility) needs() []string    { return nil }
func (s *NonresponseClass) needs() []string      { return nil }
func (s *NonresponsePropensity) needs() []string { return nil }
func (s *Trim) needs() []string                  { return nil }
func (s *Round) needs() []string                 { return nil }

func (s *UnknownEligibility) bind(_ []margin.Margin, st Status) (Step, error) {
	b := *s
	if b.Status == "" {
		b.Status, b.Unknown = st.Column, st.Unknown
	}
	if b.Status == "" || len(b.Unknown) == 0 {
		return nil, failf(BadCase, "name the status column and the codes of unknown eligibility")
	}
	return &b, nil
}

func (s *NonresponseClass) bind(_ []margin.Margin, st Status) (Step, error) {
	b := *s
	if b.Status == "" {
		b.Status, b.Respondents, b.Nonrespondents, b.Ineligible = st.Column, st.Respondents, st.Nonrespondents, st.listed()
	}
	if b.Status == "" || len(b.Respondents) == 0 {
		return nil, failf(BadCase, "name the status column and the codes of respondents")
	}
	return &b, nil
}

func (s *NonresponsePropensity) bind(_ []margin.Margin, st Status) (Step, error) {
	b := *s
	if b.Status == "" {
		b.Status, b.Respondents, b.Nonrespondents, b.Ineligible = st.Column, st.Respondents, st.Nonrespondents, st.listed()
	}
	if b.Status == "" || len(b.Respondents) == 0 {
		return nil, failf(BadCase, "name the status column and the codes of respondents")
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	return &b, nil
}

func (s *Trim) bind(_ []margin.Margin, _ Status) (Step, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Round) bind(_ []margin.Margin, _ Status) (Step, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}
