package impute_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/impute"
	"barometer/analysis/variance"
	"barometer/survey/microdata"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// A simple random sample of n from a population of variance 1 with r answers,
// imputed from one class. The mean of the completed values has the variance
// 1/r + (n−r)/n² · (r−1)/r: of the respondents' mean, and of choosing n−r donors.
const (
	sampleSize   = 50
	answered     = 35
	trueVariance = 1.0/answered + float64(sampleSize-answered)/sampleSize/sampleSize*(answered-1)/answered
)

func simpleSample(t testing.TB, r *rand.Rand) *microdata.Data {
	t.Helper()
	y, w, code := make([]float64, sampleSize), make([]float64, sampleSize), make([]int32, sampleSize)
	for i := range y {
		y[i], w[i], code[i] = r.NormFloat64(), 4, int32(r.IntN(2))
		if i >= answered {
			y[i], code[i] = math.NaN(), -1
		}
	}
	d, err := microdata.New(microdata.Numbers("y", y), microdata.Numbers("w", w),
		microdata.Column{Name: "c", Levels: []string{"nej", "ja"}, Code: code})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func simplePlan(seed int) impute.Plan {
	return impute.Plan{Variables: []string{"y"}, Weight: "w", Seed: uint64(seed)}
}

func replicates(t testing.TB, plan replicate.Plan, w []float64) *estimate.Replicates {
	t.Helper()
	set, err := replicate.New(plan, replicate.Units{Stratum: make([]int32, len(w)), Names: []string{"all"}})
	if err != nil {
		t.Fatal(err)
	}
	return &estimate.Replicates{
		Replication: variance.Replication{Scale: set.Scale, RScale: set.RScale, MSE: set.MSE},
		Weights: func(r int, into []float64) error {
			set.Factors(r, into)
			for i := range into {
				into[i] *= w[i]
			}
			return nil
		},
	}
}

func weightedMean(y, w []float64) float64 {
	var sum, total float64
	for i := range y {
		sum += w[i] * y[i]
		total += w[i]
	}
	return sum / total
}

// TestConvention_ImputationEntersEveryReplicate: over 1,500 samples the jackknife of Rao and
// Shao averages to the true variance, where taking imputed values for answers
// gives half of it.
func TestConvention_ImputationEntersEveryReplicate(t *testing.T) {
	const runs = 1500
	r := rand.New(rand.NewPCG(21, 22))
	var adjusted, naive float64
	w := make([]float64, sampleSize)
	for run := range runs {
		d := simpleSample(t, r)
		deck := newDeck(t, d, simplePlan(run))
		full := column(t, d, "w").Number
		y, err := deck.Adjusted("y", "", full)
		if err != nil {
			t.Fatal(err)
		}
		reps := replicates(t, replicate.Plan{Kind: replicate.JK1}, full)
		var moved, fixed []float64
		for k := range reps.RScale {
			if err := reps.Weights(k, w); err != nil {
				t.Fatal(err)
			}
			again, err := deck.Adjusted("y", "", w)
			if err != nil {
				t.Fatal(err)
			}
			moved, fixed = append(moved, weightedMean(again, w)), append(fixed, weightedMean(y, w))
		}
		value := weightedMean(y, full)
		adjusted += reps.Variance(value, moved) / runs
		naive += reps.Variance(value, fixed) / runs
	}
	t.Logf("true %.5f, adjusted %.5f, naive %.5f", trueVariance, adjusted, naive)
	if math.Abs(adjusted/trueVariance-1) > 0.05 {
		t.Errorf("the adjusted jackknife averages %.5f, the true variance is %.5f", adjusted, trueVariance)
	}
	if naive > 0.65*trueVariance {
		t.Errorf("the naive jackknife averages %.5f, so the comparison shows nothing", naive)
	}
}

// TestBootstrapWithRepeatedImputation: over 150 samples the variance of
// Replicate averages to the true one for the first variable of a plan, number
// or category, and lies a little above it for the second.
func TestBootstrapWithRepeatedImputation(t *testing.T) {
	const runs = 150
	stat := func(d *microdata.Data, w []float64) ([]float64, error) {
		y, c := column(t, d, "y").Number, column(t, d, "c").Code
		shares := make([]float64, len(c))
		for i, code := range c {
			shares[i] = 2 * float64(code) // of variance 1, like y
		}
		return []float64{weightedMean(y, w), weightedMean(shares, w)}, nil
	}
	for _, variables := range [][]string{{"y", "c"}, {"c", "y"}} {
		r := rand.New(rand.NewPCG(31, 32))
		ratio := make([]float64, 2)
		for run := range runs {
			d := simpleSample(t, r)
			deck := newDeck(t, d, impute.Plan{Variables: variables, Weight: "w", Seed: uint64(run)})
			full := column(t, d, "w").Number
			reps := replicates(t, replicate.Plan{Kind: replicate.Bootstrap, Count: 100, Seed: uint64(run)}, full)
			values, variances, err := deck.Replicate(t.Context(), reps, full, stat)
			if err != nil {
				t.Fatal(err)
			}
			completed, err := deck.Complete()
			if err != nil {
				t.Fatal(err)
			}
			if want, _ := stat(completed, full); !slices.Equal(values, want) {
				t.Fatalf("values %v, of the completed data %v", values, want)
			}
			for k, v := range variances {
				ratio[k] += v / trueVariance / runs
			}
		}
		if variables[0] == "c" {
			slices.Reverse(ratio)
		}
		t.Logf("%v: bootstrap variance / true variance = %.3f", variables, ratio)
		if math.Abs(ratio[0]-1) > 0.07 {
			t.Errorf("%s first: the bootstrap averages %.3f of the true variance", variables[0], ratio[0])
		}
		if ratio[1] < 0.95 || ratio[1] > 1.2 {
			t.Errorf("%s second: the bootstrap averages %.3f of the true variance", variables[1], ratio[1])
		}
	}
}

// TestReplicateStops when it is told to, and when a replicate's weights fail.
func TestReplicateStops(t *testing.T) {
	d := simpleSample(t, rand.New(rand.NewPCG(1, 1)))
	full := column(t, d, "w").Number
	stat := func(*microdata.Data, []float64) ([]float64, error) { return []float64{1}, nil }
	reps := replicates(t, replicate.Plan{Kind: replicate.Bootstrap, Count: 5}, full)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := newDeck(t, d, simplePlan(1)).Replicate(ctx, reps, full, stat); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
	reps.Weights = func(int, []float64) error { return context.DeadlineExceeded }
	if _, _, err := newDeck(t, d, simplePlan(1)).Replicate(t.Context(), reps, full, stat); err == nil {
		t.Error("a failing replicate is passed over")
	}
}

// TestMultipleImputationCovers: over 500 samples the 95 % interval of ten
// completed sets holds the true mean as often as it says; that of one set,
// taken as if answers, does not. The variance between sets is what nonresponse
// adds, 1/r − 1/n, which it only is when donors are drawn first.
func TestMultipleImputationCovers(t *testing.T) {
	const runs = 500
	r := rand.New(rand.NewPCG(41, 42))
	request := estimate.Request{Items: []estimate.Item{{Stat: estimate.Mean, Var: "y"}}}
	covers := func(e estimate.Estimate) float64 {
		if e.Low <= 0 && 0 <= e.High {
			return 1.0 / runs
		}
		return 0
	}
	var combined, single, between float64
	for run := range runs {
		sets, err := newDeck(t, simpleSample(t, r), simplePlan(run)).Multiple(10)
		if err != nil {
			t.Fatal(err)
		}
		var lists [][]estimate.Estimate
		for _, d := range sets {
			list, _, err := estimate.Run(t.Context(), estimate.FromData(d), design.Spec{Weight: "w"}, request)
			if err != nil {
				t.Fatal(err)
			}
			lists = append(lists, list)
		}
		all, err := impute.CombineAll(lists, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		combined += covers(all[0].Estimate)
		single += covers(lists[0][0])
		between += all[0].Between / runs
	}
	const added = 1.0/answered - 1.0/sampleSize
	t.Logf("coverage: combined %.3f, one set %.3f; variance between sets %.5f, by nonresponse %.5f", combined, single, between, added)
	if math.Abs(between/added-1) > 0.12 {
		t.Errorf("the variance between sets averages %.5f, nonresponse adds %.5f", between, added)
	}
	if combined < 0.925 || combined > 0.975 {
		t.Errorf("combined intervals cover %.3f", combined)
	}
	if single > 0.90 {
		t.Errorf("intervals of one set cover %.3f, so the comparison shows nothing", single)
	}
}

// TestAdjustedValues: with the plan's weights they are the completed ones; a
// category is its indicator; imputed values move with their own class's donors
// and answers stay.
func TestAdjustedValues(t *testing.T) {
	a := makeAnswers(400, 12)
	d := a.data(t)
	p := with(func(p *impute.Plan) { p.Variables, p.Classes = []string{"answer"}, []string{"sector"} })
	deck := newDeck(t, d, p)
	after, err := deck.Complete()
	if err != nil {
		t.Fatal(err)
	}
	same, err := deck.Adjusted("answer", "ja", a.weight)
	if err != nil {
		t.Fatal(err)
	}
	w := slices.Clone(a.weight)
	for i := range w {
		if a.sector[i] == "stat" && a.answer[i] == "ja" {
			w[i] = 0
		}
	}
	moved, err := deck.Adjusted("answer", "ja", w)
	if err != nil {
		t.Fatal(err)
	}
	answer, flag := column(t, after, "answer"), column(t, after, "answer_imputed").Number
	for i := range same {
		want := map[string]float64{"ja": 1, "": math.NaN()}[answer.Level(i)]
		if same[i] != want && !(math.IsNaN(want) && math.IsNaN(same[i])) {
			t.Fatalf("row %d: answer %q has the value %v", i+1, answer.Level(i), same[i])
		}
		if shifts := flag[i] == 1 && a.sector[i] == "stat"; shifts != (moved[i] < same[i]) || !shifts && flag[i] == 1 && moved[i] != same[i] {
			t.Fatalf("row %d of %s, imputed %v: %v became %v when the state's yes-sayers left", i+1, a.sector[i], flag[i], same[i], moved[i])
		}
	}
	for _, c := range [][2]string{{"answer", "maybe"}, {"answer", ""}, {"hours", ""}} {
		if _, err := deck.Adjusted(c[0], c[1], w); err == nil {
			t.Errorf("adjusted values of %v are given", c)
		}
	}
	if _, err := newDeck(t, d, plan).Adjusted("hours", "ja", w); err == nil {
		t.Error("a number has a level")
	}
}
