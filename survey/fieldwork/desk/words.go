package desk

import (
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/survey/fieldwork"
)

// Figures are written as package reports/number writes them, which a stage this
// early may not import.

// decimal writes x with decimals: 3,5 in Danish, 3.5 in English.
func decimal(x float64, decimals int, l i18n.Lang) string {
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if l == i18n.Danish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return strings.Replace(s, "-", "−", 1)
}

// percent writes a share of one.
func percent(share float64, decimals int, l i18n.Lang) string {
	if l == i18n.Danish {
		return decimal(100*share, decimals, l) + "\u00a0pct."
	}
	return decimal(100*share, decimals, l) + "%"
}

// count writes a whole number in groups of three digits.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// rate writes a response rate with two decimals, and says so where it is
// undefined.
func rate(x fieldwork.Rate, undefined string, l i18n.Lang) string {
	v, ok := x.Value()
	if !ok {
		return undefined
	}
	return percent(v, 2, l)
}

// moment writes a point in time, empty for none.
func (p *Pages) moment(t time.Time, l i18n.Lang) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.Zone)
	if l == i18n.English {
		return i18n.Date(t, l) + ", " + i18n.Clock(t, l)
	}
	return i18n.Date(t, l) + " kl. " + i18n.Clock(t, l)
}

// day writes a local day, empty for none.
func (p *Pages) day(t time.Time, l i18n.Lang) string {
	if t.IsZero() {
		return ""
	}
	return i18n.Date(t.In(p.Zone), l)
}

// date writes a date as counts have it, "2026-02-02".
func date(s string, l i18n.Lang) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return i18n.Date(t, l)
}

// stratumName puts a stratum's code in words where its parts are classes of the
// frame, as those of "K-DAG.20-49"; other codes name themselves.
func stratumName(code string, l i18n.Lang) string {
	var names []string
	for part := range strings.SplitSeq(code, ".") {
		found := false
		for _, c := range fieldwork.Classifications() {
			if known, ok := c.Code(part); ok && !found {
				names, found = append(names, known.Label.In(l)), true
			}
		}
		if !found {
			return code
		}
	}
	return strings.Join(names, ", ")
}
