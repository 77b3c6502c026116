package policy

import "slices"

// Role is what a person may be. A person may hold several.
type Role string

// The roles. Everyone is a visitor, and every named person a member.
const (
	Visitor      Role = "visitor"      // anyone, signed in or not
	Respondent   Role = "respondent"   // a browser that opened a workplace's survey with its code
	Member       Role = "member"       // a named person
	Researcher   Role = "researcher"   // has signed a contract on data
	Editor       Role = "editor"       // builds reports and releases, edits the casebook
	Moderator    Role = "moderator"    // decides on what others have written
	Fieldwork    Role = "fieldwork"    // runs the collection
	Statistician Role = "statistician" // weights, estimates, unlinks
	Approver     Role = "approver"     // approves what another person has built
	Admin        Role = "admin"        // accounts and roles
	Operator     Role = "operator"     // whoever may run commands in the home folder
)

// Roles lists them, from the least to be trusted on.
func Roles() []Role {
	return []Role{Visitor, Respondent, Member, Researcher, Editor, Moderator, Fieldwork, Statistician, Approver, Admin, Operator}
}

// Grantable lists the roles that an account can be given.
func Grantable() []Role {
	return []Role{Researcher, Editor, Moderator, Fieldwork, Statistician, Approver, Admin}
}

// Staff reports whether holders of the role must have a second factor.
func (r Role) Staff() bool {
	return slices.Contains([]Role{Editor, Moderator, Fieldwork, Statistician, Approver, Admin}, r)
}
