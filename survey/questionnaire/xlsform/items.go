package xlsform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/expr"
)

// questionKinds maps the types of the subset to kinds of item, alone and in
// the rows of a matrix.
var questionKinds = map[string][2]questionnaire.Kind{
	"text":            {questionnaire.Line, ""},
	"integer":         {questionnaire.Number, ""},
	"decimal":         {questionnaire.Number, ""},
	"date":            {questionnaire.Date, ""},
	"rank":            {questionnaire.Ranking, ""},
	"select_one":      {questionnaire.Single, questionnaire.Matrix},
	"select_multiple": {questionnaire.Multiple, questionnaire.MatrixMulti},
}

// question reads a question outside a matrix, nil where its type is none of
// the subset.
func (m *importer) question(r row, verb, list string) *item {
	if _, ok := questionKinds[verb]; !ok {
		m.unknownType(r)
		return nil
	}
	it := &item{at: r, kind: questionKinds[verb][0]}
	m.only(r, "a question of this type", append(valueColumns(it.kind), "label", "hint", "required", "relevant", "route", "constraint", "constraint_message", "choice_filter", "short", "asked")...)
	m.appearance(it, verb)
	m.answer(it, r, list)
	m.items[r.get("name")] = it
	return it
}

func (m *importer) unknownType(r row) {
	m.refuseAt(r, "type", "the subset is select_one, select_multiple, rank, integer, decimal, date, text, note, begin_group and end_group",
		"there is no place for the type %.40q", r.get("type"))
}

// answer reads what may be answered, of a question or of a row.
func (m *importer) answer(it *item, r row, list string) {
	it.list = list
	it.required = m.flag(r, "required")
	it.limits = m.limits(r, it)
	if filter := r.get("choice_filter"); filter != "" {
		match := chosenBefore.FindStringSubmatch(filter)
		if match == nil {
			m.refuseAt(r, "choice_filter", "the subset is selected(${NAME}, name)", "the filter is not of the subset")
		} else {
			it.from = match[1]
		}
	}
	if !it.kind.Chosen() {
		if list != "" {
			m.refuseAt(r, "type", "write the type alone", "only a choice has a list")
		}
		if it.length == "" && it.kind.Written() {
			m.refuseAt(r, "constraint", "write string-length(.) <= 1000, say", "the text has no limit")
		}
		return
	}
	if m.lists.rows[list] == nil {
		m.refuseAt(r, "type", "", "there is no list %.40q on the sheet %s", list, choices)
	}
	m.lists.used[list] = true
}

// chosenBefore is the filter for choices that were chosen in an earlier item.
var chosenBefore = regexp.MustCompile(`^selected\(\s*\$\{([A-Za-z0-9_]+)\}\s*,\s*name\s*\)$`)

func (m *importer) beginMatrix(r row) *item {
	m.only(r, "a matrix", "label", "hint", "relevant", "route", "appearance", "short", "asked")
	if r.get("appearance") != "table-list" {
		m.refuseAt(r, "appearance", "write table-list where it is a matrix; else end the page before it", "a group in a page")
	}
	it := &item{at: r}
	m.items[r.get("name")] = it
	return it
}

// matrixRow reads one row of a matrix, which is answered as the first is.
func (m *importer) matrixRow(it *item, r row, verb, list string) {
	kind := questionKinds[verb][1]
	if kind == "" {
		m.refuseAt(r, "type", "select_one or select_multiple", "the row of a matrix cannot be %.40q", r.get("type"))
		return
	}
	m.only(r, "the row of a matrix", "label", "required", "relevant", "route", "constraint", "choice_filter", "short")
	if !strings.HasPrefix(r.get("name"), it.at.get("name")+".") {
		m.refuseAt(r, "name", "write "+it.at.get("name")+".code", "the name of a row begins with that of its matrix")
	}
	this := &item{at: r, kind: kind}
	m.answer(this, r, list)
	if len(it.rows) == 0 {
		it.kind, it.list, it.from, it.limits, it.required = this.kind, this.list, this.from, this.limits, this.required
	} else if it.kind != this.kind || it.list != this.list || it.from != this.from || it.required != this.required || !it.limits.equal(this.limits) {
		m.refuseAt(r, "type", "", "the row is not answered as the first row of its matrix is")
	}
	it.rows = append(it.rows, r)
}

