package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// Point is one cell as a chart shows it: in percent (or points of a score), to
// one decimal. A suppressed point holds no number.
type Point struct {
	Indicator, Domain           string // ids
	IndicatorLabel, DomainLabel string
	Series                      string // the side of a pair or scale: "Promoted"
	Status                      table.Status
	Value, Low, High            float64
	Label                       string // the number as written in the chart
	N                           int    // respondents; 0 for a remainder and where others' figures do not tell
	Wave, Period                string // of a time line: id and in words
	External                    bool   // published by others, without interval
	Remark                      string // what is to be known of an external figure

	se float64 // standard error in the unit of Value; 0 where others' figures do not tell
}

// Shown reports whether the point has a number.
func (p Point) Shown() bool { return !p.Status.Suppressed() }

// row is a line of a chart. It has one point, or one for each series.
type row struct {
	heading string // stands above the row where a new group begins
	label   string
	strong  bool // the total
	last    bool // don't know, other: sorted below the rest
	points  []Point
	net     *Point        // of a scale: those for less those against
	verdict table.Verdict // of a slope; "" where its change was not tested
}

// selector picks the cells a specification names.
type selector struct {
	t    *table.Table
	past History
	spec Spec
	lang i18n.Lang
}

func (s selector) fail(format string, args ...any) error {
	return fmt.Errorf("chart %s: "+format, append([]any{s.spec.ID}, args...)...)
}

// indicators resolves ids and families ("value.*").
func (s selector) indicators(patterns []string) ([]table.Indicator, error) {
	var list []table.Indicator
	for _, p := range patterns {
		if family, ok := strings.CutSuffix(p, ".*"); ok {
			members := s.t.Family(family)
			if len(members) == 0 {
				return nil, s.fail("the table has no family %q", family)
			}
			list = append(list, members...)
			continue
		}
		ind, ok := s.t.Indicator(p)
		if !ok {
			return nil, s.fail("the table has no indicator %q", p)
		}
		list = append(list, ind)
	}
	return list, s.sameKind(list)
}

func (s selector) sameKind(list []table.Indicator) error {
	for _, ind := range list[1:] {
		if ind.Kind != list[0].Kind {
			return s.fail("%s is a %s and %s a %s: they cannot share an axis", list[0].ID, list[0].Kind, ind.ID, ind.Kind)
		}
	}
	return nil
}

// domains resolves ids and breakdowns ("sector:*").
func (s selector) domains() ([]table.Domain, error) {
	patterns := s.spec.Domains
	if len(patterns) == 0 {
		patterns = []string{"total"}
	}
	var list []table.Domain
	for _, p := range patterns {
		breakdown, whole := strings.CutSuffix(p, ":*")
		found := false
		for _, d := range s.t.Domains() {
			if d.ID() == p || whole && d.Breakdown == breakdown {
				list = append(list, d)
				found = true
			}
		}
		if !found {
			return nil, s.fail("the table has no domain %q", p)
		}
	}
	return list, nil
}

func (s selector) point(ind table.Indicator, d table.Domain) (Point, error) {
	c, ok := s.t.Cell(ind.ID, d.ID())
	if !ok {
		return Point{}, s.fail("the table has no cell %s × %s", ind.ID, d.ID())
	}
	p := Point{Indicator: ind.ID, Domain: d.ID(), Status: c.Status(), Wave: s.t.Wave,
		IndicatorLabel: ind.Label.In(s.lang), DomainLabel: d.Label.In(s.lang)}
	f, shown := c.Figure()
	if !shown {
		return p, nil
	}
	scale := 1.0
	if ind.Kind == table.Share {
		scale = 100
	}
	p.Value, p.Low, p.High, p.N = tenth(f.Value*scale), tenth(f.Low*scale), tenth(f.High*scale), f.N
	p.se = f.SE * scale
	p.Label = number.Decimal(f.Value*scale, 0, s.lang)
	if p.Status == table.Uncertain {
		p.Label = "(" + p.Label + ")"
	}
	return p, nil
}

// tenth rounds to one decimal, as published.
func tenth(x float64) float64 { return math.Round(x*10) / 10 }

// byIndicator makes a row of each indicator with a point for each domain.
func (s selector) byIndicator(list []table.Indicator, domains []table.Domain) ([]row, error) {
	var rows []row
	for _, ind := range list {
		r := row{label: ind.Label.In(s.lang), last: residual(ind.ID)}
		for _, d := range domains {
			p, err := s.point(ind, d)
			if err != nil {
				return nil, err
			}
			r.points = append(r.points, p)
		}
		rows = append(rows, r)
	}
	return s.sorted(rows), nil
}

// byDomain makes a row of each domain with a point for each indicator. Rows
// are sorted within their breakdown only, and never where it is ordinal.
func (s selector) byDomain(list []table.Indicator, domains []table.Domain) ([]row, error) {
	var rows []row
	for _, group := range breakdowns(domains) {
		var part []row
		for _, d := range group {
			r := row{label: d.Label.In(s.lang), strong: d.Breakdown == "total"}
			for _, ind := range list {
				p, err := s.point(ind, d)
				if err != nil {
					return nil, err
				}
				r.points = append(r.points, p)
			}
			part = append(part, r)
		}
		if nominal(group[0].Breakdown) {
			part = s.sorted(part)
		}
		part[0].heading = breakdownName(group[0].Breakdown).In(s.lang)
		rows = append(rows, part...)
	}
	if len(breakdowns(domains)) < 3 {
		for i := range rows {
			rows[i].heading = ""
		}
	}
	return rows, nil
}

func breakdowns(domains []table.Domain) [][]table.Domain {
	var groups [][]table.Domain
	for _, d := range domains {
		if n := len(groups); n > 0 && groups[n-1][0].Breakdown == d.Breakdown {
			groups[n-1] = append(groups[n-1], d)
			continue
		}
		groups = append(groups, []table.Domain{d})
	}
	return groups
}

// sorted puts the highest first value on top; residual answers and suppressed
// rows come last.
func (s selector) sorted(rows []row) []row {
	if s.spec.Order == Given {
		return rows
	}
	side := 0
	if s.spec.Order == ByOther {
		side = 1
	}
	rank := func(r row) float64 {
		p := r.points[side]
		switch {
		case r.last:
			return 2000 - p.Value
		case !p.Shown():
			return 1000
		}
		return -p.Value
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(rank(a), rank(b)) })
	return rows
}

// pairs matches the members of two families by code: one row for each factor,
// its two sides as points.
func (s selector) pairs(list, against []table.Indicator, d table.Domain) ([]row, error) {
	other := make(map[string]table.Indicator)
	for _, ind := range against {
		other[code(ind.ID)] = ind
	}
	var rows []row
	for _, ind := range list {
		match, ok := other[code(ind.ID)]
		if !ok {
			return nil, s.fail("%s has no counterpart in %v", ind.ID, s.spec.Against)
		}
		p, err := s.point(ind, d)
		if err != nil {
			return nil, err
		}
		q, err := s.point(match, d)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{label: ind.Label.In(s.lang), points: []Point{p, q}})
	}
	return s.sorted(rows), nil
}

// code is the part of an indicator's id after its family: "kvalitet".
func code(id string) string {
	_, c, _ := strings.Cut(id, ".")
	return c
}

// residual answers are not findings of their own and stand last.
func residual(id string) bool {
	return slices.Contains([]string{"ved_ikke", "andet", "anden", "ingen", "ingen_endnu", "ikke_relevant"}, code(id))
}

func nominal(breakdown string) bool {
	return breakdown == "sector" || breakdown == "subsector" || breakdown == "region"
}
