package embargo

import (
	"fmt"
	"time"

	"barometer/internal/queue"
)

// Usual is the time of day at which a release comes out.
const Usual = "08:00"

// MomentError says why a day and time are no moment to come out at.
type MomentError struct {
	Why  Why
	says string
}

// Why a moment is refused.
type Why string

// The reasons.
const (
	NoTime  Why = "form"  // it is no day and time
	InGap   Why = "gap"   // clocks skip it
	IsTwice Why = "twice" // clocks show it twice
	IsPast  Why = "past"  // it has passed
)

func (e *MomentError) Error() string { return e.says }

func unusable(why Why, format string, args ...any) error {
	return &MomentError{why, fmt.Sprintf(format, args...)}
}

// Moment is the point in time at which the clocks of a zone show a day
// ("2026-03-29") and a time ("08:00"). One that they skip, as when they are set
// forward, or show twice, as when they are set back, is refused.
func Moment(day, clock string, zone *time.Location) (time.Time, error) {
	wall, err := time.Parse("2006-01-02 15:04", day+" "+clock)
	if err != nil {
		return time.Time{}, unusable(NoTime, "%.20q at %.20q is no moment: give a day as 2026-11-26 and a time as 08:00", day, clock)
	}
	at, ok := queue.Local(wall, zone)
	if !ok {
		return time.Time{}, unusable(InGap, "%s %s: clocks in %s skip that time, since they are set forward: choose another", day, clock, zone)
	}
	if twice(at, wall, zone) {
		return time.Time{}, unusable(IsTwice, "%s %s: clocks in %s show that time twice, since they are set back: choose another", day, clock, zone)
	}
	return at, nil
}

// twice reports whether clocks show the time of a moment once more afterwards.
func twice(at, wall time.Time, zone *time.Location) bool {
	_, offset := at.Zone()
	_, end := at.ZoneBounds()
	if end.IsZero() {
		return false
	}
	_, after := end.In(zone).Zone()
	again := wall.Add(-time.Duration(after) * time.Second)
	return after < offset && !again.Before(end)
}

// check refuses a moment that has passed.
func (r *Releases) check(at time.Time) error {
	if now := r.opt.Now(); !at.After(now) {
		return unusable(IsPast, "%s has passed: choose a later moment, or publish at once where the rules let you", at.In(r.opt.Zone).Format("2006-01-02 15:04"))
	}
	return nil
}

// patience is how long after its moment a release may take to come out.
const patience = 5 * time.Minute

// Overdue reports whether a release should have come out and has not: its job
// was given up or discarded, or no server runs.
func (e Entry) Overdue(now time.Time) bool {
	return e.State == Embargoed && now.Sub(e.Opens) > patience
}

// Announced is the moment that the files of a release were made for: the day of
// the wave's publication, at eight.
func (r *Releases) Announced(n Name) (time.Time, error) {
	m, err := r.Manifest(n)
	if err != nil {
		return time.Time{}, err
	}
	return Moment(m.Built.Format(time.DateOnly), Usual, r.opt.Zone)
}
