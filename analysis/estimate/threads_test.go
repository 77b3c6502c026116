package estimate

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// Two threads give every statistic bit for bit as one does, over more rows than
// one thread takes at a time, with calibration residuals in the variance.
func TestThreadsChangeNoBitOfAnyStatistic(t *testing.T) {
	const rows = 2*Stripe + 777
	r := rand.New(rand.NewPCG(8, 8))
	column := func(draw func() float64) []float64 {
		x := make([]float64, rows)
		for i := range x {
			x[i] = draw()
		}
		return x
	}
	d, err := microdata.New(
		microdata.Numbers("h", column(func() float64 { return float64(r.IntN(20)) })),
		microdata.Numbers("d", column(func() float64 { return float64(r.IntN(3)) })),
		microdata.Numbers("w", column(func() float64 { return 1 + r.ExpFloat64() })),
		microdata.Numbers("w0", column(func() float64 { return 1 + r.Float64() })),
		microdata.Numbers("y", column(func() float64 { return math.Exp(r.NormFloat64()) })),
		microdata.Numbers("x", column(func() float64 { return 1 + r.Float64() })))
	if err != nil {
		t.Fatal(err)
	}
	spec := elements
	spec.Adjustments = []design.Adjustment{{Before: "w0", Auxiliary: []design.Auxiliary{{}, {Where: []design.Level{{Column: "d", Level: "1"}}}}}}
	by := Breakdown{By: []string{"d"}}
	all := func() (figures []float64) {
		add := func(list []Estimate, err error) {
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list {
				figures = append(figures, e.Value, e.SE, e.Low, e.High, e.Deff)
			}
		}
		src := FromData(d)
		list, _, err := RunMeasures(t.Context(), src, spec, MeasureRequest{Items: allMeasures, Breakdowns: []Breakdown{by}})
		add(list, err)
		list, _, err = Quantiles(t.Context(), src, spec, QuantileRequest{Vars: []string{"y"}, Probs: []float64{0.5}, Breakdown: by})
		add(list, err)
		joint, err := RunJoint(t.Context(), src, spec, Request{Deff: WOR, Breakdowns: []Breakdown{by},
			Items: []Item{{Stat: Mean, Var: "y"}, {Stat: Ratio, Var: "y", Den: "x"}, {Stat: Share, Var: "d", Level: "2"}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		add(joint.Estimates, nil)
		return append(figures, joint.Covariance.RawSymmetric().Data...)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := all()
	runtime.GOMAXPROCS(2)
	for i, x := range all() {
		if math.Float64bits(x) != math.Float64bits(one[i]) {
			t.Fatalf("figure %d is %v with two threads, %v with one", i, x, one[i])
		}
	}
}
