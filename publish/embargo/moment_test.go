package embargo_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"barometer/publish/embargo"
)

// Goal 6 of publishing: eight o'clock in Copenhagen, whatever the clocks do.
func TestGoal6_EightOClockAcrossClockChanges(t *testing.T) {
	for day, want := range map[string]string{
		"2026-03-28": "2026-03-28T07:00:00Z", // winter
		"2026-03-29": "2026-03-29T06:00:00Z", // the last Sunday of March: clocks went from 02:00 to 03:00
		"2026-10-24": "2026-10-24T06:00:00Z", // summer
		"2026-10-25": "2026-10-25T07:00:00Z", // the last Sunday of October: from 03:00 back to 02:00
		"2026-11-26": "2026-11-26T07:00:00Z",
	} {
		at, err := embargo.Moment(day, embargo.Usual, zone)
		if err != nil || at.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v; want %s", day, at.UTC(), err, want)
		}
	}
}

// Goal 6 of publishing.
func TestGoal6_MomentInAClockGapIsRefused(t *testing.T) {
	for _, c := range []struct{ day, clock, want string }{
		{"2026-03-29", "02:30", "skip that time"},
		{"2026-03-29", "02:00", "skip that time"},
		{"2026-10-25", "02:30", "show that time twice"},
		{"2026-10-25", "02:00", "show that time twice"},
		{"2026-02-30", "08:00", "give a day as"},
		{"2026-02-03", "24:00", "give a day as"},
		{"", "", "give a day as"},
		{"26. november", "08:00", "give a day as"},
	} {
		if at, err := embargo.Moment(c.day, c.clock, zone); !errors.As(err, new(*embargo.MomentError)) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %s, %v; want %q", c.day, c.clock, at, err, c.want)
		}
	}
	for _, clock := range []string{"01:59", "03:00"} {
		for _, day := range []string{"2026-03-29", "2026-10-25"} {
			if at, err := embargo.Moment(day, clock, zone); err != nil || at.In(zone).Format("2006-01-02 15:04") != day+" "+clock {
				t.Errorf("%s %s: %s, %v", day, clock, at, err)
			}
		}
	}
}

// A moment reads as the day and time it was made of, and not otherwise.
func FuzzMoment(f *testing.F) {
	for _, seed := range [][2]string{{"2026-03-29", "02:30"}, {"2026-10-25", "02:30"}, {"2026-11-26", "08:00"}, {"0000-01-01", "00:00"}, {"9999-12-31", "23:59"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, day, clock string) {
		at, err := embargo.Moment(day, clock, zone)
		if err == nil && at.In(zone).Format("2006-01-02 15:04") != day+" "+clock {
			t.Errorf("%q %q is %s", day, clock, at)
		}
	})
}
