package replicate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// twoStages is a form with two strata of 3 and 4 first-stage units, each with
// units of its own in one or two strata, and one unit outside the sample.
func twoStages() Form {
	f := Form{Stages: []Stage{
		{Stratum: []int32{0, 0, 0, 1, 1, 1, 1}, Scale: []float64{0.5 * 3 / 2, 0.4 * 4 / 3}},
		{},
	}}
	second := &f.Stages[1]
	for parent := range int32(7) {
		for range 1 + parent%2 { // strata within the unit
			h := int32(len(second.Scale))
			n := 2 + len(second.Scale)%4
			second.Scale = append(second.Scale, 0.5*0.9*float64(n)/float64(n-1))
			for range n {
				second.Stratum, second.Parent = append(second.Stratum, h), append(second.Parent, parent)
			}
		}
	}
	second.Scale[3] = 0 // taken whole
	second.Stratum[5] = -1
	return f
}

func randomTotals(n int) []float64 {
	r := rand.New(rand.NewPCG(3, 4))
	z := make([]float64, n)
	for i := range z {
		z[i] = r.NormFloat64()
	}
	return z
}

// replicated is the variance of the total of z, and the smallest factor.
func replicated(t *testing.T, set *Set, z []float64) (v, least float64) {
	t.Helper()
	factor, estimates, full := make([]float64, len(z)), make([]float64, set.Count()), 0.0
	for _, x := range z {
		full += x
	}
	least = math.Inf(1)
	for r := range estimates {
		set.Factors(r, factor)
		for i, f := range factor {
			estimates[r] += f * z[i]
		}
		least = min(least, slices.Min(factor))
	}
	return set.Variance(estimates, full), least
}

// TestExactReplicates: Fay's replicates give the variance of every total
// exactly, of one stage and of two, around either centre.
func TestExactReplicates(t *testing.T) {
	two := twoStages()
	z := randomTotals(len(two.Stages[1].Stratum))
	for _, mse := range []bool{false, true} {
		set, err := FromForm(Plan{Kind: GeneralisedFay, MSE: mse}, two)
		if err != nil {
			t.Fatal(err)
		}
		got, least := replicated(t, set, z)
		if want := two.Value(z); math.Abs(got-want) > 1e-10*want {
			t.Errorf("two stages, mse %v: variance %v, want %v", mse, got, want)
		}
		if least < -1e-12 {
			t.Errorf("two stages: a factor is %v", least)
		}
		one := makeDesign([]int{3, 2, 8, 5}, []float64{10, 20, 8, 50})
		if got, want := one.variance(t, Plan{Kind: GeneralisedFay, MSE: mse}), one.analytic(); math.Abs(got-want) > 1e-10*want {
			t.Errorf("one stage, mse %v: variance %v, want %v", mse, got, want)
		}
	}
}

// TestGeneralisedBootstrapOfTwoStages: over many replicates the variance of a
// total is the form's, with what the second stage adds, and no factor is below 0.
func TestGeneralisedBootstrapOfTwoStages(t *testing.T) {
	const count = 20_000
	two := twoStages()
	z := randomTotals(len(two.Stages[1].Stratum))
	set, err := FromForm(Plan{Kind: Generalised, Count: count, Seed: 8}, two)
	if err != nil {
		t.Fatal(err)
	}
	got, least := replicated(t, set, z)
	want := two.Value(z)
	if math.Abs(got/want-1) > 5*math.Sqrt(2.0/count) {
		t.Errorf("variance %v, want about %v", got, want)
	}
	if least < 0 {
		t.Errorf("a factor is %v", least)
	}
	firstOnly := Form{Stages: two.Stages[:1]}
	if up := firstOnly.Value(two.Stages[1].rollUp(z, 7)); want < 1.2*up {
		t.Errorf("the second stage adds too little to be noticed: %v of %v", want-up, want)
	}
}

func TestFormRefusals(t *testing.T) {
	good := twoStages()
	long := Form{Stages: []Stage{{Stratum: make([]int32, 2*mostExact), Scale: []float64{1}}}}
	negative := Form{Stages: []Stage{{Stratum: []int32{0, 0}, Scale: []float64{-1}}}}
	for name, c := range map[string]struct {
		plan Plan
		form Form
	}{
		"jackknife":          {Plan{Kind: JKn}, good},
		"one replicate":      {Plan{Kind: Generalised, Count: 1}, good},
		"too many units":     {Plan{Kind: GeneralisedFay}, long},
		"a negative scale":   {Plan{Kind: GeneralisedFay}, negative},
		"no stages":          {Plan{Kind: GeneralisedFay}, Form{}},
		"stages without tie": {Plan{Kind: GeneralisedFay}, Form{Stages: []Stage{good.Stages[0], {Stratum: []int32{0}, Scale: []float64{1}}}}},
	} {
		if _, err := FromForm(c.plan, c.form); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
