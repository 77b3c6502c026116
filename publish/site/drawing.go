package site

import (
	"bytes"
	"html/template"
	"slices"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
)

// drawing is a chart as a page shows it: title and notes are text of the page,
// and so is the basis, which pages set in a list of their own;
// the drawing stands in a wide and a narrow form of which one is displayed.
type drawing struct {
	Title    string
	Subtitle string
	Remarks  []string
	Wide     template.HTML
	Narrow   template.HTML
}

func draw(c *chart.Chart) (drawing, error) {
	var wide, narrow bytes.Buffer
	if err := c.Inline(&wide, false); err != nil {
		return drawing{}, err
	}
	if err := c.Inline(&narrow, true); err != nil {
		return drawing{}, err
	}
	return drawing{
		Title: c.Title, Subtitle: c.Subtitle, Remarks: append(slices.Clone(c.Notes), c.Source),
		Wide: template.HTML(wide.String()), Narrow: template.HTML(narrow.String()),
	}, nil
}

// overview is the chart of an indicator by the breakdowns that the table has.
func (e *edition) overview(ind table.Indicator, l i18n.Lang) (*chart.Chart, error) {
	spec := chart.Overview(ind.ID)
	spec.Domains = slices.DeleteFunc(spec.Domains, func(pattern string) bool {
		breakdown, _, _ := strings.Cut(pattern, ":")
		return len(e.Breakdown(breakdown)) == 0
	})
	return chart.New(e.Table, spec, l)
}
