// Package gallery holds one chart of every kind, drawn of what breaks charts:
// long labels, a single category, nothing to show, 0 and 100 %, hostile text,
// Danish letters.
//
// It is where a change of the drawings is looked at, by eye on its page and by
// the tests of package chart. Its table is invented; nothing in it is a finding.
package gallery

import (
	"encoding/json"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/internal/invented"
)

// Picture is a chart of the gallery and what is to be seen in it.
type Picture struct {
	Spec  chart.Spec
	Shows i18n.Text
}

// Table returns the table that the gallery is drawn of, and what lies before it.
func Table() (*table.Table, chart.History, error) {
	d := hard()
	before := invented.New()
	before.Meta.Wave, before.Meta.Period = "2023", i18n.Same("2022–2023")
	before.Set("value.kvalitet", "total", 66, 63, 69)
	before.Set("value.effektivitet", "total", 51, 48, 54)
	changes := new(table.Changes)
	if err := json.Unmarshal([]byte(changed), changes); err != nil {
		return nil, chart.History{}, err
	}
	return d.Table(), chart.History{Earlier: []*table.Table{before.Table()}, Changes: changes}, nil
}

// changed is what the tests of the gallery's changes would tell.
const changed = `{"before":"2023","after":"2025","before_period":{"da":"2022–2023","en":"2022–2023"},"after_period":{"da":"2024–2025","en":"2024–2025"},
"synthetic":true,"level":0.95,"significance":0.05,"adjust":"holm","changes":[
{"indicator":"value.effektivitet","domain":"total","verdict":"down","difference":-0.05,"low":-0.09,"high":-0.01,"se":0.02,"df":1500,"p":0.001,"p_adjusted":0.01},
{"indicator":"value.kvalitet","domain":"total","verdict":"up","difference":0.05,"low":0.01,"high":0.09,"se":0.02,"df":1500,"p":0.001,"p_adjusted":0.01},
{"indicator":"value.medarbejdertilfredshed","domain":"total","verdict":"no_clear","difference":0.0,"low":-0.04,"high":0.04,"se":0.02,"df":1500,"p":1,"p_adjusted":1},
{"indicator":"value.politiske_maal","domain":"total","verdict":"hidden"}]}`

// hard is a table with what breaks charts.
func hard() *invented.Draft {
	d := invented.New()
	d.Set("shared", "sector:kommune", 0, 0, 3.2)
	d.Set("shared", "sector:region", 100, 96.1, 100)
	d.Set("shared", "sector:stat", 50, 38, 62)
	d.Mark("shared", "sector:stat")
	d.Indicator("value.kvalitet").Label = i18n.Text{
		DA: "Højere kvalitet i ydelserne til borgere, pårørende og virksomheder, også uden for almindelig åbningstid",
		EN: "Higher quality of services to citizens, relatives and firms, also outside ordinary opening hours"}
	d.Indicator("value.anden").Label = i18n.Text{DA: `Værdi < "ny" & 'større' >`, EN: `Value < "new" & 'larger' >`}
	d.Suppress("value.politiske_maal", "total", table.Confidential)
	d.Suppress("value.ved_ikke", "total", table.Unreliable)
	for _, dom := range []string{"total", "sector:kommune", "sector:region", "sector:stat"} {
		d.Suppress("reuse", dom, table.Confidential)
	}
	d.Suppress("novelty.foerst", "sector:region", table.Confidential)
	d.Suppress("hinder.pressen", "total", table.Confidential)
	d.Suppress("type_rate.produkt", "sector:region", table.Confidential)
	d.Suppress("agree_saetter_tid_af.helt_enig", "total", table.Confidential)
	d.Suppress("net_agree.saetter_tid_af", "total", table.Confidential)
	d.Set("innov_rate", "subsector:K-SKO", 95, 91, 98)
	d.Set("innov_rate", "region:1085", 71, 60, 82)
	d.Mark("innov_rate", "region:1085")
	d.Suppress("innov_rate", "region:1083", table.Confidential)
	d.Indicator("reused_out").Breaks = []table.Break{{Wave: "2025", Reason: i18n.Text{DA: "Nyt svarskema", EN: "New answers"}}}
	return d
}

// statements are the families of the answers on a scale.
var statements = []string{"agree_proever_nyt.*", "agree_taler_om_fejl.*", "agree_saetter_tid_af.*", "agree_lytter_til_borgere.*",
	"agree_bruger_andres.*", "agree_maaler_effekt.*"}

