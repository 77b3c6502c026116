package embargo

import (
	"errors"
	"fmt"
	"slices"
)

// State is how far a release has come.
type State string

// The states of a release.
const (
	Built     State = "built"     // the folder is complete; nobody answers for it yet
	Submitted State = "submitted" // a named person answers for it and asks for approval
	Approved  State = "approved"  // another person has approved it
	Embargoed State = "embargoed" // it comes out at a moment that is set
	Published State = "published" // everyone may see it
	Corrected State = "corrected" // out, and followed by a later version
	Withdrawn State = "withdrawn" // taken back before it came out, for good
)

// States lists them in the order of a life.
func States() []State {
	return []State{Built, Submitted, Approved, Embargoed, Published, Corrected, Withdrawn}
}

// Visible reports whether everyone may see a release in the state.
func (s State) Visible() bool { return s == Published || s == Corrected }

// Pending reports whether a release in the state can still come out.
func (s State) Pending() bool { return !s.Visible() && s != Withdrawn }

// Event is what can happen to a release. But for those of scheduled work it is
// the action that the table of rules names.
type Event string

// The events.
const (
	Submit   Event = "submit"          // a person takes on to answer for it
	Approve  Event = "approve"         // another person approves it
	Schedule Event = "schedule"        // its moment is set, or set anew
	AtOnce   Event = "publish at once" // it comes out without a moment announced
	Withdraw Event = "withdraw"        // it is taken back

	Open    Event = "open"    // its moment has come
	Correct Event = "correct" // a later version of the wave came out
)

// Events lists them.
func Events() []Event { return []Event{Submit, Approve, Schedule, AtOnce, Withdraw, Open, Correct} }

// Asked reports whether somebody asks for the event; the others follow.
func (e Event) Asked() bool { return e != Open && e != Correct }

// Transition is one line of the table of states.
type Transition struct {
	From State
	On   Event
	To   State
}

// Transitions is the whole table: what is not in it cannot happen. Who may ask
// for an event stands in the table of rules, object "release".
func Transitions() []Transition { return slices.Clone(transitions) }

var transitions = []Transition{
	{Built, Submit, Submitted},
	{Submitted, Approve, Approved},

	{Approved, Schedule, Embargoed},
	{Embargoed, Schedule, Embargoed},
	{Embargoed, Open, Published},
	{Approved, AtOnce, Published},

	{Published, Correct, Corrected},

	{Built, Withdraw, Withdrawn},
	{Submitted, Withdraw, Withdrawn},
	{Approved, Withdraw, Withdrawn},
	{Embargoed, Withdraw, Withdrawn},
}

// ErrTransition says that a release in its state cannot undergo an event.
var ErrTransition = errors.New("not possible for this release")

// Step returns the state after an event.
func Step(from State, on Event) (State, error) {
	for _, t := range transitions {
		if t.From == from && t.On == on {
			return t.To, nil
		}
	}
	return from, fmt.Errorf("%s a release that is %s: %w", on, from, ErrTransition)
}
