// Package invented makes the indicators table that tests of charts and reports
// draw on, and the gallery of charts. No figure in it was ever measured.
//
// The table has every family of indicators, the shape of a wave (1,611 answers
// from a sample of 4,494) and invented values near those of earlier waves. The
// small regional groups hold suppressed and uncertain cells.
package invented

import (
	"encoding/json"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// cell is the stored form of one cell; it can be changed before the table is
// made, which a test needs and a report never does.
type cell struct {
	Status table.Status  `json:"status,omitempty"`
	Figure *table.Figure `json:"figure,omitempty"`
}

// Draft is a table that can still be changed.
type Draft struct {
	Meta       table.Meta        `json:"meta"`
	Indicators []table.Indicator `json:"indicators"`
	Domains    []table.Domain    `json:"domains"`
	Cells      []cell            `json:"cells"`
}

// New returns the draft of the whole table.
func New() *Draft {
	d := &Draft{Meta: meta(), Indicators: indicators(), Domains: domains()}
	for _, ind := range d.Indicators {
		for _, dom := range d.Domains {
			d.Cells = append(d.Cells, invent(ind, dom))
		}
	}
	for _, f := range families {
		if f.name == "novelty" || strings.HasPrefix(f.name, "agree_") {
			for _, dom := range d.Domains {
				d.whole(f, dom.ID())
			}
		}
	}
	return d
}

// whole makes the members of a family add to one, as the answers of one question
// do.
func (d *Draft) whole(family family, domain string) {
	var parts []*table.Figure
	sum := 0.0
	for _, m := range family.members {
		if f := d.cell(family.id(m), domain).Figure; f != nil {
			parts = append(parts, f)
			sum += f.Value
		}
	}
	for _, f := range parts {
		f.Value, f.Low, f.High = f.Value/sum, f.Low/sum, f.High/sum
	}
}

// Table returns the finished table.
func Table() *table.Table { return New().Table() }

// Table makes the table of the draft.
func (d *Draft) Table() *table.Table {
	data, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	t := new(table.Table)
	if err := json.Unmarshal(data, t); err != nil {
		panic(err)
	}
	return t
}

// Set gives a cell the value of a share in percent with an interval.
func (d *Draft) Set(indicator, domain string, percent, low, high float64) {
	*d.cell(indicator, domain) = cell{Figure: &table.Figure{Value: percent / 100, Low: low / 100, High: high / 100,
		SE: (high - low) / 200 / 1.96, DF: 100, N: 400}}
}

// Suppress takes the figure out of a cell.
func (d *Draft) Suppress(indicator, domain string, s table.Status) {
	*d.cell(indicator, domain) = cell{Status: s}
}

// Mark gives a published cell the status "uncertain".
func (d *Draft) Mark(indicator, domain string) { d.cell(indicator, domain).Status = table.Uncertain }

// Indicator returns the description of an indicator, to be changed.
func (d *Draft) Indicator(id string) *table.Indicator {
	for i := range d.Indicators {
		if d.Indicators[i].ID == id {
			return &d.Indicators[i]
		}
	}
	panic("invented: no indicator " + id)
}

// Describe gives the draft the descriptions of a wave's own indicators, and
// drops the indicators that the wave does not have.
func (d *Draft) Describe(list []table.Indicator) {
	var indicators []table.Indicator
	var cells []cell
	for i, old := range d.Indicators {
		for _, ind := range list {
			if ind.ID == old.ID {
				indicators = append(indicators, ind)
				cells = append(cells, d.Cells[i*len(d.Domains):(i+1)*len(d.Domains)]...)
			}
		}
	}
	d.Indicators, d.Cells = indicators, cells
}

func (d *Draft) cell(indicator, domain string) *cell {
	i := slices.IndexFunc(d.Indicators, func(ind table.Indicator) bool { return ind.ID == indicator })
	j := slices.IndexFunc(d.Domains, func(dom table.Domain) bool { return dom.ID() == domain })
	if i < 0 || j < 0 {
		panic("invented: no cell " + indicator + " × " + domain)
	}
	return &d.Cells[i*len(d.Domains)+j]
}

func meta() table.Meta {
	return table.Meta{
		Wave: "2025", Synthetic: true,
		Period: i18n.Text{DA: "2024–2025", EN: "2024–2025"},
		Title:  i18n.Text{DA: "Innovationsbarometeret 2025", EN: "Innovation Barometer 2025"},
		Frame:  14297, Sample: 4494, Respondents: 1611, Ineligible: 88, Level: 0.95,
		Weighting: i18n.Text{
			DA: "Svarene er vægtet efter delsektor og størrelse, så de tegner alle offentlige arbejdspladser",
			EN: "Answers are weighted by subsector and size to represent all public workplaces"},
		EffectiveN: 1340, ResponseRate: 1611.0 / (4494 - 88),
	}
}

func domains() []table.Domain {
	list := []table.Domain{{Breakdown: "total", Label: i18n.Text{DA: "Alle offentlige arbejdspladser", EN: "All public workplaces"}}}
	for _, c := range []codebook.Classification{codebook.Sectors(), codebook.Subsectors(), codebook.Sizes()} {
		for _, code := range c.Codes {
			list = append(list, table.Domain{Breakdown: c.Name, Codes: []string{code.Value}, Label: code.Label})
		}
	}
	for _, sector := range codebook.Sectors().Codes {
		for _, size := range codebook.Sizes().Codes {
			list = append(list, table.Domain{Breakdown: "sector_size", Codes: []string{sector.Value, size.Value},
				Label: i18n.Text{DA: sector.Label.DA + ", " + size.Label.DA, EN: sector.Label.EN + ", " + size.Label.EN}})
		}
	}
	for _, code := range codebook.Regions().Codes {
		list = append(list, table.Domain{Breakdown: "region", Codes: []string{code.Value}, Label: code.Label})
	}
	return list
}

// invent makes a cell whose value lies near the total's, with the standard
// error of a plausible number of respondents.
func invent(ind table.Indicator, dom table.Domain) cell {
	n := respondents(dom)
	if ind.Base != everyone {
		n = n * 83 / 100
	}
	if ind.Family == "held_back" {
		n = n * 20 / 100
	}
	if n < 10 {
		return cell{Status: table.Confidential}
	}
	scale := 1.0
	if ind.Kind == table.Score {
		scale = 100
	}
	p := centre(ind.ID)
	if dom.Breakdown != "total" {
		p += (noise(ind.ID+dom.ID()) - 0.5) * 0.16 * 4 * p * (1 - p)
	}
	se := math.Sqrt(p * (1 - p) / float64(n) * 1.2)
	f := table.Figure{Value: p * scale, Low: max(0, p-1.96*se) * scale, High: min(1, p+1.96*se) * scale,
		SE: se * scale, DF: float64(n - 1), N: n}
	if ind.Counted {
		f.Low, f.High, f.SE = f.Value, f.Value, 0
		return cell{Figure: &f}
	}
	if 1.96*se > 0.10 {
		return cell{Status: table.Uncertain, Figure: &f}
	}
	return cell{Figure: &f}
}

func respondents(dom table.Domain) int {
	share := map[string]float64{"total": 1, "sector": 0.34, "subsector": 0.065, "size": 0.25, "sector_size": 0.08, "region": 0.2}[dom.Breakdown]
	switch dom.ID() {
	case "subsector:R-ADM":
		return 8
	case "subsector:R-SOC":
		return 25
	}
	return int(1611 * share * (0.75 + 0.5*noise(dom.ID())))
}

// noise spreads ids evenly over 0 to 1.
func noise(id string) float64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	x := h.Sum64() * 0x9E3779B97F4A7C15
	return float64(x>>40) / (1 << 24)
}
