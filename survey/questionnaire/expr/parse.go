package expr

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds on one expression, far above what a route needs, far below what
// would let a hostile file exhaust the stack.
const (
	maxDepth = 64
	maxNodes = 1000
)

// Parse reads and checks an expression. A fault is an [*Error] with the column
// it stands in.
func Parse(src string, scope Scope) (Expr, error) {
	if !utf8.ValidString(src) {
		return nil, &Error{1, "the expression is not valid UTF-8", ""}
	}
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, scope: scope}
	e, err := p.expression(bindOr)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, p.unexpected(t)
	}
	return e, nil
}

// Condition is [Parse] for an expression that must be true or false.
func Condition(src string, scope Scope) (Expr, error) {
	e, err := Parse(src, scope)
	if err != nil {
		return nil, err
	}
	if e.Type() != Bool {
		return nil, &Error{1, "this is " + e.Type().String() + ", not a condition", compareHint(e)}
	}
	return e, nil
}

type parser struct {
	tokens []token
	pos    int
	scope  Scope
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) take() token {
	t := p.tokens[p.pos]
	if t.kind != end {
		p.pos++
	}
	return t
}

// expression reads operands joined by operators that bind at least as tightly
// as least (precedence climbing).
func (p *parser) expression(least int) (Expr, error) {
	left := p.peek()
	x, err := p.operand()
	if err != nil {
		return nil, err
	}
	for compared := false; ; {
		t := p.peek()
		op, ok := operators[t.text]
		if !ok || t.kind != word && t.kind != mark || op.binds < least {
			return x, nil
		}
		if compared && op.binds == bindCompare {
			return nil, &Error{t.column, "comparisons do not chain", "join two comparisons with and"}
		}
		compared = op.binds == bindCompare
		p.take()
		right := p.peek()
		y, err := p.expression(op.binds + 1)
		if err != nil {
			return nil, err
		}
		if x, err = p.join(op, x, y, left, t, right); err != nil {
			return nil, err
		}
	}
}

// join checks the operands' types and makes the node.
func (p *parser) join(op operator, x, y Expr, left, at, right token) (Expr, error) {
	if p.pos > maxNodes {
		return nil, &Error{at.column, "the expression is too long", fmt.Sprintf("at most %d words and signs; name a part of it as a condition", maxNodes)}
	}
	var err error
	switch op.binds {
	case bindOr, bindAnd:
		err = operands(Bool, op, x, y, left, right)
	case bindAdd, bindMultiply:
		err = operands(Number, op, x, y, left, right)
	default:
		err = comparison(op, x, y, left, at, right)
	}
	if err != nil {
		return nil, err
	}
	return binary{op, x, y}, nil
}

func operands(want Type, op operator, x, y Expr, left, right token) error {
	for i, e := range []Expr{x, y} {
		if e.Type() != want {
			return &Error{[]token{left, right}[i].column, fmt.Sprintf("%s takes %s, but %s is %s", op.symbol, want, e, e.Type()), compareHint(e)}
		}
	}
	return nil
}

func comparison(op operator, x, y Expr, left, at, right token) error {
	for i, e := range []Expr{x, y} {
		switch e.Type() {
		case Set:
			return &Error{[]token{left, right}[i].column, fmt.Sprintf("%s holds several codes and cannot be compared", e), compareHint(e)}
		case Prose:
			return &Error{[]token{left, right}[i].column, fmt.Sprintf("%s is a text that somebody writes and cannot be compared", e), compareHint(e)}
		}
	}
	if x.Type() != y.Type() {
		return &Error{at.column, fmt.Sprintf("%s is %s, but %s is %s", x, x.Type(), y, y.Type()), "compare things of one type"}
	}
	if x.Type() != Number && x.Type() != Date && op.symbol != "=" && op.symbol != "!=" {
		return &Error{at.column, fmt.Sprintf("%s cannot be put in order with %s", x, op.symbol), "only numbers and dates can; use = or !="}
	}
	if err := checkCode(x, y, right); err != nil {
		return err
	}
	return checkCode(y, x, left)
}

// checkCode refuses a comparison of a name with a code it can never have.
func checkCode(e, with Expr, at token) error {
	ref, isName := e.(reference)
	lit, isLiteral := with.(literal)
	if !isName || !isLiteral || ref.symbol.Type != Text {
		return nil
	}
	return known(ref, lit.value.text, at)
}

func known(ref reference, code string, at token) error {
	if ref.symbol.Codes == nil || slices.Contains(ref.symbol.Codes, code) {
		return nil
	}
	return &Error{at.column, fmt.Sprintf("%s has no code %s", ref, quote(code)), "its codes are " + strings.Join(ref.symbol.Codes, ", ")}
}

func compareHint(e Expr) string {
	ref, ok := e.(reference)
	switch {
	case ok && e.Type() == Set:
		return fmt.Sprintf("use selected(%s, 'code') or count-selected(%s)", ref, ref)
	case ok && e.Type() == Prose:
		return fmt.Sprintf("use string-length(%s) or regex(%s, 'pattern')", ref, ref)
	case ok && e.Type() == Text:
		return fmt.Sprintf("compare it: %s = 'code'", ref)
	}
	return ""
}

