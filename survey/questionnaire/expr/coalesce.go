package expr

import (
	"fmt"

	"barometer/internal/i18n"
)

// coalesce is the one way to say what an unknown counts as: the first value
// where it is known, else the second.
type coalesce struct{ x, otherwise Expr }

// Eval implements [Expr].
func (n coalesce) Eval(env Env) Value {
	if v := n.x.Eval(env); !v.IsUnknown() {
		return v
	}
	return n.otherwise.Eval(env)
}

func (n coalesce) Type() Type            { return n.x.Type() }
func (n coalesce) binds() int            { return bindPrimary }
func (n coalesce) walk(visit func(Expr)) { n.x.walk(visit); n.otherwise.walk(visit) }
func (n coalesce) Names() []string       { return names(n) }
func (n coalesce) String() string {
	return "coalesce(" + n.x.String() + ", " + n.otherwise.String() + ")"
}

func (p *parser) coalesce() (Expr, error) {
	x, err := p.expression(bindOr)
	if err != nil {
		return nil, err
	}
	if x.Type() == Prose {
		return nil, &Error{p.peek().column, fmt.Sprintf("coalesce does not take %s, but %s is one", x.Type(), x), compareHint(x)}
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	at := p.peek()
	otherwise, err := p.expression(bindOr)
	if err != nil {
		return nil, err
	}
	if x.Type() != otherwise.Type() {
		return nil, &Error{at.column, fmt.Sprintf("coalesce takes two values of one type, but %s is %s and %s is %s",
			x, x.Type(), otherwise, otherwise.Type()), ""}
	}
	return coalesce{x, otherwise}, nil
}

func (s speaker) coalesce(n coalesce) string {
	return s.say(n.x) + i18n.Text{DA: " (eller ", EN: " (or "}.In(s.lang) + s.say(n.otherwise) +
		i18n.Text{DA: ", hvor det ikke vides)", EN: " where that is not known)"}.In(s.lang)
}
