package expr

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// stringLength is the number of characters of a text.
type stringLength struct{ from reference }

// regex tells whether all of a text has the form of a pattern.
type regex struct {
	from    reference
	pattern form
}

// form is a pattern as it was written, and as it is matched: against the whole.
type form struct {
	source  string
	machine *regexp.Regexp
}

func (f form) String() string { return f.source }

// Eval implements [Expr].
func (n stringLength) Eval(env Env) Value {
	v := env.Value(n.from.name)
	if v.IsUnknown() {
		return Value{}
	}
	return NumberValue(float64(utf8.RuneCountInString(v.text)))
}

// Eval implements [Expr].
func (n regex) Eval(env Env) Value {
	v := env.Value(n.from.name)
	if v.IsUnknown() {
		return Value{}
	}
	return BoolValue(n.pattern.machine.MatchString(v.text))
}

func (n stringLength) Type() Type            { return Number }
func (n stringLength) binds() int            { return bindPrimary }
func (n stringLength) walk(visit func(Expr)) { visit(n.from) }
func (n stringLength) Names() []string       { return names(n) }
func (n stringLength) String() string        { return "string-length(" + n.from.String() + ")" }

func (n regex) Type() Type            { return Bool }
func (n regex) binds() int            { return bindPrimary }
func (n regex) walk(visit func(Expr)) { visit(n.from) }
func (n regex) Names() []string       { return names(n) }
func (n regex) String() string {
	return "regex(" + n.from.String() + ", " + quote(n.pattern.source) + ")"
}

func (p *parser) stringLength() (Expr, error) {
	from, err := p.choices("string-length", Prose)
	return stringLength{from}, err
}

func (p *parser) regex() (Expr, error) {
	from, err := p.choices("regex", Prose)
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	t := p.take()
	if t.kind != quoted {
		return nil, &Error{t.column, "regex takes a pattern here, not " + t.String(), "as in regex(., '[0-9]{4}')"}
	}
	pattern, why := formOf(t.text)
	if why != "" {
		return nil, &Error{t.column, fmt.Sprintf("%s is no pattern: %s", t, why), "as in regex(., '[0-9]{4}')"}
	}
	return regex{from, pattern}, nil
}

// maxPattern is how many characters a pattern may have.
const maxPattern = 200

// notAlike are pieces of patterns that Java reads otherwise than RE2, or that
// one of them does not read.
var notAlike = regexp.MustCompile(`\(\?(?:[^:]|$)|\\[^dDsSwWtnr.\\+*?()|\[\]{}^$/-]|\[\[:|&&|\[[^\]]*\[`)

// formOf reads a pattern; why says what is wrong with it.
func formOf(source string) (f form, why string) {
	switch {
	case source == "":
		return form{}, "it is empty"
	case utf8.RuneCountInString(source) > maxPattern:
		return form{}, fmt.Sprintf("it is longer than %d characters", maxPattern)
	}
	if odd := notAlike.FindString(source); odd != "" {
		return form{}, fmt.Sprintf("%s does not mean the same in all programs", odd)
	}
	machine, err := regexp.Compile(`^(?:` + source + `)$`)
	if err != nil {
		parse, _ := err.(*syntax.Error) // regexp.Compile has no other
		return form{}, parse.Code.String()
	}
	return form{source, machine}, ""
}

// Specimens returns a text of the form of a pattern, as far as one is easily
// made, and one that is not of that form, as far as the simplest are none.
func Specimens(pattern string) (texts []string) {
	f, why := formOf(pattern)
	if why != "" {
		return nil
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err == nil {
		var b strings.Builder
		specimen(&b, tree.Simplify())
		if text := b.String(); text != "" && f.machine.MatchString(text) {
			texts = append(texts, text)
		}
	}
	for _, text := range []string{"x", "0", "-", "x0"} {
		if !f.machine.MatchString(text) {
			return append(texts, text)
		}
	}
	return texts
}

// specimen writes the shortest text that an element of a pattern takes.
func specimen(b *strings.Builder, e *syntax.Regexp) {
	switch e.Op {
	case syntax.OpLiteral:
		b.WriteString(string(e.Rune))
	case syntax.OpCharClass:
		b.WriteRune(oneOf(e.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpCapture, syntax.OpPlus, syntax.OpAlternate:
		specimen(b, e.Sub[0])
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			specimen(b, sub)
		}
	}
}

// oneOf is a character of a class, given as pairs of first and last: one that
// can be seen, where there is one.
func oneOf(pairs []rune) rune {
	for i := 0; i+1 < len(pairs); i += 2 {
		for r := pairs[i]; r <= min(pairs[i+1], pairs[i]+unicode.MaxLatin1); r++ {
			if unicode.IsGraphic(r) && r != ' ' {
				return r
			}
		}
	}
	if len(pairs) == 0 {
		return 'x'
	}
	return pairs[0]
}

func (s speaker) regex(n regex, verb string) string {
	return s.voc.Name(n.from.name, s.lang) + verb + s.quote(n.pattern.source)
}
