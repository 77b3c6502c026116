package dispatch

import (
	"fmt"
	"time"

	"barometer/internal/queue"
)

// Office hours, in local time: letters that are sent by themselves go out
// within them, at hourOfSending where they can.
const (
	hourOfOpening = 8
	hourOfSending = 9
	hourOfClosing = 16
)

// date is a calendar day, at midnight UTC: its time of day means nothing.
func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func dateOf(t time.Time) time.Time { return date(t.Year(), t.Month(), t.Day()) }

// Workday is an error that says why a day is none of the public sector's: a
// Saturday or Sunday, a public holiday (the law of 1870 on the observance of
// holidays, without store bededag, which ended in 2023), Constitution Day,
// Christmas Eve and New Year's Eve.
func Workday(day time.Time) error {
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return fmt.Errorf("%s is a %s", day.Format(time.DateOnly), wd)
	}
	if holiday(day) {
		return fmt.Errorf("%s is a public holiday", day.Format(time.DateOnly))
	}
	return nil
}

func holiday(day time.Time) bool {
	switch day.Format("01-02") {
	case "01-01", "06-05", "12-24", "12-25", "12-26", "12-31":
		return true
	}
	switch int(dateOf(day).Sub(easter(day.Year())).Hours() / 24) {
	case -3, -2, 0, 1, 39, 49, 50: // Maundy Thursday to Whit Monday
		return true
	}
	return false
}

// easter is Easter Sunday of a year in the Gregorian calendar (Meeus, Jones and
// Butcher's algorithm: Meeus 1991, Astronomical Algorithms, chapter 8).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return date(year, time.Month(n/31), n%31+1)
}

// clock is the moment at which clocks in the zone show an hour of a day.
func clock(day time.Time, hour int, zone *time.Location) time.Time {
	at, _ := queue.Local(day.Add(time.Duration(hour)*time.Hour), zone)
	return at
}

// officeHours is now, where it lies within office hours, else the next moment
// that does.
func officeHours(now time.Time, zone *time.Location) time.Time {
	day := dateOf(now.In(zone))
	if Workday(day) == nil && now.Before(clock(day, hourOfClosing, zone)) {
		if opening := clock(day, hourOfOpening, zone); now.Before(opening) {
			return opening
		}
		return now
	}
	return clock(nextWorkday(day), hourOfOpening, zone)
}

func nextWorkday(day time.Time) time.Time {
	for day = day.AddDate(0, 0, 1); Workday(day) != nil; day = day.AddDate(0, 0, 1) {
	}
	return day
}
