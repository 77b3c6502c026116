package formats

import (
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Labelled is a research file as statistics programs take it in: every value a
// number or a text, every number with the words it stands for, in one language.
// The subpackages sav and dta turn the same one into bytes.
type Labelled struct {
	Name      string // names the data in errors
	Title     string
	Notes     []string // what a reader must know, one thought each
	Created   time.Time
	Weight    string // the variable that counts the records; "" = none
	Variables []LabelledVariable
	Rows      int
}

// LabelledVariable is one column of a [Labelled].
type LabelledVariable struct {
	Name    string
	Label   string
	Measure Measure
	Whole   bool // its numbers are whole
	Values  []ValueLabel
	Gaps    []Gap // the reasons for which values are missing

	// Number gives the value of a row, NaN where it is missing. It is nil for a
	// variable of texts, which have Text instead.
	Number func(row int) float64
	Text   func(row int) string

	// Reason says why a number is missing, Present where nobody knows.
	Reason func(row int) codebook.Missing
}

// ValueLabel is a number and the words that it stands for.
type ValueLabel struct {
	Number int
	Label  string
}

// Gap is a reason for missing values, in words.
type Gap struct {
	Reason codebook.Missing
	Label  string
}

// Measure is how the numbers of a variable may be compared.
type Measure uint8

const (
	Nominal Measure = 1 + iota
	Ordinal
	Scale
)

// GapNumber is the number that stands for a missing value in formats that mark
// a reason by a number: −1 and down, in the order of the reasons.
func GapNumber(m codebook.Missing) int { return -int(m) }

// Label describes a research file for statistics programs, in one language.
func Label(f *anonymise.File, a About, l i18n.Lang) *Labelled {
	d := &Labelled{Name: "microdata", Title: a.Title.In(l) + " " + words(l)("– forskningsdata", "– research data"),
		Created: a.Built, Rows: f.Data.Rows()}
	if _, weighted := f.Codebook.Variable(anonymise.ColumnWeight); weighted {
		d.Weight = anonymise.ColumnWeight
	}
	if a.Synthetic {
		d.Notes = append(d.Notes, SyntheticNote().In(l))
	}
	d.Notes = append(d.Notes, a.Citation(l))
	columns := f.Data.Columns()
	for j, v := range f.Codebook.Variables {
		d.Variables = append(d.Variables, labelled(v, &columns[j], l))
	}
	return d
}

func labelled(v codebook.Variable, c *microdata.Column, l i18n.Lang) LabelledVariable {
	out := LabelledVariable{Name: v.Name, Label: v.Label.In(l), Measure: measure(v), Whole: v.Kind != codebook.Numeric}
	for _, code := range valueCodes(v) {
		out.Values = append(out.Values, ValueLabel{code.Number, code.Label.In(l)})
	}
	out.Reason = func(row int) codebook.Missing { return reason(c, row) }
	switch {
	case c.IsNumeric():
		out.Number = func(row int) float64 { return c.Number[row] }
	case v.Kind == codebook.Key:
		out.Text, out.Whole = c.Level, false
	default:
		out.Number = coded(v, c)
	}
	if out.Number != nil {
		out.Gaps = gapsOf(c, l)
	}
	return out
}

// gapsOf lists the reasons that occur in a column.
func gapsOf(c *microdata.Column, l i18n.Lang) (list []Gap) {
	occurs := make(map[codebook.Missing]bool)
	for _, why := range c.Reason {
		occurs[why] = true
	}
	for _, why := range codebook.Reasons {
		if occurs[why] {
			list = append(list, Gap{why, why.Label().In(l)})
		}
	}
	return list
}

// coded gives the numbers of codes.
func coded(v codebook.Variable, c *microdata.Column) func(row int) float64 {
	numbers := make([]float64, len(c.Levels))
	for i, level := range c.Levels {
		code, known := v.Code(level)
		numbers[i] = float64(code.Number)
		if !known {
			numbers[i] = math.NaN()
		}
	}
	return func(row int) float64 {
		if c.Code[row] < 0 {
			return math.NaN()
		}
		return numbers[c.Code[row]]
	}
}

// measure takes sizes for ordered, and other codes for names.
func measure(v codebook.Variable) Measure {
	switch {
	case v.Kind == codebook.Numeric:
		return Scale
	case v.Name == codebook.Sizes().Name:
		return Ordinal
	}
	return Nominal
}

// Check refuses what statistics programs could not hold unchanged: names that
// they do not take, numbers that stand for two things or for a missing value,
// values without words, texts with control characters. reserved are the words,
// in lower case, that the program keeps for itself; longest is how many bytes
// a name may have. Each fault names the variable, and the record where it is
// one record's.
func (d *Labelled) Check(reserved []string, longest int) error {
	var faults Faults
	names := make(map[string]string)
	for i := range d.Variables {
		v := &d.Variables[i]
		folded := strings.ToLower(v.Name)
		if other, taken := names[folded]; taken {
			faults.Addf("%s: the variables %s and %s differ by case at most; rename one", d.Name, other, v.Name)
		}
		names[folded] = v.Name
		if why := nameFault(v.Name, reserved, longest); why != "" {
			faults.Addf("%s, variable %s: %s; rename it", d.Name, clip(v.Name), why)
		}
		v.check(d, &faults)
	}
	if w := names[strings.ToLower(d.Weight)]; d.Weight != "" && w != d.Weight {
		faults.Addf("%s: there is no variable %s to weight by", d.Name, d.Weight)
	}
	return faults.Err()
}

func nameFault(name string, reserved []string, longest int) string {
	first, _ := utf8.DecodeRuneInString(name)
	switch {
	case !utf8.ValidString(name) || !unicode.IsLetter(first):
		return "its name does not begin with a letter"
	case strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) >= 0:
		return "its name has other characters than letters, digits and _"
	case len(name) > longest:
		return "its name is too long for a statistics program"
	}
	for _, word := range reserved {
		if strings.ToLower(name) == word {
			return "statistics programs keep the name for themselves"
		}
	}
	return ""
}

