// Package prose writes sentences whose every number is a cell of the table.
//
// It stands between the indicators table and the words around it: chart titles
// and the text of the yearly report are templates, and the figures in them are
// calls such as {{cell "innov_rate" sector="kommune"}}, where a cell is named by
// its indicator and the parts of its domain, and by the indicator alone where it
// is the total's; "sector:kommune", the id of the domain, says the same. A template with a digit
// typed in its text, or with a comparison that no test guards, is refused
// before it is filled in (see [Check]). A missing cell is an error that names
// it; a suppressed cell gives the words for it.
//
// What comes out is plain text in one language. The package knows no layout.
package prose

import (
	"fmt"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// Writer fills in templates from one table in one language.
type Writer struct {
	table  *table.Table
	lang   i18n.Lang
	escape func(string) string
	facts  map[string]string
}

// New returns a writer of texts about t in language l.
func New(t *table.Table, l i18n.Lang) *Writer {
	return &Writer{table: t, lang: l, escape: func(s string) string { return s }}
}

// Escaping returns a writer that passes every label from the table through
// escape, for texts in a markup language.
func (w *Writer) Escaping(escape func(string) string) *Writer {
	return &Writer{table: w.table, lang: w.lang, escape: escape, facts: w.facts}
}

// Knowing returns a writer whose texts may also name the given facts, such as
// the thresholds of a policy, by {{fact "name"}}.
func (w *Writer) Knowing(facts map[string]string) *Writer {
	return &Writer{table: w.table, lang: w.lang, escape: w.escape, facts: facts}
}

// Write checks the template src and fills it in. Errors carry name and the
// line within src.
func (w *Writer) Write(name, src string) (string, error) {
	src, err := bound(name, src)
	if err != nil {
		return "", err
	}
	t, err := template.New(name).Option("missingkey=error").Funcs(w.functions()).Parse(src)
	if err != nil {
		return "", err
	}
	if err := checkTree(t.Tree, src, w.lang); err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, nil); err != nil {
		return "", err
	}
	return punctuate(b.String()), nil
}

func (w *Writer) functions() template.FuncMap {
	return template.FuncMap{
		"cell":     w.cell,
		"interval": w.interval,
		"n":        w.respondents,
		"label":    w.label,
		"question": w.question,
		"family":   w.family,
		"domain":   w.domain,
		"mid":      Mid,
		"join":     w.join,
		"meta":     w.meta,
		"fact":     w.fact,
		"higher":   w.higher,
		"lower":    w.lower,
		"claim":    w.claim,
		"above":    w.above,
		"below":    w.below,
		"leaders":  w.leaders,
		"toplist":  w.toplist,
		"ahead":    w.ahead,
		"differ":   w.differ,
	}
}

// figure returns the figure of a cell and its indicator. A cell that the table
// does not have is an error; a suppressed one gives no figure.
func (w *Writer) figure(indicator, domain string) (table.Figure, table.Indicator, table.Status, error) {
	ind, ok := w.table.Indicator(indicator)
	if !ok {
		return table.Figure{}, ind, "", fmt.Errorf("the table has no indicator %q", indicator)
	}
	c, ok := w.table.Cell(indicator, domain)
	if !ok {
		return table.Figure{}, ind, "", fmt.Errorf("the table has no cell %s × %s: no domain %q", indicator, domain, domain)
	}
	f, _ := c.Figure()
	return f, ind, c.Status(), nil
}

func (w *Writer) cell(indicator string, domain ...string) (string, error) {
	f, ind, status, err := w.figure(indicator, joined(domain))
	if err != nil {
		return "", err
	}
	if status.Suppressed() {
		return "[" + Suppressed(status, w.lang) + "]", nil
	}
	s := Value(f.Value, ind.Kind, w.lang)
	if status == table.Uncertain {
		s += i18n.Text{DA: " (usikkert tal)", EN: " (uncertain)"}.In(w.lang)
	}
	return s, nil
}

func (w *Writer) interval(indicator string, domain ...string) (string, error) {
	f, ind, status, err := w.figure(indicator, joined(domain))
	if err != nil || status.Suppressed() {
		return Suppressed(status, w.lang), err
	}
	if ind.Kind == table.Score {
		return number.Interval(f.Low, f.High, 0, w.lang), nil
	}
	return number.PercentInterval(f.Low, f.High, w.lang), nil
}

