package anonymise

import (
	"fmt"
	"math/bits"
	"slices"
	"sort"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// EveryRegion is the region of records whose region is not given.
const EveryRegion = "alle"

// ladder coarsens the background of records in a fixed order of sacrifice:
// region first, then size, then subsector; sector stays.
//
//  1. Subsectors of a sector with fewer than k records become one.
//  2. Within a subsector, the smallest size class below k joins its smaller
//     neighbour, until none is below.
//  3. Within subsector and size, the regions of a part of the country become
//     that part where one of them is below k; where a part is below k, no
//     region is given.
//
// A group is below k when it has fewer than k records or its weights add to
// less than k workplaces, and is treated as such where a sensitive variable has
// fewer than l values in it.
type ladder struct {
	policy  Policy
	book    codebook.Codebook
	recodes []Recode

	subsectors, sizes, regions []codebook.Code // as published, used ones only
}

// tally is the size of one group of records.
type tally struct {
	records    int
	workplaces float64
	values     []uint64 // of each sensitive variable, a bit for each value that occurs
}

func (t *tally) add(r *record) { t.join(tally{1, r.weight, r.values}) }

// join adds another group.
func (t *tally) join(o tally) {
	t.records += o.records
	t.workplaces += o.workplaces
	values := make([]uint64, len(o.values))
	copy(values, t.values)
	for i, set := range o.values {
		values[i] |= set
	}
	if o.values != nil {
		t.values = values
	}
}

// below reports whether a group must not stand alone.
func (p Policy) below(t tally) bool {
	return t.records > 0 && (t.records < p.K || t.workplaces < float64(p.K) || t.alike(p.L))
}

// alike reports whether some sensitive variable has fewer than l values.
func (t tally) alike(l int) bool {
	return slices.ContainsFunc(t.values, func(values uint64) bool { return bitsIn(values) < l })
}

func bitsIn(values uint64) int { return bits.OnesCount64(values) }

// run coarsens the records in place.
func (l *ladder) run(records []record) error {
	groups := split(records, func(r *record) string { return r.sector })
	for _, sector := range inOrder(groups, l.codes("sector")) {
		if err := l.mergeSubsectors(sector, groups[sector]); err != nil {
			return err
		}
	}
	groups = split(records, func(r *record) string { return r.subsector })
	for _, subsector := range inOrder(groups, append(l.codes("subsector"), l.subsectors...)) {
		if err := l.mergeSizes(subsector, groups[subsector]); err != nil {
			return err
		}
	}
	groups = split(records, func(r *record) string { return r.subsector + "\x00" + r.size })
	for _, key := range sortedKeys(groups) {
		if err := l.mergeRegions(groups[key]); err != nil {
			return err
		}
	}
	return l.describe(records)
}

// codes returns the codes of a background variable of the wave.
func (l *ladder) codes(variable string) []codebook.Code {
	v, _ := l.book.Variable(variable)
	return v.Codes[:len(v.Codes):len(v.Codes)]
}

// mergeSubsectors joins the subsectors of one sector that are below k. Where
// they are still below k together, the smallest other one joins them.
func (l *ladder) mergeSubsectors(sector string, records []*record) error {
	sizes := tallies(records, func(r *record) string { return r.subsector })
	order := bySize(sizes)
	joined := make(map[string]bool)
	var pool tally
	join := func(subsector string) {
		joined[subsector] = true
		pool.join(*sizes[subsector])
	}
	for _, s := range order {
		if l.policy.below(*sizes[s]) {
			join(s)
		}
	}
	for _, s := range order {
		if !joined[s] && (len(joined) == 1 || l.policy.below(pool)) {
			join(s)
		}
	}
	if len(joined) == 0 {
		return nil
	}
	if l.policy.below(pool) {
		return fmt.Errorf("anonymise: sector %s has %d records for %.0f workplaces, fewer than %d or all alike: leave the sector out",
			sector, pool.records, pool.workplaces, l.policy.K)
	}
	code := l.otherSubsectors(sector)
	l.subsectors = append(l.subsectors, code)
	l.recodes = append(l.recodes, Recode{Variable: "subsector", From: l.named("subsector", joined), To: code, Records: pool.records})
	for _, r := range records {
		if joined[r.subsector] {
			r.subsector = code.Value
		}
	}
	return nil
}

// otherSubsectors is the code for the joined subsectors of a sector.
func (l *ladder) otherSubsectors(sector string) codebook.Code {
	v, _ := l.book.Variable("sector")
	c, _ := v.Code(sector)
	return codebook.Code{Value: "andre-" + sector, Number: 90 + c.Number,
		Label: i18n.Text{DA: "Andre delsektorer, " + lowerFirst(c.Label.DA), EN: "Other subsectors, " + lowerFirst(c.Label.EN)}}
}

// mergeRegions gives the records of one subsector and size the finest regions
// that keep every one at k.
func (l *ladder) mergeRegions(records []*record) error {
	regions := tallies(records, func(r *record) string { return r.region })
	coarse := make([]bool, len(l.policy.Parts))
	parts := make([]tally, len(l.policy.Parts))
	for _, region := range sortedKeys(regions) {
		t := regions[region]
		p, err := l.policy.partOf(region)
		if err != nil {
			return err
		}
		coarse[p] = coarse[p] || l.policy.below(*t)
		parts[p].join(*t)
	}
	none := false
	for p := range parts {
		none = none || l.policy.below(parts[p])
	}
	for _, r := range records {
		p, _ := l.policy.partOf(r.region)
		switch {
		case none:
			r.region = EveryRegion
		case coarse[p]:
			r.region = l.policy.Parts[p].Code.Value
		}
	}
	return nil
}

// split groups records by a key.
func split(records []record, key func(*record) string) map[string][]*record {
	groups := make(map[string][]*record)
	for i := range records {
		k := key(&records[i])
		groups[k] = append(groups[k], &records[i])
	}
	return groups
}

func tallies(records []*record, key func(*record) string) map[string]*tally {
	counts := make(map[string]*tally)
	for _, r := range records {
		k := key(r)
		if counts[k] == nil {
			counts[k] = new(tally)
		}
		counts[k].add(r)
	}
	return counts
}

// bySize returns the keys of tallies, fewest records first.
func bySize(t map[string]*tally) []string {
	keys := sortedKeys(t)
	sort.SliceStable(keys, func(i, j int) bool { return t[keys[i]].records < t[keys[j]].records })
	return keys
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// inOrder returns the keys of groups in the order of the codes.
func inOrder[V any](groups map[string]V, codes []codebook.Code) []string {
	var keys []string
	for _, c := range codes {
		if _, used := groups[c.Value]; used {
			keys = append(keys, c.Value)
		}
	}
	return keys
}
