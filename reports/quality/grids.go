package quality

import (
	"slices"
	"time"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/number"
	"barometer/survey/codebook"
)

// say picks a wording.
func (w writer) say(da, en string) string { return i18n.Text{DA: da, EN: en}.In(w.l) }

func (w writer) count(n int) string { return number.Integer(n, w.l) }

// dispositions tells what became of the sample.
func (w writer) dispositions() brief.Grid {
	c := w.e.Cases
	g := brief.Grid{Caption: w.say("Hvad der blev af de udtrukne arbejdspladser", "What became of the workplaces drawn"), LabelColumns: 1,
		Head: []string{w.say("Udfald", "Disposition"), w.say("Antal", "Number"), w.say("Andel af stikprøven", "Share of the sample")}}
	for _, d := range []struct {
		da, en string
		n      int
	}{
		{"Besvaret hele skemaet", "Answered the whole questionnaire", c.Complete},
		{"Besvaret en del", "Answered in part", c.Partial},
		{"Afslået", "Refused", c.Refused},
		{"Ikke truffet", "Not reached", c.Noncontact},
		{"Intet svar, ukendt om i målgruppen", "No answer, not known to be in scope", c.Unknown},
		{"Uden for målgruppen", "Out of scope", c.Ineligible},
		{"I alt", "Total", c.Sampled},
	} {
		g.Rows = append(g.Rows, []string{w.say(d.da, d.en), w.count(d.n), number.PercentDecimals(float64(d.n)/float64(c.Sampled), 1, w.l)})
	}
	return g
}

// rateWords are the definitions of the response rates (AAPOR 2023).
var rateWords = map[string]i18n.Text{
	"RR1": {DA: "Hele svar af alle, der kan være i målgruppen", EN: "Complete answers of all that may be in scope"},
	"RR2": {DA: "Som RR1, med delvise svar", EN: "As RR1, with partial answers"},
	"RR3": {DA: "Hele svar, når en del af de ukendte er uden for målgruppen", EN: "Complete answers where part of the unknown are out of scope"},
	"RR4": {DA: "Som RR3, med delvise svar", EN: "As RR3, with partial answers"},
	"RR5": {DA: "Hele svar af dem, der vides at være i målgruppen", EN: "Complete answers of those known to be in scope"},
	"RR6": {DA: "Som RR5, med delvise svar", EN: "As RR5, with partial answers"},
}

func (w writer) rates() brief.Grid {
	g := brief.Grid{Caption: w.say("Svarprocenter efter AAPOR's definitioner", "Response rates by the definitions of AAPOR"), LabelColumns: 1, Prose: true,
		Head: []string{w.say("Mål", "Measure"), w.say("Betydning", "Meaning"), w.say("Værdi", "Value")}}
	for _, r := range w.e.Rates {
		value := "–"
		if r.Defined {
			value = number.PercentDecimals(r.Value, 1, w.l)
		}
		g.Rows = append(g.Rows, []string{r.Name, rateWords[r.Name].In(w.l), value})
	}
	return g
}

func (w writer) weights() brief.Grid {
	s := w.e.Weights
	decimal := func(x float64, digits int) string { return number.Decimal(x, digits, w.l) }
	return brief.Grid{Caption: w.say("De endelige vægte", "The final weights"), LabelColumns: 1,
		Head: []string{w.say("Mål", "Measure"), w.say("Værdi", "Value")}, Rows: [][]string{
			{w.say("Vægtede arbejdspladser", "Weighted workplaces"), w.count(s.N)},
			{w.say("Sum af vægte", "Sum of weights"), decimal(s.Sum, 0)},
			{w.say("Mindste og største vægt", "Smallest and largest weight"), number.Interval(s.Min, s.Max, 1, w.l)},
			{w.say("Variationskoefficient", "Coefficient of variation"), decimal(s.CV, 2)},
			{w.say("Designeffekt af vægtene (Kish)", "Design effect of the weights (Kish)"), decimal(s.KishDeff, 2)},
			{w.say("Effektivt antal", "Effective number"), decimal(s.EffectiveN, 0)},
		}}
}

// precision tells for each breakdown how wide the intervals of shares are, and
// how many figures are uncertain or not shown.
func (w writer) precision() brief.Grid {
	g := brief.Grid{Caption: w.say("Intervaller for andele: halv bredde i procentpoint", "Intervals of shares: half-width in percentage points"), LabelColumns: 1,
		Head: []string{w.say("Opdeling", "Breakdown"), w.say("Median", "Median"), w.say("Største", "Largest"), w.say("Tal", "Figures"), w.say("Usikre", "Uncertain"), w.say("Ikke vist", "Not shown")}}
	var seen []string
	for _, d := range w.t.Domains() {
		if !slices.Contains(seen, d.Breakdown) {
			seen = append(seen, d.Breakdown)
			g.Rows = append(g.Rows, append([]string{w.breakdown(d.Breakdown)}, w.widths(d.Breakdown)...))
		}
	}
	return g
}

