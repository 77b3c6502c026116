// Package brief builds the yearly report.
//
// In come the indicators table, the policy it was made under, and a [Source]:
// the text of the report in two languages and the charts it shows. Out comes
// one HTML file that carries everything it needs. It asks nothing of a network,
// opens from a disk, prints on A4, and is laid out for a phone as well.
//
// No figure is written in the source: every number in the text is a cell of the
// table, and every comparison a test (package prose). Each chart is followed by
// the table of what it plots. Printing to PDF is left to package pdf.
package brief

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"

	"github.com/yuin/goldmark"

	"barometer/analysis/disclosure"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// Input is what a report is made from.
type Input struct {
	Table   *table.Table
	History chart.History     // what lies before the wave; may be empty
	Models  *table.Models     // model-based figures beside the table; may be nil
	Policy  disclosure.Policy // the rules the table was made under
	Source  *Source

	Insets map[string]func(i18n.Lang) []Grid // tables of the document's own, by command
	Facts  map[string]i18n.Text              // what its texts name by {{fact "…"}}, beside the policy's thresholds
}

// Charts lists the charts that the report shows: those of its source, but for
// time lines of which nothing is known before the wave.
func (in Input) Charts() []chart.Spec {
	var list []chart.Spec
	for _, s := range in.Source.Charts {
		if in.shows(s) {
			list = append(list, s)
		}
	}
	return list
}

func (in Input) shows(s chart.Spec) bool {
	if s.Kind != chart.TimeLine {
		return true
	}
	domain := "total"
	if len(s.Domains) > 0 {
		domain = s.Domains[0]
	}
	return in.History.Knows(s.Indicators[0], domain)
}

// Report is a built report in one language.
type Report struct {
	Lang   i18n.Lang
	Title  string
	HTML   []byte         // the file
	Charts []*chart.Chart // in the order in which they stand in it

	Sections []string // ids, in order
}

// Build makes the report in language l. The error names the line of the
// source, the chart or the cell at fault.
func Build(in Input, l i18n.Lang) (*Report, error) {
	doc, ok := in.Source.texts[l]
	if !ok {
		return nil, fmt.Errorf("the report has no text in %q", l)
	}
	facts := policyFacts(in.Policy, l)
	for name, text := range in.Facts {
		facts[name] = text.In(l)
	}
	b := builder{in: in, lang: l, file: doc.file,
		plain: prose.New(in.Table, l).Knowing(facts),
		prose: prose.New(in.Table, l).Knowing(facts).Escaping(escapeMarkdown)}
	p, err := b.page(doc)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, p); err != nil {
		return nil, err
	}
	r := &Report{Lang: l, Title: p.Title, HTML: out.Bytes(), Charts: b.charts}
	for _, s := range p.Sections {
		r.Sections = append(r.Sections, s.ID)
	}
	return r, nil
}

// policyFacts puts the thresholds of the policy into words for the text.
func policyFacts(p disclosure.Policy, l i18n.Lang) map[string]string {
	return map[string]string{
		"min_respondents":       number.Integer(p.Confidential.MinRespondents, l),
		"min_numerator":         number.Integer(p.Confidential.MinNumerator, l),
		"all_same":              number.Integer(p.Confidential.AllSameRespondents, l),
		"uncertain_respondents": number.Integer(p.Uncertain.RespondentsBelow, l),
		"uncertain":             number.Points(p.Uncertain.HalfWidthAbove, l),
		"unreliable":            number.Points(p.Unreliable.HalfWidthAbove, l),
	}
}

// builder assembles one report.
type builder struct {
	in     Input
	lang   i18n.Lang
	file   string
	plain  *prose.Writer // for titles
	prose  *prose.Writer // for Markdown
	charts []*chart.Chart
}

// page is what the template shows.
type page struct {
	Lang      i18n.Lang
	Title     string
	Style     template.CSS
	Policy    string // content security policy
	Synthetic bool
	Compact   bool
	Words     words
	Intro     []part
	Sections  []pageSection
}

type pageSection struct {
	ID, Title string
	Parts     []part
}

// part is one thing in a section; one of its fields is set.
type part struct {
	Text   template.HTML
	Keys   []keyFigure
	Figure *figure
	Pair   []*figure
	Grids  []Grid
}

// made reports whether the part was made from the table.
func (p part) made() bool { return p.Keys != nil || p.Figure != nil || p.Pair != nil || p.Grids != nil }

// With gives a part together with the words around it.
func (p page) With(content part) struct {
	Words words
	Part  part
} {
	return struct {
		Words words
		Part  part
	}{p.Words, content}
}

// With gives a figure together with the words around it.
func (w words) With(f *figure) struct {
	Words  words
	Figure *figure
} {
	return struct {
		Words  words
		Figure *figure
	}{w, f}
}

func (b *builder) page(doc document) (page, error) {
	title, err := b.plain.Write(doc.file, doc.title)
	if err != nil {
		return page{}, err
	}
	p := page{Lang: b.lang, Title: title, Style: template.CSS(styleSheet), Policy: contentPolicy(),
		Synthetic: b.in.Table.Synthetic, Compact: b.in.Source.compact, Words: vocabulary[b.lang]}
	if p.Intro, err = b.parts(doc.intro); err != nil {
		return page{}, err
	}
	for _, s := range doc.sections {
		heading, err := b.plain.Write(doc.file, s.title)
		if err != nil {
			return page{}, err
		}
		parts, err := b.parts(s.blocks)
		if err != nil {
			return page{}, err
		}
		if s.made() && !slices.ContainsFunc(parts, part.made) {
			continue // every figure of it waits for something to show
		}
		p.Sections = append(p.Sections, pageSection{ID: s.id, Title: heading, Parts: parts})
	}
	return p, nil
}

func (b *builder) parts(blocks []block) ([]part, error) {
	var list []part
	for _, bl := range blocks {
		p, err := b.part(bl)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func (b *builder) part(bl block) (p part, err error) {
	switch bl.command {
	case "figure":
		p.Figure, err = b.figure(bl.args[0])
	case "figures":
		p.Pair, err = b.pair(bl.args)
	case "keys":
		p.Keys, err = b.keys(bl)
	case "quality":
		p.Grids = []Grid{b.quality()}
	case "questions":
		p.Grids = []Grid{b.questions()}
	case "tables":
		p.Grids = b.tables()
	case "changes":
		p.Grids = b.changes()
	case "models":
		p.Grids = b.models()
	case "":
		p.Text, err = b.text(bl)
	default:
		p.Grids, err = b.inset(bl)
	}
	return p, err
}

// inset makes the tables of a command of the document's own.
func (b *builder) inset(bl block) ([]Grid, error) {
	grids, ok := b.in.Insets[bl.command]
	if !ok {
		return nil, fmt.Errorf("%s:%d: nothing makes !%s", b.file, bl.line, bl.command)
	}
	return grids(b.lang), nil
}

// text fills in a piece of Markdown and sets it. Labels were escaped by the
// writer and raw HTML is not passed on, so nothing in them becomes markup.
func (b *builder) text(bl block) (template.HTML, error) {
	filled, err := b.prose.Write(b.file, bl.source())
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(filled), &out); err != nil {
		return "", err
	}
	return template.HTML(out.String()), nil
}

// escapeMarkdown lets a label stand as text in Markdown.
func escapeMarkdown(s string) string {
	var b bytes.Buffer
	for _, r := range s {
		if r < 0x80 && bytes.ContainsRune([]byte("\\`*_{}[]()<>#+-!|&\"'~$"), r) {
			b.WriteByte('\\')
		}
		if r == '\n' || r == '\r' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}
