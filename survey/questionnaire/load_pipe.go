package questionnaire

import (
	"slices"
	"strings"

	"barometer/internal/i18n"

	"go.yaml.in/yaml/v4"
)

// piped reads a text of page p in which earlier answers may stand, and checks
// their places: the same answers in every language, all of earlier pages.
func (d *definition) piped(m fields, p int, read func(fields) i18n.Text) i18n.Text {
	m.piping = true
	t := read(m)
	names := places(t.DA)
	if english := places(t.EN); !slices.Equal(names, english) && len(t.Missing()) == 0 {
		d.fault(m.node, "name the same in both", "%s: the Danish text has a place for %s, the English for %s",
			m.what, orNone(names), orNone(english))
		return t
	}
	for _, name := range names {
		if why := d.unpipeable(name, p); why != "" {
			d.fault(m.node, "", "%s: the text has a place for ${%s}, which %s", m.what, name, why)
		}
	}
	return t
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "no answer"
	}
	return strings.Join(names, ", ")
}

// unpipeable says why the answer to a name cannot stand in a text of page p.
func (d *definition) unpipeable(name string, p int) string {
	b, ok := d.q.names[name]
	switch {
	case !ok:
		return "is no answer of an earlier page"
	case d.q.items[b.item].Kind.HasRows() && b.row == "":
		return "asks about several rows; name one, as ${" + Field(name, "row") + "}"
	}
	return scope{d: d, page: p}.refused(b.item)
}

// checkBraces refuses braces that are no place, and places where none may be.
func (m fields) checkBraces(n *yaml.Node, text string) {
	rest, hint := text, "the only one is {period}"
	if m.piping {
		rest, hint = place.ReplaceAllString(text, ""), "there are {period} and ${B1|what to say without an answer}"
	}
	if strings.ContainsAny(rest, "{}") {
		m.d.fault(n, hint, "%s: unknown placeholder", m.what)
	}
}
