package questionnaire

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// monthFormat is how a month is kept: year and month (ISO 8601).
const monthFormat = "2006-01"

// dated are the parts of the fields of a date or month, as on the page.
func (item *Item) dated() []string {
	if item.Kind == Month {
		return []string{MonthPart, YearPart}
	}
	return []string{DayPart, MonthPart, YearPart}
}

// date puts the parts together; ok is false where there is no such day.
func (item *Item) date(parts map[string]string) (value string, ok bool) {
	day, month, year := "1", parts[MonthPart], parts[YearPart]
	if item.Kind == Date {
		day = parts[DayPart]
	}
	d, fine := part(day, 2)
	m, also := part(month, 2)
	y, too := part(year, 4)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if !fine || !also || !too || len(year) != 4 || y < 1 || t.Day() != d || int(t.Month()) != m {
		return "", false
	}
	if item.Kind == Month {
		return t.Format(monthFormat), true
	}
	return t.Format(expr.DayFormat), true
}

func part(s string, longest int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && isDigits(s) && len(s) <= longest
}

// days is the first day that a date or month names, since 1 January 1970.
func days(value string) (int, bool) {
	if len(value) == len(monthFormat) {
		value += "-01"
	}
	return expr.ParseDay(value)
}

// isDate reports whether a value is one of the item's kind.
func (item *Item) isDate(value string) bool {
	_, ok := days(value)
	return ok && (len(value) == len(monthFormat)) == (item.Kind == Month)
}

// split is the reverse of date: what stands in the fields of a value.
func split(value string) map[string]string {
	year, rest, _ := strings.Cut(value, "-")
	month, day, _ := strings.Cut(rest, "-")
	return map[string]string{YearPart: year, MonthPart: strings.TrimLeft(month, "0"), DayPart: strings.TrimLeft(day, "0")}
}

// dateInWords writes a date or month as it is read.
func dateInWords(value string, l i18n.Lang) string {
	if t, err := time.Parse(expr.DayFormat, value); err == nil {
		return i18n.Date(t, l)
	}
	if t, err := time.Parse(monthFormat, value); err == nil {
		return fmt.Sprintf("%s %d", i18n.Month(t.Month(), l), t.Year())
	}
	return value
}

// noDate says what is wrong with the parts of a date, and in which field.
func (item *Item) noDate(parts map[string]string) (part string, message i18n.Text) {
	ask := map[string]i18n.Text{
		DayPart:   {DA: "Skriv dagen som et tal fra 1 til 31", EN: "Enter the day as a number from 1 to 31"},
		MonthPart: {DA: "Skriv måneden som et tal fra 1 til 12", EN: "Enter the month as a number from 1 to 12"},
		YearPart:  {DA: "Skriv årstallet med fire cifre", EN: "Enter the year with four digits"},
	}
	bound := map[string]int{DayPart: 31, MonthPart: 12, YearPart: 9999}
	for _, p := range item.dated() {
		n, err := strconv.Atoi(parts[p])
		if err != nil || !isDigits(parts[p]) || n < 1 || n > bound[p] || p == YearPart && len(parts[p]) != 4 {
			return p, ask[p]
		}
	}
	m, _ := strconv.Atoi(parts[MonthPart])
	d := strings.TrimLeft(parts[DayPart], "0")
	return DayPart, i18n.Text{
		DA: fmt.Sprintf("Der er ingen %s. %s %s. Ret datoen", d, i18n.Month(time.Month(m), i18n.Danish), parts[YearPart]),
		EN: fmt.Sprintf("There is no %s %s %s. Correct the date", d, i18n.Month(time.Month(m), i18n.English), parts[YearPart]),
	}
}

// monthOf returns the month that a day lies in, and monthAt writes one.
func monthOf(days int) (year, month int) {
	t, _ := time.Parse(expr.DayFormat, expr.Day(days))
	return t.Year(), int(t.Month())
}

func monthAt(year, month int) string {
	return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC).Format(monthFormat)
}
