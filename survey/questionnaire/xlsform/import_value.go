package xlsform

import (
	"slices"
	"strconv"
	"strings"

	"barometer/survey/questionnaire"
)

// valueColumns are the columns that mean something for questions that are
// written.
func valueColumns(k questionnaire.Kind) []string {
	switch {
	case k == questionnaire.Number:
		return []string{"decimals", "unit", "soft_min", "soft_max"}
	case k.Dated():
		return []string{"appearance", "soft_min", "soft_max"}
	case k.Written():
		return []string{"appearance"}
	}
	return nil
}

// appearance tells a text from a line and a month from a date.
func (m *importer) appearance(it *item, verb string) {
	switch a := it.at.get("appearance"); {
	case a == "":
	case a == multiline && verb == "text":
		it.kind = questionnaire.Text
	case a == monthYear && verb == "date":
		it.kind = questionnaire.Month
	case it.kind.Written() || it.kind.Dated():
		m.refuseAt(it.at, "appearance", multiline+" for a long text, "+monthYear+" for a month", "a question cannot appear as %.40q", a)
	}
}

// mostDecimals is what a decimal of other programs has, where nothing says.
const mostDecimals = "6"

// writeValue writes what is special to questions that are written, and the
// checks.
func (m *importer) writeValue(it *item) {
	r := it.at
	if d := r.get("decimals"); d != "" {
		m.out.line(8, r, "decimals", "decimals: %s", strconv.Quote(d))
	} else if r.get("type") == "decimal" {
		m.out.line(8, r, "type", "decimals: %s", mostDecimals)
	}
	m.out.texts(8, "unit", r, "unit")
	for _, b := range []struct{ key, column, value string }{
		{"min", "constraint", it.low}, {"max", "constraint", it.high}, {"soft_min", "soft_min", r.get("soft_min")}, {"soft_max", "soft_max", r.get("soft_max")},
	} {
		if b.value != "" {
			m.out.line(8, r, b.column, "%s: %s", b.key, strconv.Quote(b.value))
		}
	}
	m.writeChecks(it)
}

// writeChecks writes the checks of the item's own rows on the sheet of checks.
// Where there are none, what the constraint says beyond limits is one check.
func (m *importer) writeChecks(it *item) {
	var rows []row
	for _, c := range m.sheets[checks] {
		if c.get("item") == it.at.get("name") {
			rows = append(rows, c)
		}
	}
	switch {
	case len(rows) == 0 && len(it.checks) == 0:
		return
	case len(rows) == 0 && !it.at.says("constraint_message"):
		m.refuseAt(it.at, "constraint_message", "say what is wrong where it does not hold", "the constraint has no message")
		return
	}
	m.out.line(8, it.at, "constraint", "checks:")
	if len(rows) == 0 {
		m.out.line(10, it.at, "constraint", "- id: %s", onlyCheck)
		m.out.line(12, it.at, "constraint", "require: %s", strconv.Quote(strings.Join(it.checks, " and ")))
		m.out.line(12, it.at, "constraint", "level: hard")
		m.out.texts(12, "message", it.at, "constraint_message")
		return
	}
	for _, c := range rows {
		m.out.line(10, c, "name", "- id: %s", strconv.Quote(c.get("name")))
		m.out.line(12, c, "when", "when: %s", strconv.Quote(c.get("when")))
		m.out.line(12, c, "level", "level: %s", strconv.Quote(c.get("level")))
		m.out.texts(12, "message", c, "message")
	}
	if it.at.says("constraint_message") {
		m.refuseAt(it.at, "constraint_message", "clear it, or the rows of the item on the sheet "+checks, "the message stands twice")
	}
	m.checked = append(m.checked, it)
}

// checkChecks refuses hard checks that say one thing on their sheet and another
// in the constraint: somebody changed one of the two.
func (m *importer) checkChecks(q *questionnaire.Questionnaire) {
	for _, it := range m.checked {
		item, _ := q.Item(it.at.get("name"))
		x := exporter{q: q}
		var hard []string
		for _, c := range item.Checks {
			if c.Hard {
				hard = append(hard, x.required(item, c))
			}
		}
		if !slices.Equal(hard, it.checks) {
			m.refuseAt(it.at, "constraint", "write in both: "+strings.Join(hard, " and "), "constraint and the sheet %s do not say the same", checks)
		}
	}
	for _, c := range m.sheets[checks] {
		if item, ok := q.Item(c.get("item")); !ok || !slices.ContainsFunc(item.Checks, func(k questionnaire.Check) bool { return k.ID == c.get("name") }) {
			m.refuseAt(c, "item", "name a question outside of a matrix", "there is no question %.40q", c.get("item"))
		}
	}
}
