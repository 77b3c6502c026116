package weighting

import "barometer/survey/microdata"

// UnknownEligibility spreads the weight of units of which it is not known
// whether they belong to the population over the units of which it is, class
// by class: in each class the known take the factor Σw(all) / Σw(known), the
// unknown leave the sample. It assumes that within a class the unknown are
// eligible as often as the known (Valliant, Dever and Kreuter 2018, §13.5).
// Reference implementation: svrep, redistribute_weights.
type UnknownEligibility struct {
	Status  string   `yaml:"status"`
	Unknown []string `yaml:"unknown"`
	Classes []string `yaml:"classes"`
}

// Kind is "unknown_eligibility".
func (*UnknownEligibility) Kind() string { return "unknown_eligibility" }

// Apply does the step. A class without a known unit is the error CellEmpty.
func (s *UnknownEligibility) Apply(data *microdata.Data, w []float64) (*Outcome, error) {
	kinds, err := statusKinds(map[statusKind][]string{unknown: s.Unknown})
	if err != nil {
		return nil, err
	}
	st, err := readStatus(data, s.Status, w, kinds, false)
	if err != nil {
		return nil, err
	}
	classes, err := groupBy(data, s.Classes, inSample(w))
	if err != nil {
		return nil, err
	}
	known := func(row int) bool { return st.kind[row] != unknown }
	carry := transfer{classes: classes, weights: w, to: known, from: st.is(unknown), carriers: "unit of known eligibility"}
	return carry.do()
}
