package expr

// Expand returns e with every name replaced for which of returns an
// expression, and the names in that, and so on. ok is false when the result
// would have more than limit parts: a few conditions that each use the one
// before twice are enough for that.
func Expand(e Expr, limit int, of func(name string) Expr) (out Expr, ok bool) {
	x := expander{of, limit}
	out = x.expand(e)
	return out, x.left >= 0
}

type expander struct {
	of   func(name string) Expr
	left int // parts that may still be added
}

func (x *expander) expand(e Expr) Expr {
	if x.left--; x.left < 0 {
		return e
	}
	switch n := e.(type) {
	case reference:
		if by := x.of(n.name); by != nil {
			return x.expand(by)
		}
	case not:
		return not{x.expand(n.x)}
	case negate:
		return negate{x.expand(n.x)}
	case coalesce:
		return coalesce{x.expand(n.x), x.expand(n.otherwise)}
	case binary:
		return binary{n.op, x.expand(n.x), x.expand(n.y)}
	}
	return e
}
