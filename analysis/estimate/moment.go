package estimate

// moment is what an estimate and its variance need to know of the rows of one
// cell that enter the estimate: counts, sums and centred sums of squares and
// products of w, w(a−centre) and w(b−centre), where a is the item's numerator
// and b its denominator. Centring each cell at a value of its own keeps all
// digits however large the mean is, and makes a constant item exactly constant.
type moment struct {
	n, positive      int
	centreA, centreB float64

	w, a, b float64 // sums

	ww, wa, wb, aa, ab, bb float64 // Σ of products of deviations from the cell's mean

	yy float64 // Σw(a−centre)², for the design effect

	before []beforeSums // of each calibration step
}

// beforeSums are sums under the weights d before a calibration step.
type beforeSums struct {
	d, a, b float64 // Σd, Σd(a−centre), Σd(b−centre)
}

// recentre moves the centres of a and b.
func (m *moment) recentre(centreA, centreB float64) {
	da, db := m.centreA-centreA, m.centreB-centreB
	if da == 0 && db == 0 {
		return
	}
	m.yy += 2*da*m.a + da*da*m.w
	m.aa += 2*da*m.wa + da*da*m.ww
	m.bb += 2*db*m.wb + db*db*m.ww
	m.ab += da*m.wb + db*m.wa + da*db*m.ww
	m.wa += da * m.ww
	m.wb += db * m.ww
	m.a += da * m.w
	m.b += db * m.w
	for i := range m.before {
		s := &m.before[i]
		s.a += da * s.d
		s.b += db * s.d
	}
	m.centreA, m.centreB = centreA, centreB
}

// merge adds the rows of o, which is recentred (Chan, Golub & LeVeque 1983).
func (m *moment) merge(o *moment) {
	if o.n == 0 {
		return
	}
	if m.n == 0 {
		*m = *o
		return
	}
	o.recentre(m.centreA, m.centreB)
	p, q := float64(m.n), float64(o.n)
	scale := p * q / (p + q)
	dw, da, db := o.w/q-m.w/p, o.a/q-m.a/p, o.b/q-m.b/p
	m.ww += o.ww + scale*dw*dw
	m.wa += o.wa + scale*dw*da
	m.wb += o.wb + scale*dw*db
	m.aa += o.aa + scale*da*da
	m.ab += o.ab + scale*da*db
	m.bb += o.bb + scale*db*db
	m.yy += o.yy
	m.w, m.a, m.b = m.w+o.w, m.a+o.a, m.b+o.b
	m.n, m.positive = m.n+o.n, m.positive+o.positive
	for i := range o.before {
		s, t := &m.before[i], o.before[i]
		s.d, s.a, s.b = s.d+t.d, s.a+t.a, s.b+t.b
	}
}

// linear is a linear combination of w(a−centre), w(b−centre) and w.
type linear struct{ a, b, w float64 }

// spread returns the mean and the sum of squared deviations of a linear
// combination over the cell's rows.
func (m *moment) spread(c linear) (mean, square float64) {
	mean = (c.a*m.a + c.b*m.b + c.w*m.w) / float64(m.n)
	square = c.a*c.a*m.aa + 2*c.a*c.w*m.wa + c.w*c.w*m.ww
	if c.b != 0 {
		square += c.b*c.b*m.bb + 2*c.a*c.b*m.ab + 2*c.b*c.w*m.wb
	}
	return mean, max(0, square)
}