func (w *Writer) respondents(indicator string, domain ...string) (string, error) {
	f, _, status, err := w.figure(indicator, joined(domain))
	if err != nil || status.Suppressed() {
		return Suppressed(status, w.lang), err
	}
	return number.Integer(f.N, w.lang), nil
}

func (w *Writer) label(indicator string) (string, error) {
	ind, ok := w.table.Indicator(indicator)
	if !ok {
		return "", fmt.Errorf("the table has no indicator %q", indicator)
	}
	return w.escape(ind.Label.In(w.lang)), nil
}

// question quotes what was asked.
func (w *Writer) question(indicator string) (string, error) {
	ind, ok := w.table.Indicator(indicator)
	if !ok {
		return "", fmt.Errorf("the table has no indicator %q", indicator)
	}
	return w.escape(ind.Question.In(w.lang)), nil
}

func (w *Writer) family(name string) (string, error) {
	members := w.table.Family(name)
	if len(members) == 0 {
		return "", fmt.Errorf("the table has no family %q", name)
	}
	return w.escape(members[0].FamilyLabel.In(w.lang)), nil
}

func (w *Writer) domain(id string) (string, error) {
	for _, d := range w.table.Domains() {
		if d.ID() == id {
			return w.escape(d.Label.In(w.lang)), nil
		}
	}
	return "", fmt.Errorf("the table has no domain %q", id)
}

// meta writes one fact about the survey behind the table.
func (w *Writer) meta(name string) (string, error) {
	m := w.table.Meta
	switch name {
	case "wave":
		return w.escape(m.Wave), nil
	case "title":
		return w.escape(m.Title.In(w.lang)), nil
	case "period":
		return w.escape(m.Period.In(w.lang)), nil
	case "weighting":
		return w.escape(strings.TrimSuffix(m.Weighting.In(w.lang), ".")), nil
	case "frame":
		return number.Integer(m.Frame, w.lang), nil
	case "sample":
		return number.Integer(m.Sample, w.lang), nil
	case "respondents":
		return number.Integer(m.Respondents, w.lang), nil
	case "ineligible":
		return number.Integer(m.Ineligible, w.lang), nil
	case "level":
		return number.Percent(m.Level, w.lang), nil
	case "response_rate":
		return number.Percent(m.ResponseRate, w.lang), nil
	case "effective_n":
		return number.Decimal(m.EffectiveN, 0, w.lang), nil
	case "deff":
		return number.Decimal(float64(m.Respondents)/m.EffectiveN, 2, w.lang), nil
	}
	return "", fmt.Errorf("meta %q is unknown: use wave, title, period, weighting, frame, sample, respondents, ineligible, level, response_rate, effective_n or deff", name)
}

func (w *Writer) fact(name string) (string, error) {
	text, ok := w.facts[name]
	if !ok {
		return "", fmt.Errorf("fact %q is unknown", name)
	}
	return w.escape(text), nil
}

// join writes a list in words: "a, b og c".
func (w *Writer) join(items []string) string {
	and := i18n.Text{DA: " og ", EN: " and "}.In(w.lang)
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + and + items[len(items)-1]
}

// Mid sets a label in the middle of a sentence: its first letter is lower case
// unless the word is an abbreviation or a single letter.
func Mid(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	if !unicode.IsLower(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

// Value writes the value of a cell: "83 pct." or, for a score, "63".
func Value(x float64, kind table.Kind, l i18n.Lang) string {
	if kind == table.Score {
		return number.Decimal(x, 0, l)
	}
	return number.Percent(x, l)
}

// Suppressed says in words why a cell shows no number, "" for one that does.
func Suppressed(s table.Status, l i18n.Lang) string {
	switch s {
	case table.Confidential:
		return i18n.Text{DA: "vises ikke af hensyn til fortrolighed", EN: "not shown for confidentiality"}.In(l)
	case table.Unreliable:
		return i18n.Text{DA: "vises ikke, da tallet er for usikkert", EN: "not shown, as the figure is too uncertain"}.In(l)
	case table.Empty:
		return i18n.Text{DA: "ingen er spurgt", EN: "nobody was asked"}.In(l)
	}
	return ""
}

// punctuate lets an abbreviation's point end the sentence as well.
func punctuate(s string) string { return strings.ReplaceAll(s, "pct..", "pct.") }