func (m *importer) endMatrix(it *item, r row) {
	m.named(r, it.at)
	if len(it.rows) == 0 {
		m.refuseAt(it.at, "type", "", "the matrix has no rows")
	}
}

func (m *importer) writeItem(it *item) {
	r, id := it.at, it.at.get("name")
	m.out.line(6, r, "name", "- id: %s", strconv.Quote(id))
	m.out.line(8, r, "type", "kind: %s", it.kind)
	short := "short"
	if !r.says(short) {
		short = "label"
	}
	m.out.texts(8, "short", r, short)
	m.out.texts(8, "label", r, "label")
	m.out.texts(8, "hint", r, "hint")
	m.out.texts(8, "asked", r, "asked")
	m.route(8, r, func(q *questionnaire.Questionnaire) expr.Expr {
		item, _ := q.Item(id)
		return item.Relevant
	})
	if !it.required {
		m.out.line(8, r, "required", "optional: true")
	}
	m.writeLimits(it)
	m.writeValue(it)
	m.writeOptions(it)
	m.writeRows(it)
}

// writeLimits writes what the constraint says of the number of answers.
func (m *importer) writeLimits(it *item) {
	if it.length != "" {
		m.out.line(8, it.at, "constraint", "max_length: %s", it.length)
	}
	if it.most != "" {
		m.out.line(8, it.at, "constraint", "max: %s", it.most)
	}
	for _, code := range it.alone {
		known := func(r row) bool { return r.get("name") == code }
		if !slices.ContainsFunc(m.lists.rows[it.list], known) {
			m.refuseAt(it.at, "constraint", "", "there is no choice %s in the list %s", code, it.list)
		}
	}
}

// writeOptions writes the item's options, or where they are taken from.
func (m *importer) writeOptions(it *item) {
	if !it.kind.Chosen() {
		return
	}
	if source := m.items[it.from]; source != nil && m.sameOptions(m.lists.rows[it.list], m.offered(source)) && len(it.alone) == 0 {
		m.out.line(8, it.at, "choice_filter", "options_from: %s", it.from)
		return
	}
	m.out.line(8, it.at, "type", "options:")
	for i, r := range m.lists.rows[it.list] {
		m.out.line(10, r, "name", "- code: %s", strconv.Quote(r.get("name")))
		m.out.line(12, r, "number", "number: %s", strconv.Quote(number(r, i)))
		m.writeLabel(r)
		if slices.Contains(it.alone, r.get("name")) {
			m.out.line(12, it.at, "constraint", "exclusive: true")
		}
		for _, mark := range marks {
			if m.flag(r, mark) {
				m.out.line(12, r, mark, "%s: true", mark)
			}
		}
		if it.from != "" {
			m.out.line(12, it.at, "choice_filter", "relevant: \"%s\"", chosen(it.from, r.get("name")))
		}
	}
}

// marks are the columns that say that a choice is no answer in substance.
var marks = []string{"dont_know", "refused", "not_relevant"}

// writeLabel writes the texts of an option or row.
func (m *importer) writeLabel(r row) {
	m.out.phrase(12, "da", r, in("label", i18n.Danish), i18n.Danish)
	m.out.phrase(12, "en", r, in("label", i18n.English), i18n.English)
	m.out.texts(12, "short", r, "short")
}

// writeRows writes the rows of a matrix, or where they are taken from.
func (m *importer) writeRows(it *item) {
	if len(it.rows) == 0 {
		return
	}
	if source := m.rowsFrom(it); source != "" {
		m.out.line(8, it.at, "name", "rows_from: %s", source)
		return
	}
	m.out.line(8, it.at, "name", "rows:")
	for _, r := range it.rows {
		code := strings.TrimPrefix(r.get("name"), it.at.get("name")+".")
		m.out.line(10, r, "name", "- code: %s", strconv.Quote(code))
		m.writeLabel(r)
		m.route(12, r, func(q *questionnaire.Questionnaire) expr.Expr {
			item, _ := q.Item(it.at.get("name"))
			return item.Rows[slices.IndexFunc(item.Rows, func(o questionnaire.Option) bool { return o.Code == code })].Relevant
		})
	}
}
