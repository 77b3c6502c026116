package anonymise

import (
	"fmt"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// Report says what was done to a wave to make its research file.
type Report struct {
	K        int
	Records  int
	Cells    int // combinations of sector, subsector, size and region in use
	Smallest int // records of the smallest of them

	Recodes []Recode
	LeftOut []codebook.Variable // answers that stay behind
	Regions []RegionDetail
	Strata  int // pseudo-strata

	WeightBefore, WeightAfter float64 // sum of weights before and after averaging and rounding
}

// Recode is one step down the ladder: codes of a variable that became one.
type Recode struct {
	Variable string
	Within   codebook.Code // the subsector, for a size; zero for a subsector
	From     []codebook.Code
	To       codebook.Code
	Records  int
}

// RegionDetail counts the records at one degree of detail of the region.
type RegionDetail struct {
	Degree  i18n.Text
	Records int
}

func newReport(b *builder, l *ladder, d pseudo) Report {
	r := Report{K: b.policy.K, Records: len(b.records), Recodes: l.recodes, LeftOut: b.leftOut, Smallest: len(b.records)}
	for _, t := range cells(b.records) {
		r.Cells++
		r.Smallest = min(r.Smallest, t.records)
	}
	for i := range b.records {
		r.WeightBefore += b.records[i].weight
		r.WeightAfter += d.weight[i]
	}
	r.Strata = len(levelsOf(d.stratum))
	r.Regions = regionDetails(b)
	return r
}

// regionDetails counts records with a region, with a part of the country, and
// with neither.
func regionDetails(b *builder) []RegionDetail {
	details := []RegionDetail{
		{Degree: i18n.Text{DA: "region", EN: "region"}},
		{Degree: i18n.Text{DA: "landsdel", EN: "part of the country"}},
		{Degree: i18n.Text{DA: "ikke oplyst", EN: "not given"}},
	}
	for i := range b.records {
		details[b.degree(b.records[i].region)].Records++
	}
	return details
}

func (b *builder) degree(region string) int {
	if region == EveryRegion {
		return 2
	}
	for _, p := range b.policy.Parts {
		if p.Code.Value == region {
			return 1
		}
	}
	return 0
}

// Line is one point of the report in words.
type Line struct {
	Heading string
	Text    string
}

// Lines tells in words what was recoded, for the method sheet of a workbook.
func (r Report) Lines(l i18n.Lang) []Line {
	say := func(da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }
	lines := []Line{
		{say("Hvem er med", "Who is included"),
			fmt.Sprintf(say("%d arbejdspladser, der har svaret på hele skemaet. Hver række er én arbejdsplads.",
				"%d workplaces that completed the questionnaire. Each row is one workplace."), r.Records)},
		{say("Anonymisering", "Anonymisation"),
			fmt.Sprintf(say("Hver kombination af sektor, delsektor, størrelse og region deles af mindst %d arbejdspladser i filen (krav: %d). Der er %d kombinationer i brug. Løbenumre og rækkefølge er tilfældige.",
				"Every combination of sector, subsector, size and region is shared by at least %d workplaces in the file (required: %d). %d combinations are in use. Record ids and the order of rows are random."),
				r.Smallest, r.K, r.Cells)},
		{say("Udeladt", "Left out"), r.leftOutText(l)},
	}
	for _, rec := range r.Recodes {
		lines = append(lines, Line{say("Omkodet", "Recoded"), rec.text(l)})
	}
	return append(lines,
		Line{say("Region", "Region"), r.regionText(l)},
		Line{say("Vægt", "Weight"), say(
			"Vægten er den endelige vægt, gjort ens for arbejdspladser med samme delsektor og størrelse i filen og afrundet. Brug den i alle beregninger.",
			"The weight is the final weight, made equal for workplaces of the same subsector and size in the file, and rounded. Use it in every calculation.")},
		Line{say("Usikkerhed", "Uncertainty"), fmt.Sprintf(say(
			"Brug pseudo_stratum (%d strata) som strata og pseudo_fpc som endelighedskorrektion. I R: svydesign(ids = ~1, strata = ~pseudo_stratum, fpc = ~pseudo_fpc, weights = ~weight, data = data).",
			"Use pseudo_stratum (%d strata) as strata and pseudo_fpc as finite population correction. In R: svydesign(ids = ~1, strata = ~pseudo_stratum, fpc = ~pseudo_fpc, weights = ~weight, data = data)."), r.Strata)},
	)
}

func (r Report) leftOutText(l i18n.Lang) string {
	text := i18n.Text{
		DA: "Navne, numre, kommune, præcist antal ansatte, fritekst og de sande strata er ikke med.",
		EN: "Names, register numbers, municipality, exact number of employees, free text and the true strata are not included.",
	}.In(l)
	if len(r.LeftOut) == 0 {
		return text
	}
	var names []string
	for _, v := range r.LeftOut {
		names = append(names, v.Name)
	}
	return text + " " + i18n.Text{DA: "Heller ikke svarene på: ", EN: "Nor are the answers to: "}.In(l) + strings.Join(names, ", ") + "."
}

func (r Report) regionText(l i18n.Lang) string {
	var counts []string
	for _, d := range r.Regions {
		counts = append(counts, fmt.Sprintf("%s: %d", d.Degree.In(l), d.Records))
	}
	return i18n.Text{
		DA: "Regionen er så fin, som hver gruppe kan bære. Antal rækker efter detaljegrad – ",
		EN: "The region is as fine as each group can bear. Rows by degree of detail – ",
	}.In(l) + strings.Join(counts, "; ") + "."
}

func (r Recode) text(l i18n.Lang) string {
	var from []string
	for _, c := range r.From {
		from = append(from, c.Label.In(l))
	}
	where := ""
	if !r.Within.Label.IsZero() {
		where = r.Within.Label.In(l) + ": "
	}
	return fmt.Sprintf(i18n.Text{DA: "%s%s er slået sammen til »%s« (%d rækker).", EN: "%s%s became “%s” (%d rows)."}.In(l),
		where, strings.Join(from, " + "), r.To.Label.In(l), r.Records)
}
