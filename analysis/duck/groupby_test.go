package duck

import (
	"math"
	"path/filepath"
	"testing"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// The reduction in SQL and the scan give the same estimates.
func TestGroupByAgreesWithScan(t *testing.T) {
	data := big(t, 150_000)
	z, err := data.Column("z")
	if err != nil {
		t.Fatal(err)
	}
	far := make([]float64, len(z.Number))
	for i, x := range z.Number {
		far[i] = x + 1e7
	}
	if err := data.Add(microdata.Numbers("far", far)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "d.parquet")
	if err := WriteData(t.Context(), path, data, nil); err != nil {
		t.Fatal(err)
	}
	p, err := OpenParquet(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	req := estimate.Request{
		Items: []estimate.Item{{Stat: estimate.Mean, Var: "y"}, {Stat: estimate.Mean, Var: "far"}, {Stat: estimate.Total, Var: "z"},
			{Stat: estimate.Ratio, Var: "z", Den: "w"}, {Stat: estimate.Share, Var: "sector", Level: "stat"}, {Stat: estimate.Count, Var: "sector", Level: "region"}},
		Breakdowns: []estimate.Breakdown{{}, {By: []string{"sector", "d"}}, {By: []string{"d"}, Where: []design.Level{{Column: "sector", Level: "region"}}}},
		Deff:       estimate.WOR,
		DF:         estimate.DF{Rule: estimate.DomainDF},
	}
	for name, spec := range map[string]design.Spec{"strata": {Strata: []string{"h"}, Weight: "w"}, "one stratum": {Weight: "w"}} {
		t.Run(name, func(t *testing.T) {
			want, _, err := estimate.Run(t.Context(), p, spec, req)
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := estimate.Run(t.Context(), GroupBy{p}, spec, req)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(want) || len(got) < 100 {
				t.Fatalf("%d estimates in SQL, %d from the scan", len(got), len(want))
			}
			for i, w := range want {
				g := got[i]
				for what, pair := range map[string][2]float64{"value": {g.Value, w.Value}, "se": {g.SE, w.SE}, "low": {g.Low, w.Low}, "df": {g.DF, w.DF},
					"deff": {g.Deff, w.Deff}, "n": {float64(g.N), float64(w.N)}, "positive": {float64(g.Positive), float64(w.Positive)}, "weights": {g.SumWeights, w.SumWeights}} {
					if math.IsNaN(pair[0]) != math.IsNaN(pair[1]) || math.Abs(pair[0]-pair[1]) > 1e-9*math.Max(1e-6, math.Abs(pair[1])) {
						t.Errorf("%s %v: %s is %.15g in SQL, %.15g from the scan", w.Item, w.Domain, what, pair[0], pair[1])
					}
				}
			}
		})
	}
}
