// Package market describes a round of internships as files: what interns and
// host places ask for, and who was matched with whom.
//
// It is where a round enters and leaves: the file of a round comes in, checked
// whole, and the result goes out as the organiser's file. Package match solves a
// round, package verify checks a result; both stand on these types and on
// nothing of each other. The package decides who fits nobody, and knows no
// database and no clock.
package market

import (
	"encoding/hex"
	"fmt"
)

// MostRanks is how many host places an intern may rank.
const MostRanks = 50

// Tiers of interns at a host place: the best, the one of an intern whom the
// host does not name, and the last.
const (
	BestTier    = 1
	DefaultTier = 2
	LastTier    = 3
)

// Seed is the secret of a round's lottery, revealed when the round is over.
type Seed [32]byte

func (s Seed) String() string { return hex.EncodeToString(s[:]) }

// Round is everything a matching depends on.
type Round struct {
	ID      string
	Seed    Seed
	Days    []string // of the round, as 2026-09-07, ascending
	Slots   []Slot
	Interns []Intern
}

// Slot is a host's place for interns over consecutive days of the round.
type Slot struct {
	ID            string
	Host          string // P-number of the workplace
	Authority     string // its CVR number
	Region        string
	FirstDay      string
	Days          int
	Capacity      int
	Requires      []string
	SameAuthority bool // interns of the host's own authority are welcome
	Veto          []string
	Tiers         map[string]int // of interns by id; DefaultTier where none is named
}

// TierOf is the group in which the host would take an intern.
func (s *Slot) TierOf(intern string) int {
	if tier, named := s.Tiers[intern]; named {
		return tier
	}
	return DefaultTier
}

// Intern is an employee who asks for a place.
type Intern struct {
	ID              string
	Workplace       string // P-number
	Authority       string // CVR number
	Available       []string
	MinDays         int
	MaxDays         int
	Regions         []string // wished for; none means all
	Meets           []string // requirements of hosts
	SameAuthority   bool
	ManagerConsents bool
	Ranks           []string // slots, best first
}

// Fault is one reason for which a file is refused.
type Fault struct {
	Path string // JSON Pointer (RFC 6901): /slots/3/capacity
	What string
}

func (f Fault) String() string {
	if f.Path == "" {
		return f.What
	}
	return f.Path + ": " + f.What
}

// Faults are all the reasons for which a file is refused, in its order.
type Faults []Fault

func (f Faults) Error() string {
	var text []byte
	for i, fault := range f {
		if i > 0 {
			text = append(text, '\n')
		}
		text = append(text, fault.String()...)
	}
	return string(text)
}

// Err is nil where there is no fault.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func (f *Faults) addf(path, format string, args ...any) {
	*f = append(*f, Fault{path, fmt.Sprintf(format, args...)})
}
