package account

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// State is where a person stands with an account.
type State string

// The states of a person.
const (
	Pending   State = "pending"   // entered by somebody; the address is unproven
	Verified  State = "verified"  // the address is the person's; the name is not confirmed yet
	Active    State = "active"    // a named person
	Suspended State = "suspended" // barred by an administrator
	Closing   State = "closing"   // closed by the person, to be erased after [ClosingTime]
	Erased    State = "erased"    // only the id is left
)

// ClosingTime is how long a person may think better of closing an account. It
// is also the month that the law gives us to erase (GDPR, article 12(3)).
const ClosingTime = 30 * 24 * time.Hour

// PendingTime is how long an account waits for a person who never came.
const PendingTime = 90 * 24 * time.Hour

// States lists them in the order of a life.
func States() []State { return []State{Pending, Verified, Active, Suspended, Closing, Erased} }

// Event is what can happen to an account.
type Event string

// The events.
const (
	Prove     Event = "prove"     // a link mailed to the address was confirmed
	Name      Event = "name"      // the person confirmed a name and the terms
	Suspend   Event = "suspend"   // barred
	Reinstate Event = "reinstate" // no longer barred
	Close     Event = "close"     // the person wants to be erased
	Reopen    Event = "reopen"    // and has thought better of it
	Erase     Event = "erase"     // the time is up, or an operator was asked to
)

// Events lists them.
func Events() []Event { return []Event{Prove, Name, Suspend, Reinstate, Close, Reopen, Erase} }

// Capacity is in what part somebody acts on an account.
type Capacity string

// The capacities.
const (
	Self          Capacity = "self"          // the person of the account
	Administrator Capacity = "administrator" // another person, who holds the role admin
	Operator      Capacity = "operator"      // whoever runs commands in the home folder
	System        Capacity = "system"        // scheduled work
)

// Transition is one line of the table of states.
type Transition struct {
	From State
	On   Event
	To   State
	By   []Capacity
}

// Transitions is the whole table: what is not in it cannot happen.
func Transitions() []Transition { return slices.Clone(transitions) }

var transitions = []Transition{
	{Pending, Prove, Verified, []Capacity{Self}},
	{Verified, Prove, Verified, []Capacity{Self}},
	{Active, Prove, Active, []Capacity{Self}},
	{Closing, Prove, Closing, []Capacity{Self}},

	{Verified, Name, Active, []Capacity{Self}},
	{Active, Name, Active, []Capacity{Self}},

	{Pending, Suspend, Suspended, []Capacity{Administrator, Operator}},
	{Verified, Suspend, Suspended, []Capacity{Administrator, Operator}},
	{Active, Suspend, Suspended, []Capacity{Administrator, Operator}},
	{Suspended, Reinstate, Verified, []Capacity{Administrator, Operator}},

	{Verified, Close, Closing, []Capacity{Self}},
	{Active, Close, Closing, []Capacity{Self}},
	{Closing, Reopen, Verified, []Capacity{Self}},

	{Pending, Erase, Erased, []Capacity{Operator, System}},
	{Verified, Erase, Erased, []Capacity{Operator}},
	{Active, Erase, Erased, []Capacity{Operator}},
	{Suspended, Erase, Erased, []Capacity{Operator}},
	{Closing, Erase, Erased, []Capacity{Operator, System}},
}

// ErrTransition says that an account in its state cannot undergo an event.
var ErrTransition = errors.New("not possible for this account")

// ErrNotYours says that the event can happen, but not by this actor.
var ErrNotYours = errors.New("not yours to do")

// Step returns the state after an event that somebody brings about, acting in
// any of the capacities given.
func Step(from State, on Event, by ...Capacity) (State, error) {
	for _, t := range transitions {
		if t.From != from || t.On != on {
			continue
		}
		if !slices.ContainsFunc(by, func(c Capacity) bool { return slices.Contains(t.By, c) }) {
			return from, fmt.Errorf("%s an account that is %s: %w", on, from, ErrNotYours)
		}
		return t.To, nil
	}
	return from, fmt.Errorf("%s an account that is %s: %w", on, from, ErrTransition)
}

// SignsIn reports whether a person in the state may sign in. One whose account
// is closing may, to reopen or export it.
func (s State) SignsIn() bool { return s != Suspended && s != Erased }
