package anonymise_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/disclosure/anonymise"
	"barometer/survey/microdata"
)

// Goal 32. In both files every cell holds l values of each sensitive variable,
// and the report of the risk says what the cells say.
func TestGoal32_NoCellIsAlikeInASensitiveAnswer(t *testing.T) {
	for _, policy := range []anonymise.Policy{anonymise.Public(), anonymise.Research()} {
		for seed := range uint64(8) {
			w, weights := wave(t, seed, 0.36)
			f := must(anonymise.Make(w, weights, policy, seed))(t)
			values := make(map[string]map[string]bool)
			for key := range cellCounts(t, f.Data, "sector", "subsector", "size", "region", "b6") {
				cell, value := key[:strings.LastIndex(key, "|")], key[strings.LastIndex(key, "|")+1:]
				if values[cell] == nil {
					values[cell] = make(map[string]bool)
				}
				values[cell][value] = true
			}
			for cell, set := range values {
				if len(set) < policy.L {
					t.Errorf("%s, seed %d: all of cell %s answer alike", policy.Name, seed, cell)
				}
			}
			risk := f.Report.Risk
			if risk.After.Smallest < policy.K || risk.After.BelowK+risk.After.BelowPopulationK+risk.After.Alike+risk.After.SampleUniques > 0 || risk.Before.SampleUniques == 0 {
				t.Errorf("%s, seed %d: risk %+v", policy.Name, seed, *risk)
			}
			if risk.After.Rate >= risk.Before.Rate || risk.After.Cells != f.Report.Cells || risk.After.Highest > 1/float64(policy.K)+1e-12 {
				t.Errorf("%s, seed %d: rate %v after, %v before; highest %v", policy.Name, seed, risk.After.Rate, risk.Before.Rate, risk.After.Highest)
			}
			for _, s := range risk.Sensitive {
				if s.After < policy.L || s.After < s.Before {
					t.Errorf("%s, seed %d: %+v", policy.Name, seed, s)
				}
			}
		}
	}
}

// The research file keeps more of the background than the one for everyone, and
// no record of the one can be found in the other by its id or its place.
func TestTwoFilesOfAWaveShareNoIds(t *testing.T) {
	w, weights := wave(t, 3, 0.36)
	public := must(anonymise.Make(w, weights, anonymise.Public(), 7))(t)
	research := must(anonymise.Make(w, weights, anonymise.Research(), 7))(t)
	if public.Report.Cells >= research.Report.Cells {
		t.Errorf("%d cells for everyone, %d for research", public.Report.Cells, research.Report.Cells)
	}
	ids := func(f *anonymise.File) []string { return must(f.Data.Column("record"))(t).Levels }
	for _, id := range ids(public) {
		if slices.Contains(ids(research), id) {
			t.Fatalf("record %s is in both files", id)
		}
	}
	a, b := must(public.Data.Column("c4"))(t), must(research.Data.Column("c4"))(t)
	same := 0
	for i := range a.Code {
		if a.Code[i] == b.Code[i] {
			same++
		}
	}
	if float64(same) > 0.5*float64(len(a.Code)) {
		t.Errorf("%d of %d records stand in the same place", same, len(a.Code))
	}
}

// Goal 32. Replicate weights are a function of what the file shows and of random
// numbers: whatever else is changed about the workplaces, they stay the same.
func TestGoal32_ReplicateWeightsTellNothingBeyondTheFile(t *testing.T) {
	w, weights := wave(t, 3, 0.36)
	before := must(anonymise.Make(w, weights, anonymise.Public(), 7))(t)
	slices.Reverse(must(w.Column("c4"))(t).Code)
	b := must(anonymise.Make(w, weights, anonymise.Public(), 7))(t)
	if same(t, before.Data, b.Data, "c4") || !same(t, before.Replicates.Data, b.Replicates.Data) {
		t.Error("other answers give other replicate weights")
	}
	var seen []float64
	for _, c := range b.Replicates.Data.Columns()[1:] {
		for _, x := range c.Number {
			if x < 0 || x != math.Round(x*100)/100 {
				t.Fatalf("replicate weight %v of %s", x, c.Name)
			}
		}
		seen = append(seen, total(c.Number))
	}
	weight := must(b.Data.Column("weight"))(t)
	if len(seen) != 400 || math.Abs(total(seen)/400/total(weight.Number)-1) > 0.005 {
		t.Errorf("%d replicates whose weights add to %v on average, to %v in the file", len(seen), total(seen)/400, total(weight.Number))
	}
}

func total(values []float64) (sum float64) {
	for _, x := range values {
		sum += x
	}
	return sum
}

func same(t *testing.T, a, b *microdata.Data, names ...string) bool {
	t.Helper()
	written := func(d *microdata.Data) string {
		var columns []microdata.Column
		for _, c := range d.Columns() {
			if names == nil || slices.Contains(names, c.Name) {
				columns = append(columns, c)
			}
		}
		data, err := json.Marshal(columns)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	return written(a) == written(b)
}

// The standard error that replicate weights give is that of the pseudo-design
// within what 400 draws leave to chance.
func TestReplicateWeightsGiveTheStandardErrorOfThePseudoDesign(t *testing.T) {
	var ratios []float64
	for seed := range uint64(10) {
		w, weights := wave(t, seed, 0.36)
		f := must(anonymise.Make(w, weights, anonymise.Public(), seed))(t)
		exact := standardError(t, f)
		replicated := replicatedError(t, f)
		ratios = append(ratios, replicated/exact)
	}
	for _, r := range ratios {
		if math.Abs(r-1) > 4/math.Sqrt(2*400) {
			t.Errorf("ratios of standard errors %.3f", ratios)
			break
		}
	}
	t.Logf("ratios %s", fmt.Sprintf("%.3f", ratios))
}

// standardError is that of the share of innovators by Taylor's expansion of the
// stratified mean, with the counts of the pseudo-strata.
func standardError(t *testing.T, f *anonymise.File) float64 {
	t.Helper()
	y, w := must(f.Data.Column("innov"))(t).Number, must(f.Data.Column("weight"))(t).Number
	h, N := must(f.Data.Column("pseudo_stratum"))(t), must(f.Data.Column("pseudo_fpc"))(t).Number
	mean := share(y, w)
	scores := make(map[int32][]float64)
	population := make(map[int32]float64)
	for i := range y {
		scores[h.Code[i]] = append(scores[h.Code[i]], w[i]*(y[i]-mean)/total(w))
		population[h.Code[i]] = N[i]
	}
	v := 0.0
	for stratum, z := range scores {
		n, m, s := float64(len(z)), total(z)/float64(len(z)), 0.0
		for _, x := range z {
			s += (x - m) * (x - m)
		}
		v += (1 - n/population[stratum]) * n / (n - 1) * s
	}
	return math.Sqrt(v)
}

func replicatedError(t *testing.T, f *anonymise.File) float64 {
	t.Helper()
	y := must(f.Data.Column("innov"))(t).Number
	var estimates []float64
	for _, c := range f.Replicates.Data.Columns()[1:] {
		estimates = append(estimates, share(y, c.Number))
	}
	mean, squares := total(estimates)/float64(len(estimates)), 0.0
	for _, e := range estimates {
		squares += (e - mean) * (e - mean)
	}
	return math.Sqrt(f.Replicates.Scale * squares)
}

func share(y, w []float64) float64 {
	var sum float64
	for i := range y {
		sum += y[i] * w[i]
	}
	return sum / total(w)
}
