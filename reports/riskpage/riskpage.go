// Package riskpage writes what is known of the risk that a workplace is
// recognised in a research file, for those who approve the file.
//
// The reports of package anonymise come in, one HTML page a language or one JSON
// document goes out: sample and population uniques, the sizes of cells, the
// expected number of workplaces recognised, the values of sensitive answers,
// what was recoded, and what was lost. It lies in the wave's archive and is not
// released: what stood out before tells where to look. The release has a summary
// of what is now. It computes nothing.
package riskpage

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/reports/internal/plainpage"
	"barometer/reports/number"
	"barometer/weighting"
)

// Page is what the file is about.
type Page struct {
	Wave      i18n.Text // "Innovationsbarometeret 2025"
	Synthetic bool
	Files     []File
}

// File is a research file with its report.
type File struct {
	Name   i18n.Text // "Filen til alle"
	Report anonymise.Report
}

// JSON writes the reports for programs.
func (p Page) JSON(w io.Writer) error {
	type file struct {
		Name      i18n.Text            `json:"name"`
		K         int                  `json:"k"`
		Records   int                  `json:"records"`
		Risk      *anonymise.Risk      `json:"risk"`
		Loss      *anonymise.Loss      `json:"loss"`
		Precision *anonymise.Precision `json:"precision,omitempty"`
	}
	var files []file
	for _, f := range p.Files {
		r := f.Report
		files = append(files, file{f.Name, r.K, r.Records, r.Risk, r.Loss, r.Precision})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "\t")
	return enc.Encode(files)
}

// Write writes the page in one language.
func (p Page) Write(w io.Writer, l i18n.Lang) error {
	v := plainpage.Page{Lang: l, Wave: p.Wave.In(l), Title: say(l, "Risiko for genkendelse i forskningsdata", "Risk of recognition in the research data"),
		Lead: say(l, "Hvor let en arbejdsplads kan genkendes, før og efter anonymiseringen, og hvad den har kostet. Siden er til dem, der godkender filerne, og offentliggøres ikke.",
			"How easily a workplace can be recognised, before and after anonymisation, and what that has cost. The page is for those who approve the files and is not released.")}
	if p.Synthetic {
		v.Synthetic = say(l, "Syntetiske data: arbejdspladser og svar er opfundet.", "Synthetic data: workplaces and answers are invented.")
	}
	for _, f := range p.Files {
		if f.Report.Risk == nil || f.Report.Loss == nil {
			return fmt.Errorf("risk of %s: it was not assessed", f.Name.EN)
		}
		v.Sections = append(v.Sections, f.risk(l), f.sizes(l), f.sensitive(l), f.background(l), f.recodes(l))
	}
	return v.Write(w)
}

func say(l i18n.Lang, da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }

func (f File) titled(l i18n.Lang, da, en string) string { return f.Name.In(l) + ": " + say(l, da, en) }

func (f File) risk(l i18n.Lang) weighting.Section {
	r := f.Report.Risk
	s := weighting.Section{Title: f.titled(l, "risiko", "risk"), Names: 1,
		Header: []string{say(l, "Mål", "Measure"), say(l, "Før", "Before"), say(l, "Efter", "After")}}
	s.Paragraphs = []string{fmt.Sprintf(say(l,
		"Krav: mindst %d svar og %d arbejdspladser i hver kombination af sektor, delsektor, størrelse og region. %s svar er med. Risikoen for et svar er E(1/F | f), hvor F er kombinationens størrelse i populationen, negativt binomialfordelt (Benedetti og Franconi 1998; Franconi og Polettini 2004). Den forudsætter en, der kender alle arbejdspladsers baggrund.",
		"Required: at least %d answers and %d workplaces in each combination of sector, subsector, size and region. %s answers are included. The risk of an answer is E(1/F | f), where F is the size of the combination in the population, negative binomial (Benedetti and Franconi 1998; Franconi and Polettini 2004). It assumes somebody who knows the background of every workplace."),
		f.Report.K, f.Report.K, number.Integer(f.Report.Records, l))}
	whole := func(da, en string, of func(anonymise.Exposure) int) {
		s.Rows = append(s.Rows, []string{say(l, da, en), number.Integer(of(r.Before), l), number.Integer(of(r.After), l)})
	}
	decimal := func(da, en string, digits int, of func(anonymise.Exposure) float64) {
		s.Rows = append(s.Rows, []string{say(l, da, en), number.Decimal(of(r.Before), digits, l), number.Decimal(of(r.After), digits, l)})
	}
	whole("Kombinationer i brug", "Combinations in use", func(e anonymise.Exposure) int { return e.Cells })
	whole("Færreste svar i en kombination", "Fewest answers in a combination", func(e anonymise.Exposure) int { return e.Smallest })
	whole("Svar, der er alene (unikke i stikprøven)", "Answers that are alone (sample uniques)", func(e anonymise.Exposure) int { return e.SampleUniques })
	decimal("Heraf skønnet alene i populationen", "Of these, estimated alone in the population", 1, func(e anonymise.Exposure) float64 { return e.PopulationUniques })
	whole("Svar i kombinationer med for få svar", "Answers in combinations of too few answers", func(e anonymise.Exposure) int { return e.BelowK })
	whole("Svar i kombinationer med for få arbejdspladser", "Answers in combinations of too few workplaces", func(e anonymise.Exposure) int { return e.BelowPopulationK })
	whole("Svar i kombinationer, der svarer ens på noget følsomt", "Answers in combinations that answer something sensitive alike", func(e anonymise.Exposure) int { return e.Alike })
	decimal("Forventet antal genkendte", "Expected number recognised", 1, func(e anonymise.Exposure) float64 { return e.Expected })
	decimal("Forventet andel genkendte, pct.", "Expected share recognised, %", 2, func(e anonymise.Exposure) float64 { return 100 * e.Rate })
	decimal("Højeste risiko for et svar, pct.", "Highest risk of an answer, %", 1, func(e anonymise.Exposure) float64 { return 100 * e.Highest })
	return s
}

