package questionnaire

import (
	"fmt"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire/expr"
)

// Cell is one respondent's value of one variable: a Level of a categorical
// variable, a Number (0 or 1) of a binary one, or the reason there is none.
type Cell struct {
	Level   string
	Number  float64
	Missing codebook.Missing
}

// column is where one variable's cells come from.
type column struct {
	item      int // position in items, or
	condition int // in Conditions; -1 for an item
	row       string
	option    string // of a multiple answer or ranking
	check     string // whether this soft check was confirmed
}

// layOut lists the columns of the wave in order: those of each item as asked,
// with its soft checks after them, and each condition after the last item it
// reads. Texts have none: what people write does not enter the data.
func (q *Questionnaire) layOut() []column {
	var list []column
	for i, item := range q.items {
		for _, row := range rowsOf(item) {
			list = append(list, item.columns(i, row)...)
		}
		for _, c := range item.Checks {
			if !c.Hard {
				list = append(list, column{item: i, condition: -1, check: c.ID})
			}
		}
		for c, reads := range q.conditions {
			if slices.Max(reads) == i {
				list = append(list, column{item: i, condition: c})
			}
		}
	}
	return list
}

// columns lists those of one item, or of one row of it. An option that says why
// there is no answer has none, but for "don't know" where several are chosen.
func (item *Item) columns(i int, row string) []column {
	switch {
	case item.Kind.Written():
		return nil
	case !item.Kind.Several() && item.Kind != Ranking:
		return []column{{item: i, condition: -1, row: row}}
	}
	var list []column
	for _, o := range item.Options {
		if o.Substantive() || o.DontKnow && item.Kind.Several() {
			list = append(list, column{item: i, condition: -1, row: row, option: o.Code})
		}
	}
	return list
}

func rowsOf(item *Item) []string {
	if !item.Kind.HasRows() {
		return []string{""}
	}
	var rows []string
	for _, r := range item.Rows {
		rows = append(rows, r.Code)
	}
	return rows
}

// Variables describes the columns that the answers have in the wave: c4 for a
// single choice, a number or a date (as days since 1 January 1970, a month as
// its first), c2_produkt per option of a multiple one, h1_ledelse per row of a
// matrix or share, d3_kommune_idee per row and option, r1_tid per option of a
// ranking, k1_check_range for a soft check, innov for a condition.
func (q *Questionnaire) Variables() []codebook.Variable {
	var list []codebook.Variable
	for _, c := range q.columns {
		list = append(list, q.variable(c))
	}
	return list
}

func (q *Questionnaire) variable(c column) codebook.Variable {
	if c.condition >= 0 {
		cond := q.Conditions[c.condition]
		return codebook.Variable{
			Name: strings.ToLower(cond.Name), Kind: codebook.Binary, Role: codebook.RoleAnswer,
			Label: cond.Short, Asked: q.Asked,
		}
	}
	item := q.items[c.item]
	v := codebook.Variable{
		Name: strings.ToLower(item.ID), Kind: codebook.Categorical, Role: codebook.RoleAnswer,
		Label: item.Short, Question: q.Worded(item.Label), Asked: item.Asked, Item: item.ID,
	}
	if c.check != "" {
		return confirmation(v, c.check)
	}
	if row, ok := find(item.Rows, c.row); ok {
		v.Name += "_" + row.Code
		v.Label = after(v.Label, row.Short)
		v.Question = asking(v.Question, q.Worded(row.Label))
	}
	o, ok := find(item.Options, c.option)
	switch {
	case item.Kind == Ranking:
		v.Name += "_" + o.Code
		v.Label, v.Codes = after(v.Label, o.Short), item.ranks()
		return v
	case item.Kind == Number || item.Kind == Share || item.Kind.Dated():
		v.Kind, v.Unit = codebook.Numeric, item.unit()
		return v
	case ok:
		v.Kind = codebook.Binary
		v.Name += "_" + o.Code
		v.Label = after(v.Label, o.Short)
		return v
	}
	for _, o := range item.Options {
		if o.Refused || o.NotRelevant {
			continue // reasons to have no value
		}
		v.Codes = append(v.Codes, codebook.Code{Value: o.Code, Number: o.Number, Label: o.fixed(), DontKnow: o.DontKnow})
	}
	return v
}

