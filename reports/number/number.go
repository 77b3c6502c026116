// Package number writes figures as people read them, in Danish and English.
//
// It takes a number with its unit and gives its text; every chart, report,
// page and workbook note uses it, so that one figure looks the same wherever
// it stands. It rounds for display only: differences and sums are made before.
package number

import (
	"math"
	"strconv"
	"strings"

	"barometer/internal/i18n"
)

// ThousandsSeparator is the narrow no-break space (U+202F) between groups of
// three digits: it can be taken neither for a decimal comma nor for a point.
const ThousandsSeparator = "\u202f"

// Decimal writes x with the given number of decimals: 3,5 in Danish, 3.5 in
// English. An undefined number is written as an en dash.
func Decimal(x float64, decimals int, l i18n.Lang) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', decimals, 64), ".")
	s := group(whole)
	if fraction != "" {
		s += point(l) + fraction
	}
	if x < 0 && strings.Trim(whole+fraction, "0") != "" {
		s = "−" + s
	}
	return s
}

// Signed is [Decimal] with the sign of a change: +3,5 or −3,5, and 0,0 without.
func Signed(x float64, decimals int, l i18n.Lang) string {
	s := Decimal(x, decimals, l)
	if x > 0 && strings.ContainsAny(s, "123456789") {
		return "+" + s
	}
	return s
}

// Integer writes a count: 14 297.
func Integer(n int, l i18n.Lang) string { return Decimal(float64(n), 0, l) }

// Percent writes a share of one in whole percent: "37 pct." or "37%".
func Percent(share float64, l i18n.Lang) string { return PercentDecimals(share, 0, l) }

// PercentDecimals writes a share of one in percent with decimals.
func PercentDecimals(share float64, decimals int, l i18n.Lang) string {
	return Decimal(share*100, decimals, l) + percentSign(l)
}

// Points writes a difference of two shares in percentage points: "4 procentpoint".
func Points(difference float64, l i18n.Lang) string {
	if l == i18n.English {
		return Decimal(difference*100, 0, l) + " percentage points"
	}
	return Decimal(difference*100, 0, l) + " procentpoint"
}

// PercentInterval writes an interval of shares: "81–85 pct." or "81–85%".
func PercentInterval(low, high float64, l i18n.Lang) string {
	return Decimal(low*100, 0, l) + "–" + Decimal(high*100, 0, l) + percentSign(l)
}

// Interval writes an interval of numbers with decimals: "61,2–63,0".
func Interval(low, high float64, decimals int, l i18n.Lang) string {
	return Decimal(low, decimals, l) + "–" + Decimal(high, decimals, l)
}

func percentSign(l i18n.Lang) string {
	if l == i18n.English {
		return "%"
	}
	return "\u00a0pct."
}

func point(l i18n.Lang) string {
	if l == i18n.English {
		return "."
	}
	return ","
}

// group sets a separator between thousands, from four digits on: 4 494 and
// 14 297 look alike beside each other. Years are no numbers and are written by
// their formatters.
func group(digits string) string {
	head := len(digits) % 3
	var b strings.Builder
	b.WriteString(digits[:head])
	for i := head; i < len(digits); i += 3 {
		if b.Len() > 0 {
			b.WriteString(ThousandsSeparator)
		}
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}
