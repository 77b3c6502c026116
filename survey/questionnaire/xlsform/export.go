package xlsform

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/expr"
)

// cells is one row to be written, by column.
type cells map[string]string

// text puts a text into its columns.
func (c cells) text(column string, t i18n.Text) {
	for _, l := range i18n.Languages {
		c[in(column, l)] = t.In(l)
	}
}

// Export writes the questionnaire as an XLSForm workbook, the same bytes for
// the same definition. What the format has no place for is refused with
// [Faults] before the first byte: an option with a route of its own, a page
// whose id begins with a digit, a route or text longer than a cell, a
// character that XML does not know.
func Export(w io.Writer, q *questionnaire.Questionnaire) error {
	x := exporter{q: q, rows: map[string][]cells{}, lists: map[string]string{}}
	x.settings()
	x.conditions()
	for i := range q.Pages {
		x.page(&q.Pages[i])
	}
	x.checkCells()
	if len(x.faults) > 0 {
		return x.faults
	}
	return write(w, x.rows)
}

type exporter struct {
	q      *questionnaire.Questionnaire
	rows   map[string][]cells // per sheet
	lists  map[string]string  // content of a list of choices -> its name
	faults Faults
}

func (x *exporter) add(sheet string, c cells) { x.rows[sheet] = append(x.rows[sheet], c) }

