package queue

import (
	"slices"
	"testing"
	"time"

	"barometer/internal/store"
)

func TestLocalAtTheClockChanges(t *testing.T) {
	tests := []struct {
		name string
		wall string
		want string
		ok   bool
	}{
		{"winter", "2026-01-15 08:00", "2026-01-15T07:00:00Z", true},
		{"summer", "2026-07-15 08:00", "2026-07-15T06:00:00Z", true},
		{"before the clocks go forward", "2026-03-29 01:59", "2026-03-29T00:59:00Z", true},
		{"skipped: the moment they go forward", "2026-03-29 02:00", "2026-03-29T01:00:00Z", false},
		{"skipped half past two", "2026-03-29 02:30", "2026-03-29T01:00:00Z", false},
		{"after the clocks went forward", "2026-03-29 03:00", "2026-03-29T01:00:00Z", true},
		{"eight on the day they go forward", "2026-03-29 08:00", "2026-03-29T06:00:00Z", true},
		{"shown twice: the first", "2026-10-25 02:30", "2026-10-25T00:30:00Z", true},
		{"shown twice: its first minute", "2026-10-25 02:00", "2026-10-25T00:00:00Z", true},
		{"shown once again", "2026-10-25 03:00", "2026-10-25T02:00:00Z", true},
		{"eight on the day they go back", "2026-10-25 08:00", "2026-10-25T07:00:00Z", true},
	}
	for _, tt := range tests {
		wall := must(time.Parse("2006-01-02 15:04", tt.wall))
		at, ok := Local(wall, copenhagen)
		if got := at.UTC().Format(time.RFC3339); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %s %v, want %s %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// Local agrees with a search of every minute around each change of the clocks
// since 1970, in zones north and south, and one whose change is half an hour.
func TestLocalAgreesWithTheClock(t *testing.T) {
	for _, name := range []string{"Europe/Copenhagen", "America/Nuuk", "Australia/Lord_Howe", "America/Sao_Paulo"} {
		zone := must(time.LoadLocation(name))
		at := time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC).In(zone)
		for changes := 0; changes < 60; changes++ {
			_, end := at.ZoneBounds()
			if end.IsZero() || end.Year() > 2030 {
				break
			}
			at = end
			first := map[string]time.Time{}
			for m := -300; m < 300; m++ {
				moment := end.Add(time.Duration(m) * time.Minute)
				if shown := moment.In(zone).Format("2006-01-02 15:04"); first[shown].IsZero() {
					first[shown] = moment
				}
			}
			for m := -120; m < 120; m++ {
				wall := end.In(zone)
				wall = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute()+m, 0, 0, time.UTC)
				got, ok := Local(wall, zone)
				want, shown := first[wall.Format("2006-01-02 15:04")]
				if !shown {
					want = end
				}
				if ok != shown || !got.Equal(want) {
					t.Fatalf("%s, clocks show %v: %v %v, want %v %v", name, wall, got, ok, want, shown)
				}
			}
		}
	}
}

