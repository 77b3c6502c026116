package ddi

import (
	"math"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

func dataOf(s Study, files []File, wave *microdata.Wave) data {
	d := data{Groups: groups(wave.Codebook)}
	var weight []float64
	if c, err := wave.Column(s.Weight); err == nil {
		weight = c.Number
	}
	var in []string
	for i := range files {
		in = append(in, fileID(i))
	}
	for i, v := range wave.Codebook.Variables {
		out := variableOf(i, v, &wave.Columns()[i], weight)
		out.Files = strings.Join(in, " ")
		if v.Name == s.Weight {
			out.Weight = "wgt"
		}
		d.Variables = append(d.Variables, out)
	}
	for _, left := range s.Unfrozen {
		d.Notes = append(d.Notes, both(i18n.Text{
			DA: left.Item + ": " + left.Question.DA + " (fritekst, indgår ikke i data)",
			EN: left.Item + ": " + left.Question.EN + " (free text, not part of the data)",
		})...)
	}
	return d
}

// id names variable i within the document. Names of variables are no XML
// identifiers by themselves.
func id(i int) string { return "V" + strconv.Itoa(i+1) }

// groups gathers the variables that one question made, where it made several:
// the options of a multiple choice, the rows of a matrix.
func groups(book codebook.Codebook) []group {
	var list []group
	for i, v := range book.Variables {
		last := len(list) - 1
		switch {
		case v.Item == "":
		case last >= 0 && list[last].Name == v.Item:
			list[last].Variables += " " + id(i)
		default:
			list = append(list, group{ID: "G" + strconv.Itoa(len(list)+1), Type: sort(v), Name: v.Item,
				Variables: id(i), Label: both(general(v.Label))})
		}
	}
	var several []group
	for _, g := range list {
		if strings.Contains(g.Variables, " ") {
			several = append(several, g)
		}
	}
	return several
}

// sort says whether the variables of a question are options or rows of it.
func sort(v codebook.Variable) string {
	if v.Kind == codebook.Binary {
		return "multipleResp"
	}
	return "grid"
}

// general is the part of a label that the variables of a question share.
func general(label i18n.Text) i18n.Text {
	da, _, _ := strings.Cut(label.DA, ": ")
	en, _, _ := strings.Cut(label.EN, ": ")
	return i18n.Text{DA: da, EN: en}
}

func variableOf(i int, v codebook.Variable, c *microdata.Column, weight []float64) variable {
	out := variable{
		ID: id(i), Name: v.Name, Interval: "discrete",
		Label: both(v.Label), Universe: both(v.Asked), Notes: unitNote(v),
		Format: format{"numeric"},
	}
	for _, text := range both(v.Question) {
		out.Questions = append(out.Questions, question{text.Lang, text.Text})
	}
	if !c.IsNumeric() {
		out.Format.Type = "character"
	}
	if v.Kind == codebook.Numeric {
		out.Interval = "contin"
	}
	out.Statistics = statistics(v, c)
	out.Categories, out.Invalid = categories(v, c, weight)
	return out
}

func unitNote(v codebook.Variable) []words {
	if v.Unit.IsZero() {
		return nil
	}
	return both(i18n.Text{DA: "Enhed: " + v.Unit.DA, EN: "Unit: " + v.Unit.EN})
}

// statistics counts a variable's values and, where they are quantities, says
// how they lie.
func statistics(v codebook.Variable, c *microdata.Column) []statistic {
	var n int
	var sum float64
	low, high := math.Inf(1), math.Inf(-1)
	for i := range c.Len() {
		if c.Missing(i) {
			continue
		}
		n++
		if c.IsNumeric() {
			sum += c.Number[i]
			low, high = min(low, c.Number[i]), max(high, c.Number[i])
		}
	}
	list := []statistic{{"vald", strconv.Itoa(n)}, {"invd", strconv.Itoa(c.Len() - n)}}
	if v.Kind != codebook.Numeric || n == 0 {
		return list
	}
	return append(list, statistic{"min", number(low)}, statistic{"max", number(high)}, statistic{"mean", number(sum / float64(n))})
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }

// categories lists the values of a coded variable, then the reasons for which
// some are missing, with the number of units of each and what they weigh.
func categories(v codebook.Variable, c *microdata.Column, weight []float64) ([]category, *invalid) {
	var list []category
	if v.Kind != codebook.Key {
		list = coded(v, c, weight)
	}
	var inv invalid
	for _, m := range codebook.Reasons {
		var t tally
		for i := range c.Reason {
			if c.Reason[i] == m {
				t.add(i, weight)
			}
		}
		if t.units == 0 {
			continue
		}
		value := m.Mark()
		inv.Items = append(inv.Items, item{value})
		list = append(list, category{Missing: "Y", Value: value, Label: both(m.Label()), Frequencies: t.frequencies(weight)})
	}
	if inv.Items == nil {
		return list, nil
	}
	return list, &inv
}

// tally is how many units there are of something, and what they weigh.
type tally struct {
	units  int
	weight float64
}

func (t *tally) add(i int, weight []float64) {
	t.units++
	if weight != nil && !math.IsNaN(weight[i]) {
		t.weight += weight[i]
	}
}

func (t tally) frequencies(weight []float64) []freq {
	list := []freq{{Type: "freq", Count: strconv.Itoa(t.units)}}
	if weight != nil {
		list = append(list, freq{Type: "freq", Weighted: "wgtd", Count: number(t.weight)})
	}
	return list
}

var yesNo = []codebook.Code{
	{Value: "0", Label: i18n.Text{DA: "Nej", EN: "No"}},
	{Value: "1", Label: i18n.Text{DA: "Ja", EN: "Yes"}},
}

func coded(v codebook.Variable, c *microdata.Column, weight []float64) []category {
	codes := v.Codes
	if v.Kind == codebook.Binary && codes == nil {
		codes = yesNo
	}
	count := make(map[string]*tally)
	for i := range c.Len() {
		if c.Missing(i) {
			continue
		}
		value := ""
		if c.IsNumeric() {
			value = number(c.Number[i])
		} else {
			value = c.Level(i)
		}
		if count[value] == nil {
			count[value] = new(tally)
		}
		count[value].add(i, weight)
	}
	var list []category
	for _, code := range codes {
		var t tally
		if found := count[code.Value]; found != nil {
			t = *found
		}
		list = append(list, category{Value: code.Value, Label: both(code.Label), Frequencies: t.frequencies(weight)})
	}
	return list
}
