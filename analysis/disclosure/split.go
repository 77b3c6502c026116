package disclosure

import (
	"slices"

	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/survey/codebook"
	"barometer/weighting/design"
)

// split is a domain that is the sum of others.
type split struct {
	whole int
	parts []int
}

// splits lists every way in which the domains of one breakdown make up a domain
// of another: the total by sector, a sector by its subsectors and by size.
func splits(domains []table.Domain) []split {
	var list []split
	for whole, w := range domains {
		parts := map[string][]int{}
		var order []string
		for part, p := range domains {
			if p.Breakdown == w.Breakdown || !inside(p, w) {
				continue
			}
			if parts[p.Breakdown] == nil {
				order = append(order, p.Breakdown)
			}
			parts[p.Breakdown] = append(parts[p.Breakdown], part)
		}
		for _, b := range order {
			list = append(list, split{whole, parts[b]})
		}
	}
	return list
}

// inside reports whether every workplace of domain p belongs to domain w. A
// subsector lies inside its sector.
func inside(p, w table.Domain) bool {
	levels, of := indicator.Levels(p), indicator.Levels(w)
	if len(levels) != len(p.Codes) || len(of) != len(w.Codes) {
		return false // not a breakdown of this program: part of nothing
	}
	for _, l := range levels {
		if l.Column == codebook.Subsectors().Name {
			levels = append(levels, design.Level{Column: codebook.Sectors().Name, Level: codebook.SectorOf(l.Level)})
		}
	}
	return !slices.ContainsFunc(of, func(l design.Level) bool { return !slices.Contains(levels, l) })
}
