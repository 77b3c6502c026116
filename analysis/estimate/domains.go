package estimate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"barometer/weighting/design"
)

// partition is a breakdown resolved to domains: which rows are in which, and
// the cells in which rows are summed. A cell is the part of a group that lies
// in one domain.
type partition struct {
	domains [][]design.Level
	cell    []int32 // of each row, -1 where the row is in no domain
	cells   []cell
	members [][]int32 // cells of each domain
}

type cell struct{ group, domain int32 }

// partitions reads the columns of all breakdowns in one scan and resolves them.
func (s *Sample) partitions(ctx context.Context, src Source, breakdowns []Breakdown) ([]*partition, error) {
	r := newReader(src)
	type columns struct{ by, where []*codeColumn }
	read := make([]columns, len(breakdowns))
	for i, b := range breakdowns {
		for _, name := range b.By {
			read[i].by = append(read[i].by, r.category(name))
		}
		for _, l := range b.Where {
			read[i].where = append(read[i].where, r.category(l.Column))
		}
	}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	parts := make([]*partition, len(breakdowns))
	for i, b := range breakdowns {
		if combinations(read[i].by) > math.MaxInt32 {
			return nil, fmt.Errorf("breakdown by %s: more than %d combinations of levels", strings.Join(b.By, ", "), math.MaxInt32)
		}
		parts[i] = s.partition(read[i].by, read[i].where, b.Where)
	}
	return parts, nil
}

func (s *Sample) partition(by, where []*codeColumn, levels []design.Level) *partition {
	domainOf := s.crossed(by)
	restrict(domainOf, where, levels)
	p := &partition{cell: domainOf}
	p.number(domainOf, by)
	met := newNumbering(int64(len(s.groups)) * int64(len(p.domains)))
	for row, d := range domainOf {
		if d >= 0 {
			p.cell[row] = met.of(int64(s.group[row])*int64(len(p.domains)) + int64(d))
		}
	}
	p.members = make([][]int32, len(p.domains))
	for i, key := range met.keys {
		c := cell{group: int32(key / int64(len(p.domains))), domain: int32(key % int64(len(p.domains)))}
		p.cells = append(p.cells, c)
		p.members[c.domain] = append(p.members[c.domain], int32(i))
	}
	return p
}

// crossed returns, for each row of the sample, the number of its combination
// of levels, -1 where one is missing.
func (s *Sample) crossed(by []*codeColumn) []int32 {
	at := make([]int32, len(s.in))
	for row, in := range s.in {
		if !in {
			at[row] = -1
		}
	}
	for _, c := range by {
		cross(at, c.codes, int32(len(c.levels)))
	}
	return at
}

// restrict takes rows out that do not have all the levels.
func restrict(at []int32, where []*codeColumn, levels []design.Level) {
	for i, c := range where {
		wanted := slices.Index(c.levels, levels[i].Level)
		for row, code := range c.codes {
			if wanted < 0 || int(code) != wanted {
				at[row] = -1
			}
		}
	}
}

// number replaces combinations of levels by the numbers of the domains that
// have rows, in the order of the levels.
func (p *partition) number(at []int32, by []*codeColumn) {
	met := newNumbering(combinations(by))
	if len(by) == 0 {
		met.of(0) // the whole is a domain even where it has no rows
	}
	for _, d := range at {
		if d >= 0 {
			met.of(int64(d))
		}
	}
	rank := p.nameDomains(met, by)
	for row, d := range at {
		if d >= 0 {
			at[row] = rank[met.of(int64(d))]
		}
	}
}

// nameDomains names the domains of the combinations met, in the order of their
// levels, and returns the place of each.
func (p *partition) nameDomains(met *numbering, by []*codeColumn) []int32 {
	keys := slices.Sorted(slices.Values(met.keys))
	rank := make([]int32, len(keys))
	for i, key := range keys {
		rank[met.of(key)] = int32(i)
		p.domains = append(p.domains, levelsOf(key, by))
	}
	return rank
}

// combinations is the number of crossed levels, or a number above any that can
// be told apart.
func combinations(by []*codeColumn) int64 {
	n := int64(1)
	for _, c := range by {
		n *= int64(len(c.levels))
		if n > math.MaxInt32 {
			break
		}
	}
	return n
}

func levelsOf(key int64, by []*codeColumn) []design.Level {
	levels := make([]design.Level, len(by))
	for i := len(by) - 1; i >= 0; i-- {
		n := int64(len(by[i].levels))
		levels[i] = design.Level{Column: by[i].name, Level: by[i].levels[key%n]}
		key /= n
	}
	return levels
}
