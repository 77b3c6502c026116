package variance

import (
	"math"
	"testing"
)

// twoStage is 2 strata of 2 units each, every unit with 2 of 4 elements.
func twoStage(populationOne float64) *Design {
	first := Stage{Stratum: []int32{0, 0, 1, 1}, Strata: []Stratum{
		{Name: "a", Parent: -1, Units: 2, Population: populationOne, Factor: 1}, {Name: "b", Parent: -1, Units: 2, Population: populationOne, Factor: 1}}}
	second := Stage{Stratum: []int32{0, 0, 1, 1, 2, 2, 3, 3}, Parent: []int32{0, 0, 1, 1, 2, 2, 3, 3}}
	for u := range 4 {
		second.Strata = append(second.Strata, Stratum{Parent: int32(u), Units: 2, Population: 4, Factor: 2 / populationOne})
	}
	return &Design{Stages: []Stage{first, second}}
}

func variance(t *testing.T, d *Design, z []float64) float64 {
	t.Helper()
	v, err := d.FromUnits(z, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var z = []float64{1, 5, 2, 2, 7, 3, 0, 4}

func TestConvention_VarianceAddsOverStages(t *testing.T) {
	// by hand: first stage (1−f)·2·Σ(z−z̄)²; second f₁·(1−½)·2·Σ within units
	firstStage := 2 * (math.Pow(6-4, 2)/2 + math.Pow(10-4, 2)/2)
	withinUnits := 8.0 + 0 + 8 + 8
	for _, n := range []float64{2, 4, 10} {
		want := (1-2/n)*firstStage + 2/n*0.5*2*withinUnits
		if got := variance(t, twoStage(n), z); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v units in the population: %v, want %v", n, got, want)
		}
	}
	if got := variance(t, twoStage(math.Inf(1)), z); math.Abs(got-firstStage) > 1e-12 {
		t.Errorf("with replacement: %v, want %v", got, firstStage)
	}
}

func TestCovarianceIsBilinear(t *testing.T) {
	d := twoStage(10)
	y := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	sum := make([]float64, len(z))
	for i := range z {
		sum[i] = z[i] + y[i]
	}
	c, err := d.Covariance([][]float64{z, y}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.At(0, 0)+2*c.At(0, 1)+c.At(1, 1), variance(t, d, sum); math.Abs(got-want) > 1e-10 {
		t.Errorf("variance of the sum %v, from the matrix %v", want, got)
	}
}
