package calibration

import (
	"math"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
)

// sums are the totals over all rows at one λ.
type sums struct {
	support  float64   // largest Σ d·g·t that any factors within the limits allow
	achieved []float64 // Σ d·F(t)·x
	hessian  []float64 // Σ d·F′(t)·x·x′; (a,b) and (b,a) hold what is to be added
}

// at returns an entry of the symmetric Hessian.
func (s *sums) at(a, b int) float64 {
	p := len(s.achieved)
	if a == b {
		return s.hessian[a*p+a]
	}
	return s.hessian[a*p+b] + s.hessian[b*p+a]
}

// sums passes over the rows once. Products are rounded before they are added
// (the conversions), so that no processor fuses them and changes a digit.
func (s *system) sums(dist Distance, lambda []float64) *sums {
	parts := make([]*sums, pieces(len(s.d)))
	p := len(s.totals)
	s.inPieces(func(piece int, k *kernel) {
		parts[piece] = &sums{achieved: make([]float64, p), hessian: make([]float64, p*p)}
		k.each(piece, lambda, func(c *cell) { k.add(parts[piece], dist, c) })
	})
	total := parts[0]
	for _, part := range parts[1:] {
		total.support += part.support
		addTo(total.achieved, part.achieved)
		addTo(total.hessian, part.hessian)
	}
	return total
}

// potential returns Σ d·Ψ(x′λ).
func (s *system) potential(dist Distance, lambda []float64) float64 {
	parts := make([]float64, pieces(len(s.d)))
	s.inPieces(func(piece int, k *kernel) {
		k.each(piece, lambda, func(*cell) {
			d, psi := k.d[k.from:k.from+len(k.t)], k.g[:len(k.t)]
			dist.potential(d, k.t, psi)
			parts[piece] += dot(d, psi)
		})
	})
	var total float64
	for _, part := range parts {
		total += part
	}
	return total
}

func addTo(sum, x []float64) {
	for i, v := range x {
		sum[i] += v
	}
}

// factors returns F(x′λ) for every row of the problem.
func (s *system) factors(dist Distance, lambda []float64) []float64 {
	g := make([]float64, len(s.d))
	s.inPieces(func(piece int, k *kernel) {
		k.each(piece, lambda, func(*cell) {
			to := k.from + len(k.t)
			dist.fill(k.d[k.from:to], k.t, g[k.from:to], k.slope[:len(k.t)])
		})
	})
	rows := make([]float64, len(s.place))
	for row, at := range s.place {
		rows[row] = g[at]
	}
	return rows
}

// batch is how many rows of a cell are computed at a time.
const batch = 256

// kernel is one worker's place to compute in.
type kernel struct {
	*system
	from                 int       // first row of the batch
	t                    []float64 // x′λ of the batch
	room, g, slope       []float64
	scaled               []float64 // d·F′·x of one numeric variable
	first, once, squares []float64 // Σ d·F·v, Σ d·F′·v, Σ d·F′·v·v′ over the numeric variables
}

func (s *system) kernel() *kernel {
	n := len(s.values)
	block := func() []float64 { return make([]float64, batch) }
	return &kernel{system: s, room: block(), g: block(), slope: block(), scaled: block(),
		first: make([]float64, n), once: make([]float64, n), squares: make([]float64, n*n)}
}

// each goes through a piece of the rows in batches that lie in one cell, with
// t computed.
func (k *kernel) each(piece int, lambda []float64, do func(*cell)) {
	count := pieces(len(k.d))
	from, to := piece*len(k.d)/count, (piece+1)*len(k.d)/count
	at := sort.Search(len(k.cells), func(c int) bool { return k.cells[c].to > from })
	for from < to {
		c := &k.cells[at]
		n := min(batch, c.to-from, to-from)
		k.from = from
		k.score(c, n, lambda)
		do(c)
		if from += n; from == c.to {
			at++
		}
	}
}

// score computes x′λ for the n rows of a batch.
func (k *kernel) score(c *cell, n int, lambda []float64) {
	var base float64
	for b, j := range c.constraint {
		if j >= 0 && k.valued[b] < 0 {
			base += lambda[j]
		}
	}
	k.t = k.room[:n]
	for i := range k.t {
		k.t[i] = base
	}
	for b, j := range c.constraint {
		if j < 0 || k.valued[b] < 0 || lambda[j] == 0 {
			continue
		}
		for i, v := range k.values[k.valued[b]][k.from : k.from+n] {
			k.t[i] += float64(lambda[j] * v)
		}
	}
}

