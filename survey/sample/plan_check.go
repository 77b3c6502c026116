package sample

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

func (p Plan) minimum() int {
	if p.Minimum == 0 {
		return 2
	}
	return p.Minimum
}

// check lists everything wrong with the plan by itself; what depends on the
// frame is checked by Allocate.
func (p Plan) check() error {
	var faults []error
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	refuse(p.Wave == "", "wave is missing")
	refuse(p.Total < 1 && !p.Allocation.Method.findsTotal() || p.Total < 0, "total is %d, must be positive", p.Total)
	names := Plan{}.variableNames()
	for _, c := range p.Classes {
		faults = append(faults, c.check(append(names, total)))
		names = append(names, c.Name)
	}
	refuse(len(p.Stratify) == 0, "stratify is empty: name at least one of %s", strings.Join(names, ", "))
	for i, name := range p.Stratify {
		refuse(!slices.Contains(names, name), "stratify: %q is none of %s", name, strings.Join(names, ", "))
		refuse(slices.Contains(p.Stratify[:i], name), "stratify: %s stands twice", name)
	}
	refuse(p.TakeAllUpTo < 0, "take_all_up_to is %d, must not be negative", p.TakeAllUpTo)
	refuse(p.Minimum < 0, "minimum is %d, must not be negative", p.Minimum)
	refuse(!(p.Start >= 0 && p.Start < 1), "start is %v, must be from 0 up to but not 1", p.Start)
	refuse(!(p.Rotation >= 0 && p.Rotation <= 1000), "rotation is %v, must be from 0 to 1000", p.Rotation)
	refuse(!(p.Reserve >= 0 && p.Reserve <= 10), "reserve is %v, must be from 0 to 10", p.Reserve)
	refuse(p.Selection.keepsAll() && (p.Start != 0 || p.Rotation != 0 || p.Reserve != 0),
		"start, rotation and reserve belong to selection srs, which goes by permanent random numbers")
	faults = append(faults, p.Selection.check())
	return errors.Join(append(faults, p.Allocation.check(append([]string{total}, names...))...)...)
}

func (a Allocation) check(domains []string) (faults []error) {
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("allocation: "+format, args...))
		}
	}
	m := a.Method
	refuse(!slices.Contains(methods, m), "method %q is none of %v", m, methods)
	refuse(m == Power && !(a.Exponent > 0 && a.Exponent <= 1), "exponent is %v, must be above 0 and at most 1", a.Exponent)
	for _, own := range []struct {
		stated bool
		name   string
		of     []Method
	}{
		{a.Exponent != 0, "exponent", []Method{Power}},
		{a.Size != ByUnits, "size", []Method{Proportional, Power}},
		{a.Variation != nil, "variation", []Method{Power}},
		{a.Deviations != nil, "deviations", []Method{Neyman}},
		{a.Costs != nil, "costs", []Method{Optimum}},
		{a.Given != nil, "given", []Method{Given}},
	} {
		refuse(own.stated && !slices.Contains(own.of, m), "%s belongs to method %v", own.name, own.of)
	}
	refuse(a.Size != ByUnits && a.Size != ByEmployees, "size %q is not employees", a.Size)
	refuse(m == Given && a.Given == nil, "method given needs given, the units of every stratum")
	refuse(m == Given && a.Targets != nil, "targets cannot change a given allocation")
	refuse(m == Optimum && len(a.Targets) == 0, "method optimum needs targets")
	return append(faults, a.checkTargets(domains)...)
}

func (a Allocation) checkTargets(domains []string) (faults []error) {
	if a.Targets != nil {
		if err := a.assumptions().check(); err != nil {
			faults = append(faults, fmt.Errorf("allocation: %w; targets need it", err))
		}
	}
	for _, t := range a.Targets {
		if !slices.Contains(domains, t.By) {
			faults = append(faults, fmt.Errorf("allocation: target by %q is none of %s", t.By, strings.Join(domains, ", ")))
		}
		if !(t.HalfWidth > 0 && t.HalfWidth < 50) {
			faults = append(faults, fmt.Errorf("allocation: target by %s: half_width is %v points, must be between 0 and 50", t.By, t.HalfWidth))
		}
	}
	return faults
}

// findsTotal reports whether the size of the sample follows from the allocation.
func (m Method) findsTotal() bool { return m == Given || m == Optimum }
