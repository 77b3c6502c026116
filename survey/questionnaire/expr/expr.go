// Package expr is the routing language: the subset of XLSForm expressions that
// a questionnaire's routes and an indicator's definition are written in, as in
//
//	${C4} = 'tilpasset' or selected(${D2}, 'kommune')
//
// An expression is parsed and type-checked when its file is read and evaluated
// with three-valued logic: what was not asked or not answered is unknown, never
// false.
package expr

// Expr is a checked expression.
type Expr interface {
	// String returns the source text.
	String() string
}
