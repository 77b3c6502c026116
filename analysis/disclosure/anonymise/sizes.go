package anonymise

import (
	"fmt"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// span is a run of neighbouring size classes, by position in their order.
type span struct {
	from, to int
	tally
}

// mergeSizes joins neighbouring size classes of one subsector until none is
// below k.
func (l *ladder) mergeSizes(subsector string, records []*record) error {
	codes := l.codes("size")
	counts := tallies(records, func(r *record) string { return r.size })
	var spans []span
	for i, c := range codes {
		if t := counts[c.Value]; t != nil {
			spans = append(spans, span{from: i, to: i, tally: *t})
		}
	}
	spans = l.join(spans)
	for _, s := range spans {
		if err := l.rename(subsector, s, codes, records); err != nil {
			return err
		}
	}
	return nil
}

// join merges the smallest span below k into its smaller neighbour until none
// is below or one is left; a subsector as a whole is never below.
func (l *ladder) join(spans []span) []span {
	for len(spans) > 1 {
		worst := -1
		for i, s := range spans {
			if l.policy.below(s.tally) && (worst < 0 || s.records < spans[worst].records) {
				worst = i
			}
		}
		if worst < 0 {
			return spans
		}
		left := worst - 1
		if left < 0 || worst+1 < len(spans) && spans[worst+1].records < spans[left].records {
			left = worst
		}
		a, b := spans[left], spans[left+1]
		both := a.tally
		both.join(b.tally)
		spans[left] = span{from: a.from, to: b.to, tally: both}
		spans = append(spans[:left+1], spans[left+2:]...)
	}
	return spans
}

// rename gives the records of a joined span their new code.
func (l *ladder) rename(subsector string, s span, codes []codebook.Code, records []*record) error {
	if s.from == s.to {
		return nil
	}
	code, err := joinedSize(codes, s.from, s.to)
	if err != nil {
		return err
	}
	from := make(map[string]bool)
	for _, c := range codes[s.from : s.to+1] {
		from[c.Value] = true
	}
	if !contains(l.sizes, code.Value) {
		l.sizes = append(l.sizes, code)
	}
	l.recodes = append(l.recodes, Recode{Variable: "size", Within: l.subsectorCode(subsector),
		From: l.named("size", from), To: code, Records: s.records})
	for _, r := range records {
		if from[r.size] {
			r.size = code.Value
		}
	}
	return nil
}

// joinedSize is the code of neighbouring size classes taken together: "1-19"
// and "20-49" become "1-49", "50-99" and "100+" become "50+".
func joinedSize(codes []codebook.Code, from, to int) (codebook.Code, error) {
	low, _, closed := strings.Cut(codes[from].Value, "-")
	if !closed {
		return codebook.Code{}, fmt.Errorf("anonymise: size class %q is not of the form 20-49", codes[from].Value)
	}
	c := codebook.Code{Number: 10*codes[from].Number + codes[to].Number}
	if _, high, closed := strings.Cut(codes[to].Value, "-"); closed {
		c.Value = low + "-" + high
		c.Label = i18n.Text{DA: low + "–" + high + " ansatte", EN: low + "–" + high + " employees"}
		return c, nil
	}
	if !strings.HasSuffix(codes[to].Value, "+") {
		return codebook.Code{}, fmt.Errorf("anonymise: size class %q is not of the form 20-49 or 100+", codes[to].Value)
	}
	c.Value = low + "+"
	c.Label = i18n.Text{DA: low + " ansatte eller flere", EN: low + " employees or more"}
	return c, nil
}

func contains(codes []codebook.Code, value string) bool {
	for _, c := range codes {
		if c.Value == value {
			return true
		}
	}
	return false
}