func (p *parser) operand() (Expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, &Error{p.peek().column, "the expression is nested too deeply", fmt.Sprintf("at most %d levels", maxDepth)}
	}
	defer func() { p.depth-- }()
	t := p.take()
	switch {
	case t.kind == name:
		return p.reference(t)
	case t.kind == quoted:
		return literal{TextValue(t.text)}, nil
	case t.kind == digits:
		x, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, &Error{t.column, "not a number", ""}
		}
		return literal{NumberValue(x)}, nil
	case t.kind == word:
		return p.call(t)
	case t.text == "-":
		return p.negation()
	case t.text == "(":
		e, err := p.expression(bindOr)
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	}
	return nil, p.unexpected(t)
}

func (p *parser) reference(t token) (reference, error) {
	sym, ok := p.scope.Lookup(t.text)
	switch {
	case !ok && t.text == itself:
		return reference{}, &Error{t.column, "the dot stands for the answer that a check is of", "name an answer, as ${B1}"}
	case !ok:
		return reference{}, &Error{t.column, "there is no " + t.String(), "names are case-sensitive"}
	}
	if sym.Refused != "" {
		return reference{}, &Error{t.column, t.String() + " " + sym.Refused, ""}
	}
	return reference{cmp.Or(sym.Name, t.text), sym}, nil
}

func (p *parser) negation() (Expr, error) {
	at := p.peek()
	e, err := p.expression(bindNegate)
	if err != nil {
		return nil, err
	}
	if e.Type() != Number {
		return nil, &Error{at.column, fmt.Sprintf("- takes a number, but %s is %s", e, e.Type()), ""}
	}
	return negate{e}, nil
}

// call reads a function: true() false() not(a) selected(a, 'c')
// count-selected(a) coalesce(a, b) date('2025-03-31') string-length(a)
// regex(a, 'pattern').
func (p *parser) call(t token) (Expr, error) {
	if _, isOperator := operators[t.text]; isOperator {
		return nil, p.unexpected(t)
	}
	if p.peek().text != "(" || p.peek().kind != mark {
		return nil, &Error{t.column, "a bare word: " + t.text, fmt.Sprintf("write ${%s} for an answer, '%s' for a code", t.text, t.text)}
	}
	p.take()
	var e Expr
	var err error
	switch t.text {
	case "true", "false":
		e = literal{BoolValue(t.text == "true")}
	case "not":
		e, err = p.not()
	case "selected":
		e, err = p.selected()
	case "count-selected":
		e, err = p.countSelected()
	case "coalesce":
		e, err = p.coalesce()
	case "date":
		e, err = p.date()
	case "string-length":
		e, err = p.stringLength()
	case "regex":
		e, err = p.regex()
	default:
		return nil, &Error{t.column, "there is no function " + t.text, "there are true, false, not, selected, count-selected, coalesce, date, string-length and regex"}
	}
	if err != nil {
		return nil, err
	}
	return e, p.expect(")")
}

func (p *parser) not() (Expr, error) {
	at := p.peek()
	e, err := p.expression(bindOr)
	if err != nil {
		return nil, err
	}
	if e.Type() != Bool {
		return nil, &Error{at.column, fmt.Sprintf("not takes a condition, but %s is %s", e, e.Type()), compareHint(e)}
	}
	return not{e}, nil
}

func (p *parser) selected() (Expr, error) {
	from, err := p.choices("selected", Set, Text)
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	t := p.take()
	if t.kind != quoted {
		return nil, &Error{t.column, "selected takes a code here, not " + t.String(), "as in selected(${D2}, 'kommune')"}
	}
	return selected{from, t.text}, known(from, t.text, t)
}

func (p *parser) countSelected() (Expr, error) {
	from, err := p.choices("count-selected", Set)
	return countSelected{from}, err
}

func (p *parser) date() (Expr, error) {
	t := p.take()
	days, ok := ParseDay(t.text)
	if t.kind != quoted || !ok {
		return nil, &Error{t.column, "date takes a day here, not " + t.String(), "as in date('2025-03-31')"}
	}
	return literal{DateValue(days)}, nil
}

// choices reads the name that a function of chosen codes looks at.
func (p *parser) choices(function string, types ...Type) (reference, error) {
	t := p.take()
	if t.kind != name {
		return reference{}, &Error{t.column, function + " takes the name of an answer, not " + t.String(), "as in " + function + "(${D2}…)"}
	}
	ref, err := p.reference(t)
	if err != nil {
		return ref, err
	}
	if !slices.Contains(types, ref.symbol.Type) {
		return ref, &Error{t.column, fmt.Sprintf("%s does not take %s, but %s is one", function, ref.symbol.Type, ref), ""}
	}
	return ref, nil
}

func (p *parser) expect(text string) error {
	if t := p.take(); t.kind != mark || t.text != text {
		return &Error{t.column, fmt.Sprintf("%s is missing before %s", text, t), ""}
	}
	return nil
}

func (p *parser) unexpected(t token) error {
	if t.kind == end {
		return &Error{t.column, "the expression ends too early", ""}
	}
	return &Error{t.column, "unexpected " + t.String(), ""}
}
