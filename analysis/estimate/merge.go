package estimate

// merger adds the sums that lanes have of one item. Those of 0/1 values are
// added as they are, which is cheaper than as moments.
type merger struct {
	all  []moment
	bits []bitSums
}

func newMerger(cells int) *merger { return &merger{all: make([]moment, cells)} }

// add adds the sums of a lane. place says which cell each of the lane's cells
// is; nil where it is the same.
func (m *merger) add(s *cellSums, place []int32) {
	at := func(c int) int {
		if place == nil {
			return c
		}
		return int(place[c])
	}
	for c := range s.numbers {
		sums := s.numbers[c].moment()
		s.addProducts(&sums, c)
		m.all[at(c)].merge(&sums)
	}
	for c := range s.ratios {
		sums := s.ratios[c].moment()
		for _, step := range s.before {
			sums.before = append(sums.before, step[c])
		}
		s.addProducts(&sums, c)
		m.all[at(c)].merge(&sums)
	}
	if m.bits == nil && s.bits != nil {
		m.bits = make([]bitSums, len(m.all))
	}
	for c := range s.bits {
		m.bits[at(c)].merge(&s.bits[c])
	}
}

func (s *cellSums) addProducts(m *moment, cell int) {
	if s.products != nil {
		s.products[cell].addTo(m)
	}
}

// moments returns the sums of all lanes.
func (m *merger) moments() []moment {
	for c := range m.bits {
		sums := m.bits[c].moment()
		m.all[c].merge(&sums)
	}
	return m.all
}
