package embargo

import (
	"fmt"
	"time"

	"barometer/internal/queue"
)

// Usual is the time of day at which a release comes out.
const Usual = "08:00"

// Moment is the point in time at which the clocks of a zone show a day
// ("2026-03-29") and a time ("08:00"). One that they skip, as when they are set
// forward, or show twice, as when they are set back, is refused.
func Moment(day, clock string, zone *time.Location) (time.Time, error) {
	wall, err := time.Parse("2006-01-02 15:04", day+" "+clock)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q at %q: %w: give a day as 2026-11-26 and a time as 08:00", day, clock, ErrMoment)
	}
	at, ok := queue.Local(wall, zone)
	if !ok {
		return time.Time{}, fmt.Errorf("%s %s: %w: clocks in %s skip that time, since they are set forward: choose another", day, clock, ErrMoment, zone)
	}
	if twice(at, wall, zone) {
		return time.Time{}, fmt.Errorf("%s %s: %w: clocks in %s show that time twice, since they are set back: choose another", day, clock, ErrMoment, zone)
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
		return fmt.Errorf("%s: %w: it has passed; choose a later one, or publish at once where the rules let you",
			at.In(r.opt.Zone).Format("2006-01-02 15:04"), ErrMoment)
	}
	return nil
}

// Announced is the moment that the files of a release were made for: the day of
// the wave's publication, at eight.
func (r *Releases) Announced(n Name) (time.Time, error) {
	m, err := r.manifest(n)
	if err != nil {
		return time.Time{}, err
	}
	return Moment(m.Built.Format(time.DateOnly), Usual, r.opt.Zone)
}