func (f File) sizes(l i18n.Lang) weighting.Section {
	s := weighting.Section{Title: f.titled(l, "svar efter kombinationens størrelse", "answers by the size of their combination"), Names: 1,
		Header: []string{say(l, "Svar i kombinationen", "Answers in the combination"), say(l, "Før", "Before"), say(l, "Efter", "After")}}
	for i, b := range f.Report.Risk.Before.Sizes {
		band := fmt.Sprintf("%d–%d", b.From, b.To)
		switch b.To {
		case 0:
			band = fmt.Sprintf(say(l, "%d eller flere", "%d or more"), b.From)
		case b.From:
			band = fmt.Sprint(b.From)
		}
		s.Rows = append(s.Rows, []string{band, number.Integer(b.Records, l), number.Integer(f.Report.Risk.After.Sizes[i].Records, l)})
	}
	return s
}

func (f File) sensitive(l i18n.Lang) weighting.Section {
	s := weighting.Section{Title: f.titled(l, "følsomme svar", "sensitive answers"), Names: 1,
		Header: []string{say(l, "Variabel", "Variable"), say(l, "Færreste værdier før", "Fewest values before"), say(l, "Efter", "After")},
		Paragraphs: []string{fmt.Sprintf(say(l,
			"Færrest forskellige værdier i en kombination; der kræves mindst %d. Ikke stillet tæller som en værdi.",
			"The fewest different values in a combination; at least %d are required. Not asked counts as a value."), f.Report.Risk.L)}}
	for _, d := range f.Report.Risk.Sensitive {
		s.Rows = append(s.Rows, []string{d.Variable, number.Integer(d.Before, l), number.Integer(d.After, l)})
	}
	return s
}

func (f File) background(l i18n.Lang) weighting.Section {
	loss := f.Report.Loss
	s := weighting.Section{Title: f.titled(l, "informationstab", "loss of information"), Names: 1,
		Header: []string{say(l, "Variabel", "Variable"), say(l, "Koder før", "Codes before"), say(l, "Efter", "After"), say(l, "Uændrede svar, pct.", "Unchanged answers, %"), "Hellinger"}}
	for _, d := range loss.Background {
		s.Rows = append(s.Rows, []string{d.Variable, number.Integer(d.Codes, l), number.Integer(d.Now, l),
			number.Decimal(100*float64(d.Kept)/float64(f.Report.Records), 1, l), number.Decimal(d.Hellinger, 3, l)})
	}
	s.Paragraphs = []string{fmt.Sprintf(say(l, "Hellinger-afstanden er mellem de vægtede fordelinger før og efter, fra 0 til 1. Vægtenes IL1s (Yancey, Winkler og Creecy 2002) er %s.",
		"The Hellinger distance is between the weighted distributions before and after, from 0 to 1. IL1s of the weights (Yancey, Winkler and Creecy 2002) is %s."), number.Decimal(loss.Weights, 3, l))}
	if p := f.Report.Precision; p != nil {
		s.Paragraphs = append(s.Paragraphs, fmt.Sprintf(say(l, "Over %d andele er forholdet mellem standardfejl efter og før %s i midten, fra %s til %s. Ingen andel flytter sig mere end %s procentpoint.",
			"Over %d shares the ratio of standard errors after to before is %s in the middle, from %s to %s. No share moves by more than %s percentage points."),
			p.Shares, number.Decimal(p.MedianRatio, 3, l), number.Decimal(p.LowestRatio, 2, l), number.Decimal(p.HighestRatio, 2, l), number.Decimal(100*p.LargestShift, 2, l)))
	}
	return s
}

func (f File) recodes(l i18n.Lang) weighting.Section {
	s := weighting.Section{Title: f.titled(l, "omkodet", "recoded"), Names: 3,
		Header: []string{say(l, "Variabel", "Variable"), say(l, "Fra", "From"), say(l, "Til", "To"), say(l, "Svar", "Answers")}}
	for _, r := range f.Report.Recodes {
		var from []string
		for _, c := range r.From {
			from = append(from, c.Label.In(l))
		}
		name := r.Variable
		if !r.Within.Label.IsZero() {
			name += ", " + r.Within.Label.In(l)
		}
		s.Rows = append(s.Rows, []string{name, strings.Join(from, " + "), r.To.Label.In(l), number.Integer(r.Records, l)})
	}
	for _, d := range f.Report.Regions {
		s.Paragraphs = append(s.Paragraphs, fmt.Sprintf("%s, %s: %s.", say(l, "Region", "Region"), d.Degree.In(l), number.Integer(d.Records, l)))
	}
	return s
}