func (v *LabelledVariable) check(d *Labelled, faults *Faults) {
	at := d.Name + ", variable " + v.Name
	if err := CheckText(v.Label); err != nil {
		faults.Addf("%s: label: %w", at, err)
	}
	known := make(map[float64]string)
	for _, value := range v.Values {
		first, twice := known[float64(value.Number)]
		switch {
		case twice:
			faults.Addf("%s: the number %d stands for both %q and %q", at, value.Number, first, value.Label)
		case value.Label == "":
			faults.Addf("%s: the number %d has no label", at, value.Number)
		case len(v.Gaps) > 0 && value.Number < 0:
			faults.Addf("%s: the number %d of %q is kept for missing values", at, value.Number, value.Label)
		}
		if err := CheckText(value.Label); err != nil {
			faults.Addf("%s: label of %d: %w", at, value.Number, err)
		}
		known[float64(value.Number)] = value.Label
	}
	for row := range d.Rows {
		if why := v.checkRow(row, known); why != "" {
			faults.Addf("%s, row %d, variable %s: %s", d.Name, row+1, v.Name, why)
		}
	}
}

// checkRow says what is wrong with a value, nothing where nothing is.
func (v *LabelledVariable) checkRow(row int, known map[float64]string) string {
	if v.Number == nil {
		if err := CheckText(v.Text(row)); err != nil {
			return err.Error()
		}
		return ""
	}
	x := v.Number(row)
	_, labelled := known[x]
	switch {
	case math.IsNaN(x):
		return ""
	case math.IsInf(x, 0) || math.Abs(x) > 1e300:
		return "the value is no number a file can hold"
	case len(known) > 0 && !labelled:
		return "the value has no label"
	case v.Whole && x != math.Trunc(x):
		return "the value is no whole number"
	case len(v.Gaps) > 0 && x < 0:
		return "the value is negative, which is kept for missing values"
	}
	return ""
}

// Shorten cuts a text to a number of bytes at a whole character, with an
// ellipsis for what is left out. Programs hold short labels only; the codebook
// has them whole.
func Shorten(s string, bytes int) string {
	const ellipsis = "…"
	if len(s) <= bytes {
		return s
	}
	cut := bytes - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimRight(s[:cut], " ") + ellipsis
}
