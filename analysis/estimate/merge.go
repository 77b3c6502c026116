package estimate

import "math"

// mergedItems is the number of items that are merged at a time: their 0/1 sums
// lie side by side.
const mergedItems = 8

// merger adds the sums that lanes have of some items of a partition. Those of
// 0/1 values are added as they are, which is cheaper than as moments.
type merger struct {
	part, first, items int

	cells  int
	all    [][]moment // by item and cell; nil of an item that is 0/1 throughout
	bits   []bitSums  // of each cell, item by item
	weight []float64  // of each cell, about which its bits are summed; NaN where there are none
}

// newMerger merges items of a partition, from first to before end.
func newMerger(part, first, end, cells int) *merger {
	return &merger{part: part, first: first, items: end - first, cells: cells, all: make([][]moment, end-first)}
}

// add adds the sums of a lane.
func (m *merger) add(l *lane) {
	for i := range m.all {
		s := &l.sums[m.part][m.first+i]
		if len(s.numbers)+len(s.ratios) > 0 && m.all[i] == nil {
			m.all[i] = make([]moment, m.cells)
		}
		all := m.all[i]
		for c := range s.numbers {
			sums := s.numbers[c].moment()
			s.addProducts(&sums, c)
			all[l.cell(m.part, c)].merge(&sums)
		}
		for c := range s.ratios {
			sums := s.ratios[c].moment()
			for _, step := range s.before {
				sums.before = append(sums.before, step[c])
			}
			s.addProducts(&sums, c)
			all[l.cell(m.part, c)].merge(&sums)
		}
	}
	m.addBits(l)
}

// cell is the number in its partition of a cell of the lane.
func (l *lane) cell(part, c int) int {
	if l.place[part] == nil {
		return c
	}
	return int(l.place[part][c])
}

func (s *cellSums) addProducts(m *moment, cell int) {
	if s.products != nil {
		s.products[cell].addTo(m)
	}
}

func (m *merger) addBits(l *lane) {
	k, slot := l.slot(m.first)
	sums := k.sums[m.part]
	if len(sums) == 0 {
		return
	}
	if m.bits == nil {
		m.startBits()
	}
	for c, weight := range l.weights[m.part] {
		if weight != weight || (c+1)*k.width > len(sums) {
			continue // met by other items alone
		}
		at := l.cell(m.part, c)
		if to := &m.weight[at]; *to != *to {
			*to = weight
		}
		apart, from := weight-m.weight[at], sums[c*k.width+slot:][:m.items]
		for i := range from {
			m.bits[at*m.items+i].merge(&from[i], apart)
		}
	}
}

func (m *merger) startBits() {
	m.bits, m.weight = make([]bitSums, m.cells*m.items), make([]float64, m.cells)
	for c := range m.weight {
		m.weight[c] = math.NaN()
	}
}

// sums returns those of all lanes, by item.
func (m *merger) sums() []itemSums {
	list := make([]itemSums, m.items)
	for i, all := range m.all {
		switch {
		case m.bits == nil && all == nil:
			list[i].moments = make([]moment, m.cells) // no row has a value
		case m.bits == nil:
			list[i].moments = all
		case all == nil:
			list[i] = itemSums{bits: m.bits[i:], step: m.items, weight: m.weight}
		default:
			m.addBitsTo(all, i)
			list[i].moments = all
		}
	}
	return list
}

// addBitsTo adds the 0/1 values of an item that has others, too.
func (m *merger) addBitsTo(all []moment, item int) {
	for c, weight := range m.weight {
		sums := m.bits[c*m.items+item].moment(weight)
		all[c].merge(&sums)
	}
}
