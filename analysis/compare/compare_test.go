package compare

import (
	"math"
	"testing"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// Values by R 4.2 p.adjust(c(.01, .04, .03, .005, .5), method).
func TestConvention_AdjustP(t *testing.T) {
	p := []float64{.01, .04, .03, .005, .5, math.NaN()}
	for method, want := range map[string][]float64{
		"bonferroni": {.05, .2, .15, .025, 1},
		"holm":       {.04, .09, .09, .025, .5},
		"hochberg":   {.04, .08, .08, .025, .5},
		"bh":         {.025, .05, .05, .025, .5},
	} {
		got, err := AdjustP(method, p)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if math.Abs(got[i]-w) > 1e-12 {
				t.Errorf("%s: %v, want %v", method, got, want)
				break
			}
		}
		if !math.IsNaN(got[5]) {
			t.Errorf("%s: an undefined p-value became %v", method, got[5])
		}
	}
	if _, err := AdjustP("fisher", p); err == nil {
		t.Error("an unknown method was accepted")
	}
}

func wave(t *testing.T, units []string, y []float64) Wave {
	t.Helper()
	n := len(units)
	unit, err := microdata.Categories("unit", units, units)
	if err != nil {
		t.Fatal(err)
	}
	ones, w := make([]float64, n), make([]float64, n)
	for i := range ones {
		ones[i], w[i] = 1, 10
	}
	d, err := microdata.New(unit, microdata.Numbers("h", ones), microdata.Numbers("w", w), microdata.Numbers("y", y))
	if err != nil {
		t.Fatal(err)
	}
	return Wave{Source: estimate.FromData(d), Spec: design.Spec{Strata: []string{"h"}, Weight: "w"}}
}

// A panel of the same units has the variance of its differences; disjoint
// samples have the sum of variances.
func TestComplaint_OverlapDecidesTheErrorOfAChange(t *testing.T) {
	first, second := []float64{1, 4, 2, 8, 5}, []float64{2, 5, 4, 8, 7}
	panel := []string{"a", "b", "c", "d", "e"}
	req := ChangeRequest{Vars: []string{"y"}, Unit: "unit"}
	panels, err := Changes(t.Context(), wave(t, panel, first), wave(t, panel, second), req)
	if err != nil {
		t.Fatal(err)
	}
	same := panels.Changes[0]
	mean, square := 0.0, 0.0
	for i := range first {
		mean += (second[i] - first[i]) / 5
	}
	for i := range first {
		square += math.Pow(second[i]-first[i]-mean, 2)
	}
	if want := math.Sqrt(square / 4 / 5); math.Abs(same.Overlap-want) > 1e-12 {
		t.Errorf("panel: %v, want %v", same.Overlap, want)
	}
	disjoint, err := Changes(t.Context(), wave(t, panel, first), wave(t, []string{"f", "g", "h", "i", "j"}, second), req)
	if err != nil {
		t.Fatal(err)
	}
	other := disjoint.Changes[0]
	if other.Overlap != other.Apart || other.Covariance != 0 || same.Apart != other.Apart {
		t.Errorf("disjoint samples: %+v", other)
	}
}
