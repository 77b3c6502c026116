// Package quality writes the quality report of a wave.
//
// In come the indicators table, what became of every sampled workplace, the
// summary of the weights and the dates ([Evidence]); out comes a file of the
// form of the yearly report (package brief), with the five sections by which
// official statistics are judged: relevance, accuracy, timeliness, coherence and
// accessibility. Every figure is read from what came in; the text has none of
// its own. A report that lacks a section is refused, and so is a release
// without one (package release).
package quality

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/number"
	"barometer/weighting"
)

//go:embed source
var embedded embed.FS

// Sections are those that no quality report may lack, by their ids in the page
// (the quality criteria of the European Statistics Code of Practice).
var Sections = []string{"relevance", "accuracy", "timeliness", "coherence", "accessibility"}

// commands are the tables that the text may set in beside those of a report.
var commands = []string{"dispositions", "rates", "weights", "precision", "items", "imputed", "dates", "breaks", "access"}

// Evidence is what the report is made from, beside the table.
type Evidence struct {
	Cases   Cases
	Rates   []Rate // RR1 to RR6, in order
	E       float64
	Weights weighting.Summary // of the final weights
	Items   []Item
	Small   int // counts from 1 to below this many are not shown

	Frame, Deadline, Published time.Time // days
	Publisher                  i18n.Text
	Contact, Licence, DOI      string
}

// Cases counts the sampled workplaces by what became of them.
type Cases struct {
	Sampled, Complete, Partial, Refused, Noncontact, Unknown, Ineligible int
}

func (c Cases) sum() int {
	return c.Complete + c.Partial + c.Refused + c.Noncontact + c.Unknown + c.Ineligible
}

// Rate is a response rate of AAPOR; undefined where nobody is in its base.
type Rate struct {
	Name    string // "RR1"
	Value   float64
	Defined bool
}

// Item is what workplaces that answered the whole questionnaire gave to one
// question.
type Item struct {
	ID       string // "C4"
	Label    i18n.Text
	Asked    int
	Open     int // no answer
	DontKnow int
}

// check names what the evidence lacks or contradicts.
func (e Evidence) check() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("quality report: "+format, args...))
	}
	if e.Cases.Sampled == 0 || e.Cases.sum() != e.Cases.Sampled {
		fault("%d workplaces are accounted for, %d were drawn: every disposition must be counted", e.Cases.sum(), e.Cases.Sampled)
	}
	if len(e.Rates) != 6 {
		fault("%d response rates, not RR1 to RR6", len(e.Rates))
	}
	if len(e.Items) == 0 {
		fault("no question is counted: item nonresponse is part of accuracy")
	}
	for _, i := range e.Items {
		if i.Open+i.DontKnow > i.Asked || i.Label.Missing() != nil {
			fault("item %s: %d without answer and %d don't know of %d asked, label %q", i.ID, i.Open, i.DontKnow, i.Asked, i.Label.DA)
		}
	}
	for _, d := range []struct {
		name string
		day  time.Time
	}{{"the day the frame describes", e.Frame}, {"the last day to answer", e.Deadline}, {"the day of publication", e.Published}} {
		if d.day.IsZero() {
			fault("%s is not given: timeliness cannot be told", d.name)
		}
	}
	if e.Published.Before(e.Deadline) {
		fault("published on %s, before the last day to answer, %s", e.Published.Format(time.DateOnly), e.Deadline.Format(time.DateOnly))
	}
	if e.Contact == "" || e.Licence == "" || e.Publisher.Missing() != nil {
		fault("publisher, contact and licence are needed to tell of accessibility")
	}
	return errors.Join(faults...)
}

// Default is the text that comes with the program.
func Default() (*brief.Source, error) {
	sub, err := fs.Sub(embedded, "source")
	if err != nil {
		return nil, err
	}
	return Read(sub)
}

// Read reads charts.yaml, quality.da.md and quality.en.md.
func Read(files fs.FS) (*brief.Source, error) { return brief.Read(files, "quality", commands...) }

// Build makes the quality report in a language. in is as for the yearly report,
// with a source of [Read]. The error names the section that is missing, or what
// the evidence lacks.
func Build(in brief.Input, e Evidence, l i18n.Lang) (*brief.Report, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	w := writer{in.Table, e, l}
	in.Facts = w.facts()
	in.Insets = map[string]func(i18n.Lang) []brief.Grid{
		"dispositions": w.one(w.dispositions), "rates": w.one(w.rates), "weights": w.one(w.weights), "precision": w.one(w.precision),
		"items": w.one(w.items), "imputed": w.some(w.imputed), "dates": w.one(w.dates), "breaks": w.one(w.breaks), "access": w.one(w.access),
	}
	r, err := brief.Build(in, l)
	if err != nil {
		return nil, err
	}
	for _, s := range Sections {
		if !slices.Contains(r.Sections, s) {
			return nil, fmt.Errorf("quality report (%s): the section %s is missing: add a heading ## … {#%s} with text to quality.%s.md", l, s, s, l)
		}
	}
	return r, nil
}

// writer makes the tables of one report.
type writer struct {
	t *table.Table
	e Evidence
	l i18n.Lang
}

func (w writer) one(made func() brief.Grid) func(i18n.Lang) []brief.Grid {
	return func(i18n.Lang) []brief.Grid { return []brief.Grid{made()} }
}

// some is [writer.one] for a table that is left out where it has no row.
func (w writer) some(made func() brief.Grid) func(i18n.Lang) []brief.Grid {
	return func(i18n.Lang) []brief.Grid {
		if g := made(); len(g.Rows) > 0 {
			return []brief.Grid{g}
		}
		return nil
	}
}

// facts are what the text may name.
func (w writer) facts() map[string]i18n.Text {
	days := int(w.e.Published.Sub(w.e.Deadline).Hours() / 24)
	return map[string]i18n.Text{
		"publisher": w.e.Publisher, "contact": i18n.Same(w.e.Contact),
		"days":       {DA: number.Integer(days, i18n.Danish), EN: number.Integer(days, i18n.English)},
		"e":          {DA: number.Decimal(w.e.E, 3, i18n.Danish), EN: number.Decimal(w.e.E, 3, i18n.English)},
		"imputation": w.imputation(),
	}
}

// imputation says whether missing answers were filled in.
func (w writer) imputation() i18n.Text {
	if len(w.imputed().Rows) == 0 {
		return i18n.Text{DA: "Ingen svar er imputeret: et spørgsmål uden svar indgår ikke i det tal, det vedrører", EN: "No answer is imputed: a question without an answer is left out of the figure that it concerns"}
	}
	return i18n.Text{DA: "Nogle manglende svar er imputeret, som tabellen viser", EN: "Some missing answers are imputed, as the table shows"}
}
