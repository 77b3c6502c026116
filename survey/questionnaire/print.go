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
	Day     string
	Month   string
	Year    string
	Pages   []printedPage
}

type printedPage struct {
	Title string
	Intro []Block
	Notes []printedNote
	Items []printedItem
}

type printedNote struct{ Shown, Text string }

// Blocks divides the note as [Blocks] does.
func (n printedNote) Blocks() []Block { return Blocks(n.Text) }

type printedItem struct {
	ID, Label, Hint, Asked, Rule string
	Checks                       []string      // what the program will say to some answers
	Before                       []printedNote // shown right before it
	Kind                         Kind
	Several                      bool
	Unit                         string // after the field of a number
	Options, Rows                []printedOption
}

// IsText reports whether there is room for several lines.
func (i printedItem) IsText() bool { return i.Kind == Text }

// IsLine reports whether there is a line to write on.
func (i printedItem) IsLine() bool { return i.Kind == Line || i.Kind == Number }

// printedOption is an option or row, with a field before or after it where
// there is something to write.
type printedOption struct {
	Label, Shown string
	Ranked       bool // a place in an order is written before it
	Specify      bool // a text is written after it
}

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
		Day:     p.in("Dag", "Day"), Month: p.in("Måned", "Month"), Year: p.in("År", "Year"),
	}
	for i := range p.q.Pages {
		doc.Pages = append(doc.Pages, p.page(&p.q.Pages[i]))
	}
	return doc
}

func (p printer) page(page *Page) printedPage {
	out := printedPage{Title: page.Title.In(p.l), Intro: Blocks(page.Intro.In(p.l))}
	out.Notes = p.notes(page, 0)
	for i, item := range page.Items {
		printed := p.item(item)
		if i > 0 {
			printed.Before = p.notes(page, i)
		}
		out.Items = append(out.Items, printed)
	}
	return out
}

// notes lists the notes that stand after so many items.
func (p printer) notes(page *Page, after int) []printedNote {
	var list []printedNote
	for _, n := range page.Notes {
		if n.After == after {
			list = append(list, printedNote{p.shown(n.Relevant), p.q.Worded(n.Text).In(p.l)})
		}
	}
	return list
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
		ID: item.ID, Label: p.q.Worded(item.Label).In(p.l), Hint: p.q.Worded(item.Hint).In(p.l),
		Asked: capital(p.in("Stilles til ", "Asked of ") + item.Asked.In(p.l) + "."),
		Rule:  p.rule(item), Checks: p.checks(item),
		Kind: item.Kind, Several: item.Kind.Several() || !item.Kind.Chosen(), Unit: item.Unit.In(p.l),
	}
	for _, o := range item.Options {
		option := p.option(o)
		option.Ranked, option.Specify = item.Kind == Ranking && o.Substantive(), o.Specify > 0
		if item.Kind.Beside() && o.Relevant == nil {
			option.Shown = "" // it stands alone by nature
		}
		out.Options = append(out.Options, option)
	}
	for _, r := range item.Rows {
		out.Rows = append(out.Rows, p.option(r))
	}
	return out
}

// option says of an option or row when it is offered, and of an exclusive
// option that it is chosen alone.
func (p printer) option(o Option) printedOption {
	out := printedOption{Label: p.q.Worded(o.Label).In(p.l)}
	switch {
	case o.Relevant != nil && p.piped(o):
		out.Shown = p.in("hvis valgt i ", "if selected in ") + o.Relevant.Names()[0]
	case o.Relevant != nil:
		out.Shown = p.in("hvis ", "if ") + p.q.inWords(o.Relevant).In(p.l)
	case o.Alone():
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
	switch {
	case item.Kind == Share:
		rules = append(rules, p.in("i alt 100 %", "100 % in all"))
	case item.Kind == Ranking && item.Max == 0:
		rules = append(rules, fmt.Sprintf(p.in("skriv pladserne fra 1 til %d", "write the places from 1 to %d"), item.rankable()))
	case item.Kind == Ranking:
		rules = append(rules, fmt.Sprintf(p.in("skriv pladserne fra 1 til %d ved %[1]d svar", "write the places from 1 to %d by %[1]d answers"), item.Max))
	case item.Bounds != (Bounds{}):
		rules = append(rules, p.bounds(item))
	}
	if item.Kind == Number || item.Kind == Share {
		rules = append(rules, p.decimals(item.places()))
	}
	if item.Max > 0 && item.Kind != Ranking {
		rules = append(rules, fmt.Sprintf(p.in("højst %d svar", "at most %d answers"), item.Max))
	}
	if item.MaxLength > 0 {
		rules = append(rules, fmt.Sprintf(p.in("højst %d tegn", "at most %d characters"), item.MaxLength))
	}
	if len(rules) == 0 {
		return ""
	}
	return capital(strings.TrimSuffix(strings.Join(rules, ", "), ".") + ".")
}

// bounds says between what an answer lies.
func (p printer) bounds(item *Item) string {
	b := item.Bounds
	low, high := item.valueInWords(b.Low, p.l), item.valueInWords(b.High, p.l)
	switch {
	case b.Low != "" && b.High != "":
		return item.between(b).In(p.l)
	case item.Kind.Dated() && b.High == "":
		return p.in("tidligst ", "no earlier than ") + low
	case item.Kind.Dated():
		return p.in("senest ", "no later than ") + high
	case b.High == "":
		return p.in("mindst ", "at least ") + low
	}
	return p.in("højst ", "at most ") + high
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
