package questionnaire

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// Class is what a change between two definitions does to the data.
type Class string

// The classes, from the least to the gravest.
const (
	// Wording is a text around the question, or its spelling: the answers
	// mean what they meant.
	Wording Class = "wording"
	// Codes is a change of what can be answered or of how it is coded: a new
	// question or option, another number or order, another limit.
	Codes Class = "codes"
	// Routing is a change of who is asked, or when: another base.
	Routing Class = "routing"
	// TrendBreaking ends a series or gives its name to another measure: a
	// question, option or row that is gone or put in other words, another
	// kind of answer, a named condition that holds for others.
	TrendBreaking Class = "trend-breaking"
)

// Classes lists the classes from the least to the gravest.
var Classes = []Class{Wording, Codes, Routing, TrendBreaking}

// Change is one difference between two definitions.
type Change struct {
	Part   string `json:"part"` // "item C4", "condition INNOV", "page partnere", "questionnaire"
	Class  Class  `json:"class"`
	What   string `json:"what"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Edition names a definition.
type Edition struct {
	Version string `json:"version"`
	Wave    string `json:"wave"`
	Hash    string `json:"hash"`
}

// Difference is everything in which two definitions of a questionnaire differ.
type Difference struct {
	From    Edition  `json:"from"`
	To      Edition  `json:"to"`
	Class   Class    `json:"class,omitempty"` // the gravest of the changes, "" where there are none
	Changes []Change `json:"changes"`
}

// SameVersion reports whether two definitions that differ carry one version,
// which a published definition does not allow.
func (d Difference) SameVersion() bool {
	return d.From.Version == d.To.Version && d.From.Hash != d.To.Hash
}

// Diff compares two definitions of one questionnaire. Questions, options, rows
// and conditions are matched by id, code and name. Version, wave and period
// are expected to differ and are no change; nor is a wording that differs by
// its {period} alone. Changes come in the order of the new definition, what is
// gone from a list after what is in it. Two definitions of different
// questionnaires are refused.
func Diff(from, to *Questionnaire) (Difference, error) {
	if from.ID != to.ID {
		return Difference{}, fmt.Errorf("these are two questionnaires, %s and %s: name two definitions of one", from.ID, to.ID)
	}
	d := differ{from: from, to: to, redefined: map[string]bool{}}
	d.whole()
	d.conditions()
	d.pages()
	d.items()
	out := Difference{From: from.edition(), To: to.edition(), Changes: d.changes}
	for _, c := range d.changes {
		if slices.Index(Classes, c.Class) > slices.Index(Classes, out.Class) {
			out.Class = c.Class
		}
	}
	return out, nil
}

func (q *Questionnaire) edition() Edition { return Edition{q.Version, q.Wave, q.Hash} }

// differ collects the changes from one definition to another.
type differ struct {
	from, to  *Questionnaire
	redefined map[string]bool // conditions of other meaning
	changes   []Change
}

func (d *differ) note(part string, c Class, before, after, format string, args ...any) {
	d.changes = append(d.changes, Change{part, c, fmt.Sprintf(format, args...), before, after})
}

func (d *differ) whole() {
	const part = "questionnaire"
	d.text(part, "title", Wording, d.from.Title, d.to.Title)
	d.text(part, "intro", Wording, d.from.Intro, d.to.Intro)
	d.text(part, "asked", Wording, d.from.Asked, d.to.Asked)
}

// text notes a text that has changed, once per language. What a question says
// has changed only in its spelling where its letters and digits are the same.
func (d *differ) text(part, what string, c Class, from, to i18n.Text) {
	for _, l := range i18n.Languages {
		before, after := d.from.timeless(from, l), d.to.timeless(to, l)
		if before == after {
			continue
		}
		as := c
		if letters(before) == letters(after) {
			as = Wording
		}
		d.note(part, as, before, after, "%s (%s) reworded", what, l)
	}
}

// timeless is a text with the period it asks about left open.
func (q *Questionnaire) timeless(t i18n.Text, l i18n.Lang) string {
	if q.Period.In(l) == "" {
		return t.In(l)
	}
	return strings.ReplaceAll(t.In(l), q.Period.In(l), "{period}")
}

// letters is what is left of a text without case, space and punctuation.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSymbol(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// conditions are columns of the wave and the base of half the questions, so a
// condition that holds for others is another measure.
func (d *differ) conditions() {
	for i := range d.to.Conditions {
		to := &d.to.Conditions[i]
		part := "condition " + to.Name
		from := d.from.condition(to.Name)
		if from == nil {
			d.note(part, Codes, "", to.When.String(), "added")
			continue
		}
		if before, after := from.When.String(), to.When.String(); before != after {
			d.redefined[to.Name] = true
			d.note(part, TrendBreaking, before, after, "redefined")
		} else if name := d.reads(to.When); name != "" {
			d.redefined[to.Name] = true
			d.note(part, TrendBreaking, "", "", "reads %s, which is redefined", name)
		}
		d.text(part, "short", Wording, from.Short, to.Short)
		d.text(part, "phrase", Wording, from.Phrase, to.Phrase)
		d.text(part, "asked", Wording, from.Asked, to.Asked)
	}
	for i := range d.from.Conditions {
		if from := &d.from.Conditions[i]; d.to.condition(from.Name) == nil {
			d.note("condition "+from.Name, TrendBreaking, from.When.String(), "", "removed")
		}
	}
	names := func(q *Questionnaire) (list []string) {
		for _, c := range q.Conditions {
			list = append(list, c.Name)
		}
		return list
	}
	d.order("questionnaire", "conditions", Codes, names(d.from), names(d.to))
}

func (q *Questionnaire) condition(name string) *Condition {
	for i := range q.Conditions {
		if q.Conditions[i].Name == name {
			return &q.Conditions[i]
		}
	}
	return nil
}

// reads returns the first redefined condition that a route reads.
func (d *differ) reads(e expr.Expr) string {
	for _, name := range e.Names() {
		if d.redefined[name] {
			return name
		}
	}
	return ""
}

// route notes a route that has changed, or that reads what has.
func (d *differ) route(part, what string, from, to expr.Expr) {
	before, after := spelling(from), spelling(to)
	switch {
	case before == after && to == nil:
	case before == after:
		if name := d.reads(to); name != "" {
			d.note(part, Routing, "", "", "%s reads %s, which is redefined", what, name)
		}
	default:
		d.note(part, Routing, cmp.Or(before, "always"), cmp.Or(after, "always"), "%s changed", what)
	}
}

// order notes that what both lists hold stands in another order.
func (d *differ) order(part, what string, c Class, from, to []string) {
	before := slices.DeleteFunc(slices.Clone(from), func(s string) bool { return !slices.Contains(to, s) })
	after := slices.DeleteFunc(slices.Clone(to), func(s string) bool { return !slices.Contains(from, s) })
	if !slices.Equal(before, after) {
		d.note(part, c, strings.Join(before, ", "), strings.Join(after, ", "), "order of %s changed", what)
	}
}

func (d *differ) pages() {
	var before, after []string
	for i := range d.from.Pages {
		before = append(before, d.from.Pages[i].ID)
	}
	for i := range d.to.Pages {
		to := &d.to.Pages[i]
		after = append(after, to.ID)
		if from, ok := d.from.Page(to.ID); ok {
			d.page(from, to)
		} else {
			d.note("page "+to.ID, Routing, "", to.Title.DA, "added")
		}
	}
	for i := range d.from.Pages {
		if from := &d.from.Pages[i]; !slices.Contains(after, from.ID) {
			d.note("page "+from.ID, Routing, from.Title.DA, "", "removed")
		}
	}
	d.order("questionnaire", "pages", Routing, before, after)
}

// page compares what stands around a page's questions. Notes have no names, so
// they are matched by their place.
func (d *differ) page(from, to *Page) {
	part := "page " + to.ID
	d.text(part, "title", Wording, from.Title, to.Title)
	d.text(part, "intro", Wording, from.Intro, to.Intro)
	for i := range max(len(from.Notes), len(to.Notes)) {
		what := fmt.Sprintf("note %d", i+1)
		switch {
		case i >= len(from.Notes):
			d.note(part, Wording, "", to.Notes[i].Text.DA, "%s added", what)
		case i >= len(to.Notes):
			d.note(part, Wording, from.Notes[i].Text.DA, "", "%s removed", what)
		default:
			d.text(part, what, Wording, from.Notes[i].Text, to.Notes[i].Text)
			d.route(part, what+": route", from.Notes[i].Relevant, to.Notes[i].Relevant)
			if a, b := from.Notes[i].After, to.Notes[i].After; a != b {
				d.note(part, Wording, fmt.Sprintf("after %d items", a), fmt.Sprintf("after %d items", b), "%s moved", what)
			}
		}
	}
}
