package formats

import (
	"math"
	"strconv"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Codes returns a research file as a grid of codes, one row a record.
func Codes(f *anonymise.File) *Grid {
	return microdataGrid("microdata", f, func(v codebook.Variable, c *microdata.Column, row int) Cell {
		switch {
		case c.Missing(row):
			return TextCell(reason(c, row).Mark())
		case c.IsNumeric():
			return NumberCell(c.Number[row])
		}
		return TextCell(c.Level(row))
	})
}

// Labels returns a research file as a grid of the words its codes stand for,
// with the same names, rows and columns as [Codes].
func Labels(f *anonymise.File, l i18n.Lang) *Grid {
	return microdataGrid("microdata in words", f, func(v codebook.Variable, c *microdata.Column, row int) Cell {
		switch {
		case c.Missing(row):
			return TextCell("[" + reason(c, row).Label().In(l) + "]")
		case v.Kind == codebook.Numeric:
			return NumberCell(c.Number[row])
		case v.Kind == codebook.Key:
			return TextCell(c.Level(row))
		}
		code, _ := valueCode(v, valueOf(c, row))
		return TextCell(code.Label.In(l))
	})
}

func microdataGrid(name string, f *anonymise.File, cell func(codebook.Variable, *microdata.Column, int) Cell) *Grid {
	g := &Grid{Name: name, Rows: f.Data.Rows()}
	columns := f.Data.Columns()
	for j, v := range f.Codebook.Variables {
		c := &columns[j]
		t := Text
		if c.IsNumeric() {
			t = Number
		}
		g.Columns = append(g.Columns, Column{Name: v.Name, Type: t, Cell: func(r int) Cell { return cell(v, c, r) }})
	}
	return g
}

func reason(c *microdata.Column, row int) codebook.Missing {
	if c.Reason == nil {
		return codebook.Present
	}
	return c.Reason[row]
}

// valueOf returns a value that is there as the codebook writes it.
func valueOf(c *microdata.Column, row int) string {
	if c.IsNumeric() {
		return strconv.FormatFloat(c.Number[row], 'f', -1, 64)
	}
	return c.Level(row)
}

// valueCode returns the description of a value. A binary variable without
// codes of its own means yes and no.
func valueCode(v codebook.Variable, value string) (codebook.Code, bool) {
	for _, c := range valueCodes(v) {
		if c.Value == value {
			return c, true
		}
	}
	return codebook.Code{}, false
}

func valueCodes(v codebook.Variable) []codebook.Code {
	if v.Kind != codebook.Binary || len(v.Codes) > 0 {
		return v.Codes
	}
	return []codebook.Code{
		{Value: "0", Number: 0, Label: i18n.Text{DA: "Nej", EN: "No"}},
		{Value: "1", Number: 1, Label: i18n.Text{DA: "Ja", EN: "Yes"}},
	}
}

// CheckMicrodata names everything in a research file that may not be
// released: values without a code, codes or variables without words in a
// language, gaps without a reason, numbers that are none.
func CheckMicrodata(f *anonymise.File) error {
	var faults Faults
	columns := f.Data.Columns()
	if len(columns) != len(f.Codebook.Variables) {
		faults.Addf("microdata: %d columns but %d variables in the codebook", len(columns), len(f.Codebook.Variables))
		return faults.Err()
	}
	for j, v := range f.Codebook.Variables {
		c := &columns[j]
		if c.Name != v.Name {
			faults.Addf("microdata: column %d is %s, the codebook describes %s there", j+1, c.Name, v.Name)
			continue
		}
		checkTexts(&faults, v)
		checkValues(&faults, v, c)
	}
	faults.Add(Codes(f).Check())
	return faults.Err()
}

func checkTexts(faults *Faults, v codebook.Variable) {
	at := "microdata: variable " + v.Name
	CheckTranslated(faults, at+": label", v.Label)
	for _, optional := range []struct {
		what string
		text i18n.Text
	}{{": question", v.Question}, {": who was asked", v.Asked}, {": unit", v.Unit}} {
		if !optional.text.IsZero() {
			CheckTranslated(faults, at+optional.what, optional.text)
		}
	}
	values := make(map[string]bool)
	for _, c := range v.Codes {
		CheckTranslated(faults, at+": label of code "+c.Value, c.Label)
		if values[c.Value] {
			faults.Addf("%s: code %s stands twice", at, c.Value)
		}
		values[c.Value] = true
	}
}

func checkValues(faults *Faults, v codebook.Variable, c *microdata.Column) {
	labelled := v.Kind == codebook.Categorical || v.Kind == codebook.Binary
	unknown := make(map[string]bool)
	for i := range c.Len() {
		switch {
		case c.Missing(i):
			if r := reason(c, i); r == codebook.Present {
				faults.Addf("microdata, row %d, variable %s: the value is missing without a reason", i+1, v.Name)
			}
		case v.Kind == codebook.Numeric && (!c.IsNumeric() || math.IsInf(c.Number[i], 0)):
			faults.Addf("microdata, row %d, variable %s: the value is no number", i+1, v.Name)
		case v.Kind == codebook.Numeric && v.Role == codebook.RoleDesign && !(c.Number[i] > 0):
			faults.Addf("microdata, row %d, variable %s: %v is outside the range of a weight or a count, which is above 0", i+1, v.Name, c.Number[i])
		case labelled && !unknown[valueOf(c, i)]:
			value := valueOf(c, i)
			if _, ok := valueCode(v, value); !ok {
				unknown[value] = true
				faults.Addf("microdata, row %d, variable %s: the value %q has no code in the codebook", i+1, v.Name, value)
			}
		}
	}
}
