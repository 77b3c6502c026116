package variance

// Spread is the number, mean and sum of squared deviations of values added to
// it, kept centred so that large means cost no digits (Chan, Golub & LeVeque
// 1983, eq. 1.5).
type Spread struct {
	N          int
	Mean       float64
	Square     float64 // Σ(z − mean)²
	FromDomain bool    // some value belongs to a row that enters the estimate
}

// Add adds one value.
func (s *Spread) Add(z float64) { s.Merge(1, z, 0) }

// Merge adds n values with the given mean and sum of squared deviations.
func (s *Spread) Merge(n int, mean, square float64) {
	if n == 0 {
		return
	}
	if s.N == 0 {
		s.N, s.Mean, s.Square = n, mean, square
		return
	}
	total := float64(s.N + n)
	apart := mean - s.Mean
	s.Square += square + apart*apart*float64(s.N)*float64(n)/total
	s.Mean += apart * float64(n) / total
	s.N += n
}

// Pad adds zeros for the sampled units that hold nothing of the estimate.
func (s *Spread) Pad(units int) { s.Merge(units-s.N, 0, 0) }

// Sum returns the sum of the values.
func (s *Spread) Sum() float64 { return s.Mean * float64(s.N) }
