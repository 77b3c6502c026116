package anonymise

import (
	"math"
	"testing"
)

// The closed forms of E(1/F | f) for small f (Benedetti and Franconi 1998), and
// the sum over the negative binomial itself.
func TestRecordRiskIsTheExpectedInverse(t *testing.T) {
	for _, p := range []float64{0.02, 0.1, 0.5, 0.9, 0.999} {
		for _, f := range []int{1, 2, 3, 5, 12, 40} {
			want, chance := 0.0, math.Pow(p, float64(f)) // of F = f
			for size := f; size < 200_000 && (chance > 1e-18 || size < 10*f); size++ {
				want += chance / float64(size)
				chance *= float64(size) / float64(size-f+1) * (1 - p)
			}
			if got := recordRisk(f, p); chance > 0 && math.Abs(got-want) > 1e-9 {
				t.Errorf("f = %d, p = %v: risk %v, want %v", f, p, got, want)
			}
		}
	}
	if got := recordRisk(4, 1); got != 0.25 {
		t.Errorf("a cell taken whole: risk %v, want 0.25", got)
	}
}
