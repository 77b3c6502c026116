// Package figure writes the figures of the fieldwork as people read them: as
// package reports/number does, which a stage this early may not import.
package figure

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"barometer/internal/i18n"
	"barometer/survey/fieldwork"
)

// Decimal writes x with decimals: 3,5 in Danish, 3.5 in English.
func Decimal(x float64, decimals int, l i18n.Lang) string {
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if l == i18n.Danish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return strings.Replace(s, "-", "−", 1)
}

// Percent writes a share of one.
func Percent(share float64, decimals int, l i18n.Lang) string {
	if l == i18n.Danish {
		return Decimal(100*share, decimals, l) + "\u00a0pct."
	}
	return Decimal(100*share, decimals, l) + "%"
}

// Count writes a whole number in groups of three digits.
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// Rate writes a response rate with two decimals, and says so where it is
// undefined.
func Rate(x fieldwork.Rate, undefined string, l i18n.Lang) string {
	v, ok := x.Value()
	if !ok {
		return undefined
	}
	return Percent(v, 2, l)
}

// Sentence begins a text with a capital, as a sentence or the cell of a table.
func Sentence(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
