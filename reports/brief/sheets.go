package brief

import (
	_ "embed"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/survey/codebook"
)

//go:embed sheet/sector.da.md
var sheetDanish string

//go:embed sheet/sector.en.md
var sheetEnglish string

// Sheets is the document with one page for each sector of the table: its key
// figures beside those of all, what its innovation creates, and its subsectors.
// It is made of the same cells and by the same rules as the report.
func Sheets(t *table.Table) (*Source, error) {
	texts := map[i18n.Lang]string{
		i18n.Danish:  "# {{meta \"title\"}}: sektorerne på en side hver\n",
		i18n.English: "# {{meta \"title\"}}: the sectors on a page each\n",
	}
	var charts []chart.Spec
	for _, d := range t.Breakdown("sector") {
		sector := d.Codes[0]
		texts[i18n.Danish] += strings.ReplaceAll(sheetDanish, "SECTOR", sector)
		texts[i18n.English] += strings.ReplaceAll(sheetEnglish, "SECTOR", sector)
		charts = append(charts, sheetCharts(t, sector)...)
	}
	s, err := compose("sectors", charts, texts, nil)
	if err != nil {
		return nil, err
	}
	s.compact = true
	return s, nil
}

// sheetCharts are the two drawings of a sector's page.
func sheetCharts(t *table.Table, sector string) []chart.Spec {
	groups := []string{"sector:" + sector}
	for _, d := range t.Breakdown("subsector") {
		if codebook.SectorOf(d.Codes[0]) == sector {
			groups = append(groups, d.ID())
		}
	}
	rate := `{{cell "innov_rate" "sector:` + sector + `"}}`
	return []chart.Spec{
		{ID: "values-" + sector, Kind: chart.Bar, Half: true, Indicators: []string{"value.*"}, Domains: groups[:1],
			Measure: i18n.Text{DA: "Værdi, som den seneste innovation har skabt", EN: "Value created by the latest innovation"}},
		{ID: "groups-" + sector, Kind: chart.Dots, Half: true, Indicators: []string{"innov_rate"}, Domains: groups,
			Measure: i18n.Text{DA: "Andel innovative arbejdspladser i sektoren og dens delsektorer", EN: "Share of innovative workplaces in the sector and its subsectors"},
			Title:   i18n.Text{DA: rate + " af arbejdspladserne er innovative", EN: rate + " of workplaces are innovative"}},
	}
}
