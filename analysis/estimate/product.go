package estimate

// productSums are the sums of the products w·y of a total in a cell, about the
// first. A sample with probabilities proportional to size has weights that
// undo the sizes: of totals near the size itself the products hardly vary,
// however much w and y do, and their spread cannot be had from that of w and
// w(y−centre), in which it is the small difference of huge numbers.
type productSums struct {
	n             int
	first, weight float64 // the first product and the first weight
	z, p          float64 // Σ(wy−first), Σ(w−weight)
	zz, zp        float64
}

// addProducts is the kernel of the products.
func addProducts(sums []productSums, cells []int32, w, y []float64) {
	for i, c := range cells {
		v := y[i]
		if c < 0 || v != v {
			continue
		}
		s := &sums[c]
		product := float64(w[i] * v)
		if s.n == 0 {
			s.first, s.weight = product, w[i]
		}
		z, p := product-s.first, w[i]-s.weight
		s.n++
		s.z += z
		s.p += p
		s.zz += float64(z * z)
		s.zp += float64(z * p)
	}
}

// addTo gives a moment of the same rows the spread of the products.
func (s *productSums) addTo(m *moment) {
	if s.n == 0 {
		return
	}
	n := float64(s.n)
	m.products = true
	m.zz, m.zw = s.zz-s.z*s.z/n, s.zp-s.z*s.p/n
}

// addProducts adds a chunk to the products of an item.
func (l *lane) addProducts(item int, y []float64) {
	for p, cells := range l.count {
		s := &l.sums[p][item]
		s.products = extended(s.products, cells, l.most[p])
		addProducts(s.products, l.cells[p], l.w, y)
	}
}