func (w writer) widths(breakdown string) []string {
	var halves []float64
	figures, uncertain, hidden := 0, 0, 0
	for _, ind := range w.t.Indicators() {
		if ind.Kind != table.Share || ind.Counted {
			continue
		}
		for _, d := range w.t.Breakdown(breakdown) {
			cell, _ := w.t.Cell(ind.ID, d.ID())
			figures++
			f, shown := cell.Figure()
			switch {
			case !shown:
				hidden++
				continue
			case cell.Status() == table.Uncertain:
				uncertain++
			}
			halves = append(halves, 50*(f.High-f.Low))
		}
	}
	median, largest := "–", "–"
	if len(halves) > 0 {
		slices.Sort(halves)
		median, largest = number.Decimal(halves[len(halves)/2], 1, w.l), number.Decimal(halves[len(halves)-1], 1, w.l)
	}
	return []string{median, largest, w.count(figures), w.count(uncertain), w.count(hidden)}
}

func (w writer) breakdown(name string) string {
	for _, c := range []codebook.Classification{codebook.Sectors(), codebook.Subsectors(), codebook.Sizes(), codebook.Regions()} {
		if c.Name == name {
			return c.Label.In(w.l)
		}
	}
	switch name {
	case "total":
		return w.say("Alle", "All")
	case "sector_size":
		return w.say("Sektor og størrelse", "Sector and size")
	}
	return name
}

// items tells how often a question was left open or answered with don't know.
// Small counts are not told.
func (w writer) items() brief.Grid {
	g := brief.Grid{Caption: w.say("Spørgsmål uden svar blandt dem, der besvarede hele skemaet", "Questions without an answer among those who answered the whole questionnaire"), LabelColumns: 1,
		Head: []string{w.say("Spørgsmål", "Question"), w.say("Stillet til", "Asked"), w.say("Uden svar", "No answer"), w.say("Ved ikke", "Don't know")}}
	for _, i := range w.e.Items {
		g.Rows = append(g.Rows, []string{i.ID + " " + i.Label.In(w.l), w.count(i.Asked), w.share(i.Open, i.Asked), w.share(i.DontKnow, i.Asked)})
	}
	return g
}

func (w writer) share(n, of int) string {
	switch {
	case of == 0:
		return "–"
	case n > 0 && n < w.e.Small:
		return w.say("færre end ", "fewer than ") + w.count(w.e.Small)
	}
	return number.PercentDecimals(float64(n)/float64(of), 1, w.l)
}

// imputed lists the indicators behind which answers are imputed.
func (w writer) imputed() brief.Grid {
	g := brief.Grid{Caption: w.say("Imputerede svar", "Imputed answers"), LabelColumns: 1, Prose: true, Head: []string{w.say("Indikator", "Indicator"), w.say("Omfang", "Extent")}}
	for _, ind := range w.t.Indicators() {
		if !ind.Note.IsZero() {
			g.Rows = append(g.Rows, []string{ind.Label.In(w.l), ind.Note.In(w.l)})
		}
	}
	return g
}

func (w writer) dates() brief.Grid {
	day := func(d time.Time) string { return i18n.Date(d, w.l) }
	return brief.Grid{Caption: w.say("Dage", "Days"), LabelColumns: 1, Prose: true, Head: []string{w.say("Hændelse", "Event"), w.say("Dag", "Day")}, Rows: [][]string{
		{w.say("Perioden, der spørges om", "The period asked about"), w.t.Period.In(w.l)},
		{w.say("Populationsrammen beskriver", "The sampling frame describes"), day(w.e.Frame)},
		{w.say("Sidste dag at svare", "Last day to answer"), day(w.e.Deadline)},
		{w.say("Offentliggjort", "Published"), day(w.e.Published)},
	}}
}

// breaks lists every break of a series once, with the indicators it parts.
func (w writer) breaks() brief.Grid {
	g := brief.Grid{Caption: w.say("Brud i serierne", "Breaks of the series"), LabelColumns: 1, Prose: true,
		Head: []string{w.say("Fra bølge", "From wave"), w.say("Grund", "Reason"), w.say("Gælder", "Concerns")}}
	type key struct{ wave, reason string }
	concerned := map[key][]string{}
	var order []key
	for _, ind := range w.t.Indicators() {
		for _, b := range ind.Breaks {
			k := key{b.Wave, b.Reason.In(w.l)}
			if concerned[k] == nil {
				order = append(order, k)
			}
			concerned[k] = append(concerned[k], ind.Label.In(w.l))
		}
	}
	for _, k := range order {
		g.Rows = append(g.Rows, []string{k.wave, k.reason, w.concern(concerned[k])})
	}
	if len(order) == 0 {
		g.Rows = [][]string{{"–", w.say("Ingen brud", "No break"), w.say("Alle indikatorer", "All indicators")}}
	}
	return g
}

// concern names the indicators of a break, or says that it is all.
func (w writer) concern(labels []string) string {
	if len(labels) == len(w.t.Indicators()) {
		return w.say("Alle indikatorer", "All indicators")
	}
	const most = 5
	if len(labels) > most {
		return w.count(len(labels)) + w.say(" indikatorer", " indicators")
	}
	text := labels[0]
	for _, l := range labels[1:] {
		text += "; " + l
	}
	return text
}

func (w writer) access() brief.Grid {
	g := brief.Grid{Caption: w.say("Adgang", "Access"), LabelColumns: 1, Prose: true, Head: []string{w.say("Forhold", "Matter"), w.say("Oplysning", "Information")}, Rows: [][]string{
		{w.say("Udgiver", "Publisher"), w.e.Publisher.In(w.l)},
		{w.say("Kontakt", "Contact"), w.e.Contact},
		{w.say("Licens", "Licence"), w.e.Licence},
	}}
	if w.e.DOI != "" {
		g.Rows = append(g.Rows, []string{"DOI", w.e.DOI})
	}
	return g
}
