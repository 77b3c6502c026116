package questionnaire

import (
	"fmt"
	"io"

	"barometer/survey/questionnaire/expr"
)

// Lint reports everything wrong in a questionnaire file: what [Load] refuses
// it for, and when there is nothing of that, routes that lead nowhere. A part
// that nobody can ever be shown is an error; one for which that could not be
// settled within the bound is a warning that says "not proven".
//
// Routes look back only, so every route ends and there are no cycles to find.
func Lint(r io.Reader, file string) []Finding {
	d := load(r, file)
	if len(d.findings) == 0 {
		d.lintScales()
		d.lintRoutes()
	}
	sortFindings(d.findings)
	return d.findings
}

func (d *definition) lintScales() {
	for _, name := range sortedNames(d.scales) {
		if !d.used[name] {
			d.warn("scale "+name, "remove it", "no item uses scale %s", name)
		}
	}
}

// warn adds a warning at the place something was first named.
func (d *definition) warn(place, hint, format string, args ...any) {
	d.fault(d.first[place], hint, format, args...)
	d.findings[len(d.findings)-1].Severity = Warning
}

// lintRoutes looks for answers that lead to each part that has a route, and to
// each page.
func (d *definition) lintRoutes() {
	for i := range d.q.Conditions {
		c := &d.q.Conditions[i]
		d.lintTarget(target{holds: c.When}, "name "+c.Name, "condition "+c.Name+" can never be true")
	}
	for i := range d.q.Pages {
		p := &d.q.Pages[i]
		reached := false
		for _, item := range p.Items {
			reached = d.lintItem(item) || reached
		}
		if !reached {
			d.fault(d.first["page "+p.ID], "", "page %s can never be reached", p.ID)
		}
		for _, n := range p.Notes {
			d.lintTarget(target{holds: n.Relevant}, "page "+p.ID, "a note on page "+p.ID+" can never be shown")
		}
	}
}

// lintItem reports whether the item may be asked of someone.
func (d *definition) lintItem(item *Item) bool {
	place := "name " + item.ID
	if !d.lintTarget(target{item: item}, place, "item "+item.ID+" can never be asked") {
		return false
	}
	for _, list := range [][]Option{item.Options, item.Rows} {
		for _, o := range list {
			if o.Relevant != nil {
				d.lintTarget(target{item: item, holds: o.Relevant}, place, fmt.Sprintf("item %s can never offer %s", item.ID, o.Code))
			}
		}
	}
	for i := range item.Checks {
		c := &item.Checks[i]
		d.lintTarget(target{holds: c.When, check: c}, place, fmt.Sprintf("check %s of item %s can never have anything against an answer", c.ID, item.ID))
	}
	return true
}

// lintTarget reports whether the target may be met, with a finding where it
// cannot or where that is open.
func (d *definition) lintTarget(t target, place, never string) bool {
	bound := min(maxWays, maxAllWays-d.ways)
	met, proven, ways := d.q.seek(t, bound)
	d.ways += ways
	switch {
	case met:
		return true
	case proven:
		d.fault(d.first[place], "look at its route and at the routes of what that reads", "%s", never)
		return false
	}
	d.warn(place, "simplify the route", "%s: not proven; none of the %d ways tried led there", never, ways)
	return true
}

// target is what somebody should meet on the way: an item that is asked, a
// route that holds, or both; or a check that has something against an answer.
type target struct {
	item  *Item
	holds expr.Expr
	check *Check // whose route holds
}
