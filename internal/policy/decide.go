package policy

import (
	"errors"
	"slices"
	"time"
)

// Subject is who acts.
type Subject struct {
	Person  string    // id, empty for a visitor without a name
	Roles   []Role    // granted ones; visitor and member are understood
	Factors int       // with how many factors the person signed in
	At      time.Time // when the last of them was shown
}

// Holds reports whether the subject has the role.
func (s Subject) Holds(r Role) bool {
	switch r {
	case Visitor:
		return true
	case Member:
		return s.Person != ""
	}
	return slices.Contains(s.Roles, r)
}

// Decision is the table's answer.
type Decision int

// What may come of a question. Only Allowed lets the act happen.
const (
	Allowed   Decision = iota
	Unnamed            // sign in first: 401
	Hidden             // there is nothing here for this person: 404
	Forbidden          // it is there, but not for this person to do: 403
	Weak               // sign in with a second factor
	Stale              // show the second factor again
)

func (d Decision) String() string {
	return [...]string{"allowed", "unnamed", "hidden", "forbidden", "weak", "stale"}[d]
}

// Decide answers whether the subject may carry out a rule at a time. The role is
// asked before the strength, so that nobody learns what stronger proof would
// open.
func (r Rule) Decide(s Subject, now time.Time) Decision {
	switch {
	case r.Delegated():
		return Allowed
	case !slices.ContainsFunc(r.Roles, s.Holds):
		return r.refusal(s)
	case !r.Strong || s.Holds(Operator):
		return Allowed
	case s.Factors < 2:
		return Weak
	case r.Fresh > 0 && now.Sub(s.At) > r.Fresh:
		return Stale
	}
	return Allowed
}

// Delegated reports whether the handler itself asks who the visitor is: a
// survey's code names a workplace, not a person, and is no account.
func (r Rule) Delegated() bool { return slices.Equal(r.Roles, []Role{Respondent}) }

func (r Rule) refusal(s Subject) Decision {
	switch {
	case s.Person == "":
		return Unnamed
	case r.Visible:
		return Forbidden
	}
	return Hidden
}

// Decide answers for an object and an action. What no rule names, nobody may.
func (t *Table) Decide(s Subject, object, action string, now time.Time) Decision {
	r, ok := t.byAct[[2]string{object, action}]
	if !ok {
		return Hidden
	}
	return r.Decide(s, now)
}

// ErrSamePerson says that the person who asked for an act wants to confirm it,
// too.
var ErrSamePerson = errors.New("another person than the one who asked has to confirm it")

// Confirm answers whether the subject may confirm an act with four eyes that
// the person asker asked for.
func (t *Table) Confirm(s Subject, object, action, asker string, now time.Time) (Decision, error) {
	r, ok := t.byAct[[2]string{object, action}]
	switch {
	case !ok:
		return Hidden, nil
	case r.FourEyes && (s.Person == "" || s.Person == asker):
		return Forbidden, ErrSamePerson
	}
	return r.Decide(s, now), nil
}
