package estimate

import (
	"slices"

	"barometer/analysis/variance"
)

// resolveGroups turns the pattern of each row into its group.
func (s *Sample) resolveGroups() {
	homes := s.homes()
	patterns := 1
	if len(s.steps) > 0 {
		patterns = len(s.steps[0].x)
	}
	limit := int64(slices.Max(homes)+1) * int64(patterns)
	met := newNumbering(limit)
	for row, home := range homes {
		if home >= 0 {
			s.group[row] = met.of(int64(home)*int64(patterns) + int64(s.group[row]))
		}
	}
	s.groups = make([]group, len(met.keys))
	for g, key := range met.keys {
		s.groups[g] = group{home: int32(key / int64(patterns)), pattern: int32(key % int64(patterns))}
	}
	s.sumGroups()
}

// homes returns, by row, the stratum of an element sample or else the
// last-stage unit.
func (s *Sample) homes() []int32 {
	if s.leaf == nil {
		return s.Design.Stages[0].Stratum
	}
	return s.leaf
}

// sumGroups sums the weights of each group. Only residuals need them.
func (s *Sample) sumGroups() {
	if len(s.steps) == 0 {
		return
	}
	spreads := make([]variance.Spread, len(s.groups))
	for i := range s.groups {
		s.groups[i].before = make([]float64, len(s.steps))
	}
	for row, g := range s.group {
		if g < 0 {
			continue
		}
		spreads[g].Add(s.Weight[row])
		for k, st := range s.steps {
			s.groups[g].before[k] += st.before[row]
		}
	}
	for g, sp := range spreads {
		s.groups[g].n, s.groups[g].weight, s.groups[g].spread = sp.N, sp.Sum(), sp.Square
	}
}
