package expr

import (
	"strings"

	"barometer/internal/i18n"
)

// Vocabulary names answers and codes for readers.
type Vocabulary interface {
	Name(name string, l i18n.Lang) string
	Code(name, code string, l i18n.Lang) string
}

// Words puts an expression in plain words in language l: "B1 er »Ja«". It is
// meant for print; [Expr.String] is the exact form.
func Words(e Expr, l i18n.Lang, v Vocabulary) string {
	return speaker{l, v}.say(e)
}

type speaker struct {
	lang i18n.Lang
	voc  Vocabulary
}

// in picks the wording of the speaker's language.
func (s speaker) in(da, en string) string { return i18n.Text{DA: da, EN: en}.In(s.lang) }

func (s speaker) quote(text string) string { return s.in("»", "“") + text + s.in("«", "”") }

func (s speaker) say(e Expr) string {
	switch n := e.(type) {
	case literal:
		return s.literal(n)
	case reference:
		return s.voc.Name(n.name, s.lang)
	case not:
		return s.not(n.x)
	case negate:
		return "−" + s.say(n.x)
	case selected:
		return s.selected(n, s.in(" omfatter ", " includes "))
	case countSelected:
		return s.in("antal svar i ", "the number of answers in ") + s.voc.Name(n.from.name, s.lang)
	case stringLength:
		return s.in("antallet af tegn i ", "the number of characters in ") + s.voc.Name(n.from.name, s.lang)
	case regex:
		return s.regex(n, s.in(" har formen ", " has the form "))
	case coalesce:
		return s.coalesce(n)
	case binary:
		return s.binary(n)
	}
	return e.String()
}

func (s speaker) literal(n literal) string {
	if n.value.kind == Bool {
		if n.value.truth {
			return s.in("altid", "always")
		}
		return s.in("aldrig", "never")
	}
	switch n.value.kind {
	case Text:
		return s.quote(n.value.text)
	case Date:
		return i18n.Date(dayOf(int(n.value.number)), s.lang)
	}
	if s.lang == i18n.Danish {
		return strings.Replace(n.String(), ".", ",", 1)
	}
	return n.String()
}

func (s speaker) selected(n selected, verb string) string {
	if n.from.symbol.Type == Text {
		verb = s.in(" er ", " is ")
	}
	return s.voc.Name(n.from.name, s.lang) + verb + s.quote(s.voc.Code(n.from.name, n.code, s.lang))
}

func (s speaker) not(x Expr) string {
	if n, ok := x.(selected); ok && n.from.symbol.Type == Set {
		return s.selected(n, s.in(" omfatter ikke ", " does not include "))
	}
	if n, ok := x.(regex); ok {
		return s.regex(n, s.in(" ikke har formen ", " does not have the form "))
	}
	text := s.say(x)
	if x.binds() < bindCompare {
		text = "(" + text + ")"
	}
	return s.in("det ikke gælder, at ", "it is not so that ") + text
}

func (s speaker) binary(n binary) string {
	switch n.op.binds {
	case bindOr:
		if text, ok := s.alternatives(n); ok {
			return text
		}
		return s.say(n.x) + s.in(" eller ", " or ") + s.say(n.y)
	case bindAnd:
		return s.group(n.x) + s.in(" og ", " and ") + s.group(n.y)
	case bindCompare:
		return s.say(n.x) + s.verb(n.op.symbol, n.x.Type()) + s.operand(n.x, n.y)
	}
	return s.part(n.x, n.op.binds) + " " + signs[n.op.symbol] + " " + s.part(n.y, n.op.binds+1)
}

// signs are the operators of sums and products as they are read.
var signs = map[string]string{"+": "+", "-": "−", "*": "×", "div": "÷"}

// part says a part of a sum or product, in parentheses where it binds looser.
func (s speaker) part(e Expr, least int) string {
	if e.binds() < least {
		return "(" + s.say(e) + ")"
	}
	return s.say(e)
}

// group keeps "a and (b or c)" apart from "(a and b) or c".
func (s speaker) group(e Expr) string {
	if e.binds() < bindAnd {
		return "(" + s.say(e) + ")"
	}
	return s.say(e)
}

// alternatives says several codes of one answer together: B1 is "yes" or "no".
func (s speaker) alternatives(n binary) (string, bool) {
	y, ok := n.y.(binary)
	if !ok || y.op.symbol != "=" {
		return "", false
	}
	last := n.x
	if or, isOr := n.x.(binary); isOr && or.op.binds == bindOr {
		last = or.y
	}
	x, ok := last.(binary)
	if !ok || x.op.symbol != "=" || x.x.String() != y.x.String() {
		return "", false
	}
	return s.say(n.x) + s.in(" eller ", " or ") + s.operand(y.x, y.y), true
}

// operand says the right side of a comparison, a code by its label.
func (s speaker) operand(with, e Expr) string {
	ref, isName := with.(reference)
	lit, isLiteral := e.(literal)
	if isName && isLiteral && lit.value.kind == Text {
		return s.quote(s.voc.Code(ref.name, lit.value.text, s.lang))
	}
	return s.say(e)
}

func (s speaker) verb(op string, of Type) string {
	if of == Date {
		op += " date"
	}
	switch op {
	case "=", "= date":
		return s.in(" er ", " is ")
	case "!=", "!= date":
		return s.in(" er ikke ", " is not ")
	case "<":
		return s.in(" er under ", " is less than ")
	case "<=":
		return s.in(" er højst ", " is at most ")
	case ">":
		return s.in(" er over ", " is more than ")
	case "< date":
		return s.in(" er før ", " is before ")
	case "<= date":
		return s.in(" er senest ", " is no later than ")
	case "> date":
		return s.in(" er efter ", " is after ")
	case ">= date":
		return s.in(" er tidligst ", " is no earlier than ")
	}
	return s.in(" er mindst ", " is at least ")
}
