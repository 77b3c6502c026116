package demo

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"text/tabwriter"
)

// Interval is one estimated interval beside the population value it is meant
// to cover.
type Interval struct {
	Indicator string // family of the indicator
	Domain    string // breakdown of the domain
	Cell      string // indicator and domain
	N         int    // respondents in the denominator
	Low, High float64
	Truth     float64
}

// covers reports whether the interval holds the truth; ends belong to it, and
// a truth that differs from an end by rounding alone is held.
func (i Interval) covers() bool {
	const rounding = 1e-12
	return i.Low-rounding <= i.Truth && i.Truth <= i.High+rounding
}

// Score counts how many intervals cover.
type Score struct{ Covered, Of int }

func (s *Score) add(covers bool) {
	s.Of++
	if covers {
		s.Covered++
	}
}

// Share is the covering share, NaN of no intervals.
func (s Score) Share() float64 { return float64(s.Covered) / float64(s.Of) }

// Coverage tells how often intervals cover the truth: in all, by indicator, by
// breakdown, by the number of respondents, and cell by cell.
type Coverage struct {
	Total       Score
	ByIndicator map[string]*Score
	ByDomain    map[string]*Score
	BySize      map[string]*Score
	ByCell      map[string]*Score
}

// NewCoverage returns a coverage that has seen no interval.
func NewCoverage() *Coverage {
	return &Coverage{ByIndicator: map[string]*Score{}, ByDomain: map[string]*Score{},
		BySize: map[string]*Score{}, ByCell: map[string]*Score{}}
}

// Add counts an interval. One without an interval or without a truth is passed
// over: it says nothing that could be right or wrong.
func (c *Coverage) Add(i Interval) {
	if math.IsNaN(i.Low) || math.IsNaN(i.High) || math.IsNaN(i.Truth) {
		return
	}
	covers := i.covers()
	c.Total.add(covers)
	tally(c.ByIndicator, i.Indicator).add(covers)
	tally(c.ByDomain, i.Domain).add(covers)
	tally(c.BySize, sizeBand(i.N)).add(covers)
	tally(c.ByCell, i.Cell).add(covers)
}

func tally(scores map[string]*Score, key string) *Score {
	if scores[key] == nil {
		scores[key] = &Score{}
	}
	return scores[key]
}

// sizeBand groups domains by their number of respondents; the names sort.
func sizeBand(n int) string {
	switch {
	case n < 30:
		return "n below 30"
	case n < 100:
		return "n 30–99"
	case n < 300:
		return "n 100–299"
	}
	return "n 300 and more"
}

// Write prints the coverage as tables, the worst rows first.
func (c *Coverage) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "all\t%.1f %%\tof %d intervals\n", 100*c.Total.Share(), c.Total.Of)
	for _, group := range []map[string]*Score{c.BySize, c.ByDomain, c.ByIndicator, c.worstCells()} {
		fmt.Fprintln(t, "\t\t")
		for _, k := range worstFirst(group) {
			fmt.Fprintf(t, "%s\t%.1f %%\tof %d\n", k, 100*group[k].Share(), group[k].Of)
		}
	}
	return t.Flush()
}

// worstCells are the ten cells that cover least often, of those seen often
// enough to tell.
func (c *Coverage) worstCells() map[string]*Score {
	const often, ten = 100, 10
	seen := maps.Clone(c.ByCell)
	maps.DeleteFunc(seen, func(_ string, s *Score) bool { return s.Of < often })
	worst := map[string]*Score{}
	for _, k := range worstFirst(seen)[:min(ten, len(seen))] {
		worst[k] = seen[k]
	}
	return worst
}

func worstFirst(group map[string]*Score) []string {
	return slices.SortedFunc(maps.Keys(group), func(a, b string) int {
		return cmp.Or(cmp.Compare(group[a].Share(), group[b].Share()), cmp.Compare(a, b))
	})
}
