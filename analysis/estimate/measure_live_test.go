package estimate_test

import (
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/internal/livedata"
	"barometer/weighting/design"
)

// Variances, correlations, Gini coefficients and design effects of ratios are
// those of R's survey package, for a stratified, a calibrated, a cluster and a
// two-stage sample, in all and by domain.
func TestMeasuresAgainstRLive(t *testing.T) {
	samples, answers := livedata.Run(t, "testdata/measures.R")
	var req estimate.MeasureRequest
	for _, v := range []string{"api00", "enroll", "avg.ed"} {
		for _, m := range []estimate.Measure{estimate.PopulationVariance, estimate.StandardDeviation, estimate.Gini} {
			req.Items = append(req.Items, estimate.MeasureItem{Measure: m, Var: v})
		}
	}
	for _, m := range []estimate.Measure{estimate.Covariance, estimate.Correlation} {
		req.Items = append(req.Items, estimate.MeasureItem{Measure: m, Var: "api00", With: "meals"},
			estimate.MeasureItem{Measure: m, Var: "enroll", With: "avg.ed"})
	}
	req.Breakdowns = []estimate.Breakdown{{}, {Where: stype("E")}, {Where: stype("M")}}
	for name, spec := range livedata.Designs() {
		src := estimate.FromData(samples[name])
		got, _, err := estimate.RunMeasures(t.Context(), src, spec, req)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range got {
			key := name + "|" + []string{"", "E", "M"}[i%3] + "|" + e.Item
			livedata.Check(t, answers, key+"|value", e.Value)
			livedata.Check(t, answers, key+"|se", e.SE)
		}
		for _, deff := range []estimate.Deff{estimate.WOR, estimate.WR} {
			got, _, err := estimate.Run(t.Context(), src, spec, estimate.Request{Deff: deff, Breakdowns: req.Breakdowns,
				Items: []estimate.Item{{Stat: estimate.Ratio, Var: "api00", Den: "api99"}}})
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range got {
				livedata.Check(t, answers, name+"|"+[]string{"", "E", "M"}[i]+"|api00/api99|"+string(deff), e.Deff)
			}
		}
	}
}

func stype(level string) []design.Level { return []design.Level{{Column: "stype", Level: level}} }
