package indicator

import (
	"errors"
	"fmt"
	"slices"

	"barometer/internal/i18n"
)

// SmallArea asks for model-based figures of groups that the table cannot show:
// for which indicators, in which breakdown, and from which covariates.
type SmallArea struct {
	Indicators []string    `yaml:"indicators"` // ids, or names of families
	Breakdown  string      `yaml:"breakdown"`  // one of the catalogue's
	Covariates []Covariate `yaml:"covariates"` // beside the intercept
	Method     string      `yaml:"method"`     // of the variance between groups: reml where none is named, or fh
	Smooth     bool        `yaml:"smooth"`     // let sampling variances follow a function of the number of answers
	Uncertain  bool        `yaml:"uncertain"`  // give figures for cells marked as uncertain too
}

// Covariate is known of every group without asking anybody: a share or a mean
// over the group's workplaces in the frame, or a column of the area file. One of
// Share, Mean and Column is given.
type Covariate struct {
	Name   string    `yaml:"name"`
	Label  i18n.Text `yaml:"label"`
	Share  string    `yaml:"share"`  // column of the frame; the share of workplaces that have Level
	Level  string    `yaml:"level"`  // of Share
	Mean   string    `yaml:"mean"`   // numeric column of the frame
	Column string    `yaml:"column"` // of the area file
	Log    bool      `yaml:"log"`    // take the natural logarithm
}

func (s SmallArea) check(c *Catalogue) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(s.Indicators) == 0 {
		fault("no indicators")
	}
	if s.Breakdown == "total" || !slices.Contains(c.Breakdowns, s.Breakdown) {
		fault("breakdown %q: use one of the catalogue's that divides the population", s.Breakdown)
	}
	if s.Method != "" && s.Method != "reml" && s.Method != "fh" {
		fault("method %q: use reml or fh", s.Method)
	}
	names := map[string]bool{}
	for _, v := range s.Covariates {
		if err := v.check(); err != nil {
			fault("covariate %q: %w", v.Name, err)
		}
		if names[v.Name] {
			fault("covariate %q stands twice", v.Name)
		}
		names[v.Name] = true
	}
	return errors.Join(faults...)
}

func (v Covariate) check() error {
	var faults []error
	fault := func(text string) { faults = append(faults, errors.New(text)) }
	if !identifier.MatchString(v.Name) || v.Name == "intercept" {
		fault("a name is lower-case letters, digits and underscores, and not intercept")
	}
	faults = append(faults, translated("label", v.Label))
	given := 0
	for _, from := range []string{v.Share, v.Mean, v.Column} {
		if from != "" {
			given++
		}
	}
	if given != 1 {
		fault("give one of share, mean and column")
	}
	if (v.Share == "") != (v.Level == "") {
		fault("share and level go together")
	}
	return errors.Join(faults...)
}

// checkSmallAreas refuses entries of wrong form and indicators that two entries
// model in the same breakdown.
func (c *Catalogue) checkSmallAreas() error {
	var faults []error
	seen := map[[2]string]bool{}
	for i, s := range c.SmallAreas {
		if err := s.check(c); err != nil {
			faults = append(faults, fmt.Errorf("small_areas, entry %d: %w", i+1, err))
		}
		for _, id := range s.Indicators {
			at := [2]string{id, s.Breakdown}
			if seen[at] {
				faults = append(faults, fmt.Errorf("small_areas, entry %d: %s by %s is modelled twice", i+1, id, s.Breakdown))
			}
			seen[at] = true
		}
	}
	return errors.Join(faults...)
}
