// Package policy holds the one table of who may do what.
//
// policy.yaml lists rules: an object, an action, the roles that may, what else
// is asked (a second factor, a recent sign-in, a second person), and the routes
// and commands that carry the action out. [Table.Gate] stands in front of the
// router and asks the table before any handler runs; a route that the table
// does not name is answered as if it were not there, so no handler can forget
// to ask. Commands that act for a person ask by [Table.Decide].
//
// What a rule cannot know is whether an object belongs to the person: such
// rules say own, and the handler looks only among the person's own objects.
// Who a person is and which roles are held is the business of the accounts.
package policy
