package replicate

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Complaint (svy#78): half-samples come from rows of a Hadamard matrix that are orthogonal;
// the first row and column are constant, so that they can be left out.
func TestComplaint_HadamardRowsAreOrthogonalAndTheFirstConstant(t *testing.T) {
	for _, n := range []int{1, 5, 9, 13, 17, 21, 25, 29, 37, 41, 45, 61, 85, 130} {
		plus, order := hadamard(n)
		if order < n || order > n+12 {
			t.Fatalf("order %d for %d", order, n)
		}
		sign := func(i, j int) int {
			if plus(i, j) {
				return 1
			}
			return -1
		}
		for a := range order {
			if !plus(a, 0) || !plus(0, a) {
				t.Fatalf("order %d: row or column 0 has a −1 at %d", order, a)
			}
			for b := range a {
				rows, columns := 0, 0
				for j := range order {
					rows += sign(a, j) * sign(b, j)
					columns += sign(j, a) * sign(j, b)
				}
				if rows != 0 || columns != 0 {
					t.Fatalf("order %d: lines %d and %d are not orthogonal", order, a, b)
				}
			}
		}
	}
}

// design is a stratified sample with a value per unit and equal weights within
// strata.
type design struct {
	Units
	y, w []float64
}

func makeDesign(sizes []int, population []float64) design {
	r := rand.New(rand.NewPCG(1, 2))
	var d design
	d.Population = population
	for h, n := range sizes {
		d.Names = append(d.Names, string(rune('A'+h)))
		for range n {
			d.Stratum = append(d.Stratum, int32(h))
			d.y = append(d.y, 10*float64(h)+r.NormFloat64())
			d.w = append(d.w, 1+float64(h))
		}
	}
	return d
}

func (d design) total(factor []float64) float64 {
	var sum float64
	for i, y := range d.y {
		sum += factor[i] * d.w[i] * y
	}
	return sum
}

// analytic is the variance of the total: Σ (1−f)·n/(n−1)·Σ (z − z̄)².
func (d design) analytic() float64 {
	var v float64
	for h := range d.Names {
		var z []float64
		var mean float64
		for i, s := range d.Stratum {
			if int(s) == h {
				z = append(z, d.w[i]*d.y[i])
				mean += d.w[i] * d.y[i]
			}
		}
		n := float64(len(z))
		mean /= n
		left := 1.0
		if d.Population != nil {
			left = 1 - n/d.Population[h]
		}
		for _, x := range z {
			v += left * n / (n - 1) * (x - mean) * (x - mean)
		}
	}
	return v
}

func (d design) variance(t *testing.T, plan Plan) float64 {
	t.Helper()
	set, err := New(plan, d.Units)
	if err != nil {
		t.Fatal(err)
	}
	factor := make([]float64, len(d.y))
	for i := range factor {
		factor[i] = 1
	}
	full := d.total(factor)
	estimates := make([]float64, set.Count())
	for r := range estimates {
		set.Factors(r, factor)
		estimates[r] = d.total(factor)
	}
	return set.Variance(estimates, full)
}

// TestLinearEstimates: for a total, the jackknife and half-samples give the
// stratified variance exactly.
func TestLinearEstimates(t *testing.T) {
	pairs := makeDesign([]int{2, 2, 2, 2, 2}, nil)
	one := makeDesign([]int{9}, []float64{30})
	many := makeDesign([]int{3, 2, 8, 5}, []float64{10, 20, 8, 50})
	for _, c := range []struct {
		name string
		d    design
		plan Plan
	}{
		{"BRR", pairs, Plan{Kind: BRR}},
		{"BRR mse", pairs, Plan{Kind: BRR, MSE: true}},
		{"Fay", pairs, Plan{Kind: Fay, Rho: 0.3}},
		{"JK1", one, Plan{Kind: JK1}},
		{"JKn", many, Plan{Kind: JKn}},
		{"JKn mse", many, Plan{Kind: JKn, MSE: true}},
	} {
		if got, want := c.d.variance(t, c.plan), c.d.analytic(); math.Abs(got-want) > 1e-10*want {
			t.Errorf("%s: variance %v, want %v", c.name, got, want)
		}
	}
}

// TestBootstrap: over many replicates the variance of a total comes to the
// design's, with and without finite population correction, and a census
// stratum adds nothing.
func TestBootstrap(t *testing.T) {
	for _, population := range [][]float64{nil, {10, 20, 8, 12}} {
		d := makeDesign([]int{3, 6, 8, 5}, population)
		const count = 20_000
		for _, kind := range []Kind{Bootstrap, Generalised} {
			got, want := d.variance(t, Plan{Kind: kind, Count: count, Seed: 5}), d.analytic()
			// The relative error of a variance from R replicates is about √(2/R).
			if math.Abs(got/want-1) > 5*math.Sqrt(2.0/count) {
				t.Errorf("%s, population %v: variance %v, want about %v", kind, population, got, want)
			}
		}
	}
}

// TestGeneralisedFactors: all factors are positive, their means are 1, and the
// covariances of two units of a stratum are those of the design.
func TestGeneralisedFactors(t *testing.T) {
	d := makeDesign([]int{2, 5}, []float64{20, 20})
	const count = 20_000
	set, err := New(Plan{Kind: Generalised, Count: count, Seed: 3, MSE: true}, d.Units)
	if err != nil {
		t.Fatal(err)
	}
	factor := make([]float64, 7)
	var mean, within, across, pair float64
	for r := range count {
		set.Factors(r, factor)
		if slices.Min(factor) <= 0 {
			t.Fatalf("replicate %d: factors %v", r, factor)
		}
		mean += factor[3] / count
		within += (factor[2] - 1) * (factor[3] - 1)
		across += (factor[0] - 1) * (factor[3] - 1)
		pair += (factor[0] - 1) * (factor[1] - 1)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mean", mean, 1},
		{"units of one stratum", within * set.Scale, -(1 - 5.0/20) / 4},
		{"units of two strata", across * set.Scale, 0},
		{"units of a pair", pair * set.Scale, -(1 - 2.0/20)},
	} {
		if math.Abs(c.got-c.want) > 0.03 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// TestReplicatesStandAlone: a replicate does not depend on the others.
func TestReplicatesStandAlone(t *testing.T) {
	d := makeDesign([]int{4, 6}, nil)
	few, err := New(Plan{Kind: Bootstrap, Count: 5, Seed: 9}, d.Units)
	if err != nil {
		t.Fatal(err)
	}
	more, err := New(Plan{Kind: Bootstrap, Count: 500, Seed: 9}, d.Units)
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(Plan{Kind: Bootstrap, Count: 500, Seed: 10}, d.Units)
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := make([]float64, 10), make([]float64, 10), make([]float64, 10)
	more.Factors(499, b)
	more.Factors(3, b)
	few.Factors(3, a)
	other.Factors(3, c)
	if !slices.Equal(a, b) {
		t.Error("replicate 3 depends on how many there are")
	}
	if slices.Equal(a, c) {
		t.Error("the seed changes nothing")
	}
}

func TestRefusals(t *testing.T) {
	lonely := makeDesign([]int{3, 1, 2}, nil)
	var wrong *UnitsError
	if _, err := New(Plan{Kind: JKn}, lonely.Units); !errors.As(err, &wrong) || !slices.Equal(wrong.Strata, []string{"B (1)"}) {
		t.Errorf("JKn: error %v", err)
	}
	if _, err := New(Plan{Kind: BRR}, lonely.Units); !errors.As(err, &wrong) || len(wrong.Strata) != 2 {
		t.Errorf("BRR: error %v", err)
	}
	if _, err := New(Plan{Kind: JKn}, makeDesign([]int{3, 1}, []float64{9, 1}).Units); err != nil {
		t.Errorf("a census of one unit was refused: %v", err)
	}
	if _, err := New(Plan{Kind: JKn}, makeDesign([]int{3, 5}, []float64{9, 4}).Units); err == nil {
		t.Error("more units than the population has were accepted")
	}
	for _, plan := range []Plan{{Kind: JK1}, {Kind: Fay, Rho: 1}, {Kind: Bootstrap, Count: 1}, {Kind: "SDR"}} {
		if _, err := New(plan, makeDesign([]int{2, 2}, nil).Units); err == nil {
			t.Errorf("%+v was accepted", plan)
		}
	}
}

// Every replicate of the bootstrap draws n−1 units, however many there are:
// large strata are drawn from otherwise than small ones.
func TestConvention_BootstrapDrawsAllButOne(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 6, 9, 1000, 1<<16 + 1} {
		set, err := New(Plan{Kind: Bootstrap, Count: 2, Seed: 3}, Units{Stratum: make([]int32, n), Names: []string{"a"}})
		if err != nil {
			t.Fatal(err)
		}
		factors := make([]float64, n)
		set.Factors(1, factors)
		var draws float64
		for _, f := range factors {
			draws += math.Round(f * float64(n-1) / float64(n))
		}
		if draws != float64(n-1) {
			t.Errorf("%d units: %v draws, want %d", n, draws, n-1)
		}
	}
}
