package weighting

import (
	"fmt"

	"barometer/internal/i18n"
)

// section holds the composition of the sample against the frame's.
func (b Balance) section(l i18n.Lang) Section {
	s := Section{
		Title: fmt.Sprintf(words.balance.In(l), b.Margin), Names: 1,
		Header:     inLang(l, words.level, words.frame, words.unweighted, words.byDesign, words.byFinal, words.standardBefore, words.standardAfter),
		Paragraphs: []string{fmt.Sprintf(words.balanced.In(l), figure(b.Unweighted, 3, l), figure(b.Design, 3, l), figure(b.Final, 3, l))},
	}
	for _, v := range b.Levels {
		s.Rows = append(s.Rows, []string{v.Level, figure(100*v.Frame, 1, l), figure(100*v.Unweighted, 1, l), figure(100*v.Design, 1, l),
			figure(100*v.Final, 1, l), figure(v.standardised(v.Unweighted), 3, l), figure(v.standardised(v.Final), 3, l)})
	}
	return s
}

// Name is the group in words: its level as coded, or that it is all units.
func (s Spread) Name(l i18n.Lang) string {
	if s.Group == "" {
		return words.all.In(l)
	}
	return s.Group
}

func (d Diagnostics) spreadTable(l i18n.Lang) Section {
	s := Section{Title: words.spread.In(l), Names: 1,
		Header: inLang(l, words.group, words.positive, words.min, words.quarter, words.median, words.threeQuarters, words.max)}
	for _, v := range d.Spreads {
		s.Rows = append(s.Rows, []string{v.Name(l), count(v.N, l), figure(v.Min, 2, l), figure(v.Q1, 2, l), figure(v.Median, 2, l),
			figure(v.Q3, 2, l), figure(v.Max, 2, l)})
	}
	return s
}

func (r ReplicatesReport) sentence(l i18n.Lang) string {
	centre := words.centred
	if r.MSE {
		centre = words.uncentred
	}
	return fmt.Sprintf(words.replicates.In(l), count(r.Count, l), r.Type, figure(r.Scale, 6, l), centre.In(l))
}
