package xlsform

import (
	"slices"
	"strconv"
	"strings"

	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/expr"
)

// page is a group of the survey as it is read.
type page struct {
	start        row
	intro        *row
	parts        []part // notes and questions in order
	hasQuestions bool
}

// part is a note or a question of a page.
type part struct {
	note *row
	item *item
}

// item is a question as it is read, with its rows where it is a matrix.
type item struct {
	at   row
	kind questionnaire.Kind
	list string
	from string // the item whose answer decides which options are offered
	limits
	required bool
	rows     []row
}

// pages reads the survey: groups, and the questions in them.
func (m *importer) pages() {
	var pages []*page
	var open *page
	var matrix *item
	for _, r := range m.sheets[survey] {
		verb, list, _ := strings.Cut(r.get("type"), " ")
		kind := strings.ReplaceAll(strings.Join(strings.Fields(r.get("type")), " "), " ", "_")
		switch {
		case kind == "begin_group" && open == nil:
			open = m.beginPage(r)
			pages = append(pages, open)
		case kind == "begin_group" && matrix == nil:
			matrix = m.beginMatrix(r)
			open.hasQuestions = true
			open.parts = append(open.parts, part{item: matrix})
		case kind == "begin_group":
			m.refuseAt(r, "type", "", "a group in a matrix")
		case kind == "end_group" && matrix != nil:
			m.endMatrix(matrix, r)
			matrix = nil
		case kind == "end_group" && open != nil:
			m.named(r, open.start)
			open = nil
		case kind == "end_group":
			m.refuseAt(r, "type", "", "no group is open here")
		case open == nil:
			m.refuseAt(r, "type", "put it between begin_group and end_group", "a question outside of any page")
		case verb == "note":
			m.note(open, matrix, r)
		case matrix != nil:
			m.matrixRow(matrix, r, verb, strings.TrimSpace(list))
		default:
			open.hasQuestions = true
			if it := m.question(r, verb, strings.TrimSpace(list)); it != nil {
				open.parts = append(open.parts, part{item: it})
			}
		}
	}
	if open != nil {
		m.refuseAt(open.start, "type", "add end_group", "the group %s is not ended", open.start.get("name"))
	}
	if len(m.faults) == 0 {
		m.writePages(pages)
	}
}

// only refuses what stands in columns that mean nothing in such a row.
func (m *importer) only(r row, what string, allowed ...string) {
	for _, column := range columns[survey] {
		base, _, _ := strings.Cut(column, "::")
		if r.get(column) != "" && base != "type" && base != "name" && !slices.Contains(allowed, base) {
			m.refuseAt(r, column, "", "%s has no %s", what, base)
		}
	}
}

// named checks that an end carries the name of its beginning, or none.
func (m *importer) named(end, start row) {
	m.only(end, "the end of a group")
	if n := end.get("name"); n != "" && n != start.get("name") {
		m.refuseAt(end, "name", "", "the group that ends here is %s", start.get("name"))
	}
}

func (m *importer) beginPage(r row) *page {
	m.only(r, "a page", "label", "appearance")
	if a := r.get("appearance"); a != "" && a != "field-list" {
		m.refuseAt(r, "appearance", "field-list, or nothing", "a page cannot appear as %.40q", a)
	}
	return &page{start: r}
}

// note takes a note in. A page's intro stands first on it.
func (m *importer) note(p *page, matrix *item, r row) {
	m.only(r, "a note", "label", "relevant", "route")
	intro := r.get("name") == p.start.get("name")+introSuffix
	switch {
	case matrix != nil:
		m.refuseAt(r, "type", "move it up", "a note in a matrix")
	case intro && (p.intro != nil || len(p.parts) > 0 || p.hasQuestions):
		m.refuseAt(r, "name", "move it up", "the intro stands first on its page")
	case intro && r.get("relevant") != "":
		m.refuseAt(r, "relevant", "give the note another name", "the intro of a page is shown to all")
	case intro:
		p.intro = &r
	default:
		p.parts = append(p.parts, part{note: &r})
	}
}

func (m *importer) writePages(pages []*page) {
	first := m.sheets[survey][0]
	m.out.line(0, first, "", "pages:")
	for i, p := range pages {
		id := p.start.get("name")
		m.out.line(2, p.start, "name", "- id: %s", strconv.Quote(id))
		m.out.texts(4, "title", p.start, "label")
		if p.intro != nil {
			m.out.texts(4, "intro", *p.intro, "label")
		}
		m.writeParts(i, p)
	}
}

// writeParts writes the notes before the first question as the page's own, the
// others among its questions.
func (m *importer) writeParts(page int, p *page) {
	notes, begun := 0, false
	for _, part := range p.parts {
		switch {
		case part.item != nil && !begun:
			begun = true
			m.out.line(4, p.start, "", "items:")
		case part.note != nil && !begun && notes == 0:
			m.out.line(4, *part.note, "", "notes:")
		}
		if part.item != nil {
			m.writeItem(part.item)
			continue
		}
		n := notes
		m.writeNote(*part.note, begun, func(q *questionnaire.Questionnaire) expr.Expr { return q.Pages[page].Notes[n].Relevant })
		notes++
	}
}

func (m *importer) writeNote(n row, between bool, route func(*questionnaire.Questionnaire) expr.Expr) {
	if between {
		m.out.line(6, n, "label", "- note:")
		m.out.phrase(10, "da", n, in("label", "da"), "da")
		m.out.phrase(10, "en", n, in("label", "en"), "en")
		m.route(10, n, route)
		return
	}
	m.out.line(6, n, "label", "-")
	m.out.phrase(8, "da", n, in("label", "da"), "da")
	m.out.phrase(8, "en", n, in("label", "en"), "en")
	m.route(8, n, route)
}
