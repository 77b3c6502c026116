package estimate

// A kernel adds the rows of a chunk to the running sums of their cells. There
// is one for each shape of item, since this is where the time goes. Products
// are converted to float64 before they are added, here and wherever sums are
// made: no processor may then fuse the two operations and round differently.

// numberSums are the sums of a numeric item in a cell, about its first value
// and first weight.
type numberSums struct {
	n, positive    int
	centre, weight float64 // the first value and the first weight
	p, a           float64 // Σ(w−weight), Σw(y−centre)
	pp, pa, aa, yy float64
}

// addNumbers is the kernel of means and totals.
func addNumbers(sums []numberSums, cells []int32, w, y []float64) {
	for i, c := range cells {
		v := y[i]
		if c < 0 || v != v {
			continue
		}
		s := &sums[c]
		if s.n == 0 {
			s.centre, s.weight = v, w[i]
		}
		if v != 0 {
			s.positive++
		}
		dev := v - s.centre
		p, a := w[i]-s.weight, w[i]*dev
		s.n++
		s.p += p
		s.a += a
		s.pp += float64(p * p)
		s.pa += float64(p * a)
		s.aa += float64(a * a)
		s.yy += float64(a * dev)
	}
}

func (s *numberSums) moment() moment {
	if s.n == 0 {
		return moment{}
	}
	n := float64(s.n)
	return moment{n: s.n, positive: s.positive, centreA: s.centre, centreB: 1,
		w: s.p + float64(n*s.weight), a: s.a, yy: s.yy,
		ww: s.pp - s.p*s.p/n, wa: s.pa - s.p*s.a/n, aa: s.aa - s.a*s.a/n}
}

// ratioSums are the sums of a numerator and a denominator in a cell.
type ratioSums struct {
	n, positive                int
	centreA, centreB, weight   float64
	p, a, b                    float64
	pp, pa, pb, aa, ab, bb, yy float64
}

// addRatios is the kernel of ratios.
func addRatios(sums []ratioSums, cells []int32, w, num, den []float64) {
	for i, c := range cells {
		x, y := num[i], den[i]
		if c < 0 || x != x || y != y {
			continue
		}
		s := &sums[c]
		if s.n == 0 {
			s.centreA, s.centreB, s.weight = x, y, w[i]
		}
		if x != 0 {
			s.positive++
		}
		p, a, b := w[i]-s.weight, w[i]*(x-s.centreA), w[i]*(y-s.centreB)
		s.n++
		s.p += p
		s.a += a
		s.b += b
		s.pp += float64(p * p)
		s.pa += float64(p * a)
		s.pb += float64(p * b)
		s.aa += float64(a * a)
		s.ab += float64(a * b)
		s.bb += float64(b * b)
		s.yy += float64(a * (x - s.centreA))
	}
}

func (s *ratioSums) moment() moment {
	if s.n == 0 {
		return moment{}
	}
	n := float64(s.n)
	return moment{n: s.n, positive: s.positive, centreA: s.centreA, centreB: s.centreB,
		w: s.p + float64(n*s.weight), a: s.a, b: s.b, yy: s.yy,
		ww: s.pp - s.p*s.p/n, wa: s.pa - s.p*s.a/n, wb: s.pb - s.p*s.b/n,
		aa: s.aa - s.a*s.a/n, ab: s.ab - s.a*s.b/n, bb: s.bb - s.b*s.b/n}
}

// levelBits turns categories into 0/1: is it the level?
func levelBits(bits Bits, codes []int32, level int32) {
	for at := range bits.Known {
		var known, one uint64
		for k, code := range codes[64*at : min(64*at+64, len(codes))] {
			if code >= 0 {
				known |= 1 << k
			}
			if code == level {
				one |= 1 << k
			}
		}
		bits.Known[at], bits.One[at] = known, one&known
	}
}

// addBefore adds the sums under the weights before a calibration step, about
// the centres the cells already have.
func addBefore(sums []beforeSums, centres []ratioSums, cells []int32, d, num, den []float64) {
	for i, c := range cells {
		x, y := num[i], den[i]
		if c < 0 || x != x || y != y {
			continue
		}
		s, m := &sums[c], &centres[c]
		s.d += d[i]
		s.a += float64(d[i] * (x - m.centreA))
		s.b += float64(d[i] * (y - m.centreB))
	}
}
