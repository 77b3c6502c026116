package i18n

import (
	"fmt"
	"time"
)

var danishMonths = [...]string{"januar", "februar", "marts", "april", "maj", "juni", "juli",
	"august", "september", "oktober", "november", "december"}

// Date writes a day as people read it: 30. juni 2025, 30 June 2025.
func Date(t time.Time, l Lang) string {
	if l == English {
		return t.Format("2 January 2006")
	}
	return fmt.Sprintf("%d. %s %d", t.Day(), Month(t.Month(), l), t.Year())
}

// Month names a month: juni, June.
func Month(m time.Month, l Lang) string {
	if l == English {
		return m.String()
	}
	return danishMonths[m-1]
}

// DateText is [Date] in every language.
func DateText(t time.Time) Text { return Text{DA: Date(t, Danish), EN: Date(t, English)} }

// Clock writes a time of day, by 24 hours: 08.05, 08:05.
func Clock(t time.Time, l Lang) string {
	if l == English {
		return t.Format("15:04")
	}
	return t.Format("15.04")
}

// Moment writes a day and a time of day: 30. juni 2025 kl. 08.05.
func Moment(t time.Time, l Lang) string {
	if l == English {
		return Date(t, l) + ", " + Clock(t, l)
	}
	return Date(t, l) + " kl. " + Clock(t, l)
}