// confirmation describes the column of a soft check, beside that of its item.
func confirmation(v codebook.Variable, check string) codebook.Variable {
	v.Kind = codebook.Binary
	v.Name += "_check_" + check
	v.Label = after(v.Label, i18n.Text{DA: "usædvanligt svar bekræftet (" + check + ")", EN: "unusual answer confirmed (" + check + ")"})
	return v
}

// unit is what the numbers of the item's column count.
func (item *Item) unit() i18n.Text {
	switch {
	case item.Kind == Share:
		return i18n.Text{DA: "procent", EN: "per cent"}
	case item.Kind.Dated():
		return i18n.Text{DA: "dage siden 1. januar 1970", EN: "days since 1 January 1970"}
	case item.Unit.IsZero():
		return i18n.Text{DA: "antal", EN: "number"}
	}
	return item.Unit
}

// unranked is the level of an option that is not among the ones put in order.
const unranked = "0"

// ranks are the levels of the columns of a ranking.
func (item *Item) ranks() []codebook.Code {
	most := item.rankable()
	if item.Max > 0 {
		most = item.Max
	}
	var codes []codebook.Code
	for rank := 1; rank <= most; rank++ {
		codes = append(codes, codebook.Code{Value: digits(rank), Number: rank,
			Label: i18n.Text{DA: rankInWords(rank, i18n.Danish), EN: rankInWords(rank, i18n.English)}})
	}
	if item.Max > 0 {
		codes = append(codes, codebook.Code{Value: unranked, Number: most + 1,
			Label: i18n.Text{DA: fmt.Sprintf("Ikke blandt de %d", most), EN: fmt.Sprintf("Not among the %d", most)}})
	}
	return codes
}

// after joins a general label and a particular one: "Værdi: kvalitet".
func after(general, particular i18n.Text) i18n.Text {
	return i18n.Text{DA: general.DA + ": " + particular.DA, EN: general.EN + ": " + particular.EN}
}

// asking puts a row's wording after the question's.
func asking(question, row i18n.Text) i18n.Text {
	return i18n.Text{DA: question.DA + " " + row.DA, EN: question.EN + " " + row.EN}
}

// Row returns one respondent's cells, one per variable. Answers off the route
// are not among them, whatever a holds.
func (q *Questionnaire) Row(a Answers) []Cell {
	w := q.walk(a)
	defer w.end()
	settled := w.settled()
	row := make([]Cell, len(q.columns))
	for i, c := range q.columns {
		if c.condition >= 0 {
			row[i] = w.conditionCell(c.condition, settled)
		} else {
			row[i] = w.cell(c, settled)
		}
	}
	return row
}

// settled tells for each item whether its answer is final: it is given, was
// left open though optional, or will never be asked for. Where it is not, the
// respondent has yet to come to it, and what hangs on it is open too.
func (w *walk) settled() []bool {
	settled := make([]bool, len(w.steps))
	for i, item := range w.q.items {
		s := w.step(item)
		switch {
		case s.onRoute():
			settled[i] = !item.Required || len(w.faults(item)) == 0
		case s.asked.IsUnknown():
			settled[i] = w.closed(item, settled)
		default:
			settled[i] = true
		}
	}
	return settled
}

// closed reports whether everything the item's route, options and rows read is
// settled, so that what is still unknown of them will stay so.
func (w *walk) closed(item *Item, settled []bool) bool {
	for _, i := range item.reads {
		if !settled[i] {
			return false
		}
	}
	return true
}

// routes returns the expressions that decide about the item, nil for always.
func (item *Item) routes() []expr.Expr {
	list := []expr.Expr{item.Relevant}
	for _, o := range item.Options {
		list = append(list, o.Relevant)
	}
	for _, r := range item.Rows {
		list = append(list, r.Relevant)
	}
	return list
}

