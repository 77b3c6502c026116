package questionnaire

import (
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
	option    string // of a multiple answer
}

// layOut lists the columns of the wave in order: those of each item as asked,
// and each condition after the last item it reads. Texts have none: what
// people write does not enter the data.
func (q *Questionnaire) layOut() []column {
	var list []column
	for i, item := range q.items {
		for _, row := range rowsOf(item) {
			switch {
			case item.Kind == Text:
			case item.Kind.Several():
				for _, o := range item.Options {
					list = append(list, column{i, -1, row, o.Code})
				}
			default:
				list = append(list, column{i, -1, row, ""})
			}
		}
		for c, reads := range q.conditions {
			if slices.Max(reads) == i {
				list = append(list, column{i, c, "", ""})
			}
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
// single choice, c2_produkt per option of a multiple one, h1_ledelse per row
// of a matrix, d3_kommune_idee per row and option, innov for a condition.
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
		Label: item.Short, Question: item.Label, Asked: item.Asked, Item: item.ID,
	}
	if row, ok := find(item.Rows, c.row); ok {
		v.Name += "_" + row.Code
		v.Label = after(v.Label, row.Short)
		v.Question = asking(v.Question, row.Label)
	}
	if o, ok := find(item.Options, c.option); ok {
		v.Kind = codebook.Binary
		v.Name += "_" + o.Code
		v.Label = after(v.Label, o.Short)
		return v
	}
	for _, o := range item.Options {
		v.Codes = append(v.Codes, codebook.Code{Value: o.Code, Number: o.Number, Label: o.Label, DontKnow: o.DontKnow})
	}
	return v
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
			settled[i] = !item.Required || len(s.check(item, s.answer)) == 0
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
	codes := s.answer.Codes
	if c.row != "" {
		if indexOf(s.rows, c.row) < 0 {
			row, _ := find(item.Rows, c.row)
			return Cell{Missing: absence(!w.holds(row.Relevant).IsUnknown())}
		}
		codes = s.answer.Rows[c.row]
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
