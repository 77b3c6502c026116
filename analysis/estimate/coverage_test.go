package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

var intervalMethods = []ProportionMethod{Wald, Logit, Beta, Wilson, Arcsine}

// Under simple random sampling the coverage of an interval is a sum over the
// binomial distribution. Korn–Graubard's keeps its promise for every p; Wald's
// falls short where few have the property.
func TestConvention_KornGraubardKeepsItsPromise(t *testing.T) {
	for _, n := range []int{30, 100, 400} {
		beta, wald := intervalsBySuccesses(t, Beta, n), intervalsBySuccesses(t, Wald, n)
		for p := 0.005; p <= 0.5; p += 0.005 {
			if got := exactCoverage(beta, p); got < 0.95 {
				t.Errorf("n = %d, p = %.3f: covers in %.4f of samples", n, p, got)
			}
		}
		if got := exactCoverage(wald, 1/float64(n)); got > 0.8 {
			t.Errorf("n = %d: Wald covers in %.4f of samples, which this test supposes it does not", n, got)
		}
	}
}

// intervalsBySuccesses are the intervals for 0 to n of n rows.
func intervalsBySuccesses(t *testing.T, method ProportionMethod, n int) [][2]float64 {
	t.Helper()
	var list [][2]float64
	for k := range n + 1 {
		p := float64(k) / float64(n)
		low, high, err := ProportionInterval(method, Estimate{Value: p, SE: math.Sqrt(p * (1 - p) / float64(n-1)), N: n, DF: float64(n - 1)}, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, [2]float64{low, high})
	}
	return list
}

func exactCoverage(intervals [][2]float64, p float64) float64 {
	binomial, covered := distuv.Binomial{N: float64(len(intervals) - 1), P: p}, 0.0
	for k, interval := range intervals {
		if interval[0] <= p && p <= interval[1] {
			covered += binomial.Prob(float64(k))
		}
	}
	return covered
}

// BenchmarkIntervalCoverage prints how often the 95 % intervals of each method
// hold the true proportion, and how wide they are on average, over a thousand made
// samples of each size and proportion: drawn at random, and in 20 clusters of
// two strata with an intraclass correlation of 0.1 (18 degrees of freedom). An
// undefined interval does not hold anything, and stays out of the mean width.
// Samples without variation are those in which all or none have the property.
func BenchmarkIntervalCoverage(b *testing.B) {
	var table strings.Builder
	for b.Loop() {
		table.Reset()
		for _, s := range []scheme{{name: "simple random"}, {name: "20 clusters", clusters: 20, correlation: 0.1}} {
			fmt.Fprintf(&table, "\n%s\n%5s %6s %9s", s.name, "n", "p", "no var. %")
			for _, m := range intervalMethods {
				fmt.Fprintf(&table, "  %14s", m)
			}
			table.WriteByte('\n')
			for _, n := range []int{40, 100, 400} {
				for _, p := range []float64{0.01, 0.05, 0.1, 0.3, 0.5} {
					s.cover(b, &table, n, p)
				}
			}
		}
	}
	// a benchmark's log is cut after ten lines
	fmt.Printf("coverage %% / mean width of 95 %% intervals, %d samples each\n%s\n", coverageSamples, table.String())
}

const coverageSamples = 1000

// scheme is a way to draw samples.
type scheme struct {
	name        string
	clusters    int
	correlation float64
}

// cover estimates all samples in one run, each an item, and prints a line.
func (s scheme) cover(b *testing.B, table *strings.Builder, n int, p float64) {
	r := rand.New(rand.NewPCG(uint64(n), math.Float64bits(p)))
	spec := design.Spec{Weight: "w"}
	columns := []microdata.Column{microdata.Numbers("w", ones(n))}
	if s.clusters > 0 {
		spec.IDs, spec.Strata = []string{"psu"}, []string{"h"}
		psu, h := ones(n), ones(n)
		for i := range psu {
			psu[i] = float64(i % s.clusters)
			h[i] = float64(i % 2)
		}
		columns = append(columns, microdata.Numbers("psu", psu), microdata.Numbers("h", h))
	}
	var req Request
	for k := range coverageSamples {
		name := "y" + strconv.Itoa(k)
		columns = append(columns, microdata.Numbers(name, s.draw(r, n, p)))
		req.Items = append(req.Items, Item{Stat: Mean, Var: name})
	}
	d, err := microdata.New(columns...)
	if err != nil {
		b.Fatal(err)
	}
	estimates := run(b, d, spec, req)
	constant := 0
	for _, e := range estimates {
		if e.Positive == 0 || e.Positive == n {
			constant++
		}
	}
	fmt.Fprintf(table, "%5d %6.2f %9.1f", n, p, 100*float64(constant)/coverageSamples)
	for _, m := range intervalMethods {
		held, width, defined := 0, 0.0, 0
		for _, e := range estimates {
			low, high, err := ProportionInterval(m, e, 0.95)
			if err != nil {
				b.Fatal(err)
			}
			if low <= p && p <= high {
				held++
			}
			if !math.IsNaN(high - low) {
				width += high - low
				defined++
			}
		}
		fmt.Fprintf(table, "  %6.1f / %5.3f", 100*float64(held)/coverageSamples, width/float64(defined))
	}
	table.WriteByte('\n')
}

// draw makes one sample of a 0/1 item. Clusters have shares of their own, from
// the beta distribution with mean p and the intraclass correlation.
func (s scheme) draw(r *rand.Rand, n int, p float64) []float64 {
	shares := []float64{p}
	if s.clusters > 0 {
		size := (1 - s.correlation) / s.correlation
		shares = make([]float64, s.clusters)
		for c := range shares {
			shares[c] = distuv.Beta{Alpha: p * size, Beta: (1 - p) * size, Src: r}.Rand()
		}
	}
	y := make([]float64, n)
	for i := range y {
		if r.Float64() < shares[i%len(shares)] {
			y[i] = 1
		}
	}
	return y
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}
