package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"barometer/internal/store"
)

// Rule says when work recurs: at a local time, daily or on some weekdays. Its
// job has no payload and the local day as its key, "2026-03-29", so that a day
// has one, whatever the clocks do and however many processes watch.
type Rule struct {
	Kind         string
	Hour, Minute int
	Weekdays     []time.Weekday // none: every day
}

// Repeat adds a rule. The kind has a handler by the time Work begins.
//
// Days on which no process was running are not made up for one by one: the
// latest that was missed is run, for all of them.
func (q *Queue) Repeat(r Rule) error {
	if !kindForm.MatchString(r.Kind) || r.Hour < 0 || r.Hour > 23 || r.Minute < 0 || r.Minute > 59 {
		return fmt.Errorf("queue: rule %q at %02d:%02d: want a kind and a time of day", r.Kind, r.Hour, r.Minute)
	}
	for _, other := range q.rules {
		if other.Kind == r.Kind {
			return fmt.Errorf("queue: kind %q recurs already", r.Kind)
		}
	}
	q.rules = append(q.rules, r)
	return nil
}

// text describes a rule, so that a changed one is noticed.
func (r Rule) text(zone *time.Location) string {
	days := "daily"
	if len(r.Weekdays) > 0 {
		var names []string
		for _, d := range r.Weekdays {
			names = append(names, d.String()[:3])
		}
		days = strings.Join(names, ",")
	}
	return fmt.Sprintf("%s %02d:%02d %s", days, r.Hour, r.Minute, zone)
}

// next is the rule's first moment after t.
func (r Rule) next(t time.Time, zone *time.Location) time.Time {
	return r.search(t, zone, 1, func(at time.Time) bool { return at.After(t) })
}

// last is the rule's latest moment that is not after t.
func (r Rule) last(t time.Time, zone *time.Location) time.Time {
	return r.search(t, zone, -1, func(at time.Time) bool { return !at.After(t) })
}

// search goes from t's day in steps of a day to the first of the rule's
// moments that fits. Within nine days there is one.
func (r Rule) search(t time.Time, zone *time.Location, step int, fits func(time.Time) bool) time.Time {
	day := t.In(zone)
	for i := -1; i < 9; i++ {
		date := time.Date(day.Year(), day.Month(), day.Day()+i*step, r.Hour, r.Minute, 0, 0, time.UTC)
		at, _ := Local(date, zone)
		if r.on(date.Weekday()) && fits(at) {
			return at
		}
	}
	panic("queue: a rule without a day") // Weekdays holds none of the seven
}

func (r Rule) on(d time.Weekday) bool {
	return len(r.Weekdays) == 0 || slices.Contains(r.Weekdays, d)
}

// Local is the moment at which clocks in the zone show the date and time of
// day that wall has (its own zone is ignored). A time that clocks show twice,
// as in the night they are set back, is the first of the two. A time they
// skip, as when they are set forward, is the moment they skip it, and ok is
// false.
func Local(wall time.Time, zone *time.Location) (at time.Time, ok bool) {
	wall = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), time.UTC)
	_, before := wall.Add(-36 * time.Hour).In(zone).Zone()
	_, after := wall.Add(36 * time.Hour).In(zone).Zone()
	early := wall.Add(-time.Duration(max(before, after)) * time.Second).In(zone)
	late := wall.Add(-time.Duration(min(before, after)) * time.Second).In(zone)
	for _, t := range []time.Time{early, late} {
		if _, offset := t.Zone(); t.Add(time.Duration(offset) * time.Second).UTC().Equal(wall) {
			return t, true
		}
	}
	start, _ := late.ZoneBounds()
	return start, false
}

// recur puts in the jobs of the rules that are due and notes when they are due
// next. Nothing is written where none is.
func (q *Queue) recur(ctx context.Context) error {
	now := q.opt.Now()
	for _, r := range q.rules {
		due := false
		err := q.db.Read(ctx, func(tx *store.Tx) (err error) {
			_, due, err = q.planned(tx, r, now)
			return err
		})
		if err == nil && due {
			err = q.db.Write(ctx, func(tx *store.Tx) error { return q.plan(tx, r, now) })
		}
		if err != nil {
			return fmt.Errorf("recurring %s: %w", r.Kind, err)
		}
	}
	return nil
}

// planned reads when a rule is due next. due reports that plan has to act: the
// rule is new, or another than it was, or its time has come.
func (q *Queue) planned(tx *store.Tx, r Rule, now time.Time) (next time.Time, due bool, err error) {
	var rule string
	var ms int64
	err = tx.QueryRow(`SELECT rule, next_ms FROM queue_schedule WHERE kind = ?`, r.Kind).Scan(&rule, &ms)
	if errors.Is(err, sql.ErrNoRows) || err == nil && rule != r.text(q.opt.Zone) {
		return time.Time{}, true, nil
	}
	next = store.FromMillis(ms)
	return next, err == nil && !next.After(now), err
}

func (q *Queue) plan(tx *store.Tx, r Rule, now time.Time) error {
	next, due, err := q.planned(tx, r, now)
	if err != nil || !due {
		return err // another process was faster
	}
	if !next.IsZero() {
		at := r.last(now, q.opt.Zone)
		if err := q.Enqueue(tx, Job{Kind: r.Kind, Key: at.In(q.opt.Zone).Format(time.DateOnly), RunAt: at}); err != nil {
			return err
		}
	}
	_, err = tx.Exec(`INSERT INTO queue_schedule (kind, rule, next_ms) VALUES (?, ?, ?)
		ON CONFLICT (kind) DO UPDATE SET rule = excluded.rule, next_ms = excluded.next_ms`,
		r.Kind, r.text(q.opt.Zone), store.Millis(r.next(now, q.opt.Zone)))
	return err
}
