package estimate

import (
	"strings"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting"
	"barometer/weighting/margin"
)

const rakedRecipe = `
key: unit
variance: {strata: [h], fpc: [nh]}
replicates: {type: generalised-fay, mse: true}
steps:
  - {kind: base, weight: w, as: design}
  - {kind: poststratify, margin: d, as: weight}
`

// calibrated is a sample with weights that agree with the counts of three
// domains, and replicates that agree as well.
func calibrated(t *testing.T) (*microdata.Data, *weighting.Result) {
	t.Helper()
	m := make1(3)
	unit := make([]float64, m.rows)
	for i := range unit {
		if unit[i] = float64(i); m.d[i] == "" {
			m.d[i] = "west"
		}
	}
	data := withBits(t, m)
	if err := data.Add(microdata.Numbers("unit", unit)); err != nil {
		t.Fatal(err)
	}
	recipe, err := weighting.ReadRecipe(strings.NewReader(rakedRecipe), "weighting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	totals := []margin.Total{{Level: []string{"north"}, Total: 300}, {Level: []string{"south"}, Total: 250}, {Level: []string{"west"}, Total: 200}}
	res, err := weighting.Run(data, recipe, []margin.Margin{{Name: "d", Columns: []string{"d"}, Totals: totals}})
	if err != nil {
		t.Fatal(err)
	}
	if err := res.AddTo(data); err != nil {
		t.Fatal(err)
	}
	return data, res
}

// Replicates that repeat the recipe know what its calibration fixed: counts of
// the margin have no error, and others about the linearised one. Sums by
// pattern and rows give the same.
func TestReplicatesOfARecipeCarryItsCalibration(t *testing.T) {
	data, res := calibrated(t)
	req := plannedRequest()
	want := run(t, data, res.Spec, req)
	got, _, err := RunReplicated(t.Context(), FromData(data), res.Spec, req, FromRecipe(res.Replicates))
	if err != nil {
		t.Fatal(err)
	}
	exact := 0
	for i, e := range got {
		if want[i].SE == 0 {
			exact++
		}
		near(t, e.Item, e.SE, want[i].SE, 0.15)
	}
	if exact < 4 {
		t.Errorf("%d standard errors are exactly 0, where the margin fixes more", exact)
	}
	req.Items = append(req.Items, Item{Stat: Mean, Var: "y"}) // no 0/1 item
	rows, _, err := RunReplicated(t.Context(), FromData(data), res.Spec, req, FromRecipe(res.Replicates))
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range got {
		alike(t, e.Item, rows[i], e, 1e-9)
	}
}
