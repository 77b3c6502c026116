package site

import (
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/formats"
	"barometer/publish/release"
	"barometer/reports/number"
)

// mostCorrections is how many corrected figures a page lists; the file has all.
const mostCorrections = 50

// corrections lists the figures that a version corrects.
func (s *Site) corrections(v *downloadView, rel *release.Release, l i18n.Lang) error {
	list, err := rel.Corrections()
	if err != nil || len(list) == 0 {
		return err
	}
	t, err := rel.Table()
	if err != nil {
		return err
	}
	v.Figures = web.Table{Name: "figures", Caption: s.views.T(l, "downloads.figures"), Quiet: true, Columns: []web.Column{
		{Label: s.views.T(l, "downloads.indicator")}, {Label: s.views.T(l, "downloads.group")},
		{Label: s.views.T(l, "downloads.before"), Number: true}, {Label: s.views.T(l, "downloads.after"), Number: true},
	}}
	for _, c := range list[:min(len(list), mostCorrections)] {
		v.Figures.Rows = append(v.Figures.Rows, s.correction(t, c, l))
	}
	if len(list) > mostCorrections {
		v.MoreCells = filePath(rel.Manifest, "corrections.csv")
	}
	return nil
}

func (s *Site) correction(t *table.Table, c formats.Correction, l i18n.Lang) web.Row {
	ind, known := t.Indicator(c.Indicator)
	row := web.Row{{Text: c.Indicator}, {Text: c.Domain}, s.side(ind.Kind, c.Before, l), s.side(ind.Kind, c.After, l)}
	if known {
		row[0] = web.Cell{Text: name(ind, l)}
	}
	for _, d := range t.Domains() {
		if d.ID() == c.Domain {
			row[1] = web.Cell{Text: d.Label.In(l)}
		}
	}
	return row
}

// side writes a figure as it stood in one version.
func (s *Site) side(kind table.Kind, c formats.Correctand, l i18n.Lang) web.Cell {
	if c.Figure == nil {
		return web.Cell{Text: "..", Note: s.views.T(l, "downloads.status."+statusName(c.Status))}
	}
	note := s.views.T(l, "downloads.answers", "interval", interval(kind, *c.Figure, l), "n", number.Integer(c.Figure.N, l))
	return web.Cell{Text: s.value(kind, c.Figure.Value, l), Note: note}
}

// statusName is how messages call why a figure is not shown.
func statusName(status table.Status) string {
	if status == table.Published || status == table.Uncertain { // it was shown, and its number is not repeated
		return "shown"
	}
	return string(status)
}
