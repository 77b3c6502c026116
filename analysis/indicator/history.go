package indicator

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"barometer/analysis/table"
)

// history is the first wave of an entry and its breaks, with what the
// catalogue says of all.
func (c *Catalogue) history(e Entry) (since string, breaks []table.Break) {
	breaks = slices.Concat(c.Breaks, e.Breaks)
	slices.SortStableFunc(breaks, func(a, b table.Break) int { return cmp.Compare(a.Wave, b.Wave) })
	return cmp.Or(e.Since, c.Since), breaks
}

var waveName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// checkBreaks refuses a break without wave or reason, and two of one wave. A
// break may stand at the first wave: it parts it from figures others published.
func checkBreaks(since string, breaks []table.Break) error {
	var faults []error
	if since != "" && !waveName.MatchString(since) {
		faults = append(faults, fmt.Errorf("since: %q is no wave", since))
	}
	for i, b := range breaks {
		switch {
		case !waveName.MatchString(b.Wave):
			faults = append(faults, fmt.Errorf("break: %q is no wave", b.Wave))
		case i > 0 && breaks[i-1].Wave == b.Wave:
			faults = append(faults, fmt.Errorf("break: wave %s stands twice: give both reasons in one", b.Wave))
		}
		faults = append(faults, translated("break at "+b.Wave+", reason", b.Reason))
	}
	return errors.Join(faults...)
}

// complete fills in what a plan leaves to the program.
func (p *Plan) complete() {
	p.Adjust = cmp.Or(p.Adjust, "holm")
	p.Significance = cmp.Or(p.Significance, 0.05)
}

var adjustments = []string{"holm", "bonferroni", "hochberg", "bh"}

func (p Plan) check(breakdowns []string) error {
	var faults []error
	for _, b := range p.Breakdowns {
		if !slices.Contains(breakdowns, b) {
			faults = append(faults, fmt.Errorf("changes: breakdown %q is none of the catalogue's %v", b, breakdowns))
		}
	}
	if !slices.Contains(adjustments, p.Adjust) {
		faults = append(faults, fmt.Errorf("changes: adjust %q: use one of %s", p.Adjust, strings.Join(adjustments, ", ")))
	}
	if !(p.Significance > 0 && p.Significance < 0.5) {
		faults = append(faults, fmt.Errorf("changes: significance %v is not between 0 and 0.5", p.Significance))
	}
	return errors.Join(faults...)
}
