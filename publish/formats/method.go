package formats

import (
	"fmt"
	"math"
	"strings"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// methodPoints tells in words how a research file was made and how to use it.
func methodPoints(r anonymise.Report, l i18n.Lang) [][2]string {
	w := words(l)
	points := [][2]string{
		{w("Hvem er med", "Who is included"), fmt.Sprintf(w(
			"%s arbejdspladser, der har svaret på hele skemaet. Hver række er én arbejdsplads.",
			"%s workplaces that completed the questionnaire. Each row is one workplace."), number.Integer(r.Records, l))},
		{w("Anonymisering", "Anonymisation"), fmt.Sprintf(w(
			"Hver kombination af sektor, delsektor, størrelse og region deles af mindst %d arbejdspladser i filen (krav: %d). Der er %d kombinationer i brug. Løbenumre og rækkefølge er tilfældige.",
			"Every combination of sector, subsector, size and region is shared by at least %d workplaces in the file (required: %d). %d combinations are in use. Record ids and the order of rows are random."),
			r.Smallest, r.K, r.Cells)},
		{w("Udeladt", "Left out"), leftOut(r, l)},
	}
	for _, recode := range r.Recodes {
		points = append(points, [2]string{w("Omkodet", "Recoded"), recoded(recode, l)})
	}
	points = append(points,
		[2]string{w("Region", "Region"), regionDetail(r, l)},
		[2]string{w("Vægt", "Weight"), WeightWords().In(l)},
		[2]string{w("Usikkerhed", "Uncertainty"), fmt.Sprintf(w(
			"Brug pseudo_stratum (%d strata) som strata og pseudo_fpc som endelighedskorrektion. ",
			"Use pseudo_stratum (%d strata) as strata and pseudo_fpc as finite population correction. "), r.Strata) + designInR})
	if r.Precision != nil {
		points = append(points, [2]string{w("Præcision", "Precision"), precision(*r.Precision, l)})
	}
	return append(points, riskPoints(r, l)...)
}

// WeightWords says what the weight of a research file is.
func WeightWords() i18n.Text {
	return i18n.Text{
		DA: "Vægten er den endelige vægt, gjort ens for arbejdspladser med samme delsektor og størrelse i filen og afrundet. Brug den i alle beregninger.",
		EN: "The weight is the final weight, made equal for workplaces of the same subsector and size in the file, and rounded. Use it in every calculation.",
	}
}

// designInR declares the pseudo-design in R's survey package.
const designInR = "R: svydesign(ids = ~1, strata = ~pseudo_stratum, fpc = ~pseudo_fpc, weights = ~weight, data = data)"

func leftOut(r anonymise.Report, l i18n.Lang) string {
	w := words(l)
	text := w("Navne, numre, kommune, præcist antal ansatte, fritekst og de sande strata er ikke med.",
		"Names, register numbers, municipality, exact number of employees, free text and the true strata are not included.")
	if len(r.LeftOut) == 0 {
		return text
	}
	var names []string
	for _, v := range r.LeftOut {
		names = append(names, fmt.Sprintf("%s (%s)", v.Name, v.Label.In(l)))
	}
	return text + w(" Heller ikke svarene på: ", " Nor are the answers to: ") + strings.Join(names, "; ") + "."
}

func regionDetail(r anonymise.Report, l i18n.Lang) string {
	var counts []string
	for _, d := range r.Regions {
		counts = append(counts, d.Degree.In(l)+": "+number.Integer(d.Records, l))
	}
	return words(l)("Regionen er så fin, som hver gruppe kan bære. Rækker efter detaljegrad – ",
		"The region is as fine as each group can bear. Rows by degree of detail – ") + strings.Join(counts, "; ") + "."
}

func recoded(r anonymise.Recode, l i18n.Lang) string {
	var from []string
	for _, c := range r.From {
		from = append(from, c.Label.In(l))
	}
	within := ""
	if !r.Within.Label.IsZero() {
		within = r.Within.Label.In(l) + ": "
	}
	return fmt.Sprintf(words(l)("%s%s er slået sammen til »%s« (%s rækker).", "%s%s became “%s” (%s rows)."),
		within, strings.Join(from, " + "), r.To.Label.In(l), number.Integer(r.Records, l))
}

func precision(p anonymise.Precision, l i18n.Lang) string {
	decimal := func(x float64) string { return number.Decimal(x, 2, l) }
	return fmt.Sprintf(words(l)(
		"Sammenlignet med de sande vægte og strata over %d andele er medianen af forholdet mellem standardfejlene %s (fra %s til %s), og ingen andel flytter sig mere end %s procentpoint.",
		"Compared with the true weights and strata over %d shares, the median ratio of standard errors is %s (from %s to %s), and no share moves by more than %s percentage points."),
		p.Shares, decimal(p.MedianRatio), decimal(p.LowestRatio), decimal(p.HighestRatio), decimal(math.Ceil(1e4*p.LargestShift)/100))
}
