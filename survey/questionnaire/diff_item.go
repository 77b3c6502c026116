package questionnaire

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// items compares the questions by id, and says of one that is new whether a
// removed one asked the same.
func (d *differ) items() {
	var before, after []string
	for _, item := range d.from.items {
		before = append(before, item.ID)
	}
	for _, to := range d.to.items {
		after = append(after, to.ID)
		part := "item " + to.ID
		from, ok := d.from.Item(to.ID)
		if !ok {
			d.added(part, to)
			continue
		}
		d.item(part, from, to)
		if a, b := d.from.pageWith(from), d.to.pageWith(to); a != b {
			d.note(part, Routing, "page "+a, "page "+b, "moved to another page")
		}
	}
	for _, from := range d.from.items {
		if _, ok := d.to.Item(from.ID); !ok {
			d.note("item "+from.ID, TrendBreaking, from.Label.DA, "", "removed")
		}
	}
	d.order("questionnaire", "items", Routing, before, after)
}

func (d *differ) added(part string, to *Item) {
	what := "added"
	for _, from := range d.from.items {
		_, kept := d.to.Item(from.ID)
		if !kept && letters(d.from.timeless(from.Label, "da")) == letters(d.to.timeless(to.Label, "da")) {
			what += "; asks what " + from.ID + " asked"
		}
	}
	d.note(part, Codes, "", to.Label.DA, "%s", what)
}

// pageWith returns the id of the page an item stands on.
func (q *Questionnaire) pageWith(item *Item) string {
	for i := range q.Pages {
		for _, at := range q.Pages[i].Items {
			if at == item {
				return q.Pages[i].ID
			}
		}
	}
	return ""
}

func (d *differ) item(part string, from, to *Item) {
	if from.Kind != to.Kind {
		d.note(part, TrendBreaking, string(from.Kind), string(to.Kind), "kind changed")
	}
	d.text(part, "question", TrendBreaking, from.Label, to.Label)
	d.text(part, "hint", Wording, from.Hint, to.Hint)
	d.text(part, "short", Wording, from.Short, to.Short)
	d.route(part, "route", from.Relevant, to.Relevant)
	if spelling(from.Relevant) == spelling(to.Relevant) {
		d.text(part, "asked", Wording, from.Asked, to.Asked)
	}
	d.text(part, "unit", TrendBreaking, from.Unit, to.Unit)
	d.value(part, "optional", !from.Required, !to.Required)
	d.value(part, "max", limit(from.Max), limit(to.Max))
	d.value(part, "max_length", limit(from.MaxLength), limit(to.MaxLength))
	d.value(part, "decimals", from.Decimals, to.Decimals)
	d.value(part, "min", cmp.Or(from.Bounds.Low, "none"), cmp.Or(to.Bounds.Low, "none"))
	d.value(part, "max", cmp.Or(from.Bounds.High, "none"), cmp.Or(to.Bounds.High, "none"))
	d.checks(part, from.Checks, to.Checks)
	d.options(part, "option", from.Options, to.Options)
	d.options(part, "row", from.Rows, to.Rows)
}

// limit is how a limit reads, "none" where there is none.
func limit(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n)
}

// value notes a change of what may be answered.
func (d *differ) value(part, what string, from, to any) {
	if from != to {
		d.note(part, Codes, fmt.Sprint(from), fmt.Sprint(to), "%s changed", what)
	}
}

// checks compares checks by their names: what they let through is what can be
// answered.
func (d *differ) checks(part string, from, to []Check) {
	named := func(list []Check, id string) int {
		return slices.IndexFunc(list, func(c Check) bool { return c.ID == id })
	}
	for _, c := range to {
		what := "check " + c.ID
		i := named(from, c.ID)
		if i < 0 {
			d.note(part, Codes, "", c.When.String(), "%s added", what)
			continue
		}
		d.value(part, what, from[i].When.String(), c.When.String())
		d.value(part, what+": hard", from[i].Hard, c.Hard)
		if c.ID != usualCheck { // its message follows from it
			d.text(part, what+": message", Wording, from[i].Message, c.Message)
		}
	}
	for _, c := range from {
		if named(to, c.ID) < 0 {
			d.note(part, Codes, c.When.String(), "", "%s removed", "check "+c.ID)
		}
	}
	names := func(list []Check) (ids []string) {
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		return ids
	}
	d.order(part, "checks", Codes, names(from), names(to))
}

// options compares options, or the rows of a matrix, by code.
func (d *differ) options(part, kind string, from, to []Option) {
	for _, o := range to {
		if before, ok := find(from, o.Code); ok {
			d.option(part, kind, before, o)
		} else {
			d.note(part, Codes, "", o.Label.DA, "%s %s added", kind, o.Code)
		}
	}
	for _, o := range from {
		if indexOf(to, o.Code) < 0 {
			d.note(part, TrendBreaking, o.Label.DA, "", "%s %s removed", kind, o.Code)
		}
	}
	d.order(part, kind+"s", Codes, codesOf(from), codesOf(to))
}

// option compares one option or row. Whether an option is an answer in
// substance decides who is in the base of every figure of the item.
func (d *differ) option(part, kind string, from, to Option) {
	what := kind + " " + to.Code
	d.text(part, what, TrendBreaking, from.Label, to.Label)
	if from.Short != from.Label || to.Short != to.Label {
		d.text(part, what+": short", Wording, from.Short, to.Short)
	}
	d.value(part, what+": number", from.Number, to.Number)
	d.value(part, what+": exclusive", from.Exclusive, to.Exclusive)
	for _, mark := range []struct {
		name     string
		from, to bool
	}{{"dont_know", from.DontKnow, to.DontKnow}, {"refused", from.Refused, to.Refused}, {"not_relevant", from.NotRelevant, to.NotRelevant}} {
		if mark.from != mark.to {
			d.note(part, TrendBreaking, fmt.Sprint(mark.from), fmt.Sprint(mark.to), "%s: %s changed", what, mark.name)
		}
	}
	d.value(part, what+": specify", limit(from.Specify), limit(to.Specify))
	d.route(part, what+": route", from.Relevant, to.Relevant)
}

func codesOf(options []Option) []string {
	codes := make([]string, len(options))
	for i, o := range options {
		codes[i] = o.Code
	}
	return codes
}
