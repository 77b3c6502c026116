package estimate

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// streamData is a sample over several stripes, with rows outside the sample and
// missing domains, of which the first stripes lack some cells. Its clusters u have
// codes c of their own within their stratum s.
func streamData(t *testing.T, rows int) *microdata.Data {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	column := func(name string, draw func(i int) float64) microdata.Column {
		x := make([]float64, rows)
		for i := range x {
			x[i] = draw(i)
		}
		return microdata.Numbers(name, x)
	}
	missing := func(x float64) float64 {
		if r.IntN(20) == 0 {
			return math.NaN()
		}
		return x
	}
	h := column("h", func(i int) float64 { return float64((i/Stripe*7 + r.IntN(11)) % 30) })
	u := column("u", func(i int) float64 { return float64((i/Stripe*11 + r.IntN(90)) % 130) })
	d, err := microdata.New(h, u,
		column("s", func(i int) float64 { return math.Mod(u.Number[i], 9) }),
		column("c", func(i int) float64 { return 20 - math.Floor(u.Number[i]/9) }),
		column("M", func(i int) float64 { return 40 + math.Mod(u.Number[i], 9) }),
		column("N", func(i int) float64 { return float64(rows) * (2 + h.Number[i]) }),
		column("w", func(int) float64 { return max(0, 5*r.Float64()-0.5) }),
		column("d", func(int) float64 { return missing(float64(r.IntN(5))) }),
		column("e", func(i int) float64 { return missing(float64((i/Stripe + r.IntN(2)) % 4)) }),
		column("y", func(int) float64 { return missing(float64(r.IntN(2))) }),
		column("x", func(int) float64 { return missing(1e6 + r.NormFloat64()) }))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What one scan sums is to the bit what a sample gives that keeps its rows, with
// any number of threads.
func TestOneScanGivesTheBitsOfKeptRows(t *testing.T) {
	src := FromData(streamData(t, 3*Stripe+777))
	req := Request{Deff: WOR, DF: DF{Rule: DomainDF},
		Breakdowns: []Breakdown{{}, {By: []string{"d", "e"}}, {By: []string{"e"}, Where: []design.Level{{Column: "d", Level: "3"}}}},
		Items: []Item{{Stat: Mean, Var: "y"}, {Stat: Mean, Var: "x"}, {Stat: Total, Var: "x"}, {Stat: Total, Var: "y"},
			{Stat: Share, Var: "d", Level: "2"}, {Stat: Count, Var: "e", Level: "none"}}}
	ratio := req
	ratio.Deff, ratio.Items = NoDeff, []Item{{Stat: Ratio, Var: "x", Den: "y"}}
	for name, spec := range map[string]design.Spec{
		"strata":     {Weight: "w", Strata: []string{"h"}},
		"population": {Weight: "w", Strata: []string{"h"}, FPC: []string{"N"}},
		"whole":      {Weight: "w"},

		"clusters":            {Weight: "w", IDs: []string{"u"}},
		"clusters of strata":  {Weight: "w", IDs: []string{"u"}, Strata: []string{"s"}, FPC: []string{"M"}},
		"codes within strata": {Weight: "w", IDs: []string{"c"}, Strata: []string{"s"}, FPC: []string{"M"}, Nest: true},
	} {
		for _, req := range []Request{req, ratio} {
			want := estimatesOf(t, src, spec, req, false)
			for threads := 1; threads <= 2; threads++ {
				before := runtime.GOMAXPROCS(threads)
				got := estimatesOf(t, src, spec, req, true)
				runtime.GOMAXPROCS(before)
				compareBits(t, name, got, want)
			}
		}
	}
}

func estimatesOf(t *testing.T, src Source, spec design.Spec, req Request, stream bool) []Estimate {
	t.Helper()
	reduce := kept
	if stream {
		reduce = streamed
	}
	r, err := reduce(t.Context(), src, spec, req)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.estimates(req)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func compareBits(t *testing.T, name string, got, want []Estimate) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d estimates, want %d", name, len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		same := g.Item == w.Item && reflect.DeepEqual(g.Domain, w.Domain) && g.N == w.N && g.Positive == w.Positive
		for _, pair := range [][2]float64{{g.Value, w.Value}, {g.SE, w.SE}, {g.Low, w.Low}, {g.High, w.High}, {g.DF, w.DF}, {g.Deff, w.Deff}, {g.SumWeights, w.SumWeights}} {
			same = same && math.Float64bits(pair[0]) == math.Float64bits(pair[1])
		}
		if !same {
			t.Fatalf("%s: got\n%+v, want\n%+v", name, g, w)
		}
	}
}

