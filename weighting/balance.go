package weighting

import (
	"math"
	"slices"
	"strings"

	"barometer/weighting/margin"
)

// Balance holds the weighted sample against the frame for one margin: how far
// the composition of those that carry a final weight lies from the population's,
// without weights, with design weights and with the final ones. What weighting
// cannot show for the answers themselves it shows for what is known of all.
type Balance struct {
	Margin string         `json:"margin"`
	Levels []BalanceLevel `json:"levels"`

	// Largest |standardised difference| among the levels, before and after.
	Unweighted float64 `json:"unweighted"`
	Design     float64 `json:"design"`
	Final      float64 `json:"final"`
}

// BalanceLevel is one level of a margin. Shares are of all units.
type BalanceLevel struct {
	Level      string  `json:"level"`
	Frame      float64 `json:"frame"`
	Unweighted float64 `json:"unweighted"` // of the units with a final weight
	Design     float64 `json:"design"`     // the same, by design weight
	Final      float64 `json:"final"`      // the same, by final weight
}

// standardised is a difference from the frame's share in units of the standard
// deviation of the level's indicator in the population, √(P(1−P)).
func (l BalanceLevel) standardised(share float64) float64 {
	if l.Frame <= 0 || l.Frame >= 1 {
		return 0
	}
	return (share - l.Frame) / math.Sqrt(l.Frame*(1-l.Frame))
}

// balance compares the sample with every margin of counts whose columns the
// data have.
func (r *run) balance() []Balance {
	var out []Balance
	for _, m := range r.margins {
		if b, ok := r.compare(m); ok {
			out = append(out, b)
		}
	}
	return out
}

func (r *run) compare(m margin.Margin) (Balance, bool) {
	counts := m.Value == "" && len(m.Columns) > 0 && m.Sum() > 0
	missing := slices.ContainsFunc(m.Columns, func(c string) bool {
		_, err := r.data.Column(c)
		return err != nil
	})
	if !counts || missing || len(r.base) == 0 {
		return Balance{}, false
	}
	look, err := newLookup(r.data, m, 0)
	if err != nil {
		return Balance{}, false
	}
	var unweighted, design, final shares
	for _, s := range []*shares{&unweighted, &design, &final} {
		s.of = make([]float64, len(m.Totals))
	}
	for row, w := range r.weights {
		if w == 0 {
			continue
		}
		j := look.constraint(row)
		unweighted.add(j, 1)
		design.add(j, r.base[row])
		final.add(j, w)
	}
	b := Balance{Margin: m.Label()}
	for j, t := range m.Totals {
		l := BalanceLevel{
			Level: strings.Join(t.Level, " × "), Frame: t.Total / m.Sum(),
			Unweighted: unweighted.share(j), Design: design.share(j), Final: final.share(j),
		}
		b.Levels = append(b.Levels, l)
		b.Unweighted = math.Max(b.Unweighted, math.Abs(l.standardised(l.Unweighted)))
		b.Design = math.Max(b.Design, math.Abs(l.standardised(l.Design)))
		b.Final = math.Max(b.Final, math.Abs(l.standardised(l.Final)))
	}
	return b, true
}

// shares adds weights by level; -1 is a level the margin does not know.
type shares struct {
	of  []float64
	all float64
}

func (s *shares) add(level int32, w float64) {
	s.all += w
	if level >= 0 {
		s.of[level] += w
	}
}

func (s *shares) share(level int) float64 { return s.of[level] / s.all }

// Spread is the distribution of the final weights in one group.
type Spread struct {
	Group  string  `json:"group"` // "" = all
	N      int     `json:"n"`
	Min    float64 `json:"min"`
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	Max    float64 `json:"max"`
}

// spreads describes the positive final weights, of all and by each level of the
// finest margin of a single column: the one a reader looks for odd weights by.
func (r *run) spreads() (column string, out []Spread) {
	out = []Spread{spreadOf("", slices.Clone(r.weights))}
	for _, m := range r.margins {
		if len(m.Columns) == 1 && m.Value == "" && len(m.Totals) > len(out) {
			if g, err := groupBy(r.data, m.Columns, inSample(r.weights)); err == nil {
				column, out = m.Columns[0], append(out[:1:1], r.spreadBy(g)...)
			}
		}
	}
	return column, out
}

func (r *run) spreadBy(g *groups) []Spread {
	of := make([][]float64, g.count())
	for row, group := range g.of {
		if group >= 0 {
			of[group] = append(of[group], r.weights[row])
		}
	}
	out := make([]Spread, len(of))
	for k, w := range of {
		_, level, _ := strings.Cut(g.labels[k], "=")
		out[k] = spreadOf(level, w)
	}
	return out
}

func spreadOf(group string, w []float64) Spread {
	w = slices.DeleteFunc(w, func(x float64) bool { return x == 0 })
	if len(w) == 0 {
		return Spread{Group: group}
	}
	slices.Sort(w)
	return Spread{Group: group, N: len(w), Min: w[0], Q1: quantile(w, 0.25), Median: quantile(w, 0.5), Q3: quantile(w, 0.75), Max: w[len(w)-1]}
}
