package embargo_test

import (
	"fmt"
	"slices"
	"testing"

	"barometer/internal/policy"
	"barometer/publish/embargo"
)

// Every state, event and role: what the tables name happens, to the state they
// name, and nothing else does.
func TestEveryStateEventAndRole(t *testing.T) {
	rules, err := policy.Load()
	must(t, err)
	// Both tables, written once more by hand: state, event, outcome.
	steps := map[string]embargo.State{
		"built submit": "submitted", "submitted approve": "approved",
		"approved schedule": "embargoed", "embargoed schedule": "embargoed", "embargoed open": "published",
		"approved publish at once": "published", "published correct": "corrected",
		"built withdraw": "withdrawn", "submitted withdraw": "withdrawn", "approved withdraw": "withdrawn", "embargoed withdraw": "withdrawn",
	}
	may := map[embargo.Event][]policy.Role{
		"submit":          {policy.Editor, policy.Statistician},
		"approve":         {policy.Approver},
		"schedule":        {policy.Editor, policy.Approver, policy.Operator},
		"publish at once": {policy.Approver},
		"withdraw":        {policy.Editor, policy.Statistician, policy.Approver, policy.Operator},
	}
	for _, from := range embargo.States() {
		for _, on := range embargo.Events() {
			to, err := embargo.Step(from, on)
			goal, possible := steps[fmt.Sprint(from, " ", on)]
			if possible != (err == nil) || possible && to != goal || !possible && to != from {
				t.Errorf("%s × %s: %s, %v; want %q", from, on, to, err, goal)
			}
			for _, role := range policy.Roles() {
				who := policy.Subject{Person: "9", Roles: []policy.Role{role}, Factors: 2, At: noon}
				if role == policy.Operator {
					who.Person = ""
				}
				e := embargo.Entry{State: from, SubmittedBy: "7"}
				want := possible && slices.Contains(may[on], role)
				if got := opened(t, rules).Possible(who, on, e); got != want {
					t.Errorf("%s × %s × %s: possible %t", from, on, role, got)
				}
				e.SubmittedBy = who.Person
				if opened(t, rules).Possible(who, on, e) && on == embargo.Approve {
					t.Errorf("%s approves what it answers for", role)
				}
			}
		}
	}
}

func TestEveryStateIsReachedAndNothingLeavesTheLast(t *testing.T) {
	reached := []embargo.State{embargo.Built}
	for _, tr := range embargo.Transitions() {
		reached = append(reached, tr.To)
		if tr.From == embargo.Withdrawn || tr.From == embargo.Corrected {
			t.Errorf("%s leads out of %s", tr.On, tr.From)
		}
		if tr.To.Visible() && tr.From != embargo.Approved && tr.From != embargo.Embargoed && !tr.From.Visible() {
			t.Errorf("%s shows a release that nobody approved", tr.From)
		}
	}
	for _, s := range embargo.States() {
		if !slices.Contains(reached, s) {
			t.Errorf("nothing leads to %s", s)
		}
	}
}
