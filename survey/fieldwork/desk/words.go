package desk

import (
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/survey/fieldwork"
)

// moment writes a point in time, empty for none.
func (p *Pages) moment(t time.Time, l i18n.Lang) string {
	if t.IsZero() {
		return ""
	}
	return i18n.Moment(t.In(p.Zone), l)
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
