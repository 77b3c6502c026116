// Package expr is the routing language: the subset of XLSForm expressions that
// a questionnaire's routes and an indicator's definition are written in, as in
//
//	${C4} = 'tilpasset' or selected(${D2}, 'kommune')
//
// Source text and a [Scope] of names come in; a type-checked [Expr] goes out,
// to be evaluated over an [Env] of values. Logic has three values (Kleene
// 1952): what was not asked or not answered is unknown, never false, so that
// not(${INNOV}) does not hold of someone who has yet to say.
//
// The language in full, loosest binding first:
//
//	a or b    a and b
//	= != < <= > >=          no chains: a < b < c is refused
//	+ -    * div    -a
//	${name}  'text'  "text"  12.5  date('2025-03-31')  true()  false()  not(a)
//	selected(${name}, 'code')    count-selected(${name})    coalesce(a, b)
//	string-length(${name})    regex(${name}, 'pattern')
//
// In the check of an answer a dot stands for the answer itself.
//
// string-length and regex are for checks of texts: the number of characters, and
// whether all of the text has the form of the pattern. Patterns are those that
// RE2 and Java read alike, so that they mean the same in other programs.
//
// Left out on purpose: anything that would need a clock, another respondent or
// a loop. A route written with these could not be enumerated.
package expr

// Expr is a checked expression.
type Expr interface {
	// String returns the expression in its canonical spelling: parsed again
	// it gives the same expression.
	String() string

	// Type returns the type of every known value the expression can have.
	Type() Type

	// Eval computes the value over env. It is unknown where env knows too
	// little to settle it.
	Eval(env Env) Value

	// Names lists the names the expression reads, each once, in the order
	// they stand.
	Names() []string

	node // only this package makes expressions
}

// Scope tells the checker which names an expression may use.
type Scope interface {
	Lookup(name string) (Symbol, bool)
}

// Symbol is what is known about a name before any value is.
type Symbol struct {
	Type  Type
	Codes []string // of a Text or Set with a fixed code list; nil = any text

	// Name is what the name stands for, where it is a short form; "" for
	// itself.
	Name string

	// Refused says why the name, though it exists, may not be used here, as
	// "is asked after this"; "" where it may.
	Refused string
}

// Symbols is a scope given as a map.
type Symbols map[string]Symbol

// Lookup implements [Scope].
func (s Symbols) Lookup(name string) (Symbol, bool) {
	sym, ok := s[name]
	return sym, ok
}

// Not returns the negation of a condition: true where e is known to be false.
func Not(e Expr) Expr {
	if n, ok := e.(not); ok {
		return n.x
	}
	return not{e}
}

// Negated returns what e is the negation of, where it is one.
func Negated(e Expr) (x Expr, ok bool) {
	n, ok := e.(not)
	return n.x, ok
}

// True reports whether e is known to be true: unknown is not.
func True(e Expr, env Env) bool {
	v := e.Eval(env)
	return !v.IsUnknown() && v.Bool()
}

// False reports whether e is known to be false: unknown is not.
func False(e Expr, env Env) bool {
	v := e.Eval(env)
	return !v.IsUnknown() && !v.Bool()
}
