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

// streamData is an element sample over several stripes, with rows outside the
// sample and missing domains, of which the first stripes lack some cells.
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
	d, err := microdata.New(h,
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

// A fault met in one scan is told by the sample that keeps its rows: by row.
func TestFaultsInOneScanAreToldByRow(t *testing.T) {
	const row = Stripe + 5
	spec := design.Spec{Weight: "w", Strata: []string{"h"}, FPC: []string{"N"}}
	for _, c := range []struct {
		name, column, code string
		value              float64
	}{
		{"weight missing", "w", "missing_design_value", math.NaN()},
		{"weight negative", "w", "invalid_weights", -1},
		{"weight infinite", "w", "invalid_weights", math.Inf(1)},
		{"stratum missing", "h", "missing_design_value", math.NaN()},
		{"population missing", "N", "missing_design_value", math.NaN()},
		{"population differs", "N", "bad_data", 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := streamData(t, 2*Stripe)
			column, _ := data.Column(c.column)
			weight, _ := data.Column("w")
			weight.Number[row] = 1
			column.Number[row] = c.value
			src := FromData(data)
			req := Request{Items: []Item{{Stat: Mean, Var: "y"}}}
			if _, err := streamed(t.Context(), src, spec, req); !errors.Is(err, errKept) {
				t.Errorf("one scan says %v", err)
			}
			_, _, err := Run(t.Context(), src, spec, req)
			var fault *DesignError
			if !errors.As(err, &fault) || fault.Code != c.code {
				t.Errorf("got %v", err)
			}
		})
	}
}
