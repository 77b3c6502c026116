package cube

import (
	"fmt"
	"strings"
	"time"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/reports/prose"
)

// Dimensions that every cube of a table has, beside those of its breakdown.
const (
	WaveDimension      = "wave"
	IndicatorDimension = "indicator"
	MeasureDimension   = "measure"
)

// Total is the code that stands for all of a classification.
const Total = "total"

// measure is a number of a figure: its place among the measures, and how it is
// rounded. Percentages and points have a decimal, standard errors two.
type measure struct {
	Code
	scaled  bool // a share of one, shown in percent
	counted bool // counts of the sample have it, too
	of      func(table.Figure) float64
}

var pointsOrPercent = i18n.Text{DA: "pct. eller point", EN: "% or points"}

var measures = []measure{
	{Code{ID: "value", Label: i18n.Text{DA: "Værdi", EN: "Value"}, Unit: pointsOrPercent, Decimals: 1}, true, true,
		func(f table.Figure) float64 { return f.Value }},
	{Code{ID: "low", Label: i18n.Text{DA: "Nedre grænse", EN: "Lower limit"}, Unit: pointsOrPercent, Decimals: 1}, true, false,
		func(f table.Figure) float64 { return f.Low }},
	{Code{ID: "high", Label: i18n.Text{DA: "Øvre grænse", EN: "Upper limit"}, Unit: pointsOrPercent, Decimals: 1}, true, false,
		func(f table.Figure) float64 { return f.High }},
	{Code{ID: "se", Label: i18n.Text{DA: "Standardfejl", EN: "Standard error"}, Unit: i18n.Text{DA: "procentpoint eller point", EN: "percentage points or points"}, Decimals: 2}, true, false,
		func(f table.Figure) float64 { return f.SE }},
	{Code{ID: "n", Label: i18n.Text{DA: "Antal svar", EN: "Answers"}, Unit: i18n.Text{DA: "arbejdspladser", EN: "workplaces"}}, false, true,
		func(f table.Figure) float64 { return float64(f.N) }},
}

// ID is how the cube of a breakdown is called: "2025-sector_size".
func ID(wave, breakdown string) string { return wave + "-" + breakdown }

// All makes the cubes of a table, one for each breakdown, in its order.
func All(t *table.Table, a formats.About) ([]*Cube, error) {
	var cubes []*Cube
	for _, b := range formats.Breakdowns(t) {
		c, err := Of(t, b, a)
		if err != nil {
			return nil, err
		}
		cubes = append(cubes, c)
	}
	return cubes, nil
}

// Of makes the cube of one breakdown of a table: its cells and, by the code
// [Total], those of its margins. A combination that the table does not have is
// not applicable.
func Of(t *table.Table, breakdown string, a formats.About) (*Cube, error) {
	axes, err := classifications(t, breakdown)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", ID(t.Wave, breakdown), err)
	}
	dimensions := append([]Dimension{waves(t), indicators(t)}, axes...)
	dimensions = append(dimensions, measureDimension())
	cells, err := cellsOf(t, breakdown, axes)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", ID(t.Wave, breakdown), err)
	}
	return New(meta(t, breakdown, axes, a), dimensions, cells)
}

func waves(t *table.Table) Dimension {
	d := Dimension{ID: WaveDimension, Label: i18n.Text{DA: "Måling", EN: "Wave"}, Codes: []Code{{ID: t.Wave, Label: i18n.Same(t.Wave)}}}
	if year.MatchString(t.Wave) {
		d.Role = Time
	}
	return d
}

// indicators are named as they are where their family is not in sight.
func indicators(t *table.Table) Dimension {
	d := Dimension{ID: IndicatorDimension, Label: i18n.Text{DA: "Indikator", EN: "Indicator"}}
	for _, ind := range t.Indicators() {
		d.Codes = append(d.Codes, Code{ID: ind.ID, Label: IndicatorLabel(ind), Unit: ind.Unit, Note: indicatorNote(ind)})
	}
	return d
}

// IndicatorLabel is how an indicator is called where its family is not in sight.
func IndicatorLabel(ind table.Indicator) i18n.Text {
	var label i18n.Text
	for l, text := range map[i18n.Lang]*string{i18n.Danish: &label.DA, i18n.English: &label.EN} {
		*text = ind.Label.In(l)
		if family := ind.FamilyLabel.In(l); family != *text && family != "" && *text != "" {
			*text = family + ": " + *text
		}
	}
	return label
}

// indicatorNote says who a figure is about, and what is to be known of it.
func indicatorNote(ind table.Indicator) i18n.Text {
	note := func(l i18n.Lang, about, counted string) string {
		parts := []string{about + ": " + ind.Base.In(l) + "."}
		if ind.Counted {
			parts = append(parts, counted)
		}
		return strings.Join(append(parts, ind.Note.In(l)), " ")
	}
	return i18n.Text{
		DA: strings.TrimSpace(note(i18n.Danish, "Gælder", "Optalt i stikprøven og derfor uden interval.")),
		EN: strings.TrimSpace(note(i18n.English, "About", "Counted in the sample, so without interval.")),
	}
}

// classifications are the axes of a breakdown, each with a code for all.
func classifications(t *table.Table, breakdown string) ([]Dimension, error) {
	var axes []Dimension
	for _, name := range formats.DimensionsOf(breakdown) {
		c, err := formats.ClassificationOf(name)
		if err != nil {
			return nil, err
		}
		d := Dimension{ID: name, Label: c.Label, Total: Total, Codes: []Code{{ID: Total, Label: i18n.Text{DA: "I alt", EN: "Total"}}}}
		for _, code := range c.Codes {
			if occurs(t, breakdown, name, code.Value) {
				d.Codes = append(d.Codes, Code{ID: code.Value, Label: code.Label})
			}
		}
		axes = append(axes, d)
	}
	return axes, known(t, breakdown, axes)
}

