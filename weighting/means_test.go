package weighting

import (
	"math"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/microdata"
)

// Means of a frame variable are compared without weights, by design weights and
// by final weights, among the units that answered and are in the group.
func TestFrameVariablesBeforeAndAfter(t *testing.T) {
	nan := math.NaN()
	data, err := microdata.New(
		microdata.Numbers("unit", []float64{1, 2, 3, 4}),
		microdata.Numbers("design", []float64{1, 2, 2, 5}),
		microdata.Numbers("weight", []float64{2, 4, 0, 10}))
	if err != nil {
		t.Fatal(err)
	}
	r := &Result{Data: data, Diagnostics: Diagnostics{Steps: []StepReport{{As: "design"}}}}
	r.Spec.Weight = "weight"
	v := NewFrameVariable(i18n.Same("Employees"), []float64{10, 20, 30, 40}, []float64{10, 40, 1000, nan})
	if v.Mean != 25 || math.Abs(v.SD-math.Sqrt(125)) > 1e-12 {
		t.Errorf("population mean %v, standard deviation %v", v.Mean, v.SD)
	}
	if err := r.CompareMeans([]FrameVariable{v}); err != nil {
		t.Fatal(err)
	}
	got := r.Diagnostics.Means[0]
	if got.N != 2 || got.Unweighted != 25 || got.Design != 30 || got.Final != 30 || got.Standardised(got.Final) != 5/math.Sqrt(125) {
		t.Errorf("compared as %+v", got)
	}
	var page strings.Builder
	if err := r.Diagnostics.Markdown(&page, i18n.Danish); err != nil || !strings.Contains(page.String(), "| Employees | 2 | 25,0 | 25,0 | 30,0 | 30,0 | 0,000 | 0,447 |") {
		t.Errorf("%v: the page does not show the means:\n%s", err, page.String())
	}
	if err := r.CompareMeans([]FrameVariable{{Values: []float64{1}}}); err == nil {
		t.Error("values of another length are taken")
	}
}
