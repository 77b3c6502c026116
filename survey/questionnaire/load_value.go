package questionnaire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"

	"go.yaml.in/yaml/v4"
)

// Keys a check may carry.
var checkKeys = []string{"id", "when", "require", "level", "message"}

const maxDecimals = 6

// itemValue reads what may be written in an item that is not chosen from
// options.
func (d *definition) itemValue(m fields, item *Item) {
	item.MaxLength = m.count("max_length")
	item.Unit = m.text("unit", false)
	if at := m.at["decimals"]; at != nil && at.Kind == yaml.ScalarNode {
		n, err := strconv.Atoi(m.scalar("decimals"))
		if most := item.mostDecimals(); err != nil || n < 0 || n > most {
			d.fault(at, "", "%s: decimals must be a whole number from 0 to %d", m.what, most)
		} else {
			item.Decimals = n
		}
	} else {
		m.scalar("decimals")
	}
	if item.Kind.bounded() {
		item.Bounds = d.bounds(m, item, "min", "max")
		item.Usual = d.bounds(m, item, "soft_min", "soft_max")
	} else {
		item.Max = m.count("max")
	}
}

// bounded reports whether an answer of kind k has a least and greatest value.
func (k Kind) bounded() bool { return k == Number || k.Dated() }

func (item *Item) mostDecimals() int {
	if item.Kind == Share {
		return shareDecimals
	}
	return maxDecimals
}

// bounds reads two bounds of a value, of which the first is the lower.
func (d *definition) bounds(m fields, item *Item, low, high string) Bounds {
	b := Bounds{d.bound(m, item, low), d.bound(m, item, high)}
	if b.Low != "" && b.High != "" && item.step64(b.Low) >= item.step64(b.High) {
		d.fault(m.at[high], "", "%s: %s is not above %s", m.what, high, low)
	}
	return b
}

// bound reads one bound, in the spelling it is kept in.
func (d *definition) bound(m fields, item *Item, key string) string {
	v := m.scalar(key)
	switch n := m.at[key]; {
	case n == nil || n.Kind != yaml.ScalarNode:
		return ""
	case item.Kind == Number:
		kept, ok := readNumber(v, i18n.English)
		if ok && Decimals(kept) <= item.Decimals && !strings.ContainsAny(v, ", ") {
			return kept
		}
		d.fault(n, "as 1234.5, with no more decimals than the item has", "%s: %s %q is not a number of the item", m.what, key, v)
	case !item.isDate(v):
		d.fault(n, map[Kind]string{Date: "as 2025-03-31", Month: "as 2025-03"}[item.Kind], "%s: %s %q is not a %s", m.what, key, v, item.Kind)
	default:
		return v
	}
	return ""
}

// checks reads the checks of an item; item is where it will stand.
func (d *definition) checks(m fields, item *Item, p int) {
	seen := map[string]int{}
	nodes := m.list("checks")
	item.Checks = make([]Check, len(nodes), len(nodes)+1)
	for i, n := range nodes {
		c := d.mapping(n, "check "+value(n, "id")+" of "+m.what, checkKeys...)
		check := &item.Checks[i]
		check.ID = c.must("id", isCode, "lower-case letters a–z, digits and _")
		if line := seen[check.ID]; line > 0 && check.ID != "" {
			d.fault(n, fmt.Sprintf("first on line %d", line), "%s stands twice", c.what)
		}
		seen[check.ID] = n.Line
		check.Hard = c.must("level", func(s string) bool { return s == "hard" || s == "soft" }, "hard or soft") == "hard"
		check.Message = c.text("message", true)
		d.checkRoute(c, item, p, check)
	}
	if item.Usual == (Bounds{}) {
		item.Checks = slices.Clip(item.Checks)
		return
	}
	if line := seen[usualCheck]; line > 0 {
		d.fault(m.at["checks"], "soft_min and soft_max make a check of that name", "%s: a check is named %s", m.what, usualCheck)
	}
	item.Checks = append(item.Checks, item.usual())
	for _, key := range []string{"soft_min", "soft_max"} {
		if n := m.at[key]; n != nil {
			d.routes = append(d.routes, route{source: item.outside(item.Usual), node: n, what: m.what, page: p, target: &item.Checks[len(nodes)].When, of: item})
			break
		}
	}
}

// checkRoute notes down when a check has something against an answer: where
// its when holds, or where its require is known not to.
func (d *definition) checkRoute(c fields, item *Item, p int, check *Check) {
	key := "when"
	switch {
	case c.at["when"] == nil && c.at["require"] == nil:
		c.missing("require", "say what has to hold, or with when what must not")
		return
	case c.at["when"] != nil && c.at["require"] != nil:
		d.fault(c.node, "say what has to hold, or what must not", "%s: both when and require", c.what)
		return
	case c.at["require"] != nil:
		key = "require"
	}
	before := len(d.routes)
	d.route(c, key, c.what, p, &check.When)
	for i := before; i < len(d.routes); i++ {
		d.routes[i].of = item
		d.routes[i].negated = key == "require"
	}
}

// checkReads refuses a check that does not look at its own answer: it could not
// be put right there.
func (d *definition) checkReads(r route, e expr.Expr) {
	for _, name := range e.Names() {
		if b := d.q.names[name]; b.condition < 0 && d.q.items[b.item] == r.of {
			return
		}
	}
	d.fault(r.node, "a dot stands for the answer", "%s does not look at the answer itself", r.what)
}

// checkValue checks what is special to kinds that are written.
func (d *definition) checkValue(m fields, item *Item) {
	k := item.Kind
	d.forbid(m, k != Number, "only a number has a unit", "unit")
	d.forbid(m, k != Number && k != Share, "only a number or share has decimals", "decimals")
	d.forbid(m, !k.bounded(), "only a number, date or month has bounds", "min", "soft_min", "soft_max")
	d.forbid(m, !k.bounded() && k != Multiple && k != Ranking, "only a multiple answer, a ranking, a number and a date have max", "max")
	d.forbid(m, !k.Written(), "only a text or line has max_length", "max_length")
	switch {
	case k.Written() && item.MaxLength == 0 && m.at["max_length"] == nil:
		d.fault(m.node, "", "%s: max_length is missing", m.what)
	case item.MaxLength > maxTextLength:
		d.fault(m.at["max_length"], "", "%s: max_length is more than %d", m.what, maxTextLength)
	case k == Share && item.Rows != nil && m.at["rows"] != nil && len(item.Rows) < 2:
		d.fault(m.at["rows"], "", "%s has only one row to share among", m.what)
	}
	if b, u := item.Bounds, item.Usual; k.bounded() && (beyond(item, u.Low, b) || beyond(item, u.High, b)) {
		d.fault(m.node, "keep soft_min and soft_max within min and max", "%s: a usual value would be refused", m.what)
	}
}

func beyond(item *Item, v string, b Bounds) bool {
	number := func(v string) float64 { return float64(item.step64(v)) }
	return v != "" && b.leaveOut(number(v), number)
}