// More clusters than their population count, or one row a cluster, are left
// to the sample that keeps its rows.
func TestOneScanLeavesOddClustersAlone(t *testing.T) {
	rows := []float64{1, 2, 3, 4}
	d, err := microdata.New(microdata.Numbers("u", rows), microdata.Numbers("two", []float64{1, 1, 2, 3}),
		microdata.Numbers("N", []float64{2, 2, 2, 2}), microdata.Numbers("w", rows), microdata.Numbers("y", rows))
	if err != nil {
		t.Fatal(err)
	}
	req := Request{Items: []Item{{Stat: Mean, Var: "y"}}}
	for name, spec := range map[string]design.Spec{
		"one row each": {Weight: "w", IDs: []string{"u"}},
		"too many":     {Weight: "w", IDs: []string{"two"}, FPC: []string{"N"}},
	} {
		if _, err := streamed(t.Context(), FromData(d), spec, req); !errors.Is(err, errKept) {
			t.Errorf("%s: one scan says %v", name, err)
		}
	}
	_, _, err = Run(t.Context(), FromData(d), design.Spec{Weight: "w", IDs: []string{"two"}, FPC: []string{"N"}}, req)
	if fault := (*DesignError)(nil); !errors.As(err, &fault) || fault.Code != "fpc_too_small" {
		t.Errorf("got %v", err)
	}
}

// A fault met in one scan is told by the sample that keeps its rows: by row.
func TestFaultsInOneScanAreToldByRow(t *testing.T) {
	const row = Stripe + 5
	elements := design.Spec{Weight: "w", Strata: []string{"h"}, FPC: []string{"N"}}
	clusters := design.Spec{Weight: "w", IDs: []string{"u"}, Strata: []string{"s"}, FPC: []string{"M"}}
	for _, c := range []struct {
		name, column, code string
		value              float64
		spec               design.Spec
	}{
		{"weight missing", "w", "missing_design_value", math.NaN(), elements},
		{"weight negative", "w", "invalid_weights", -1, elements},
		{"weight infinite", "w", "invalid_weights", math.Inf(1), elements},
		{"stratum missing", "h", "missing_design_value", math.NaN(), elements},
		{"population missing", "N", "missing_design_value", math.NaN(), elements},
		{"population differs", "N", "bad_data", 7, elements},
		{"cluster missing", "u", "missing_design_value", math.NaN(), clusters},
		{"cluster of two strata", "s", "not_nested", 100, clusters},
		{"population of clusters differs", "M", "bad_data", 7, clusters},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := streamData(t, 2*Stripe)
			column, _ := data.Column(c.column)
			weight, _ := data.Column("w")
			weight.Number[row] = 1
			column.Number[row] = c.value
			src := FromData(data)
			req := Request{Items: []Item{{Stat: Mean, Var: "y"}}}
			if _, err := streamed(t.Context(), src, c.spec, req); !errors.Is(err, errKept) {
				t.Errorf("one scan says %v", err)
			}
			_, _, err := Run(t.Context(), src, c.spec, req)
			var fault *DesignError
			if !errors.As(err, &fault) || fault.Code != c.code {
				t.Errorf("got %v", err)
			}
		})
	}
}
