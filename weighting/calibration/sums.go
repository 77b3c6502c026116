package calibration

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// sums are the totals over all rows at one λ.
type sums struct {
	psi      float64   // Σ d·Ψ(t)
	support  float64   // largest Σ d·g·t that any factors within the limits allow
	achieved []float64 // Σ d·F(t)·x
	hessian  []float64 // Σ d·F′(t)·x·x′; entry (a,b) holds one triangle's share, (b,a) the other's
}

func newSums(p int) *sums {
	return &sums{achieved: make([]float64, p), hessian: make([]float64, p*p)}
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
	inPieces(len(s.d), func(piece, from, to int) {
		parts[piece] = newSums(len(s.totals))
		s.add(parts[piece], dist, lambda, from, to)
	})
	total := parts[0]
	for _, p := range parts[1:] {
		total.psi += p.psi
		total.support += p.support
		addTo(total.achieved, p.achieved)
		addTo(total.hessian, p.hessian)
	}
	return total
}

func (s *system) add(into *sums, dist Distance, lambda []float64, from, to int) {
	p := len(s.totals)
	low, high := dist.limits()
	column, value := make([]int, len(s.blocks)), make([]float64, len(s.blocks))
	for i := from; i < to; i++ {
		n := 0
		for b := range s.blocks {
			if c := s.blocks[b].Constraint[i]; c >= 0 {
				column[n], value[n] = int(c), 1
				if v := s.blocks[b].Value; v != nil {
					value[n] = v[i]
				}
				n++
			}
		}
		var t float64
		for k, c := range column[:n] {
			t += float64(lambda[c] * value[k])
		}
		d := s.d[i]
		psi, g, slope := dist.at(t)
		into.psi += float64(d * psi)
		if t > 0 {
			into.support += float64(d * high * t)
		} else if t < 0 {
			into.support += float64(d * low * t)
		}
		for k, c := range column[:n] {
			x := value[k]
			into.achieved[c] += float64(d * g * x)
			curve := d * slope * x
			if curve == 0 {
				continue
			}
			row := into.hessian[c*p : c*p+p]
			for j, c2 := range column[:k+1] {
				row[c2] += float64(curve * value[j])
			}
		}
	}
}

func addTo(sum, x []float64) {
	for i, v := range x {
		sum[i] += v
	}
}

// pieces returns how many parts n rows are summed in. It depends on n alone,
// so that the order of additions does too.
func pieces(n int) int {
	const rows = 1 << 14
	return max(1, min(32, (n+rows-1)/rows))
}

// inPieces calls do for each part of n rows, on all processors.
func inPieces(n int, do func(piece, from, to int)) {
	count := pieces(n)
	if count == 1 {
		do(0, 0, n)
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(count, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < count; k = int(next.Add(1)) - 1 {
				do(k, k*n/count, (k+1)*n/count)
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
