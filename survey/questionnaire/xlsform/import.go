package xlsform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/expr"
)

// Import reads an XLSForm workbook and returns it as a questionnaire file,
// which [questionnaire.Load] accepts. file names the workbook in messages. The
// error is a [Faults] with everything in the workbook that is not a
// questionnaire or not of the subset, each at its sheet, row and column.
//
// What other programs' forms lack is made up only where nothing can be lost:
// a missing short label is the label, options without numbers are numbered in
// order.
func Import(r io.Reader, file string) ([]byte, error) {
	w := open(r, file)
	if len(w.faults) == 0 {
		w.complete()
	}
	if len(w.faults) > 0 {
		return nil, w.faults
	}
	m := &importer{workbook: w, settings: w.sheets[settings][0]}
	m.form()
	if len(m.faults) > 0 {
		return nil, m.faults
	}
	src := []byte(m.out.text.String())
	q, err := questionnaire.Load(bytes.NewReader(src), file)
	if err != nil {
		return nil, m.translate(err)
	}
	m.checkRoutes(q)
	m.checkChecks(q)
	if len(m.faults) > 0 {
		return nil, m.faults
	}
	return src, nil
}

// complete checks that the sheets a form needs are there.
func (w *workbook) complete() {
	for _, sheet := range []string{survey, settings} {
		if len(w.sheets[sheet]) == 0 {
			w.refuse("", "the sheet %s is missing or empty", sheet)
		}
	}
	if rows := w.sheets[settings]; len(rows) > 1 {
		w.refuseAt(rows[1], "", "", "the settings are one row")
	}
}

// importer turns the rows of a workbook into a questionnaire file.
type importer struct {
	*workbook
	settings row
	out      writer
	lists    lists
	items    map[string]*item // read so far, to take options from
	routed   []routed
	checked  []*item // with checks on their own sheet
}

// routed is a row whose route stands twice: in names and written out.
type routed struct {
	at   row
	find func(*questionnaire.Questionnaire) expr.Expr
}

func (m *importer) form() {
	m.lists = m.readLists()
	m.items = map[string]*item{}
	m.head()
	m.conditions()
	m.pages()
	for _, name := range m.lists.names {
		if !m.lists.used[name] {
			m.refuseAt(m.lists.rows[name][0], "list_name", "remove it", "no question uses the list %s", name)
		}
	}
}

func (m *importer) head() {
	s := m.settings
	if title := s.get("form_title"); !s.says("title") || title != "" && title != s.get(in("title", i18n.Danish)) {
		m.refuseAt(s, "form_title", "write the title in "+in("title", i18n.Danish)+" and "+in("title", i18n.English), "form_title is not the title in Danish")
	}
	if l := s.get("default_language"); l != "" && l != languages[i18n.Danish] {
		m.refuseAt(s, "default_language", "write "+languages[i18n.Danish], "the default language is not Danish")
	}
	for _, key := range [][2]string{{"id", "form_id"}, {"version", "version"}, {"wave", "wave"}} {
		m.out.line(0, s, key[1], "%s: %s", key[0], strconv.Quote(s.get(key[1])))
	}
	m.out.line(0, s, "", "languages: [da, en]")
	m.out.texts(0, "title", s, "title")
	m.out.texts(0, "period", s, "period")
	m.out.period = i18n.Text{DA: s.get(in("period", i18n.Danish)), EN: s.get(in("period", i18n.English))}
	m.out.texts(0, "intro", s, "intro")
	m.out.texts(0, "asked", s, "asked")
}

func (m *importer) conditions() {
	rows := m.sheets[conditions]
	if len(rows) == 0 {
		return
	}
	m.out.line(0, rows[0], "", "conditions:")
	for _, c := range rows {
		m.out.line(2, c, "name", "- name: %s", strconv.Quote(c.get("name")))
		for _, key := range []string{"short", "phrase", "asked"} {
			m.out.texts(4, key, c, key)
		}
		m.out.line(4, c, "when", "when: %s", strconv.Quote(c.get("when")))
	}
}

// route writes the route of a row: in the names of conditions where there is
// one in names, which is then held against the one written out.
func (m *importer) route(indent int, r row, find func(*questionnaire.Questionnaire) expr.Expr) {
	column := "relevant"
	if r.get("route") != "" {
		column = "route"
		m.routed = append(m.routed, routed{r, find})
	}
	if r.get(column) != "" {
		m.out.line(indent, r, column, "relevant: %s", strconv.Quote(r.get(column)))
	}
}

// checkRoutes refuses a route that says one thing in names and another when
// written out: somebody changed one of the two.
func (m *importer) checkRoutes(q *questionnaire.Questionnaire) {
	for _, r := range m.routed {
		full, ok := q.Expand(r.find(q))
		if !ok || full == nil || full.String() != r.at.get("relevant") {
			m.refuseAt(r.at, "relevant", "clear route, or correct it", "relevant and route do not say the same")
		}
	}
}

// translate tells a fault of the questionnaire file where it stands in the
// workbook.
func (m *importer) translate(err error) error {
	found, ok := errors.AsType[questionnaire.Faults](err)
	if !ok {
		return err
	}
	for _, f := range found {
		if f.Line < 1 || f.Line > len(m.out.places) {
			m.refuse(f.Hint, "%s", f.Message)
			continue
		}
		at := m.out.places[f.Line-1]
		m.refuseAt(at.row, at.column, f.Hint, "%s", f.Message)
	}
	return m.faults
}

// flag reads yes or no.
func (w *workbook) flag(r row, column string) bool {
	switch v := r.get(column); v {
	case "yes", "true", "true()", "TRUE", "1":
		return true
	case "", "no", "false", "false()", "FALSE", "0":
		return false
	default:
		w.refuseAt(r, column, "write yes or leave it empty", "%s is %.40q", column, v)
		return false
	}
}

// lists holds the lists of choices by name.
type lists struct {
	names []string // in the order of the sheet
	rows  map[string][]row
	used  map[string]bool
}

func (w *workbook) readLists() lists {
	l := lists{rows: map[string][]row{}, used: map[string]bool{}}
	for _, r := range w.sheets[choices] {
		name := r.get("list_name")
		if name == "" {
			w.refuseAt(r, "list_name", "", "the choice belongs to no list")
			continue
		}
		if l.rows[name] == nil {
			l.names = append(l.names, name)
		}
		l.rows[name] = append(l.rows[name], r)
	}
	return l
}

// number is the number of the i-th choice of a list in data files.
func number(r row, i int) string {
	if n := r.get("number"); n != "" {
		return n
	}
	return fmt.Sprint(i + 1)
}
