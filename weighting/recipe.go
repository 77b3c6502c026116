package weighting

// Status says which codes of a column mean what, for all steps of a recipe.
type Status struct {
	Column         string   `yaml:"column"`
	Respondents    []string `yaml:"respondents"`
	Nonrespondents []string `yaml:"nonrespondents"`
	Unknown        []string `yaml:"unknown"`    // not known whether in the population
	Ineligible     []string `yaml:"ineligible"` // known to be outside it
}

// listed returns the ineligible codes, never nil: a recipe places every code.
func (s Status) listed() []string {
	return append([]string{}, s.Ineligible...)
}
