// Package weightpage writes the diagnostics of a wave's weights as one HTML
// page: the chart of their distribution and every table of the method note.
//
// [weighting.Diagnostics] come in, a file that needs nothing beside it goes out.
// It is for those who make the statistics: it lies in the wave's archive and is
// not released. It computes nothing and picks nothing out; what the tables hold
// is decided in package weighting.
package weightpage

import (
	"bytes"
	"fmt"
	"html/template"
	"io"

	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/internal/plainpage"
	"barometer/reports/number"
	"barometer/weighting"
)

// Page is what the file is about.
type Page struct {
	Wave        i18n.Text // "Innovationsbarometeret 2025"
	Synthetic   bool
	Diagnostics weighting.Diagnostics

	// Label names a level of a column in words; nil = as it is coded.
	Label func(column, level string) i18n.Text
}

// Write writes the page in one language.
func (p Page) Write(w io.Writer, l i18n.Lang) error {
	c, err := p.Chart(l)
	if err != nil {
		return err
	}
	v := plainpage.Page{Lang: l, Wave: p.Wave.In(l), Title: words.title.In(l), Lead: words.lead.In(l), Sections: p.Diagnostics.Sections(l)}
	if p.Synthetic {
		v.Synthetic = words.synthetic.In(l)
	}
	v.Figure = &plainpage.Figure{Title: c.Title, Subtitle: c.Subtitle}
	for _, form := range []struct {
		to    *template.HTML
		phone bool
	}{{&v.Figure.Wide, false}, {&v.Figure.Phone, true}} {
		var svg bytes.Buffer
		if err := c.Inline(&svg, form.phone); err != nil {
			return err
		}
		*form.to = template.HTML(svg.String()) // drawn by package chart, which escapes every text
	}
	return v.Write(w)
}

// Chart draws the distribution of the final weights, of all and by group.
func (p Page) Chart(l i18n.Lang) (*chart.Chart, error) {
	d, m := p.Diagnostics, p.Diagnostics.Final
	if m.N == 0 {
		return nil, fmt.Errorf("weights: no unit has a final weight, so there is no distribution to draw")
	}
	decimal := func(x float64, digits int) string { return number.Decimal(x, digits, l) }
	spec := chart.Distribution{
		ID:       "weights",
		Title:    fmt.Sprintf(words.finding.In(l), decimal(m.Min, 1), decimal(m.Max, 1)),
		Subtitle: words.explain.In(l),
		Source:   p.Wave.In(l),
		Unit:     words.unit.In(l),
	}
	for _, s := range d.Spreads {
		if s.N == 0 {
			continue
		}
		g := chart.Spread{Label: p.label(s, l), N: s.N, Strong: s.Group == "",
			Min: s.Min, Q1: s.Q1, Median: s.Median, Q3: s.Q3, Max: s.Max}
		spec.Groups = append(spec.Groups, g)
	}
	return chart.NewDistribution(spec, l)
}

func (p Page) label(s weighting.Spread, l i18n.Lang) string {
	if s.Group == "" || p.Label == nil {
		return s.Name(l)
	}
	return p.Label(p.Diagnostics.Column, s.Group).In(l)
}

var words = struct {
	title, lead, synthetic, finding, explain, unit i18n.Text
}{
	title: i18n.Text{DA: "Sådan er vægtene dannet", EN: "How the weights were made"},
	lead: i18n.Text{
		DA: "Diagnostik af vægtningen trin for trin. Siden er til dem, der laver statistikken, og offentliggøres ikke.",
		EN: "Diagnostics of the weighting, step by step. The page is for those who make the statistics and is not released."},
	synthetic: i18n.Text{DA: "Syntetiske data: arbejdspladser og svar er opfundet.", EN: "Synthetic data: workplaces and answers are invented."},
	finding:   i18n.Text{DA: "De endelige vægte går fra %s til %s", EN: "Final weights run from %s to %s"},
	explain: i18n.Text{
		DA: "Endelig vægt. Punktet er medianen, søjlen den midterste halvdel, stregen går fra mindste til største vægt. Antal enheder i parentes",
		EN: "Final weight. The dot is the median, the bar the middle half, the line runs from the smallest to the largest weight. Number of units in parentheses"},
	unit: i18n.Text{DA: "Vægt", EN: "Weight"},
}
