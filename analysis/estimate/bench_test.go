package estimate

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// BenchmarkWave is the estimation of a national wave: 110 ratios by total,
// sector, subsector, size and sector × size, 1,700 respondents raked to
// subsector and size, residuals in the variance.
func BenchmarkWave(b *testing.B) {
	const rows, items, subsectors, sizes = 1700, 110, 15, 4
	r := rand.New(rand.NewPCG(1, 1))
	column := func(draw func() float64) []float64 {
		x := make([]float64, rows)
		for i := range x {
			x[i] = draw()
		}
		return x
	}
	sub, size := column(func() float64 { return float64(r.IntN(subsectors)) }), column(func() float64 { return float64(r.IntN(sizes)) })
	sector, class := make([]float64, rows), make([]float64, rows)
	for i := range rows {
		sector[i], class[i] = math.Floor(sub[i]/5), sub[i]*sizes+size[i]
	}
	columns := []microdata.Column{microdata.Numbers("subsector", sub), microdata.Numbers("size", size),
		microdata.Numbers("sector", sector), microdata.Numbers("class", class),
		microdata.Numbers("before", column(func() float64 { return 2 + r.Float64() })),
		microdata.Numbers("weight", column(func() float64 { return 2 + r.Float64() })),
		microdata.Numbers("one", column(func() float64 { return 1 }))}
	req := Request{Breakdowns: []Breakdown{{}, {By: []string{"sector"}}, {By: []string{"subsector"}}, {By: []string{"size"}}, {By: []string{"sector", "size"}}}}
	for k := range items {
		name := "y" + strconv.Itoa(k)
		columns = append(columns, microdata.Numbers(name, column(func() float64 {
			if r.IntN(4) == 0 {
				return math.NaN()
			}
			return float64(r.IntN(2))
		})))
		req.Items = append(req.Items, Item{Stat: Ratio, Var: name, Den: "one"})
	}
	data, err := microdata.New(columns...)
	if err != nil {
		b.Fatal(err)
	}
	spec := design.Spec{Strata: []string{"class"}, Weight: "weight"}
	raked := design.Adjustment{Before: "before"}
	for column, n := range map[string]int{"subsector": subsectors, "size": sizes} {
		for l := range n {
			raked.Auxiliary = append(raked.Auxiliary, design.Auxiliary{Where: []design.Level{{Column: column, Level: strconv.Itoa(l)}}})
		}
	}
	spec.Adjustments = []design.Adjustment{raked}
	for b.Loop() {
		estimates, _, err := Run(b.Context(), FromData(data), spec, req)
		if err != nil || len(estimates) != items*(1+3+subsectors+sizes+12) {
			b.Fatalf("%d estimates, %v", len(estimates), err)
		}
	}
}
