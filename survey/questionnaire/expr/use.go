package expr

import "slices"

// Use tells what an expression looks at in one name, so that routes can be
// enumerated by the answers that make a difference.
type Use struct {
	Codes  []string  // codes it is tested for, in the order they stand
	Points []float64 // numbers, days or lengths it is compared with, in the order they stand
	Forms  []string  // patterns it is held against, in the order they stand
	Whole  bool      // its count or its very value matters, not just those
}

// Uses returns how e depends on each name it reads.
func Uses(e Expr) map[string]Use {
	uses := map[string]Use{}
	note(e, uses)
	return uses
}

func note(e Expr, uses map[string]Use) {
	switch n := e.(type) {
	case reference:
		whole(n, uses)
	case not:
		note(n.x, uses)
	case negate:
		note(n.x, uses)
	case selected:
		tested(n.from, n.code, uses)
	case countSelected:
		whole(n.from, uses)
	case stringLength:
		whole(n.from, uses)
	case regex:
		formed(n.from, n.pattern.String(), uses)
	case coalesce:
		note(n.x, uses)
		note(n.otherwise, uses)
	case binary:
		noteBinary(n, uses)
	}
}

// noteBinary sees a comparison of a name with a code as a test for that code,
// and one with a number or day as a point at which it begins to matter.
func noteBinary(n binary, uses map[string]Use) {
	for _, pair := range [][2]Expr{{n.x, n.y}, {n.y, n.x}} {
		ref, isName := theName(pair[0])
		lit, isLiteral := pair[1].(literal)
		switch {
		case !isName || !isLiteral || n.op.binds != bindCompare:
		case lit.value.kind == Text:
			tested(ref, lit.value.text, uses)
			return
		case lit.value.kind == Number || lit.value.kind == Date:
			compared(ref, lit.value.number, uses)
			return
		}
	}
	note(n.x, uses)
	note(n.y, uses)
}

// theName returns the name that e is, or whose length it is, with or without a
// value to count as where it is unknown.
func theName(e Expr) (reference, bool) {
	if c, ok := e.(coalesce); ok {
		if _, fixed := c.otherwise.(literal); fixed {
			e = c.x
		}
	}
	if l, isLength := e.(stringLength); isLength {
		return l.from, true
	}
	ref, ok := e.(reference)
	return ref, ok
}

func formed(ref reference, pattern string, uses map[string]Use) {
	u := uses[ref.name]
	if !slices.Contains(u.Forms, pattern) {
		u.Forms = append(u.Forms, pattern)
	}
	uses[ref.name] = u
}

func tested(ref reference, code string, uses map[string]Use) {
	u := uses[ref.name]
	if !slices.Contains(u.Codes, code) {
		u.Codes = append(u.Codes, code)
	}
	uses[ref.name] = u
}

func compared(ref reference, point float64, uses map[string]Use) {
	u := uses[ref.name]
	if !slices.Contains(u.Points, point) {
		u.Points = append(u.Points, point)
	}
	uses[ref.name] = u
}

func whole(ref reference, uses map[string]Use) {
	u := uses[ref.name]
	u.Whole = true
	uses[ref.name] = u
}
