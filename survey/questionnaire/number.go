package questionnaire

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"barometer/internal/i18n"
)

// A number is kept as a decimal in one spelling, "-1234.5": as it was typed,
// not as the nearest binary fraction of it.

// maxDigits is how many digits a number has at most: a binary64 tells all
// decimals of 15 digits apart, so none is changed in a data file.
const maxDigits = 15

// Decimal writes a number as [Answer.Value] keeps it with the decimal sign of
// language l and without marks between thousands.
func Decimal(value string, l i18n.Lang) string {
	if l == i18n.Danish {
		return strings.Replace(value, ".", ",", 1)
	}
	return value
}

// Readings returns the numbers that a text can be read as, with decimals of
// the item: "1.234" as 1234 where a point divides thousands, and as 1.234
// where it begins the decimals. It is empty where the text is no such number.
func (item *Item) Readings(typed string) []string {
	var list []string
	for _, l := range i18n.Languages {
		if v, ok := readNumber(item.bare(typed), l); ok && Decimals(v) <= item.Decimals && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// Entry writes a number as it stands in a field of a page in language l, so that
// it has one reading: with a decimal more where three could be taken for
// thousands.
func Entry(value string, l i18n.Lang) string {
	text := Decimal(value, l)
	danish, ok := readNumber(text, i18n.Danish)
	if english, also := readNumber(text, i18n.English); ok && also && danish != english {
		text += "0"
	}
	return text
}

// number reads what was typed on a page in language l. It is sure only of what
// no other language reads otherwise; of two readings the one that was pointed
// out is taken. ok is false when nothing is sure.
func (item *Item) number(typed string, l i18n.Lang, pointed string) (value string, ok bool) {
	readings := item.Readings(typed)
	own, reads := readNumber(item.bare(typed), l)
	switch {
	case len(readings) == 1 && (!reads || own == readings[0]):
		return readings[0], true
	case slices.Contains(readings, pointed):
		return pointed, true
	}
	return "", false
}

// bare is a number without the unit that people write after it.
func (item *Item) bare(typed string) string {
	s := strings.TrimSpace(typed)
	units := []string{item.Unit.DA, item.Unit.EN}
	if item.Kind == Share {
		units = []string{"%"}
	}
	for _, unit := range units {
		if rest, found := strings.CutSuffix(s, unit); found && unit != "" {
			return strings.TrimSpace(rest)
		}
	}
	return s
}

// readNumber reads a number as it is written in language l: 1.234,5 in Danish,
// 1,234.5 in English, 1 234,5 with spaces in both.
func readNumber(s string, l i18n.Lang) (string, bool) {
	group, point := ".", ","
	if l == i18n.English {
		group, point = point, group
	}
	s, negative := cutSign(s)
	whole, fraction, hasPoint := strings.Cut(s, point)
	whole, ok := ungroup(whole, group)
	if !ok || hasPoint && fraction == "" || whole+fraction == "" || !isDigits(fraction) {
		return "", false
	}
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if len(whole)+len(fraction) > maxDigits {
		return "", false
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return whole, true
}

// cutSign takes a sign off the front, also a minus or dash as programs set it.
func cutSign(s string) (rest string, negative bool) {
	for _, minus := range []string{"-", "−", "–"} {
		if rest, found := strings.CutPrefix(s, minus); found {
			return strings.TrimLeft(rest, " "), true
		}
	}
	return strings.TrimPrefix(s, "+"), false
}

// ungroup takes the marks between thousands out: all of one sort, before three
// digits each, after one to three that do not begin with zero.
func ungroup(s, group string) (string, bool) {
	for _, space := range []string{"\u00a0", "\u202f", "\u2009"} {
		s = strings.ReplaceAll(s, space, " ")
	}
	if strings.Contains(s, " ") {
		group = " "
	}
	parts := strings.Split(s, group)
	for i, p := range parts {
		first := i == 0
		switch {
		case !isDigits(p), !first && len(p) != 3:
			return "", false
		case first && len(parts) > 1 && (len(p) < 1 || len(p) > 3 || p[0] == '0'):
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func isDigits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// isDecimal reports whether s is a number in the spelling it is kept in.
func isDecimal(s string) bool {
	v, ok := readNumber(s, i18n.English)
	return ok && v == s
}

// Decimals counts the decimals of a number as [Answer.Value] keeps it.
func Decimals(value string) int {
	_, fraction, _ := strings.Cut(value, ".")
	return len(fraction)
}

func digits(n int) string { return strconv.Itoa(n) }

// float is the number nearest to a value; 0 where it is none.
func float(value string) float64 {
	x, _ := strconv.ParseFloat(value, 64)
	return x
}

// scaled is a value in units of its last place, exact within maxDigits.
func scaled(value string, places int) int64 {
	return int64(math.Round(float(value) * math.Pow10(places)))
}

// unscaled writes a count of units of the last place as a value.
func unscaled(n int64, places int) string {
	v, _ := readNumber(strconv.FormatFloat(float64(n)/math.Pow10(places), 'f', places, 64), i18n.English)
	return v
}
