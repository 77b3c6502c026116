package questionnaire

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

//go:embed print.tmpl
var printSource string

var printTemplate = template.Must(template.New("print").Parse(printSource))

// PrintHTML writes the whole questionnaire in language l as one HTML document
// to read or print before answering: every page, question and option, with the
// routes in words.
func (q *Questionnaire) PrintHTML(w io.Writer, l i18n.Lang) error {
	return printTemplate.ExecuteTemplate(w, "document", printer{q, l}.document())
}

// PrintFragment writes what stands under the heading of [Questionnaire.PrintHTML],
// without styles, to be set into a page that brings its own.
func (q *Questionnaire) PrintFragment(w io.Writer, l i18n.Lang) error {
	return printTemplate.ExecuteTemplate(w, "questionnaire", printer{q, l}.document())
}

type printedDocument struct {
	Lang    i18n.Lang
	Title   string
	Version string
	Intro   []Block
	ForEach string
	Pages   []printedPage
}

type printedPage struct {
	Title string
	Intro []Block
	Notes []printedNote
	Items []printedItem
}

type printedNote struct{ Shown, Text string }

type printedItem struct {
	ID, Label, Hint, Asked, Rule string
	IsText, Several              bool
	Options, Rows                []printedOption
}

type printedOption struct{ Label, Shown string }

// printer words a questionnaire in one language.
type printer struct {
	q *Questionnaire
	l i18n.Lang
}

func (p printer) in(da, en string) string { return i18n.Text{DA: da, EN: en}.In(p.l) }

func (p printer) document() printedDocument {
	doc := printedDocument{
		Lang:    p.l,
		Title:   p.q.Title.In(p.l),
		Version: fmt.Sprintf(p.in("Spørgeskemaets version: %s", "Questionnaire version: %s"), p.q.Version),
		Intro:   Blocks(p.q.Intro.In(p.l)),
		ForEach: p.in("Ét svar for hver af disse:", "One answer for each of these:"),
	}
	for i := range p.q.Pages {
		doc.Pages = append(doc.Pages, p.page(&p.q.Pages[i]))
	}
	return doc
}

func (p printer) page(page *Page) printedPage {
	out := printedPage{Title: page.Title.In(p.l), Intro: Blocks(page.Intro.In(p.l))}
	for _, n := range page.Notes {
		out.Notes = append(out.Notes, printedNote{p.shown(n.Relevant), n.Text.In(p.l)})
	}
	for _, item := range page.Items {
		out.Items = append(out.Items, p.item(item))
	}
	return out
}

// shown says when a note is shown.
func (p printer) shown(e expr.Expr) string {
	if e == nil {
		return ""
	}
	return p.in("Vises, når ", "Shown when ") + p.q.inWords(e).In(p.l) + ":"
}

func (p printer) item(item *Item) printedItem {
	out := printedItem{
		ID: item.ID, Label: item.Label.In(p.l), Hint: item.Hint.In(p.l),
		Asked:  capital(p.in("Stilles til ", "Asked of ") + item.Asked.In(p.l) + "."),
		Rule:   p.rule(item),
		IsText: item.Kind == Text, Several: item.Kind.Several(),
	}
	for _, o := range item.Options {
		out.Options = append(out.Options, p.option(o))
	}
	for _, r := range item.Rows {
		out.Rows = append(out.Rows, p.option(r))
	}
	return out
}

// option says of an option or row when it is offered, and of an exclusive
// option that it is chosen alone.
func (p printer) option(o Option) printedOption {
	out := printedOption{Label: o.Label.In(p.l)}
	switch {
	case o.Relevant != nil && p.piped(o):
		out.Shown = p.in("hvis valgt i ", "if selected in ") + o.Relevant.Names()[0]
	case o.Relevant != nil:
		out.Shown = p.in("hvis ", "if ") + p.q.inWords(o.Relevant).In(p.l)
	case o.Exclusive:
		out.Shown = p.in("kan kun vælges alene", "can only be selected alone")
	}
	return out
}

// piped reports whether the option is offered where it was itself chosen before.
func (p printer) piped(o Option) bool {
	names := o.Relevant.Names()
	if len(names) != 1 {
		return false
	}
	source, ok := p.q.Item(names[0])
	if !ok || o.Relevant.String() != chosen(names[0], o.Code) {
		return false
	}
	same, ok := find(source.Options, o.Code)
	return ok && same.Label == o.Label
}

// rule says what is special about answering the item.
func (p printer) rule(item *Item) string {
	var rules []string
	if !item.Required {
		rules = append(rules, p.in("kan springes over", "can be skipped"))
	}
	if item.Max > 0 {
		rules = append(rules, fmt.Sprintf(p.in("højst %d svar", "at most %d answers"), item.Max))
	}
	if item.MaxLength > 0 {
		rules = append(rules, fmt.Sprintf(p.in("højst %d tegn", "at most %d characters"), item.MaxLength))
	}
	if len(rules) == 0 {
		return ""
	}
	return capital(strings.Join(rules, ", ") + ".")
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
