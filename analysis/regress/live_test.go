package regress

import (
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/internal/livedata"
)

// Average marginal effects are those worked out in R from their definition.
func TestEffectsAgainstRLive(t *testing.T) {
	samples, answers := livedata.Run(t, "testdata/margins.R", "numDeriv")
	m := Model{Kind: Logistic, Outcome: "award", Factors: []Factor{{"stype", []string{"E", "H", "M"}}}, Numeric: []string{"meals", "ell"}}
	crossed, linear := m, m
	crossed.Interactions = []string{"stype:meals"}
	linear.Kind = Linear
	for name, spec := range livedata.Designs() {
		for key, m := range map[string]Model{"plain": m, "crossed": crossed, "linear": linear} {
			effects, _, err := AverageEffects(t.Context(), estimate.FromData(samples[name]), spec, m)
			if err != nil {
				t.Fatal(err)
			}
			if len(effects) != 4 {
				t.Fatalf("%d effects", len(effects))
			}
			for _, e := range effects {
				key := name + "|" + key + "|" + e.Name
				livedata.Check(t, answers, key+"|value", e.Value)
				livedata.Check(t, answers, key+"|se", e.SE)
				livedata.Check(t, answers, key+"|population", e.SEPopulation)
			}
		}
	}
}
