package weighting

import "math"

// Summary describes a set of weights; rows of weight 0 are not counted.
type Summary struct {
	N          int     `json:"n"`
	Sum        float64 `json:"sum"`
	Min        float64 `json:"min"`
	Max        float64 `json:"max"`
	CV         float64 `json:"cv"`          // standard deviation / mean, population form
	KishDeff   float64 `json:"kish_deff"`   // n·Σw² / (Σw)² (Kish 1992)
	EffectiveN float64 `json:"effective_n"` // (Σw)² / Σw²
}

// Summarise describes weights. The spread is taken around the mean, so that
// equal weights have a CV of exactly 0. The design effect n·Σw²/(Σw)² is what
// unequal weights cost a mean if they have nothing to do with its variable
// (Kish 1992); the effective sample is the number of rows over it.
func Summarise(w []float64) Summary {
	s := Summary{Min: math.Inf(1)}
	for _, x := range w {
		if x > 0 {
			s.N++
			s.Sum += x
			s.Min, s.Max = math.Min(s.Min, x), math.Max(s.Max, x)
		}
	}
	if s.N == 0 {
		return Summary{}
	}
	mean := s.Sum / float64(s.N)
	var squares float64
	for _, x := range w {
		if x > 0 {
			squares += float64((x - mean) * (x - mean))
		}
	}
	s.CV = math.Sqrt(squares/float64(s.N)) / mean
	s.KishDeff = 1 + float64(s.CV*s.CV)
	s.EffectiveN = float64(s.N) / s.KishDeff
	return s
}
