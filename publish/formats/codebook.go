package formats

import (
	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Variables describes the variables of a research file, one a row, in the
// given languages.
func Variables(f *anonymise.File, languages ...i18n.Lang) *Grid {
	rows := f.Codebook.Variables
	columns := f.Data.Columns()
	w := words(languages[0])
	g := &Grid{Name: "codebook", Rows: len(rows)}
	g.titled("variable", w("Variabel", "Variable"), 24, func(r int) string { return rows[r].Name })
	g.worded("label", w("Betydning", "Meaning"), 44, languages, func(r int) i18n.Text { return rows[r].Label })
	g.worded("question", w("Spørgsmålets ordlyd", "Wording of the question"), 60, languages, func(r int) i18n.Text { return rows[r].Question })
	g.worded("asked", w("Stillet til", "Asked of"), 36, languages, func(r int) i18n.Text { return rows[r].Asked })
	g.titled("item", w("Spørgsmål nr.", "Question no."), 0, func(r int) string { return rows[r].Item })
	g.titled("kind", w("Type", "Type"), 14, func(r int) string { return string(rows[r].Kind) })
	g.titled("role", w("Rolle", "Role"), 12, func(r int) string { return string(rows[r].Role) })
	g.worded("unit", w("Enhed", "Unit"), 18, languages, func(r int) i18n.Text { return rows[r].Unit })
	valid := g.number("valid", Count, func(r int) Cell { return NumberCell(float64(present(&columns[r]))) })
	valid.Title = w("Gyldige", "Valid")
	missing := g.number("missing", Count, func(r int) Cell { return NumberCell(float64(f.Data.Rows() - present(&columns[r]))) })
	missing.Title = w("Manglende", "Missing")
	return g
}

// titled adds a column of texts for a workbook.
func (g *Grid) titled(name, title string, width float64, value func(row int) string) {
	c := g.text(name, value)
	c.Title, c.Width, c.Wrap = title, width, width >= 36
}

// worded adds a column for each language, the language in its name where there
// are several.
func (g *Grid) worded(name, title string, width float64, languages []i18n.Lang, value func(row int) i18n.Text) {
	for _, l := range languages {
		if len(languages) == 1 {
			g.titled(name, title, width, func(r int) string { return value(r).In(l) })
		} else {
			g.titled(name+"_"+string(l), title+" ("+string(l)+")", width, func(r int) string { return value(r).In(l) })
		}
	}
}

func present(c *microdata.Column) int {
	n := 0
	for i := range c.Len() {
		if !c.Missing(i) {
			n++
		}
	}
	return n
}

// counted is one value of a variable and how many records have it.
type counted struct {
	variable string
	code     codebook.Code
	missing  bool
	records  int
}

// Values describes the values of every coded variable of a research file, and
// the reasons for which values are missing, one a row.
func Values(f *anonymise.File, languages ...i18n.Lang) *Grid {
	var rows []counted
	columns := f.Data.Columns()
	for j, v := range f.Codebook.Variables {
		rows = append(rows, countValues(v, &columns[j])...)
	}
	w := words(languages[0])
	g := &Grid{Name: "values", Rows: len(rows)}
	g.titled("variable", w("Variabel", "Variable"), 24, func(r int) string { return rows[r].variable })
	g.titled("value", w("Kode", "Code"), 22, func(r int) string { return rows[r].code.Value })
	number := g.number("number", Count, func(r int) Cell {
		if rows[r].missing {
			return Blank
		}
		return NumberCell(float64(rows[r].code.Number))
	})
	number.Title = w("Talkode", "Numeric code")
	g.worded("label", w("Betydning", "Meaning"), 50, languages, func(r int) i18n.Text { return rows[r].code.Label })
	g.titled("type", w("Slags", "Sort"), 16, func(r int) string { return rows[r].sort() })
	records := g.number("records", Count, func(r int) Cell { return NumberCell(float64(rows[r].records)) })
	records.Title = w("Antal rækker", "Rows")
	return g
}

// sort tells answers, non-substantive answers and gaps apart.
func (c counted) sort() string {
	switch {
	case c.missing:
		return "missing"
	case c.code.DontKnow:
		return "dont_know"
	}
	return "valid"
}

func countValues(v codebook.Variable, c *microdata.Column) []counted {
	values := make(map[string]int)
	reasons := make(map[codebook.Missing]int)
	for i := range c.Len() {
		if c.Missing(i) {
			reasons[reason(c, i)]++
		} else if v.Kind == codebook.Categorical || v.Kind == codebook.Binary {
			values[valueOf(c, i)]++
		}
	}
	var rows []counted
	for _, code := range valueCodes(v) {
		rows = append(rows, counted{variable: v.Name, code: code, records: values[code.Value]})
	}
	for _, m := range codebook.Reasons {
		if reasons[m] > 0 {
			code := codebook.Code{Value: m.Mark(), Label: m.Label()}
			rows = append(rows, counted{variable: v.Name, code: code, missing: true, records: reasons[m]})
		}
	}
	return rows
}