// ticks runs a rule through many days in steps of some minutes and returns the
// moments at which its job ran.
func ticks(t *testing.T, q *Queue, c *clock, until time.Time, step time.Duration) {
	t.Helper()
	for c.now().Before(until) {
		c.advance(step)
		if _, err := q.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOncePerDayOverBothClockChanges(t *testing.T) {
	tests := []struct {
		name  string
		rule  Rule
		from  string
		until string
		want  []string // when it ran, UTC
	}{
		{"02:30 in spring", Rule{Hour: 2, Minute: 30}, "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"2026-03-28 03-28T01:30", "2026-03-29 03-29T01:00", "2026-03-30 03-30T00:30"}},
		{"02:30 in autumn", Rule{Hour: 2, Minute: 30}, "2026-10-23T12:00:00Z", "2026-10-26T12:00:00Z",
			[]string{"2026-10-24 10-24T00:30", "2026-10-25 10-25T00:30", "2026-10-26 10-26T01:30"}},
		{"08:00 in spring", Rule{Hour: 8}, "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z",
			[]string{"2026-03-28 03-28T07:00", "2026-03-29 03-29T06:00", "2026-03-30 03-30T06:00"}},
		{"midnight in autumn", Rule{Hour: 0}, "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z",
			[]string{"2026-10-25 10-24T22:00", "2026-10-26 10-25T23:00"}},
		{"weekdays", Rule{Hour: 8, Weekdays: []time.Weekday{time.Monday, time.Friday}}, "2026-11-19T12:00:00Z", "2026-11-24T12:00:00Z",
			[]string{"2026-11-20 11-20T07:00", "2026-11-23 11-23T07:00"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			embedded(t, func(t *testing.T, db *store.DB) {
				c := &clock{t: must(time.Parse(time.RFC3339, tt.from))}
				q := newQueue(t, db, c)
				handle(t, q, Handler{Kind: "digest", Run: InTx(func(tx *store.Tx, j Job) error {
					return leave(tx, j.Key, c.now().Format("01-02T15:04"))
				})})
				tt.rule.Kind = "digest"
				if err := q.Repeat(tt.rule); err != nil {
					t.Fatal(err)
				}
				runDue(t, q, 0)
				ticks(t, q, c, must(time.Parse(time.RFC3339, tt.until)), 30*time.Minute)
				if got := effects(t, db); !slices.Equal(got, tt.want) {
					t.Errorf("ran %v\nwant %v", got, tt.want)
				}
			})
		})
	}
}

// After days without a process the work is done once, and a new rule waits for
// its first time.
func TestMissedDaysAreMadeUpForOnce(t *testing.T) {
	embedded(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)}
		q := newQueue(t, db, c)
		handle(t, q, repeater("digest"))
		if err := q.Repeat(Rule{Kind: "digest", Hour: 8}); err != nil {
			t.Fatal(err)
		}
		runDue(t, q, 0)
		c.advance(10*24*time.Hour - 4*time.Hour)
		runDue(t, q, 2) // and the tidying
		if got := effects(t, db); !slices.Equal(got, []string{"2026-11-12 "}) {
			t.Errorf("ran %v", got)
		}
	})
}

// Moving the hour of a rule on a day it has run already does not run it twice.
func TestChangedRuleKeepsOncePerDay(t *testing.T) {
	embedded(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: time.Date(2026, 11, 2, 5, 0, 0, 0, time.UTC)}
		for _, hour := range []int{8, 9} {
			q := newQueue(t, db, c)
			handle(t, q, repeater("digest"))
			if err := q.Repeat(Rule{Kind: "digest", Hour: hour}); err != nil {
				t.Fatal(err)
			}
			ticks(t, q, c, c.now().Add(150*time.Minute), 10*time.Minute)
		}
		if got := effects(t, db); !slices.Equal(got, []string{"2026-11-02 "}) {
			t.Errorf("ran %v", got)
		}
		list, err := newQueue(t, db, c).Recurring(t.Context())
		if want := time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC); err != nil || !list[0].Next.Equal(want) {
			t.Errorf("next at %v (%v), want the new hour, %v", list, err, want)
		}
	})
}

// Several processes watching the same rules put a day in once.
func TestProcessesShareTheRules(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		c := &clock{t: time.Date(2026, 11, 2, 5, 0, 0, 0, time.UTC)}
		var all []*Queue
		for range 3 {
			q := newQueue(t, db, c)
			handle(t, q, repeater("digest"))
			if err := q.Repeat(Rule{Kind: "digest", Hour: 8}); err != nil {
				t.Fatal(err)
			}
			all = append(all, q)
		}
		for range 48 {
			c.advance(time.Hour)
			for _, q := range all {
				if _, err := q.RunDue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := effects(t, db); !slices.Equal(got, []string{"2026-11-02 ", "2026-11-03 ", "2026-11-04 "}[:len(got)]) || len(got) != 2 {
			t.Errorf("ran %v", got)
		}
		if list, err := all[0].Recurring(t.Context()); err != nil || len(list) != 2 || list[0].Rule != "daily 08:00 Europe/Copenhagen" {
			t.Errorf("Recurring = %+v, %v", list, err)
		}
	})
}
