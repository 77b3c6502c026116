package site

import (
	"fmt"
	"slices"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/release"
	"barometer/reports/chart"
	"barometer/survey/codebook"
)

// edition is the release whose figures are shown.
type edition struct {
	*table.Table
	release *release.Release
	past    chart.History
	models  *table.Models // nil where the release has none
}

// open reads the newest of some releases, which stand newest first.
func open(releases []*release.Release) (*edition, error) {
	r := releases[0]
	t, err := r.Table()
	if err != nil {
		return nil, err
	}
	past, err := pastOf(r, releases[1:])
	if err != nil {
		return nil, err
	}
	models, err := r.Models()
	if err != nil {
		return nil, err
	}
	if models != nil {
		if err := models.Fits(t); err != nil {
			return nil, fmt.Errorf("release %s: %w", r.Manifest.ID(), err)
		}
	}
	e := &edition{Table: t, release: r, past: past, models: models}
	if len(t.Indicators()) == 0 || len(e.breakdowns()) == 0 {
		return nil, fmt.Errorf("release %s: its table has no indicator or no breakdown to show", r.Manifest.ID())
	}
	return e, nil
}

// openOlder reads the newest version of every wave beside the current one, for
// readers who choose an earlier wave.
func (s *Site) openOlder() ([]*edition, error) {
	list := []*edition{s.current}
	for _, r := range s.releases {
		if r.Manifest.Wave == list[len(list)-1].Wave {
			continue
		}
		t, err := r.Table()
		if err != nil {
			return nil, err
		}
		if e := (&edition{Table: t, release: r}); len(t.Indicators()) > 0 && len(e.breakdowns()) > 0 {
			list = append(list, e)
		}
	}
	return list, nil
}

// totalDomain is the domain of all workplaces.
const totalDomain = "total"

// breakdowns lists the ways the table divides the population, in its order.
func (e *edition) breakdowns() []string {
	var names []string
	for _, d := range e.Domains() {
		if d.Breakdown != totalDomain && !slices.Contains(names, d.Breakdown) {
			names = append(names, d.Breakdown)
		}
	}
	return names
}

// families lists the families of indicators in the table's order.
func (e *edition) families() [][]table.Indicator {
	var list [][]table.Indicator
	seen := map[string]bool{}
	for _, ind := range e.Indicators() {
		if !seen[ind.Family] {
			seen[ind.Family] = true
			list = append(list, e.Family(ind.Family))
		}
	}
	return list
}

// cell returns a cell that is known to be in the table.
func (e *edition) cell(ind table.Indicator, domain string) table.Cell {
	c, _ := e.Cell(ind.ID, domain)
	return c
}

// name is how an indicator is called where its family is not in sight.
func name(ind table.Indicator, l i18n.Lang) string {
	if family := ind.FamilyLabel.In(l); family != ind.Label.In(l) {
		return family + ": " + ind.Label.In(l)
	}
	return ind.Label.In(l)
}

// breakdownNames are the breakdowns in words, by the classifications they
// cross.
var breakdownNames = map[string]i18n.Text{
	"sector":      codebook.Sectors().Label,
	"subsector":   codebook.Subsectors().Label,
	"size":        codebook.Sizes().Label,
	"region":      codebook.Regions().Label,
	"sector_size": {DA: "Sektor og størrelse", EN: "Sector and size"},

	"subsector_size": {DA: "Delsektor og størrelse", EN: "Subsector and size"},
}

func breakdownName(breakdown string, l i18n.Lang) string {
	if t, ok := breakdownNames[breakdown]; ok {
		return t.In(l)
	}
	return breakdown
}