func (x *exporter) refuse(hint, format string, args ...any) {
	x.faults = append(x.faults, Fault{File: x.q.ID, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (x *exporter) settings() {
	q := x.q
	c := cells{"form_title": q.Title.DA, "form_id": q.ID, "version": q.Version, "default_language": languages[i18n.Danish], "wave": q.Wave}
	c.text("title", q.Title)
	c.text("period", q.Period)
	c.text("intro", q.Intro)
	c.text("asked", q.Asked)
	x.add(settings, c)
}

func (x *exporter) conditions() {
	for _, cond := range x.q.Conditions {
		c := cells{"name": cond.Name, "when": cond.When.String()}
		c.text("short", cond.Short)
		c.text("phrase", cond.Phrase)
		c.text("asked", cond.Asked)
		x.add(conditions, c)
	}
}

// page writes a page as a group: its intro and notes first, then its items.
func (x *exporter) page(p *questionnaire.Page) {
	if p.ID[0] <= '9' {
		x.refuse("let it begin with a letter", "page %s: in XLSForm a name begins with a letter", p.ID)
	}
	group := cells{"type": "begin_group", "name": p.ID, "appearance": "field-list"}
	group.text("label", p.Title)
	x.add(survey, group)
	if !p.Intro.IsZero() {
		intro := cells{"type": "note", "name": p.ID + introSuffix}
		intro.text("label", p.Intro)
		x.add(survey, intro)
	}
	x.notes(p, 0)
	for i, item := range p.Items {
		x.item(item)
		x.notes(p, i+1)
	}
	x.add(survey, cells{"type": "end_group", "name": p.ID})
}

// notes writes the notes of a page that stand after so many items.
func (x *exporter) notes(p *questionnaire.Page, after int) {
	for i, n := range p.Notes {
		if n.After != after {
			continue
		}
		note := cells{"type": "note", "name": fmt.Sprintf("%s.note%d", p.ID, i+1)}
		note.text("label", n.Text)
		x.route(note, "page "+p.ID, n.Relevant)
		x.unpiped("page "+p.ID+": a note", n.Text)
		x.add(survey, note)
	}
}

// unpiped refuses a text with a place for an earlier answer: other programs
// would show the code that stands for the answer, and nothing where there is
// none.
func (x *exporter) unpiped(what string, t i18n.Text) {
	if x.q.Worded(t) != t {
		x.refuse("word it without the answer", "%s has a place for an earlier answer", what)
	}
}

// route writes a route out for other programs, and beside it as it stands
// where the two differ.
func (x *exporter) route(c cells, what string, e expr.Expr) {
	if e == nil {
		return
	}
	full, ok := x.q.Expand(e)
	if !ok {
		x.refuse("simplify its conditions", "%s: the route is too long when its conditions are written out", what)
		return
	}
	c["relevant"] = full.String()
	if e.String() != full.String() {
		c["route"] = e.String()
	}
}

func (x *exporter) item(item *questionnaire.Item) {
	what := "item " + item.ID
	c := cells{"name": item.ID}
	c.text("label", item.Label)
	c.text("hint", item.Hint)
	c.text("short", item.Short)
	if item.Relevant != nil || item.Asked != x.q.Asked {
		c.text("asked", item.Asked)
	}
	x.route(c, what, item.Relevant)
	x.unpiped(what, item.Label)
	x.unpiped(what+": the hint", item.Hint)
	if item.Kind == questionnaire.Share {
		x.refuse("ask for each row as a number", "%s: XLSForm has no share of 100 %%", what)
		return
	}
	if !item.Kind.HasRows() {
		x.answer(c, item)
		x.add(survey, c)
		return
	}
	if len(item.Checks) > 0 {
		x.refuse("check an answer of one value", "%s: XLSForm has no check of a whole matrix", what)
	}
	c["type"], c["appearance"] = "begin_group", "table-list"
	x.add(survey, c)
	for _, r := range item.Rows {
		row := cells{"name": questionnaire.Field(item.ID, r.Code)}
		row.text("label", r.Label)
		if r.Short != r.Label {
			row.text("short", r.Short)
		}
		x.unpiped(what+" row "+r.Code, r.Label)
		x.route(row, what+" row "+r.Code, r.Relevant)
		x.answer(row, item)
		x.add(survey, row)
	}
	x.add(survey, cells{"type": "end_group", "name": item.ID})
}

// answer writes what may be answered to an item, or to one row of it.
func (x *exporter) answer(c cells, item *questionnaire.Item) {
	if item.Required {
		c["required"] = "yes"
	}
	parts := limitsOf(item)
	if !item.Kind.HasRows() {
		parts = append(parts, x.checks(c, item)...)
	}
	c["constraint"] = strings.Join(parts, " and ")
	if !item.Kind.Chosen() {
		x.written(c, item)
		return
	}
	c["type"] = "select_one "
	switch {
	case item.Kind.Several():
		c["type"] = "select_multiple "
	case item.Kind == questionnaire.Ranking:
		c["type"] = "rank "
	}
	c["type"] += x.list(item)
	source, chosen := x.q.ChosenIn(item.Options)
	switch {
	case chosen:
		c["choice_filter"] = fmt.Sprintf("selected(${%s}, name)", source)
	case hasRoute(item.Options):
		x.refuse("XLSForm filters choices by one rule for all: take them from an earlier item with options_from", "item %s: an option has a route of its own", item.ID)
	}
}

func hasRoute(options []questionnaire.Option) bool {
	for _, o := range options {
		if o.Relevant != nil {
			return true
		}
	}
	return false
}

// limitsOf puts the limits of an answer in expressions.
func limitsOf(item *questionnaire.Item) []string {
	var parts []string
	for _, bound := range [][2]string{{">=", item.Bounds.Low}, {"<=", item.Bounds.High}} {
		if bound[1] != "" {
			parts = append(parts, ". "+bound[0]+" "+literal(item.Kind, bound[1]))
		}
	}
	if item.MaxLength > 0 {
		parts = append(parts, fmt.Sprintf("string-length(.) <= %d", item.MaxLength))
	}
	if item.Max > 0 {
		parts = append(parts, fmt.Sprintf("count-selected(.) <= %d", item.Max))
	}
	for _, o := range item.Options {
		if o.Exclusive {
			parts = append(parts, fmt.Sprintf("not(selected(., '%s') and count-selected(.) > 1)", o.Code))
		}
	}
	return parts
}

// list writes the item's options as a list of choices, once for all items that
// offer the same, and returns its name.
func (x *exporter) list(item *questionnaire.Item) string {
	var rows []cells
	content := ""
	for _, o := range item.Options {
		c := cells{"list_name": item.ID, "name": o.Code, "number": strconv.Itoa(o.Number)}
		c.text("label", o.Label)
		x.unpiped("item "+item.ID+": option "+o.Code, o.Label)
		if o.Short != o.Label {
			c.text("short", o.Short)
		}
		for column, marked := range map[string]bool{"dont_know": o.DontKnow, "refused": o.Refused, "not_relevant": o.NotRelevant} {
			if marked {
				c[column] = "yes"
			}
		}
		if o.Specify > 0 {
			x.refuse("ask for the text in a question of its own", "item %s: option %s asks for a text", item.ID, o.Code)
		}
		content += fmt.Sprintf("%q %d %v %v %v %q %q\n", o.Code, o.Number, o.DontKnow, o.Refused, o.NotRelevant, o.Label, o.Short)
		rows = append(rows, c)
	}
	if name, ok := x.lists[content]; ok {
		return name
	}
	x.lists[content] = item.ID
	x.rows[choices] = append(x.rows[choices], rows...)
	return item.ID
}

// maxCell is how many UTF-16 units a cell holds; the rest would be cut off.
const maxCell = 32_767

func (x *exporter) checkCells() {
	for _, sheet := range sheets {
		for i, c := range x.rows[sheet] {
			for j, column := range columns[sheet] {
				at := Fault{File: x.q.ID, Sheet: sheet, Row: i + 2, Column: j + 1}
				switch v := c[column]; {
				case len(utf16.Encode([]rune(v))) > maxCell:
					at.Message = fmt.Sprintf("%s of %s is longer than a cell", column, c["name"])
				case strings.ContainsFunc(v, notXML):
					at.Message = fmt.Sprintf("%s of %s holds a control character", column, c["name"])
				default:
					continue
				}
				x.faults = append(x.faults, at)
			}
		}
	}
}

// notXML reports a character that an XML document cannot hold (XML 1.0, §2.2),
// or that it reads as another: a carriage return.
func notXML(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || 0xd800 <= r && r < 0xe000 || r == 0xfffe || r == 0xffff
}