// add adds a batch to the sums: first over its rows, for the numeric variables,
// then once into the places that its cell's constraints name.
func (k *kernel) add(into *sums, dist Distance, c *cell) {
	n := len(k.t)
	g, slope, d := k.g[:n], k.slope[:n], k.d[k.from:k.from+n]
	dist.fill(d, k.t, g, slope)
	into.support += support(dist, d, k.t)
	var weight, curve float64
	for i, d := range d {
		g[i] *= d
		slope[i] *= d
		weight += g[i]
		curve += slope[i]
	}
	k.moments(g, slope)
	k.scatter(into, c, weight, curve)
}

// support returns the largest Σ d·g·t that factors within the limits allow.
func support(dist Distance, d, t []float64) float64 {
	var most float64
	_, byWeight := dist.(Within)
	low, high := dist.limits(1)
	for i, d := range d {
		if byWeight {
			low, high = dist.limits(d)
		}
		switch t := t[i]; {
		case t > 0:
			most += float64(d * high * t)
		case t < 0:
			most += float64(d * low * t)
		}
	}
	return most
}

// moments sums the numeric variables over the batch.
func (k *kernel) moments(weight, curve []float64) {
	n, count := len(weight), len(k.values)
	for a := range k.values {
		va := k.values[a][k.from : k.from+n]
		k.first[a] = dot(weight, va)
		scaled := k.scaled[:n]
		for i, v := range va {
			scaled[i] = curve[i] * v
		}
		var once float64
		for _, x := range scaled {
			once += x
		}
		k.once[a] = once
		for b := range a + 1 {
			k.squares[a*count+b] = dot(scaled, k.values[b][k.from:k.from+n])
		}
	}
}

// dot sums in four strands, which keeps the processor busy and the order fixed.
func dot(x, y []float64) float64 {
	var a, b, c, d float64
	y = y[:len(x)]
	i := 0
	for ; i+3 < len(x); i += 4 {
		a += float64(x[i] * y[i])
		b += float64(x[i+1] * y[i+1])
		c += float64(x[i+2] * y[i+2])
		d += float64(x[i+3] * y[i+3])
	}
	for ; i < len(x); i++ {
		a += float64(x[i] * y[i])
	}
	return (a + b) + (c + d)
}

func (k *kernel) scatter(into *sums, c *cell, weight, curve float64) {
	p, count := len(k.totals), len(k.values)
	for b, j := range c.constraint {
		if j < 0 {
			continue
		}
		vb := k.valued[b]
		if vb < 0 {
			into.achieved[j] += weight
		} else {
			into.achieved[j] += k.first[vb]
		}
		row := into.hessian[int(j)*p : int(j)*p+p]
		for b2, j2 := range c.constraint[:b+1] {
			if j2 < 0 {
				continue
			}
			switch v2 := k.valued[b2]; {
			case vb < 0 && v2 < 0:
				row[j2] += curve
			case vb < 0:
				row[j2] += k.once[v2]
			case v2 < 0:
				row[j2] += k.once[vb]
			default:
				row[j2] += k.squares[vb*count+v2]
			}
		}
	}
}

// pieces returns how many parts n rows are summed in. It depends on n alone,
// so that the order of additions does too.
func pieces(n int) int {
	const rows = 1 << 14
	return max(1, min(32, (n+rows-1)/rows))
}

// inPieces does each part of the rows, on all processors.
func (s *system) inPieces(do func(piece int, k *kernel)) {
	count := pieces(len(s.d))
	if count == 1 {
		do(0, s.kernel())
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(count, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			k := s.kernel()
			for piece := int(next.Add(1)) - 1; piece < count; piece = int(next.Add(1)) - 1 {
				do(piece, k)
			}
		})
	}
	wait.Wait()
}

// worst returns the largest deviation from the totals.
func (s *system) worst(achieved []float64) float64 {
	var most float64
	for j, t := range s.totals {
		most = math.Max(most, deviation(t, achieved[j]))
	}
	return most
}
