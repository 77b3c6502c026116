package anonymise

import (
	"fmt"
	"sort"
	"unicode"
	"unicode/utf8"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// describe sets the codes that the published background uses, in their order,
// and proves that the ladder has done its work.
func (l *ladder) describe(records []record) error {
	parts := make([]codebook.Code, 0, len(l.policy.Parts)+1)
	for _, p := range l.policy.Parts {
		code := p.Code
		code.Number += 90
		parts = append(parts, code)
	}
	parts = append(parts, codebook.Code{Value: EveryRegion, Number: 99,
		Label: i18n.Text{DA: "Region ikke oplyst (fortrolighed)", EN: "Region not given (confidentiality)"}})
	sort.SliceStable(l.sizes, func(i, j int) bool { return l.sizes[i].Number < l.sizes[j].Number })
	l.subsectors = used(append(l.codes("subsector"), l.subsectors...), records, func(r *record) string { return r.subsector })
	l.sizes = used(append(l.codes("size"), l.sizes...), records, func(r *record) string { return r.size })
	l.regions = used(append(l.codes("region"), parts...), records, func(r *record) string { return r.region })
	for cell, t := range cells(records) {
		if l.policy.below(*t) {
			return fmt.Errorf("anonymise: the cell %v has %d records after the ladder, fewer than %d or all alike", cell, t.records, l.policy.K)
		}
	}
	return nil
}

// cells counts the records of each combination of background variables.
func cells(records []record) map[background]*tally {
	counts := make(map[background]*tally)
	for i := range records {
		r := &records[i]
		key := r.background
		if counts[key] == nil {
			counts[key] = new(tally)
		}
		counts[key].add(r)
	}
	return counts
}

// used keeps the codes that some record has.
func used(codes []codebook.Code, records []record, value func(*record) string) []codebook.Code {
	seen := make(map[string]bool)
	for i := range records {
		seen[value(&records[i])] = true
	}
	var kept []codebook.Code
	for _, c := range codes {
		if seen[c.Value] {
			kept = append(kept, c)
		}
	}
	return kept
}

// named returns the codes of a background variable whose values are in a set.
func (l *ladder) named(variable string, values map[string]bool) []codebook.Code {
	var codes []codebook.Code
	for _, c := range l.codes(variable) {
		if values[c.Value] {
			codes = append(codes, c)
		}
	}
	return codes
}

func (l *ladder) subsectorCode(value string) codebook.Code {
	for _, c := range append(l.codes("subsector"), l.subsectors...) {
		if c.Value == value {
			return c
		}
	}
	return codebook.Code{Value: value}
}

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}
