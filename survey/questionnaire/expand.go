package questionnaire

import "barometer/survey/questionnaire/expr"

// maxExpanded bounds a route written out, in parts.
const maxExpanded = 2000

// Expand writes a route out: every condition it names is replaced by what the
// condition stands for, so that it reads items alone. ok is false when that
// would be longer than anybody could read. Nil is no route and stays nil.
func (q *Questionnaire) Expand(route expr.Expr) (out expr.Expr, ok bool) {
	if route == nil {
		return nil, true
	}
	return expr.Expand(route, maxExpanded, func(name string) expr.Expr {
		if b := q.names[name]; b.condition >= 0 {
			return q.Conditions[b.condition].When
		}
		return nil
	})
}

// ChosenIn returns the item whose answer decides which of the options are
// offered: each where it was itself chosen there. ok is false when that is not
// the rule for all of them.
func (q *Questionnaire) ChosenIn(options []Option) (item string, ok bool) {
	for _, o := range options {
		if o.Relevant == nil || len(o.Relevant.Names()) != 1 {
			return "", false
		}
		name := o.Relevant.Names()[0]
		if item != "" && item != name || o.Relevant.String() != chosen(name, o.Code) {
			return "", false
		}
		item = name
	}
	return item, item != ""
}
