package xlsform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// limits is what a constraint says: the most options, the options chosen
// alone, the most characters.
type limits struct {
	most, length string // as written, "" for none
	low, high    string
	alone        []string
	checks       []string // what else it says
}

func (l limits) equal(other limits) bool {
	return l.most == other.most && l.length == other.length && slices.Equal(l.alone, other.alone) && slices.Equal(l.checks, other.checks)
}

// The limits that a constraint can state.
var (
	bound       = regexp.MustCompile(`^\.\s*(>=|<=)\s*(-?\d{1,15}(?:\.\d{1,6})?)$`)
	dateBound   = regexp.MustCompile(`^\.\s*(>=|<=)\s*date\(\s*'(\d{4}-\d\d-\d\d)'\s*\)$`)
	mostOptions = regexp.MustCompile(`^count-selected\(\s*\.\s*\)\s*<=\s*(\d{1,6})$`)
	longest     = regexp.MustCompile(`^string-length\(\s*\.\s*\)\s*<=\s*(\d{1,6})$`)
	chosenAlone = regexp.MustCompile(`^not\(\s*selected\(\s*\.\s*,\s*'([^']*)'\s*\)\s+and\s+count-selected\(\s*\.\s*\)\s*>\s*1\s*\)$`)
)

// limits reads the constraint of a row, parts joined by and. What is no limit
// is a check of a question that has one value; of others it is refused.
func (m *importer) limits(r row, it *item) limits {
	var l limits
	kind := it.kind
	for _, part := range conjuncts(r.get("constraint")) {
		most, length, alone := mostOptions.FindStringSubmatch(part), longest.FindStringSubmatch(part), chosenAlone.FindStringSubmatch(part)
		switch {
		case most != nil && l.most == "" && (kind == questionnaire.Multiple || kind == questionnaire.Ranking):
			l.most = most[1]
		case length != nil && l.length == "" && kind.Written():
			l.length = length[1]
		case alone != nil && !slices.Contains(l.alone, alone[1]) && kind.Several():
			l.alone = append(l.alone, alone[1])
		case l.bounded(part, kind):
		case kind == questionnaire.Number || kind.Dated() || inItsOwnWords(part):
			l.checks = append(l.checks, part)
		default:
			m.refuseAt(r, "constraint", "the subset is count-selected(.) <= 3, string-length(.) <= 100 and not(selected(., 'code') and count-selected(.) > 1), where they apply and joined by and",
				"the constraint %.60q is not of the subset here", part)
		}
	}
	return l
}

// inItsOwnWords reports whether a part stands in parentheses, as checks do that
// are also on their own sheet.
func inItsOwnWords(part string) bool {
	return strings.HasPrefix(part, "(") && strings.HasSuffix(part, ")")
}

// bounded takes a bound of a number or date, and reports whether it is one.
func (l *limits) bounded(part string, kind questionnaire.Kind) bool {
	match := bound.FindStringSubmatch(part)
	if kind.Dated() {
		match = dateBound.FindStringSubmatch(part)
	}
	if match == nil || kind != questionnaire.Number && !kind.Dated() {
		return false
	}
	side, value := &l.low, match[2]
	if match[1] == "<=" {
		side = &l.high
	}
	if kind == questionnaire.Month {
		month, first := strings.CutSuffix(value, "-01")
		if !first {
			return false
		}
		value = month
	}
	if *side != "" {
		return false
	}
	*side = value
	return true
}

// conjuncts divides an expression at each and outside of parentheses.
func conjuncts(s string) []string {
	if s == "" {
		return nil
	}
	var parts []string
	depth, from := 0, 0
	for i := range s {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')':
			depth--
		case depth == 0 && strings.HasPrefix(s[i:], " and "):
			parts = append(parts, strings.TrimSpace(s[from:i]))
			from = i + len(" and ")
		}
	}
	return append(parts, strings.TrimSpace(s[from:]))
}

// chosen is the route of what was chosen in an earlier item.
func chosen(item, code string) string { return fmt.Sprintf("selected(${%s}, '%s')", item, code) }

// offered returns the choices of an item that mean something chosen: all but
// those chosen alone.
func (m *importer) offered(source *item) []row {
	return slices.DeleteFunc(slices.Clone(m.lists.rows[source.list]), func(r row) bool {
		return slices.Contains(source.alone, r.get("name")) || m.flag(r, "refused") || m.flag(r, "not_relevant")
	})
}

// sameOptions reports whether two lists of choices are the same throughout.
func (m *importer) sameOptions(a, b []row) bool {
	return len(a) > 0 && slices.EqualFunc(a, b, func(x, y row) bool {
		return x.get("name") == y.get("name") && sameTexts(x, y) &&
			x.get("number") != "" && x.get("number") == y.get("number") && !slices.ContainsFunc(marks, func(mark string) bool { return m.flag(x, mark) != m.flag(y, mark) })
	})
}

func sameTexts(x, y row) bool {
	for _, l := range i18n.Languages {
		if x.get(in("label", l)) != y.get(in("label", l)) || x.get(in("short", l)) != y.get(in("short", l)) {
			return false
		}
	}
	return true
}

// rowsFrom returns the item from whose answer the rows of a matrix are taken:
// one row for each of its choices, asked where that was chosen.
func (m *importer) rowsFrom(it *item) string {
	name, _, found := strings.Cut(strings.TrimPrefix(it.rows[0].get("relevant"), "selected(${"), "}")
	source := m.items[name]
	if !found || source == nil || source.kind != questionnaire.Multiple {
		return ""
	}
	same := slices.EqualFunc(it.rows, m.offered(source), func(r, choice row) bool {
		code := choice.get("name")
		return r.get("name") == it.at.get("name")+"."+code && r.get("route") == "" &&
			r.get("relevant") == chosen(name, code) && sameTexts(r, choice)
	})
	if !same {
		return ""
	}
	return name
}