// reads returns the positions of the items that expressions read, directly or
// through conditions.
func (q *Questionnaire) reads(exprs ...expr.Expr) []int {
	var list []int
	for _, e := range exprs {
		if e == nil {
			continue
		}
		for _, name := range e.Names() {
			if b := q.names[name]; b.condition >= 0 {
				list = append(list, q.conditions[b.condition]...)
			} else {
				list = append(list, b.item)
			}
		}
	}
	return list
}

func (w *walk) conditionCell(c int, settled []bool) Cell {
	v := w.condition(c)
	if !v.IsUnknown() {
		return Cell{Number: indicator(v.Bool())}
	}
	for _, i := range w.q.conditions[c] {
		if !settled[i] {
			return Cell{Missing: codebook.Nonresponse}
		}
	}
	return Cell{Missing: codebook.NotAsked}
}

func (w *walk) cell(c column, settled []bool) Cell {
	item := w.q.items[c.item]
	s := w.step(item)
	if !s.onRoute() {
		return Cell{Missing: absence(settled[c.item])}
	}
	if item.Kind == Ranking && indexOf(s.options, c.option) < 0 {
		return Cell{Missing: codebook.NotAsked}
	}
	codes := s.answer.Codes
	if c.row != "" {
		if indexOf(s.rows, c.row) < 0 {
			row, _ := find(item.Rows, c.row)
			return Cell{Missing: absence(!w.holds(row.Relevant).IsUnknown())}
		}
		codes = s.answer.Rows[c.row]
		if item.Kind == Share {
			codes = s.answer.Codes
		}
	}
	if reason := item.reason(codes); reason != codebook.Present {
		return Cell{Missing: reason}
	}
	if c.check != "" || item.Kind.Beside() {
		return w.written(c, item, s)
	}
	switch {
	case len(codes) == 0 && item.Required:
		return Cell{Missing: codebook.Nonresponse}
	case len(codes) == 0:
		return Cell{Missing: codebook.Skipped}
	case c.option == "":
		return Cell{Level: codes[0]}
	}
	if indexOf(s.options, c.option) < 0 {
		return Cell{Missing: codebook.NotAsked}
	}
	return Cell{Number: indicator(slices.Contains(codes, c.option))}
}

// reason tells from the options chosen why an item has no value: declined, not
// relevant, and where it is not chosen among options also not known.
func (item *Item) reason(codes []string) codebook.Missing {
	for _, code := range codes {
		switch o, _ := find(item.Options, code); {
		case o.Refused:
			return codebook.Refused
		case o.NotRelevant:
			return codebook.NotRelevant
		case o.DontKnow && item.Kind.Beside():
			return codebook.DontKnow
		}
	}
	return codebook.Present
}

// written is the cell of a number, share, date, month or ranking, or of a
// soft check. An answer that is faulty by itself, which only a response that was
// not submitted holds, is none.
func (w *walk) written(c column, item *Item, s *step) Cell {
	switch {
	case s.answer.IsZero() && !item.Required:
		return Cell{Missing: codebook.Skipped}
	case s.answer.IsZero(), len(s.check(item, s.answer)) > 0:
		return Cell{Missing: codebook.Nonresponse}
	case c.check != "":
		return Cell{Number: indicator(slices.ContainsFunc(w.doubts(item), func(d Doubt) bool { return d.Check.ID == c.check && d.Confirmed }))}
	case item.Kind == Ranking:
		return Cell{Level: digits(slices.Index(s.answer.Codes, c.option) + 1)}
	case item.Kind == Share:
		return Cell{Number: float(s.answer.Parts[c.row])}
	case item.Kind.Dated():
		n, _ := days(s.answer.Value)
		return Cell{Number: float64(n)}
	}
	return Cell{Number: float(s.answer.Value)}
}

// absence is the reason an item off the route has no value: it was not asked
// when that is final, otherwise the respondent never came so far.
func absence(final bool) codebook.Missing {
	if final {
		return codebook.NotAsked
	}
	return codebook.Nonresponse
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
