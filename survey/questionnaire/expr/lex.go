package expr

import (
	"fmt"
	"strings"
	"unicode"
)

// Error is a fault in an expression.
type Error struct {
	Column  int // of the offending character, counted in characters from 1
	Message string
	Hint    string // what to write instead, "" where there is nothing to say
}

func (e *Error) Error() string {
	s := fmt.Sprintf("column %d: %s", e.Column, e.Message)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

type kind int

const (
	end    kind = iota
	name        // ${C4}, text without the braces; or a dot
	quoted      // 'ja', text without the marks
	digits      // 12.5
	word        // and, div, selected
	mark        // ( ) , = != < <= > >= + - *
)

type token struct {
	kind   kind
	text   string
	column int
}

// String shows the token as error messages do.
func (t token) String() string {
	switch t.kind {
	case end:
		return "the end"
	case name:
		if t.text == itself {
			return t.text
		}
		return "${" + t.text + "}"
	case quoted:
		return quote(t.text)
	}
	return t.text
}

// itself is the name by which a check calls the answer it checks.
const itself = "."

// foreign spells what people know from other languages in ours.
var foreign = map[string]string{
	"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not( )", "/": "div", "%": "numbers without a percent sign",
	"“": "'", "”": "'", "’": "'", "‘": "'", "»": "'", "«": "'", "´": "'", "`": "'",
}

type lexer struct {
	src []rune
	pos int
}

func lex(src string) ([]token, error) {
	l := &lexer{src: []rune(src)}
	var tokens []token
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == end {
			return tokens, nil
		}
	}
}

func (l *lexer) next() (token, error) {
	for l.pos < len(l.src) && unicode.IsSpace(l.src[l.pos]) {
		l.pos++
	}
	start := l.pos
	at := func(k kind, text string) (token, error) { return token{k, text, start + 1}, nil }
	if l.pos == len(l.src) {
		return at(end, "")
	}
	switch r := l.src[l.pos]; {
	case r == '$':
		return l.name()
	case r == '\'' || r == '"':
		return l.quoted(r)
	case isDigit(r):
		return l.digits()
	case r == '.':
		l.pos++
		return at(name, itself)
	case isLetter(r):
		l.skip(func(r rune) bool { return isLetter(r) || isDigit(r) || r == '-' })
		return at(word, string(l.src[start:l.pos]))
	}
	return l.mark()
}

// name reads ${C4} or, for a row of a matrix, ${H1.ledelse}.
func (l *lexer) name() (token, error) {
	start := l.pos
	l.pos++
	if l.pos == len(l.src) || l.src[l.pos] != '{' {
		return token{}, &Error{start + 1, "a name is missing after $", "write ${B1}"}
	}
	l.pos++
	from := l.pos
	l.skip(func(r rune) bool { return isLetter(r) || isDigit(r) || r == '.' })
	text := string(l.src[from:l.pos])
	if l.pos == len(l.src) || l.src[l.pos] != '}' || text == "" || !isLetter(l.src[from]) {
		return token{}, &Error{start + 1, "not a name", "a name is letters, digits and _ in braces, as ${B1}"}
	}
	l.pos++
	return token{name, text, start + 1}, nil
}

func (l *lexer) quoted(q rune) (token, error) {
	start := l.pos
	l.pos++
	l.skip(func(r rune) bool { return r != q })
	if l.pos == len(l.src) {
		return token{}, &Error{start + 1, "the text is not closed", "end it with " + string(q)}
	}
	text := string(l.src[start+1 : l.pos])
	l.pos++
	if strings.ContainsFunc(text, unicode.IsControl) {
		return token{}, &Error{start + 1, "the text holds a line break or control character", ""}
	}
	return token{quoted, text, start + 1}, nil
}

// maxDigits keeps a number exact: a binary64 distinguishes all numbers of 15
// decimal digits.
const maxDigits = 15

func (l *lexer) digits() (token, error) {
	start := l.pos
	l.skip(isDigit)
	if l.pos+1 < len(l.src) && l.src[l.pos] == '.' && isDigit(l.src[l.pos+1]) {
		l.pos++
		l.skip(isDigit)
	}
	text := string(l.src[start:l.pos])
	if len(text) > maxDigits {
		return token{}, &Error{start + 1, "the number has too many digits", fmt.Sprintf("at most %d", maxDigits)}
	}
	return token{digits, text, start + 1}, nil
}

func (l *lexer) mark() (token, error) {
	start, rest := l.pos, string(l.src[l.pos:min(l.pos+2, len(l.src))])
	for _, m := range []string{"==", "<>", "&&", "||", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "(", ")", ","} {
		if !strings.HasPrefix(rest, m) {
			continue
		}
		if _, wrong := foreign[m]; wrong {
			break
		}
		l.pos += len(m)
		return token{mark, m, start + 1}, nil
	}
	first := string(l.src[start])
	for _, m := range []string{rest, first} {
		if ours, ok := foreign[m]; ok {
			return token{}, &Error{start + 1, m + " is not part of the language", "use " + ours}
		}
	}
	return token{}, &Error{start + 1, fmt.Sprintf("the character %q is not part of the language", first), ""}
}

func (l *lexer) skip(while func(rune) bool) {
	for l.pos < len(l.src) && while(l.src[l.pos]) {
		l.pos++
	}
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool { return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
