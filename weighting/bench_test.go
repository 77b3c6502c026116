package weighting

import (
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"barometer/internal/testenv"
	"barometer/survey/microdata"
	"barometer/weighting/margin"
)

// benchData is a large sample with the classification of the barometer: 15
// subsectors in 3 sectors, 5 regions, 4 sizes, and numeric variables.
func benchData(b *testing.B, rows int) *microdata.Data {
	b.Helper()
	r := rand.New(rand.NewPCG(20, 26))
	code := map[string][]int32{"subsector": nil, "sector": nil, "region": nil, "size": nil}
	number := map[string][]float64{}
	for range rows {
		subsector := int32(r.IntN(15))
		code["subsector"] = append(code["subsector"], subsector)
		code["sector"] = append(code["sector"], subsector/5)
		code["region"] = append(code["region"], int32(r.IntN(5)))
		code["size"] = append(code["size"], int32(r.IntN(4)))
		number["d"] = append(number["d"], 1+5*r.Float64())
		for _, v := range []string{"employees", "budget", "sites"} {
			number[v] = append(number[v], math.Exp(r.NormFloat64()))
		}
	}
	levels := func(prefix string, n int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf("%s%02d", prefix, i)
		}
		return out
	}
	var columns []microdata.Column
	for _, c := range []struct {
		name string
		n    int
	}{{"subsector", 15}, {"sector", 3}, {"region", 5}, {"size", 4}} {
		columns = append(columns, microdata.Column{Name: c.name, Levels: levels(c.name, c.n), Code: code[c.name]})
	}
	for _, v := range []string{"d", "employees", "budget", "sites"} {
		columns = append(columns, microdata.Numbers(v, number[v]))
	}
	data, err := microdata.New(columns...)
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// knownTotals sums tilted weights by the given columns, so that every set of
// totals made from the same data can be met.
func knownTotals(b *testing.B, data *microdata.Data, value string, columns ...string) margin.Margin {
	b.Helper()
	d, _ := data.Column("d")
	size, _ := data.Column("size")
	region, _ := data.Column("region")
	g, err := groupBy(data, columns, func(int) bool { return true })
	if err != nil {
		b.Fatal(err)
	}
	x := func(int) float64 { return 1 }
	if value != "" {
		c, _ := data.Column(value)
		x = func(i int) float64 { return c.Number[i] }
	}
	sums := g.sum(func(i int) float64 {
		return d.Number[i] * x(i) * (1 + 0.04*float64(size.Code[i]) - 0.03*float64(region.Code[i]) + 0.02*float64(i%7-3))
	})
	m := margin.Margin{Columns: columns, Value: value}
	for k, label := range g.labels {
		var level []string
		for _, part := range strings.Split(label, ", ") {
			if _, l, ok := strings.Cut(part, "="); ok {
				level = append(level, l)
			}
		}
		m.Totals = append(m.Totals, margin.Total{Level: level, Total: sums[k]})
	}
	return m
}

func benchSteps(b *testing.B, data *microdata.Data) []struct {
	name string
	step Step
} {
	margins := []margin.Margin{
		knownTotals(b, data, "", "subsector"), knownTotals(b, data, "", "region"), knownTotals(b, data, "", "size"),
	}
	wide := append(margins, knownTotals(b, data, "", "region", "sector"), knownTotals(b, data, "employees", "sector"),
		knownTotals(b, data, "employees"), knownTotals(b, data, "budget"), knownTotals(b, data, "sites"))
	var constraints []Constraint
	for _, m := range wide {
		constraints = append(constraints, Constraints(m)...)
	}
	if len(constraints) != 45 {
		b.Fatalf("%d constraints", len(constraints))
	}
	return []struct {
		name string
		step Step
	}{
		{"rake", &Rake{Margins: margins}},
		{"linear", &Calibrate{Method: "linear", Constraints: constraints}},
		{"raking", &Calibrate{Method: "raking", Constraints: constraints}},
		{"logit", &Calibrate{Method: "logit", Bounds: &[2]float64{0.5, 2}, Constraints: constraints}},
		{"bounded", &Calibrate{Method: "linear", Bounds: &[2]float64{0.5, 2}, Constraints: constraints}},
	}
}

// BenchmarkMillion measures the calibrating steps at a million rows: raking to
// 3 margins, calibration to 45 constraints. R does the same in the same run, one
// call each, on the linearly independent columns.
func BenchmarkMillion(b *testing.B) {
	rows := testenv.BenchRows(1_000_000)[0]
	data := benchData(b, rows)
	d, _ := data.Column("d")
	peer := timeR(b, data)
	for _, c := range benchSteps(b, data) {
		b.Run(c.name, func(b *testing.B) {
			ours := testenv.Bench(b, func() {
				if _, err := Apply(c.step, data, d.Number); err != nil {
					b.Fatal(err)
				}
			})
			testenv.Against(b, ours, peer, c.name)
		})
	}
}

//go:embed testdata/bench.R
var benchScript string

// timeR times R survey on the same data.
func timeR(b *testing.B, data *microdata.Data) map[string]testenv.Timing {
	b.Helper()
	if os.Getenv("BENCH_R") == "" {
		return nil
	}
	var names []string
	var columns [][]float64
	for _, c := range data.Columns() {
		name, values := c.Name, c.Number
		if !c.IsNumeric() {
			name += "=" + strconv.Itoa(len(c.Levels))
			values = make([]float64, len(c.Code))
			for i, code := range c.Code {
				values[i] = float64(code)
			}
		}
		names, columns = append(names, name), append(columns, values)
	}
	file := filepath.Join(b.TempDir(), "data.bin")
	testenv.WriteDoubles(b, file, columns)
	return testenv.BenchR(b, benchScript, append([]string{file, strconv.Itoa(data.Rows())}, names...)...)
}

// BenchmarkReplicates makes 200 replicates of the example wave, every step of
// its recipe done again in each.
func BenchmarkReplicates(b *testing.B) {
	for _, plan := range []string{"{type: generalised, count: 200, seed: 1}", "{type: bootstrap, count: 200, seed: 1}"} {
		b.Run(strings.Trim(strings.Fields(plan)[1], ","), func(b *testing.B) {
			_, res := waveReplicates(b, plan)
			for b.Loop() {
				if err := res.Replicates.Each(b.Context(), func(int, []float64) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/200")
		})
	}
}
