package account

import (
	"slices"
	"strconv"

	"barometer/internal/audit"
	"barometer/internal/policy"
)

// ID is a person's number. It is given once and outlives the person's name.
type ID int64

// String writes the id as the audit log and addresses do.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// object is how the audit log names the person that an act was done to.
func (id ID) object() string { return "person/" + id.String() }

// ParseID reads an id. Zero and what is no plain number belong to nobody.
func ParseID(s string) (ID, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return ID(n), err == nil && n > 0 && ID(n).String() == s
}

// Actor is who brings something about.
type Actor struct {
	Person ID // 0 for an actor that is no person
	Roles  []policy.Role
	as     Capacity // Operator or System, empty for a person
}

// ByPerson is a person with the roles that hold.
func ByPerson(id ID, roles ...policy.Role) Actor { return Actor{Person: id, Roles: roles} }

// ByOperator is whoever runs commands in the home folder.
func ByOperator() Actor { return Actor{as: Operator} }

// BySystem is scheduled work.
func BySystem() Actor { return Actor{as: System} }

// String is how the audit log and grants name the actor.
func (a Actor) String() string {
	switch a.as {
	case Operator:
		return audit.Operator
	case System:
		return audit.System
	}
	return a.Person.String()
}

// Capacities are the parts in which the actor acts on a person's account. An
// administrator has no power over the own account beyond that of its person.
func (a Actor) Capacities(on ID) []Capacity {
	switch {
	case a.as != "":
		return []Capacity{a.as}
	case a.Person == 0:
		return nil
	case a.Person == on:
		return []Capacity{Self}
	case slices.Contains(a.Roles, policy.Admin):
		return []Capacity{Administrator}
	}
	return nil
}

// administers reports whether the actor may grant roles: an administrator, or
// an operator.
func (a Actor) administers() bool {
	return a.as == Operator || a.as == "" && a.Person != 0 && slices.Contains(a.Roles, policy.Admin)
}
