package smallarea

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestHighestPeak: few areas whose sampling variances differ thousandfold give
// likelihoods with several peaks. No variance of a fine grid beats the one
// chosen, and at a positive one the score is 0.
func TestHighestPeak(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	samples := []*sample{ // 0 above a peak at 0.76; a peak at 0.2 above 0
		{psi: []float64{0.01, 0.001, 1, 1}, y: []float64{0.03, 0.05, 0.7, -2.77}},
		{psi: []float64{0.1, 1, 0.001, 0.1, 0.01, 0.1, 0.001, 0.01, 0.01}, y: []float64{-0.05, -2.41, 0.01, -1.54, 0.03, 0.02, 0.01, 0.15, 0.01}},
	}
	for range 150 {
		s := &sample{}
		for i := range 4 + r.IntN(6) {
			psi := math.Pow(10, math.Round(4*r.Float64()-3))
			s.psi, s.y = append(s.psi, psi), append(s.y, r.NormFloat64()*math.Sqrt(psi)*(0.3+float64(i%2)*2))
		}
		samples = append(samples, s)
	}
	zeros := 0
	for _, s := range samples {
		for range s.y {
			s.x = append(s.x, []float64{1})
		}
		chosen := s.reml()
		at := s.regress(chosen)
		if chosen == 0 {
			zeros++
		} else if score := s.score(at) * chosen; math.Abs(score) > 1e-9 {
			t.Errorf("ψ %v, y %v: at %v the score is %v", s.psi, s.y, chosen, score)
		}
		for other := 1e-4; other < 1e4; other *= 1.1 {
			if s.regress(other).logLikelihood() > at.logLikelihood()+1e-6 {
				t.Errorf("ψ %v, y %v: %v is chosen, %v is likelier", s.psi, s.y, chosen, other)
				break
			}
		}
		if s.regress(0).logLikelihood() > at.logLikelihood() {
			t.Errorf("ψ %v, y %v: %v is chosen, 0 is likelier", s.psi, s.y, chosen)
		}
	}
	if zeros < 10 || zeros > len(samples)-10 {
		t.Errorf("%d of %d samples have no variance between areas: too lopsided to show anything", zeros, len(samples))
	}
}
