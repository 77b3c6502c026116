package weighting

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"barometer/internal/i18n"
	"barometer/weighting/calibration"
)

// Markdown writes the diagnostics as a section of a method report.
func (d Diagnostics) Markdown(w io.Writer, l i18n.Lang) error {
	var b strings.Builder
	for _, s := range d.Sections(l) {
		fmt.Fprintf(&b, "## %s\n\n", s.Title)
		for _, p := range s.Paragraphs {
			fmt.Fprintf(&b, "%s\n\n", p)
		}
		if len(s.Rows) > 0 {
			s.markdown(&b)
		}
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

// Text writes the diagnostics for a terminal.
func (d Diagnostics) Text(w io.Writer, l i18n.Lang) error {
	var b strings.Builder
	for _, s := range d.Sections(l) {
		fmt.Fprintf(&b, "%s\n%s\n", s.Title, strings.Repeat("─", utf8.RuneCountInString(s.Title)))
		for _, p := range s.Paragraphs {
			fmt.Fprintf(&b, "  %s\n", p)
		}
		if len(s.Rows) > 0 {
			s.text(&b)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

// Section is a piece of the report: a heading, sentences, and a table whose
// first columns are names and whose others are figures.
type Section struct {
	Title      string
	Paragraphs []string
	Names      int // leading columns that hold text
	Header     []string
	Rows       [][]string
}

func (s Section) markdown(b *strings.Builder) {
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	line(escapePipes(s.Header))
	rule := make([]string, len(s.Header))
	for i := range rule {
		rule[i] = "---:"
		if i < s.Names {
			rule[i] = "---"
		}
	}
	line(rule)
	for _, r := range s.Rows {
		line(escapePipes(r))
	}
	b.WriteString("\n")
}

func escapePipes(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	return out
}

func (s Section) text(b *strings.Builder) {
	width := make([]int, len(s.Header))
	all := append([][]string{s.Header}, s.Rows...)
	for _, r := range all {
		for i, c := range r {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	for _, r := range all {
		b.WriteString(" ")
		for i, c := range r {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			if i < s.Names {
				fmt.Fprintf(b, " %s%s", c, pad)
			} else {
				fmt.Fprintf(b, "  %s%s", pad, c)
			}
		}
		b.WriteString("\n")
	}
}

// Sections are the diagnostics as headings, sentences and tables, for any medium.
func (d Diagnostics) Sections(l i18n.Lang) []Section {
	out := []Section{d.overview(l), d.spreadTable(l), d.stepTable(l)}
	for _, b := range d.Balance {
		out = append(out, b.section(l))
	}
	if len(d.Means) > 0 {
		out = append(out, d.meansSection(l))
	}
	for i, s := range d.Steps {
		out = append(out, s.sections(l, i+1)...)
	}
	if len(d.Warnings) > 0 {
		warn := Section{Title: words.warnings.In(l)}
		for _, w := range d.Warnings {
			warn.Paragraphs = append(warn.Paragraphs, w.In(l))
		}
		out = append(out, warn)
	}
	return out
}

func (d Diagnostics) overview(l i18n.Lang) Section {
	s := Section{Title: words.overview.In(l), Names: 1, Header: []string{words.disposition.In(l), words.units.In(l)}}
	s.Paragraphs = []string{fmt.Sprintf(words.final.In(l), count(d.Units, l), count(d.Final.N, l),
		figure(d.Final.Min, 2, l), figure(d.Final.Max, 2, l), figure(d.Final.KishDeff, 2, l), figure(d.Final.EffectiveN, 0, l))}
	if r := d.Replicates; r != nil {
		s.Paragraphs = append(s.Paragraphs, r.sentence(l))
	}
	for _, c := range d.Statuses {
		s.Rows = append(s.Rows, []string{c.Code, count(c.Units, l)})
	}
	return s
}

func (d Diagnostics) stepTable(l i18n.Lang) Section {
	s := Section{Title: words.steps.In(l), Names: 2, Header: inLang(l, words.step, words.column, words.positive, words.sum,
		words.min, words.max, words.cv, words.deff, words.effective)}
	for i, r := range d.Steps {
		m := r.Summary
		s.Rows = append(s.Rows, []string{
			fmt.Sprintf("%d. %s", i+1, kindName(r.Kind, l)), r.As, count(m.N, l), figure(m.Sum, 1, l),
			figure(m.Min, 2, l), figure(m.Max, 2, l), figure(m.CV, 3, l), figure(m.KishDeff, 3, l), figure(m.EffectiveN, 0, l),
		})
	}
	return s
}

// sections describes what one step did, where it has more to tell than the
// weights after it.
func (r StepReport) sections(l i18n.Lang, number int) []Section {
	title := fmt.Sprintf("%d. %s: %s", number, kindName(r.Kind, l), r.As)
	var out []Section
	if r.Kind == "collapse" {
		out = append(out, mergeSection(title, r.Merged, l))
	}
	if len(r.Classes) > 0 {
		out = append(out, classSection(title, r.Classes, l))
	}
	if t := r.Trimmed; t != nil {
		out = append(out, Section{Title: title, Paragraphs: t.sentences(l)})
	}
	if rounded := r.Rounded; rounded != nil {
		out = append(out, Section{Title: title, Paragraphs: rounded.sentences(l)})
	}
	if p := r.Propensity; p != nil {
		out = append(out, p.section(title, l))
	}
	if len(r.Constraints) > 0 {
		out = append(out, constraintSection(title, r, l))
	}
	return out
}

func mergeSection(title string, merged []Merge, l i18n.Lang) Section {
	s := Section{Title: title, Names: 2, Header: inLang(l, words.class, words.joined, words.respondents)}
	if len(merged) == 0 {
		s.Paragraphs = []string{words.noMerge.In(l)}
	}
	for _, m := range merged {
		s.Rows = append(s.Rows, []string{m.Into, strings.Join(m.From, " + "), count(m.Respondents, l)})
	}
	return s
}

func classSection(title string, classes []ClassReport, l i18n.Lang) Section {
	s := Section{Title: title, Names: 1, Header: inLang(l, words.class, words.stay, words.leave, words.factor)}
	for _, c := range classes {
		s.Rows = append(s.Rows, []string{c.Class, count(c.Carriers, l), count(c.Leavers, l), figure(c.Factor, 3, l)})
	}
	return s
}

func (t TrimReport) sentences(l i18n.Lang) []string {
	var out []string
	if t.Candidates > 0 {
		out = append(out, fmt.Sprintf(words.byMSE.In(l), count(t.Candidates, l)))
	}
	if t.Cut+t.Raised == 0 {
		return append(out, fmt.Sprintf(words.noTrim.In(l), t.limits(l)))
	}
	return append(out, fmt.Sprintf(words.trimmed.In(l), t.limits(l),
		count(t.Cut, l), count(t.Raised, l), figure(t.Moved, 1, l), count(t.Passes, l)))
}

func (r RoundReport) sentences(l i18n.Lang) []string {
	digits := r.Decimals + 2
	out := []string{fmt.Sprintf(words.rounded.In(l), count(r.Decimals, l), figure(r.Unit, digits, l), figure(r.Total, digits, l))}
	if len(r.Keep) > 0 {
		out = append(out, fmt.Sprintf(words.kept.In(l), strings.Join(r.Keep, ", "), figure(r.Margin, digits, l)))
	}
	return out
}

func (t TrimReport) limits(l i18n.Lang) string {
	upper := "∞"
	if t.Upper > 0 {
		upper = figure(t.Upper, 2, l)
	}
	return "[" + figure(t.Lower, 2, l) + "; " + upper + "]"
}

func (p PropensityReport) section(title string, l i18n.Lang) Section {
	s := Section{Title: title, Names: 1, Header: inLang(l, words.term, words.coefficient)}
	s.Paragraphs = []string{fmt.Sprintf(words.propensity.In(l), figure(p.Min, 3, l), figure(p.Max, 3, l), count(p.Iterations, l))}
	for _, c := range p.Coefficients {
		s.Rows = append(s.Rows, []string{c.Term, figure(c.Value, 4, l)})
	}
	return s
}

func constraintSection(title string, r StepReport, l i18n.Lang) Section {
	s := Section{Title: title, Names: 1, Header: inLang(l, words.total, words.known, words.before, words.off, words.after)}
	if v := r.Solver; v != nil {
		s.Paragraphs = []string{fmt.Sprintf(words.solved.In(l), count(v.Iterations, l),
			v.deviation(l), figure(v.MinFactor, 3, l), figure(v.MaxFactor, 3, l), count(v.AtBounds, l))}
	}
	for _, c := range r.Constraints {
		off := "–"
		if c.Total != 0 {
			off = figure(100*(c.Before-c.Total)/c.Total, 1, l)
		}
		s.Rows = append(s.Rows, []string{c.Name, figure(c.Total, 1, l), figure(c.Before, 1, l), off, figure(c.After, 1, l)})
	}
	return s
}

// deviation says how near the worst total is. Below the solver's tolerance the
// figure is rounding and differs between processors.
func (v SolverReport) deviation(l i18n.Lang) string {
	if v.Deviation <= calibration.DefaultTolerance {
		return words.negligible.In(l)
	}
	return fmt.Sprintf("%s (%s)", figure(v.Deviation, 9, l), v.Worst)
}

func inLang(l i18n.Lang, texts ...i18n.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.In(l)
	}
	return out
}

// figure writes a number with fixed decimals and grouped thousands.
func figure(x float64, decimals int, l i18n.Lang) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', decimals, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	if fraction != "" {
		point := "."
		if l == i18n.Danish {
			point = ","
		}
		whole += point + fraction
	}
	if x < 0 && strings.ContainsAny(whole, "123456789") {
		return "−" + whole
	}
	return whole
}

func count(n int, l i18n.Lang) string { return figure(float64(n), 0, l) }
