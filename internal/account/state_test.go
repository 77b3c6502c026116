package account_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"barometer/internal/account"
	"barometer/internal/policy"
)

// Every state, event and actor: what the table names happens, to the state it
// names, and nothing else does.
func TestEveryStateEventAndRole(t *testing.T) {
	const subject = account.ID(7)
	actors := map[string]account.Actor{"nobody": {}, "operator": account.ByOperator(), "system": account.BySystem()}
	for _, role := range policy.Roles() {
		actors["self as "+string(role)] = account.ByPerson(subject, role)
		actors["another as "+string(role)] = account.ByPerson(8, role)
	}
	// The table, written once more by hand: state, event, outcome, who may.
	want := map[string]string{}
	say := func(from account.State, on account.Event, to account.State, who ...string) {
		for _, w := range who {
			want[fmt.Sprint(from, on, w)] = string(to)
		}
	}
	for _, s := range []account.State{"verified", "active", "closing"} {
		say(s, "prove", s, "self")
	}
	say("pending", "prove", "verified", "self")
	say("verified", "name", "active", "self")
	say("active", "name", "active", "self")
	for _, s := range []account.State{"pending", "verified", "active"} {
		say(s, "suspend", "suspended", "admin", "operator")
	}
	say("suspended", "reinstate", "verified", "admin", "operator")
	say("verified", "close", "closing", "self")
	say("active", "close", "closing", "self")
	say("closing", "reopen", "verified", "self")
	for _, s := range []account.State{"pending", "verified", "active", "suspended", "closing"} {
		say(s, "erase", "erased", "operator")
	}
	say("pending", "erase", "erased", "system")
	say("closing", "erase", "erased", "system")

	for _, from := range account.States() {
		for _, on := range account.Events() {
			for name, actor := range actors {
				part := map[bool]string{true: "self"}[actor.Person == subject]
				switch {
				case name == "operator" || name == "system":
					part = name
				case name == "another as admin":
					part = "admin"
				}
				to, err := account.Step(from, on, actor.Capacities(subject)...)
				if goal, may := want[fmt.Sprint(from, on, part)]; may != (err == nil) || may && string(to) != goal {
					t.Errorf("%s × %s × %s: %s, %v; want %q", from, on, name, to, err, goal)
				}
				if err != nil && to != from {
					t.Errorf("%s × %s × %s: refused, yet %s", from, on, name, to)
				}
			}
		}
	}
}

func TestEveryStateIsReachedAndErasureIsFinal(t *testing.T) {
	reached := []account.State{account.Pending}
	for _, tr := range account.Transitions() {
		reached = append(reached, tr.To)
		if tr.From == account.Erased {
			t.Errorf("%s brings an erased account back", tr.On)
		}
	}
	for _, s := range account.States() {
		if !slices.Contains(reached, s) {
			t.Errorf("nothing leads to %s", s)
		}
	}
}

func TestSuspensionEndsSessionsAndRoles(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := o.person(anna, "Anna Holm", policy.Editor)
		s := o.signIn(anna)
		must(t, o.Suspend(t.Context(), account.ByOperator(), p.ID))
		if _, err := o.Session(t.Context(), s.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("session of a suspended person: %v", err)
		}
		if roles := o.read(p.ID).Roles; len(roles) != 0 {
			t.Errorf("still %v", roles)
		}
		if l := o.ask(anna, "browser"); l.Template != "account-suspended" {
			t.Errorf("letter %s", l.Template)
		}
		must(t, o.Reinstate(t.Context(), account.ByOperator(), p.ID))
		if s := o.signIn(anna); s.Person.State != account.Verified || len(s.Subject().Roles) != 0 {
			t.Errorf("reinstated as %+v", s.Person)
		}
	})
}
