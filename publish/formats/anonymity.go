package formats

import (
	"fmt"
	"strings"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// Replicates returns the replicate weights of a research file, one row a record
// in the order of the file.
func Replicates(f *anonymise.File) *Grid {
	d := f.Replicates.Data
	g := &Grid{Name: "replicates", Rows: d.Rows()}
	for i := range d.Columns() {
		c := &d.Columns()[i]
		if c.IsNumeric() {
			g.number(c.Name, Number, func(r int) Cell { return NumberCell(c.Number[r]) })
		} else {
			g.text(c.Name, c.Level)
		}
	}
	return g
}

// AnonymityReport is what everyone may know of how a research file was made
// safe: what it is now, and what was lost. What stood out before is for those
// who approve it.
type AnonymityReport struct {
	K         int                  `json:"k"`
	L         int                  `json:"l"`
	Records   int                  `json:"records"`
	Risk      anonymise.Exposure   `json:"risk"`
	Sensitive []string             `json:"sensitive"`
	Recodes   []Recoding           `json:"recodes"`
	LeftOut   []string             `json:"left_out"`
	Loss      *anonymise.Loss      `json:"loss"`
	Precision *anonymise.Precision `json:"precision,omitempty"`
}

// Recoding is a step of the ladder in words.
type Recoding struct {
	Variable string    `json:"variable"`
	Text     i18n.Text `json:"text"`
	Records  int       `json:"records"`
}

// Anonymity makes the public summary of a report whose risk was assessed.
func Anonymity(r anonymise.Report) AnonymityReport {
	out := AnonymityReport{K: r.K, L: r.Risk.L, Records: r.Records, Risk: r.Risk.After, Loss: r.Loss, Precision: r.Precision,
		Sensitive: []string{}, Recodes: []Recoding{}, LeftOut: []string{}}
	for _, s := range r.Risk.Sensitive {
		out.Sensitive = append(out.Sensitive, s.Variable)
	}
	for _, c := range r.Recodes {
		out.Recodes = append(out.Recodes, Recoding{c.Variable, i18n.Text{DA: recoded(c, i18n.Danish), EN: recoded(c, i18n.English)}, c.Records})
	}
	for _, v := range r.LeftOut {
		out.LeftOut = append(out.LeftOut, v.Name)
	}
	return out
}

// riskPoints tells the risk of a file and what was lost, in words.
func riskPoints(r anonymise.Report, l i18n.Lang) [][2]string {
	if r.Risk == nil {
		return nil
	}
	w := words(l)
	var sensitive, lost []string
	for _, s := range r.Risk.Sensitive {
		sensitive = append(sensitive, s.Variable)
	}
	for _, d := range r.Loss.Background {
		lost = append(lost, fmt.Sprintf("%s %s %% (H = %s)", d.Variable, number.Decimal(100*float64(d.Kept)/float64(r.Records), 0, l), number.Decimal(d.Hellinger, 3, l)))
	}
	var points [][2]string
	if r.Risk.L > 1 {
		points = append(points, [2]string{w("Følsomme svar", "Sensitive answers"), fmt.Sprintf(w(
			"Hver kombination rummer mindst %d forskellige svar på: %s. Ingen kan slutte svaret fra baggrunden alene.",
			"Every combination holds at least %d different answers to: %s. Nobody can infer the answer from the background alone."), r.Risk.L, strings.Join(sensitive, ", "))})
	}
	return append(points, [][2]string{
		{w("Risiko", "Risk"), fmt.Sprintf(w(
			"Ingen arbejdsplads er alene om sin kombination. Den, der kendte alle offentlige arbejdspladsers baggrund og gættede for hver række, ville i gennemsnit ramme rigtigt i %s %% af rækkerne (Benedetti og Franconi 1998).",
			"No workplace is alone in its combination. Somebody who knew the background of every public workplace and guessed for each row would on average be right in %s%% of the rows (Benedetti and Franconi 1998)."), number.Decimal(100*r.Risk.After.Rate, 1, l))},
		{w("Informationstab", "Loss of information"), fmt.Sprintf(w(
			"Rækker, der har beholdt deres kode, og Hellinger-afstanden mellem fordelingerne før og efter: %s. Vægtenes IL1s er %s.",
			"Rows that kept their code, and the Hellinger distance between the distributions before and after: %s. IL1s of the weights is %s."), strings.Join(lost, "; "), number.Decimal(r.Loss.Weights, 3, l))},
		{w("Replikatvægte", "Replicate weights"), w(
			"replicates.csv giver 400 sæt vægte (bootstrap, Rao, Wu og Yue 1992). De er dannet af filens egne pseudostrata og tilfældige tal og fortæller intet mere. En standardfejl fra dem afviger typisk 3–4 % fra den, pseudostrataene giver.",
			"replicates.csv gives 400 sets of weights (bootstrap, Rao, Wu and Yue 1992). They are made of the file's own pseudo-strata and random numbers and tell nothing more. A standard error from them typically differs by 3–4% from that of the pseudo-strata.")},
	}...)
}
