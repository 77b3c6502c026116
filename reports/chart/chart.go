// Package chart draws selections of the indicators table.
//
// In comes a [table.Table], the one thing a chart may show, and a [Spec] that
// names cells; out come SVG and PNG images, alternative text, and the plotted
// values as rows and CSV. A chart's title states its finding and is built from
// the cells with package prose, so words and bars cannot part ways.
//
// Texts are measured with the font they are drawn in. Long labels wrap; a text
// that leaves the drawing or lies on top of something is an error that names
// the chart and the text, as is a character the font cannot draw. A suppressed
// cell is drawn as words, an uncertain one pale with its number in parentheses.
//
// The package picks no cells by itself, computes no statistics beyond the tests
// behind a title, and knows no files.
package chart

import (
	"io"
	"slices"

	"barometer/analysis/table"
	"barometer/internal/i18n"
)

// Chart is a drawn chart in one language.
type Chart struct {
	ID       string
	Title    string   // states the finding
	Subtitle string   // measure, population, period, unit, meaning of the interval
	Source   string   // says so where data are synthetic
	Basis    string   // question, who was asked, weighting; "" where the title says all
	Notes    []string // how to read it

	spec     Spec
	lang     i18n.Lang
	unit     string // of the axis
	score    bool
	series   []string
	rows     []row
	over     table.Indicator // of a time line
	expected *expected       // of a funnel
	alt      string
	whole    *scene // with title and notes
	phone    *scene
	bare     *scene // for pages that set title and notes themselves
	barePhn  *scene
}

// New draws the chart that spec describes from the cells of t. The error names
// the chart and the cell, label or character at fault.
func New(t *table.Table, spec Spec, l i18n.Lang) (*Chart, error) {
	return Over(t, History{}, spec, l)
}

// Over is [New] with the history that a time line shows.
func Over(t *table.Table, past History, spec Spec, l i18n.Lang) (*Chart, error) {
	if err := spec.Check(); err != nil {
		return nil, err
	}
	c := &Chart{ID: spec.ID, spec: spec, lang: l}
	s := selector{t: t, past: past, spec: spec, lang: l}
	described, err := c.fill(s)
	if err != nil {
		return nil, err
	}
	if err := c.write(t, past, described); err != nil {
		return nil, err
	}
	return c, c.draw()
}

// fill selects the rows and returns the indicators they show.
func (c *Chart) fill(s selector) ([]table.Indicator, error) {
	list, err := s.indicators(s.spec.Indicators)
	if err != nil {
		return nil, err
	}
	domains, err := s.domains()
	if err != nil {
		return nil, err
	}
	c.score = list[0].Kind == table.Score
	switch {
	case s.spec.Kind == TimeLine:
		return list, c.fillWaves(s, list, domains)
	case s.spec.Kind == Slope:
		return list, c.fillSlope(s, list, domains)
	case s.spec.Kind == Funnel || s.spec.Kind == Tiles:
		return list, c.fillGroups(s, list, domains)
	case s.spec.Kind == Scale || s.spec.Kind == Diverging:
		return list, c.fillScale(s, domains)
	case len(s.spec.Against) > 0:
		return c.fillPairs(s, list, domains)
	case s.spec.Kind == Panels:
		c.rows, err = s.byIndicator(list, domains)
		for _, d := range domains {
			c.series = append(c.series, d.Label.In(c.lang))
		}
	case s.spec.Kind == Stacked:
		c.rows, err = s.byDomain(list, domains)
		for _, ind := range list {
			c.series = append(c.series, ind.Label.In(c.lang))
		}
	case len(list) > 1 && len(domains) > 1:
		return nil, s.fail("a %s chart shows many indicators or many domains, not both: use panels", s.spec.Kind)
	case len(list) > 1:
		c.rows, err = s.byIndicator(list, domains)
	default:
		c.rows, err = s.byDomain(list, domains)
	}
	return list, err
}

// fillWaves selects one figure in every wave.
func (c *Chart) fillWaves(s selector, list []table.Indicator, domains []table.Domain) (err error) {
	if len(list) != 1 || len(domains) != 1 {
		return s.fail("a time line shows one indicator in one domain, not %d in %d", len(list), len(domains))
	}
	c.over = list[0]
	c.rows, err = s.overWaves(list[0], domains[0])
	c.series = []string{ownSeries(s.t.Synthetic).In(c.lang)}
	if c.any(func(p Point) bool { return p.External }) {
		c.series = append(c.series, s.past.External.Label.In(c.lang))
	}
	return err
}

// fillPairs selects two families whose members match: the sides of pairs, or
// the ends of a scale with the remainder between them.
func (c *Chart) fillPairs(s selector, list []table.Indicator, domains []table.Domain) ([]table.Indicator, error) {
	against, err := s.indicators(s.spec.Against)
	if err != nil {
		return nil, err
	}
	if len(domains) != 1 {
		return nil, s.fail("two families can be set against each other in one domain, not in %d", len(domains))
	}
	if c.rows, err = s.pairs(list, against, domains[0]); err != nil {
		return nil, err
	}
	sides := []i18n.Text{list[0].FamilyLabel, against[0].FamilyLabel}
	copy(sides, s.spec.Series)
	c.series = []string{sides[0].In(c.lang), sides[1].In(c.lang)}
	if s.spec.Kind == Stacked {
		c.spread()
	}
	for _, r := range c.rows {
		for i := range r.points {
			r.points[i].Series = c.series[i]
		}
	}
	return append(list, against...), nil
}

// SVG writes the whole chart, 170 mm wide, with title, notes and source.
func (c *Chart) SVG(w io.Writer) error { return c.whole.svg(w, c.naming("")) }

// PNG writes the whole chart as an image of the given dots per inch.
func (c *Chart) PNG(w io.Writer, dpi int) error { return c.whole.png(w, dpi) }

// PhoneSVG writes the whole chart in a width that a phone shows unscaled.
func (c *Chart) PhoneSVG(w io.Writer) error { return c.phone.svg(w, c.naming("-phone")) }

// Inline writes the drawing alone, for a page that sets title, notes and source
// as text of its own; phone chooses the narrow form. The ids of the two forms
// differ, so both may stand in one page.
func (c *Chart) Inline(w io.Writer, phone bool) error {
	if phone {
		return c.barePhn.svg(w, c.naming("-inline-phone"))
	}
	return c.bare.svg(w, c.naming("-inline"))
}

// Alt is the alternative text, 50 to 300 characters.
func (c *Chart) Alt() string { return c.alt }

// Remarks are the texts below the drawing in order, the source aside: the basis,
// then the notes.
func (c *Chart) Remarks() []string {
	if c.Basis == "" {
		return slices.Clone(c.Notes)
	}
	return append([]string{c.Basis}, c.Notes...)
}

// Unit is the unit of the plotted values in words: "Per cent".
func (c *Chart) Unit() string { return c.unit }

// Lang is the language of the chart's texts.
func (c *Chart) Lang() i18n.Lang { return c.lang }

func (c *Chart) naming(suffix string) naming {
	return naming{id: "chart-" + c.ID + suffix, title: c.Title, alt: c.alt, lang: c.lang}
}
