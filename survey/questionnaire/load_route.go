package questionnaire

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"barometer/survey/questionnaire/expr"

	"go.yaml.in/yaml/v4"
)

// parseRoutes parses the expressions: conditions first, in their order, since
// other routes build on them.
func (d *definition) parseRoutes() {
	slices.SortStableFunc(d.routes, func(a, b route) int { return d.rank(a) - d.rank(b) })
	for _, r := range d.routes {
		scope := scope{d: d, page: r.page, conditions: len(d.q.Conditions), of: r.of}
		c := d.rank(r)
		if c < len(d.q.Conditions) {
			scope.conditions = c
		}
		e, err := expr.Condition(r.source, scope)
		if err != nil {
			d.routeFault(r, err)
			continue
		}
		if r.of != nil {
			d.checkReads(r, e)
		}
		if r.negated {
			e = expr.Not(e)
		}
		*r.target = e
		if c < len(d.q.Conditions) {
			d.settleCondition(c, e, r.node)
		}
	}
	for _, item := range d.q.items {
		item.reads = sorted(d.q.reads(item.routes()...))
	}
}

// rank puts conditions before everything else.
func (d *definition) rank(r route) int {
	for i := range d.q.Conditions {
		if r.target == &d.q.Conditions[i].When {
			return i
		}
	}
	return len(d.q.Conditions)
}

// settleCondition notes which items a condition reads.
func (d *definition) settleCondition(c int, e expr.Expr, n *yaml.Node) {
	d.q.conditions[c] = sorted(d.q.reads(e))
	if len(d.q.conditions[c]) == 0 {
		d.fault(n, "", "condition %s reads no item", d.q.Conditions[c].Name)
	}
}

// sorted returns the positions in order, each once.
func sorted(positions []int) []int {
	slices.Sort(positions)
	return slices.Compact(positions)
}

// routeFault reports a fault at its own column where the source can be found
// in the file as written, otherwise at the start of the value.
func (d *definition) routeFault(r route, err error) {
	fault, ok := errors.AsType[*expr.Error](err)
	if !ok {
		d.fault(r.node, "", "%s: %v", r.what, err)
		return
	}
	at := *r.node
	message := fmt.Sprintf("%s: %s", r.what, fault.Message)
	line := []rune(d.source[at.Line-1])
	rest := string(line[min(at.Column-1, len(line)):])
	switch unquoted := strings.TrimLeft(rest, `"'`); {
	case strings.HasPrefix(rest, r.source):
		at.Column += fault.Column - 1
	case at.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && strings.HasPrefix(unquoted, r.source):
		at.Column += fault.Column
	default:
		message += fmt.Sprintf(", in column %d of %s", fault.Column, r.source)
	}
	d.fault(&at, fault.Hint, "%s", message)
}

// scope is what an expression on a page may use: items of earlier pages, and
// conditions that read nothing but such items.
type scope struct {
	d          *definition
	page       int
	conditions int   // how many of the conditions, the first ones
	of         *Item // whose check it is, nil for a route
}

// Lookup implements [expr.Scope].
func (s scope) Lookup(name string) (expr.Symbol, bool) {
	dot := name == "." && s.of != nil
	if dot {
		name = s.of.ID
	}
	b, ok := s.d.q.names[name]
	if !ok {
		return expr.Symbol{}, false
	}
	if b.condition >= 0 {
		return s.condition(b.condition), true
	}
	item := s.d.q.items[b.item]
	symbol := expr.Symbol{Type: item.Kind.value(), Refused: s.refused(b.item)}
	if dot {
		symbol.Name = name
	}
	for _, o := range item.Options {
		symbol.Codes = append(symbol.Codes, o.Code)
	}
	switch {
	case item.Kind.Written() && s.of == nil:
		symbol.Refused = "is a free text, which cannot steer a route"
	case item.Kind.HasRows() && b.row == "" && len(item.Rows) > 0:
		symbol.Refused = fmt.Sprintf("asks about several rows; name one, as ${%s}", Field(item.ID, item.Rows[0].Code))
	}
	return symbol, true
}

// value is the type that an answer of kind k, or one row of it, has in
// expressions.
func (k Kind) value() expr.Type {
	switch {
	case k.Several(), k == Ranking:
		return expr.Set
	case k == Number, k == Share:
		return expr.Number
	case k.Dated():
		return expr.Date
	case k.Written():
		return expr.Prose
	}
	return expr.Text
}

func (s scope) condition(c int) expr.Symbol {
	symbol := expr.Symbol{Type: expr.Bool}
	if c >= s.conditions {
		symbol.Refused = "is defined after this"
		return symbol
	}
	for _, i := range s.d.q.conditions[c] {
		if why := s.refused(i); why != "" {
			symbol.Refused = fmt.Sprintf("reads %s, which %s", s.d.q.items[i].ID, why)
		}
	}
	return symbol
}

// refused says why an item cannot be read from the scope's page.
func (s scope) refused(item int) string {
	switch p := s.d.pageOf[item]; {
	case s.of != nil && item <= s.of.position:
		return ""
	case s.of != nil:
		return "is asked after this; a check looks at its own answer and earlier ones"
	case p == s.page:
		return "stands on the same page; a route looks at earlier pages only"
	case p > s.page:
		return "is asked after this; a route looks at earlier pages only"
	}
	return ""
}
