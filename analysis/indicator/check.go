package indicator

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"barometer/internal/i18n"
)

// check joins every fault of form in the catalogue.
func (c *Catalogue) check() error {
	var faults []error
	for _, b := range c.Breakdowns {
		if _, ok := breakdowns[b]; !ok {
			faults = append(faults, fmt.Errorf("breakdown %q: use one of %v", b, slices.Sorted(maps.Keys(breakdowns))))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Bases)) {
		faults = append(faults, translated("base "+name, c.Bases[name].Label))
	}
	faults = append(faults, c.Changes.check(c.Breakdowns), checkBreaks(c.Since, c.Breaks), c.checkSmallAreas())
	if c.Variance != "" && c.Variance != Linearised && c.Variance != Replicated {
		faults = append(faults, fmt.Errorf("variance %q: use %s or %s", c.Variance, Linearised, Replicated))
	}
	seen := map[string]bool{}
	for _, e := range c.Entries {
		if seen[e.ID] {
			faults = append(faults, fmt.Errorf("indicator %s stands twice", e.ID))
		}
		seen[e.ID] = true
		if err := c.checkEntry(e); err != nil {
			faults = append(faults, fmt.Errorf("indicator %s: %w", e.ID, err))
		}
	}
	if len(c.Entries) == 0 {
		faults = append(faults, errors.New("no indicators"))
	}
	return errors.Join(faults...)
}

func (c *Catalogue) checkEntry(e Entry) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !identifier.MatchString(e.ID) {
		fault("an id is lower-case letters, digits and underscores, beginning with a letter")
	}
	faults = append(faults, translated("label", e.Label))
	if (e.Numerator == "") == (e.Score == nil) {
		fault("give either numerator or score")
	}
	if (e.Base == "") == (e.Denominator == "") {
		fault("give either base or denominator")
	}
	if _, ok := c.Bases[e.Base]; e.Base != "" && !ok {
		fault("no base %q: use one of %v", e.Base, slices.Sorted(maps.Keys(c.Bases)))
	}
	if e.Denominator != "" {
		faults = append(faults, translated("base_label", e.BaseLabel))
	}
	if e.Item == "" && e.Question.IsZero() && len(e.Each) == 0 {
		fault("give the questionnaire item or the question")
	}
	if e.Score != nil && (len(e.Score.Columns) == 0 || len(e.Score.Points) == 0 || e.Score.MinAnswered < 1) {
		fault("a score needs columns, points and min_answered")
	}
	if n := families(e); n > 1 {
		fault("give one of each, each_option and each_row")
	}
	for _, m := range e.Each {
		faults = append(faults, translated("member "+m.Code, m.Label))
	}
	if e.Since != "" || len(e.Breaks) > 0 {
		faults = append(faults, checkBreaks(c.history(e)))
	}
	return errors.Join(faults...)
}

// families counts the ways in which an entry says it is a family.
func families(e Entry) int {
	n := 0
	for _, given := range []bool{len(e.Each) > 0, len(e.EachOption) > 0, len(e.EachRow) > 0} {
		if given {
			n++
		}
	}
	return n
}

func translated(what string, t i18n.Text) error {
	if missing := t.Missing(); len(missing) > 0 {
		return fmt.Errorf("%s: no text in %v", what, missing)
	}
	return nil
}
