package indicator

import (
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// breakdowns are the ways to divide the population, by the classifications
// whose columns are crossed.
var breakdowns = map[string][]func() codebook.Classification{
	"total":       {},
	"sector":      {codebook.Sectors},
	"subsector":   {codebook.Subsectors},
	"size":        {codebook.Sizes},
	"region":      {codebook.Regions},
	"sector_size": {codebook.Sectors, codebook.Sizes},

	"subsector_size": {codebook.Subsectors, codebook.Sizes},
}

var wholePopulation = i18n.Text{DA: "Alle offentlige arbejdspladser", EN: "All public workplaces"}

// BreakdownColumns returns the columns of the wave that a breakdown crosses.
func BreakdownColumns(breakdown string) []string {
	columns := []string{}
	for _, classification := range breakdowns[breakdown] {
		columns = append(columns, classification().Name)
	}
	return columns
}

// Domains lists the domains of the catalogue's breakdowns in the order of the
// classifications, whether or not the wave has respondents in them.
func (c *Catalogue) Domains() []table.Domain {
	var domains []table.Domain
	for _, name := range c.Breakdowns {
		parts := []table.Domain{{Breakdown: name, Codes: []string{}}}
		for _, classification := range breakdowns[name] {
			parts = cross(parts, classification())
		}
		if len(breakdowns[name]) == 0 {
			parts[0].Label = wholePopulation
		}
		domains = append(domains, parts...)
	}
	return domains
}

// cross divides every part by a further classification.
func cross(parts []table.Domain, by codebook.Classification) []table.Domain {
	var crossed []table.Domain
	for _, p := range parts {
		for _, code := range by.Codes {
			label := code.Label
			if len(p.Codes) > 0 {
				label = i18n.Text{DA: p.Label.DA + ", " + code.Label.DA, EN: p.Label.EN + ", " + code.Label.EN}
			}
			codes := append(append([]string{}, p.Codes...), code.Value)
			crossed = append(crossed, table.Domain{Breakdown: p.Breakdown, Codes: codes, Label: label})
		}
	}
	return crossed
}
