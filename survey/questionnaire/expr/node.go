package expr

import (
	"strconv"
	"strings"
)

// node is the part of [Expr] that stays inside the package.
type node interface {
	binds() int           // how tightly the outermost operator binds
	walk(func(name Expr)) // visits the names in order
}

// Binding strengths, loosest first.
const (
	bindOr = iota + 1
	bindAnd
	bindCompare
	bindAdd
	bindMultiply
	bindNegate
	bindPrimary
)

type literal struct{ value Value }

type reference struct {
	name   string
	symbol Symbol
}

type not struct{ x Expr }

type negate struct{ x Expr }

type binary struct {
	op   operator
	x, y Expr
}

type selected struct {
	from reference
	code string
}

type countSelected struct{ from reference }

// operator is a binary operator.
type operator struct {
	symbol string
	binds  int
	yields Type
}

// operators by spelling.
var operators = map[string]operator{
	"or": {"or", bindOr, Bool}, "and": {"and", bindAnd, Bool},
	"=": {"=", bindCompare, Bool}, "!=": {"!=", bindCompare, Bool},
	"<": {"<", bindCompare, Bool}, "<=": {"<=", bindCompare, Bool},
	">": {">", bindCompare, Bool}, ">=": {">=", bindCompare, Bool},
	"+": {"+", bindAdd, Number}, "-": {"-", bindAdd, Number},
	"*": {"*", bindMultiply, Number}, "div": {"div", bindMultiply, Number},
}

func (n literal) Type() Type       { return n.value.kind }
func (n reference) Type() Type     { return n.symbol.Type }
func (n not) Type() Type           { return Bool }
func (n negate) Type() Type        { return Number }
func (n binary) Type() Type        { return n.op.yields }
func (n selected) Type() Type      { return Bool }
func (n countSelected) Type() Type { return Number }

func (n literal) binds() int       { return bindPrimary }
func (n reference) binds() int     { return bindPrimary }
func (n not) binds() int           { return bindPrimary }
func (n negate) binds() int        { return bindNegate }
func (n binary) binds() int        { return n.op.binds }
func (n selected) binds() int      { return bindPrimary }
func (n countSelected) binds() int { return bindPrimary }

func (n literal) walk(func(Expr))             {}
func (n reference) walk(visit func(Expr))     { visit(n) }
func (n not) walk(visit func(Expr))           { n.x.walk(visit) }
func (n negate) walk(visit func(Expr))        { n.x.walk(visit) }
func (n binary) walk(visit func(Expr))        { n.x.walk(visit); n.y.walk(visit) }
func (n selected) walk(visit func(Expr))      { visit(n.from) }
func (n countSelected) walk(visit func(Expr)) { visit(n.from) }

func (n literal) Names() []string       { return nil }
func (n reference) Names() []string     { return []string{n.name} }
func (n not) Names() []string           { return names(n) }
func (n negate) Names() []string        { return names(n) }
func (n binary) Names() []string        { return names(n) }
func (n selected) Names() []string      { return names(n) }
func (n countSelected) Names() []string { return names(n) }

func names(n node) []string {
	var list []string
	seen := map[string]bool{}
	n.walk(func(e Expr) {
		if name := e.(reference).name; !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	})
	return list
}

func (n literal) String() string {
	switch n.value.kind {
	case Bool:
		return strconv.FormatBool(n.value.truth) + "()"
	case Number:
		return strconv.FormatFloat(n.value.number, 'f', -1, 64)
	case Date:
		return "date(" + quote(Day(int(n.value.number))) + ")"
	}
	return quote(n.value.text)
}

func (n reference) String() string     { return "${" + n.name + "}" }
func (n not) String() string           { return "not(" + n.x.String() + ")" }
func (n negate) String() string        { return "-" + within(n.x, bindNegate) }
func (n selected) String() string      { return "selected(" + n.from.String() + ", " + quote(n.code) + ")" }
func (n countSelected) String() string { return "count-selected(" + n.from.String() + ")" }

// String parenthesises a right operand of equal strength, since operators
// group to the left, and both operands of a comparison, which does not chain.
func (n binary) String() string {
	left := n.op.binds
	if left == bindCompare {
		left++
	}
	return within(n.x, left) + " " + n.op.symbol + " " + within(n.y, n.op.binds+1)
}

// within prints e, in parentheses where it binds looser than least.
func within(e Expr, least int) string {
	if e.binds() < least {
		return "(" + e.String() + ")"
	}
	return e.String()
}

// quote spells a text. The language has no escapes, so no text holds both
// kinds of quotation mark.
func quote(s string) string {
	if strings.Contains(s, "'") {
		return `"` + s + `"`
	}
	return "'" + s + "'"
}
