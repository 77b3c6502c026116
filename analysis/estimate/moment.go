package estimate

import "math"

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

	products bool    // are zz and zw known?
	zz, zw   float64 // Σ of products of deviations of wa, and of wa and w

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
	m.yy += float64(2*da*m.a) + float64(da*da*m.w)
	m.aa += float64(2*da*m.wa) + float64(da*da*m.ww)
	m.bb += float64(2*db*m.wb) + float64(db*db*m.ww)
	m.ab += float64(da*m.wb) + float64(db*m.wa) + float64(da*db*m.ww)
	m.wa += float64(da * m.ww)
	m.wb += float64(db * m.ww)
	m.a += float64(da * m.w)
	m.b += float64(db * m.w)
	for i := range m.before {
		s := &m.before[i]
		s.a += float64(da * s.d)
		s.b += float64(db * s.d)
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
	m.ww += o.ww + float64(scale*dw*dw)
	m.wa += o.wa + float64(scale*dw*da)
	m.wb += o.wb + float64(scale*dw*db)
	m.aa += o.aa + float64(scale*da*da)
	m.ab += o.ab + float64(scale*da*db)
	m.bb += o.bb + float64(scale*db*db)
	m.yy += o.yy
	if m.products = m.products && o.products; m.products {
		dz := da + float64(m.centreA*dw)
		m.zz += o.zz + float64(scale*dz*dz)
		m.zw += o.zw + float64(scale*dz*dw)
	}
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
	mean = (float64(c.a*m.a) + float64(c.b*m.b) + float64(c.w*m.w)) / float64(m.n)
	// c in terms of wa and w; of the two ways the one that cancels less
	if w := c.w - float64(c.a*m.centreA); m.products && c.b == 0 && math.Abs(w) < math.Abs(c.w) {
		square = float64(c.a*c.a*m.zz) + float64(2*c.a*w*m.zw) + float64(w*w*m.ww)
		return mean, max(0, square)
	}
	square = float64(c.a*c.a*m.aa) + float64(2*c.a*c.w*m.wa) + float64(c.w*c.w*m.ww)
	if c.b != 0 {
		square += float64(c.b*c.b*m.bb) + float64(2*c.a*c.b*m.ab) + float64(2*c.b*c.w*m.wb)
	}
	return mean, max(0, square)
}
