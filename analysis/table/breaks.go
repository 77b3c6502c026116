package table

import "barometer/internal/i18n"

// Break says that an indicator's figures before a wave cannot be compared with
// those from it on: its wording, the frame or the weighting changed.
type Break struct {
	Wave   string    `json:"wave" yaml:"wave"` // the first wave of the new kind
	Reason i18n.Text `json:"reason" yaml:"reason"`
}

// BreaksBetween lists the breaks that lie between two waves, oldest first.
// Waves are ordered by their names: 2023 is before 2025.
func (i Indicator) BreaksBetween(earlier, later string) []Break {
	var between []Break
	for _, b := range i.Breaks {
		if earlier < b.Wave && b.Wave <= later {
			between = append(between, b)
		}
	}
	return between
}

// Comparable reports whether figures of two waves may be compared, and why not
// where they may not.
func (i Indicator) Comparable(earlier, later string) (why i18n.Text, ok bool) {
	if breaks := i.BreaksBetween(earlier, later); len(breaks) > 0 {
		return breaks[len(breaks)-1].Reason, false
	}
	if earlier < i.Since {
		return i18n.Text{DA: "Spørgsmålet er ikke stillet før " + i.Since, EN: "The question was not asked before " + i.Since}, false
	}
	return i18n.Text{}, true
}