// Pictures lists the gallery in order.
func Pictures() []Picture {
	picture := func(s chart.Spec, da, en string) Picture { return Picture{s, i18n.Text{DA: da, EN: en}} }
	sectors := []string{"total", "sector:*"}
	rest := i18n.Text{DA: "Uden betydning, ikke relevant eller ved ikke", EN: "No effect, not relevant or don't know"}
	return []Picture{
		picture(chart.Spec{ID: "bar-long-labels", Kind: chart.Bar, Indicators: []string{"value.*"}},
			"Søjler med interval: lange navne, tegn som < og &, tal, der ikke vises", "Bars with intervals: long labels, signs such as < and &, figures not shown"),
		picture(chart.Spec{ID: "bar-zero-and-hundred", Kind: chart.Bar, Indicators: []string{"shared"}, Domains: sectors},
			"Søjler: 0 og 100 pct. og et usikkert tal", "Bars: 0 and 100% and an uncertain figure"),
		picture(chart.Spec{ID: "bar-one-category", Kind: chart.Bar, Indicators: []string{"evaluated"}},
			"Søjler: én kategori", "Bars: one category"),
		picture(chart.Spec{ID: "bar-all-suppressed", Kind: chart.Bar, Indicators: []string{"reuse"}, Domains: sectors},
			"Søjler: intet må vises", "Bars: nothing may be shown"),
		picture(chart.Spec{ID: "dots-all-domains", Kind: chart.Dots, Indicators: []string{"innov_rate"}, Domains: []string{"total", "sector:*", "size:*", "subsector:*"}},
			"Punkter med interval for alle opdelinger", "Dots with intervals for all breakdowns"),
		picture(chart.Spec{ID: "dots-score", Kind: chart.Dots, Indicators: []string{"culture"}, Domains: sectors},
			"Punkter: et indeks i point", "Dots: a score in points"),
		picture(chart.Spec{ID: "pairs", Kind: chart.Pairs, Indicators: []string{"promote.*"}, Against: []string{"hinder.*"}},
			"Par: to tal på hver række", "Pairs: two figures on each row"),
		picture(chart.Spec{ID: "stacked-scale", Kind: chart.Stacked, Indicators: []string{"promote.*"}, Against: []string{"hinder.*"}, Rest: rest},
			"Stablede søjler: to ender af en skala og resten imellem", "Stacked bars: two ends of a scale and the rest between them"),
		picture(chart.Spec{ID: "stacked-categories", Kind: chart.Stacked, Indicators: []string{"novelty.*"}, Domains: sectors},
			"Stablede søjler: kategorier, og en række, der ikke vises", "Stacked bars: categories, and a row not shown"),
		picture(chart.Spec{ID: "scale", Kind: chart.Scale, Indicators: statements, Net: []string{"net_agree.*"}},
			"Svarskala i 100 pct. med nettotal og »ved ikke« for sig", "Answer scale in 100% with net figures and “don't know” apart"),
		picture(chart.Spec{ID: "diverging", Kind: chart.Diverging, Indicators: statements},
			"Samme svar til begge sider af midten", "The same answers to both sides of the middle"),
		picture(chart.Spec{ID: "panels", Kind: chart.Panels, Indicators: []string{"type_rate.*"}, Domains: []string{"sector:*"}},
			"Små figurer side om side", "Small multiples"),
		picture(chart.Spec{ID: "slope", Kind: chart.Slope, Indicators: []string{"value.kvalitet", "value.effektivitet", "value.medarbejdertilfredshed", "value.borgerinddragelse", "value.politiske_maal", "reused_out"}},
			"To målinger forbundet: prøvede ændringer, et brud og et tal, der ikke vises", "Two waves joined: tested changes, a break and a figure not shown"),
		picture(chart.Spec{ID: "timeline-break", Kind: chart.TimeLine, Indicators: []string{"reused_out"}},
			"Tidslinje med et brud", "Time line with a break"),
		picture(chart.Spec{ID: "funnel", Kind: chart.Funnel, Indicators: []string{"innov_rate"}, Domains: []string{"subsector:*"}, Focus: "subsector:S-VID"},
			"Tragt: grupper efter antal svar, en af dem fremhævet", "Funnel: groups by number of answers, one of them marked"),
		picture(chart.Spec{ID: "tiles", Kind: chart.Tiles, Indicators: []string{"innov_rate"}, Domains: []string{"total", "region:*"}},
			"Felter for de fem regioner, et usikkert og et, der ikke vises", "Tiles for the five regions, one uncertain and one not shown"),
		picture(chart.Spec{ID: "tiles-sectors", Kind: chart.Tiles, Indicators: []string{"shared"}, Domains: sectors},
			"Felter for sektorer: 0 og 100 pct.", "Tiles for sectors: 0 and 100%"),
		picture(chart.Spec{ID: "half", Kind: chart.Bar, Half: true, Indicators: []string{"type_rate.*"}},
			"Søjler i halv bredde", "Bars of half the width"),
		picture(chart.Spec{ID: "key", Kind: chart.Key, Indicators: []string{"innov_rate"}},
			"Nøgletal", "Key figure"),
	}
}