// occurs reports whether a code of a classification stands in a breakdown.
func occurs(t *table.Table, breakdown, classification, code string) bool {
	for _, d := range t.Breakdown(breakdown) {
		for i, name := range formats.DimensionsOf(breakdown) {
			if name == classification && i < len(d.Codes) && d.Codes[i] == code {
				return true
			}
		}
	}
	return false
}

// known refuses groups of a code that no classification has.
func known(t *table.Table, breakdown string, axes []Dimension) error {
	var faults formats.Faults
	for _, d := range t.Breakdown(breakdown) {
		if len(d.Codes) != len(axes) {
			faults.Addf("domain %s has %d codes for the %d dimensions of its breakdown", d.ID(), len(d.Codes), len(axes))
			continue
		}
		for i, code := range d.Codes {
			if axes[i].Index(code) < 1 {
				faults.Addf("domain %s: the classification %s has no code %q", d.ID(), axes[i].ID, code)
			}
		}
	}
	return faults.Err()
}

func measureDimension() Dimension {
	d := Dimension{ID: MeasureDimension, Label: i18n.Text{DA: "Mål", EN: "Measure"}, Role: Metric}
	for _, m := range measures {
		d.Codes = append(d.Codes, m.Code)
	}
	return d
}

// cellsOf lists the cells of the groups that the axes span.
func cellsOf(t *table.Table, breakdown string, axes []Dimension) ([]Cell, error) {
	groups := spanned(breakdown, axes)
	cells := make([]Cell, 0, len(t.Indicators())*len(groups)*len(measures))
	for _, ind := range t.Indicators() {
		for _, domain := range groups {
			row, err := rowOf(t, ind, domain)
			if err != nil {
				return nil, err
			}
			cells = append(cells, row...)
		}
	}
	return cells, nil
}

// spanned lists the domains of a breakdown and of its margins, row-major.
func spanned(breakdown string, axes []Dimension) []string {
	ids := []table.Domain{{}}
	for _, d := range axes {
		var longer []table.Domain
		for _, id := range ids {
			for _, code := range d.Codes {
				next := table.Domain{Breakdown: id.Breakdown, Codes: append([]string{}, id.Codes...)}
				if code.ID != d.Total {
					next.Breakdown = strings.TrimPrefix(id.Breakdown+"_"+d.ID, "_")
					next.Codes = append(next.Codes, code.ID)
				}
				longer = append(longer, next)
			}
		}
		ids = longer
	}
	names := make([]string, len(ids))
	for i, d := range ids {
		if d.Breakdown == "" {
			d.Breakdown = Total
		}
		names[i] = d.ID()
	}
	return names
}

// rowOf is one figure in all its measures.
func rowOf(t *table.Table, ind table.Indicator, domain string) ([]Cell, error) {
	row := make([]Cell, len(measures))
	cell, there := t.Cell(ind.ID, domain)
	f, shown := cell.Figure()
	status, err := statusOf(cell.Status())
	if err != nil {
		return nil, fmt.Errorf("cell %s × %s: %w", ind.ID, domain, err)
	}
	for i, m := range measures {
		switch {
		case !there || shown && ind.Counted && !m.counted:
			row[i] = Gap(NotApplicable)
		case !shown:
			row[i] = Gap(status)
		default:
			row[i] = Number(m.number(f, ind.Kind), status == Uncertain)
		}
	}
	return row, nil
}

// number is what is published of a figure.
func (m measure) number(f table.Figure, k table.Kind) float64 {
	x := m.of(f)
	if m.scaled && k == table.Share {
		x *= 100
	}
	return Round(x, m.Decimals)
}

func meta(t *table.Table, breakdown string, axes []Dimension, a formats.About) Meta {
	m := Meta{ID: ID(t.Wave, breakdown), Source: a.Publisher, Wave: t.Wave, Version: a.Version,
		Updated: a.Built.UTC().Truncate(time.Minute), Contact: a.Contact, Licence: a.Licence}
	by := func(l i18n.Lang, word, and string) string {
		var names []string
		for _, d := range axes {
			names = append(names, prose.Mid(d.Label.In(l)))
		}
		if names == nil {
			return t.Title.In(l)
		}
		return t.Title.In(l) + word + strings.Join(names, and)
	}
	m.Title = i18n.Text{DA: by(i18n.Danish, " efter ", " og "), EN: by(i18n.English, " by ", " and ")}
	if a.Synthetic {
		m.Notes = append(m.Notes, formats.SyntheticNote())
	}
	m.Notes = append(m.Notes, i18n.Text{
		DA: fmt.Sprintf("Andele er i procent, indeks i point fra 0 til 100. Nedre og øvre grænse er %.0f pct.-konfidensintervallet. Periode: %s.", 100*t.Level, t.Period.DA),
		EN: fmt.Sprintf("Shares are in percent, indices in points from 0 to 100. Lower and upper limit are those of the %.0f%% confidence interval. Period: %s.", 100*t.Level, t.Period.EN)},
		i18n.Text{
			DA: "Tallene er afrundet. Ændringer mellem målinger er beregnet før afrunding og står i filerne om ændringer.",
			EN: "Figures are rounded. Changes between waves are computed before rounding and stand in the files on changes."})
	return m
}
