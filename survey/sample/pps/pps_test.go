package pps

import (
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

type method struct {
	name string
	draw func(*Design, *rand.Rand) []int
}

var methods = []method{
	{"systematic", (*Design).Systematic},
	{"pivotal", (*Design).Pivotal},
	{"sampford", func(d *Design, r *rand.Rand) []int {
		drawn, err := d.Sampford(r)
		if err != nil {
			panic(err)
		}
		return drawn
	}},
}

func planned(tb testing.TB, sizes []int, n int) *Design {
	tb.Helper()
	d, err := New(sizes, n)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1967)) }

func TestSizesBeyondOneAreTakenWithCertainty(t *testing.T) {
	// 100 of 140 is beyond 1/3; of the 40 left, 20 is then one half: certain too.
	d := planned(t, []int{5, 100, 5, 20, 10}, 3)
	want := []float64{0.25, 1, 0.25, 1, 0.5}
	if got := d.Probabilities(); !slices.Equal(got, want) || d.Certain() != 2 {
		t.Fatalf("probabilities %v, %d certain; want %v and 2", got, d.Certain(), want)
	}
	for _, m := range methods {
		for seed := range uint64(200) {
			if drawn := m.draw(d, source(seed)); len(drawn) != 3 || !slices.Contains(drawn, 1) || !slices.Contains(drawn, 3) {
				t.Fatalf("%s: %v misses a certain unit", m.name, drawn)
			}
		}
	}
}

func TestDesignsThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		sizes []int
		n     int
	}{"too many": {[]int{1, 2}, 3}, "none": {[]int{1, 2}, -1}, "no size": {[]int{1, 0}, 1}, "negative": {[]int{1, -4}, 1}, "overflow": {[]int{math.MaxInt, math.MaxInt}, 1}} {
		if _, err := New(tt.sizes, tt.n); err == nil && (name != "overflow" || math.MaxInt > math.MaxInt32) {
			t.Errorf("%s: accepted", name)
		}
	}
	many := make([]int, 10_000)
	for i := range many {
		many[i] = 1
	}
	if _, err := planned(t, many, 1000).Sampford(source(1)); err == nil {
		t.Error("ten million cells were accepted")
	}
}

// Whatever the sizes: as many units as asked for, each once, in order, and
// probabilities that add to that number.
func TestEveryMethodTakesTheSizeAskedFor(t *testing.T) {
	r := source(7)
	for range 400 {
		sizes := make([]int, 1+r.IntN(40))
		for i := range sizes {
			sizes[i] = 1 + int(math.Exp(r.Float64()*8))
		}
		n := r.IntN(len(sizes) + 1)
		d := planned(t, sizes, n)
		sum := 0.0
		for _, p := range d.Probabilities() {
			sum += p
			if p < 0 || p > 1 {
				t.Fatalf("sizes %v: probability %v", sizes, p)
			}
		}
		if math.Abs(sum-float64(n)) > 1e-9 {
			t.Fatalf("sizes %v: probabilities add to %v, want %d", sizes, sum, n)
		}
		for _, m := range methods {
			drawn := m.draw(d, r)
			if len(drawn) != n || !slices.IsSorted(drawn) || len(slices.Compact(drawn)) != n {
				t.Fatalf("%s of %v: %v, want %d units", m.name, sizes, drawn, n)
			}
		}
	}
}

// Over 10,000 draws every unit is selected as often as its probability says.
func TestGoal14_InclusionFrequencies(t *testing.T) {
	const draws = 10_000
	sizes := []int{3, 8, 1, 15, 40, 7, 7, 22, 5, 60, 11, 9, 2, 30, 18, 4, 25, 6, 13, 50, 1, 900}
	d := planned(t, sizes, 8)
	p := d.Probabilities()
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			r, times := source(2025), make([]int, len(sizes))
			for range draws {
				for _, i := range m.draw(d, r) {
					times[i]++
				}
			}
			z2 := 0.0
			for i, n := range times {
				se := math.Sqrt(p[i] * (1 - p[i]) / draws)
				z := float64(n)/draws - p[i]
				if se > 0 {
					z /= se
				}
				z2 += z * z
				if math.Abs(z) > 4 {
					t.Errorf("unit %d: in %.4f of draws, probability %.4f", i, float64(n)/draws, p[i])
				}
			}
			if z2 > 60 { // of 21 squares; their sum follows at most some χ² of 21
				t.Errorf("squared deviations add to %.1f", z2)
			}
		})
	}
}

// sampfordDesign returns the probability of every sample by Sampford's formula.
func sampfordDesign(p []float64, n int) map[string]float64 {
	design, sum := map[string]float64{}, 0.0
	for set := range uint(1) << len(p) {
		if bits.OnesCount(set) != n {
			continue
		}
		product, rest := 1.0, 0.0
		var units []int
		for i, x := range p {
			if set>>i&1 == 1 {
				product *= x / (1 - x)
				rest += 1 - x
				units = append(units, i)
			}
		}
		design[fmt.Sprint(units)] = product * rest
		sum += product * rest
	}
	for s := range design {
		design[s] /= sum
	}
	return design
}

// Not the units only but every sample comes as often as the design says.
func TestSampfordDrawsItsDesign(t *testing.T) {
	const draws = 10_000
	d := planned(t, []int{2, 9, 4, 7, 5, 1}, 3)
	design := sampfordDesign(d.Probabilities(), 3)
	r, times := source(11), map[string]int{}
	for range draws {
		drawn, err := d.Sampford(r)
		if err != nil {
			t.Fatal(err)
		}
		times[fmt.Sprint(drawn)]++
	}
	chi2 := 0.0
	for s, p := range design {
		e := p * draws
		chi2 += (float64(times[s]) - e) * (float64(times[s]) - e) / e
	}
	if chi2 > 43.8 { // 99.9 % point of χ² with 19 degrees of freedom
		t.Errorf("χ² = %.1f over %d samples", chi2, len(design))
	}
}

func TestJointSampford(t *testing.T) {
	d := planned(t, []int{2, 9, 4, 7, 5, 1, 3}, 4)
	p := d.Probabilities()
	want := make([][]float64, len(p))
	for i := range want {
		want[i] = make([]float64, len(p))
	}
	for s, chance := range sampfordDesign(p, 4) {
		for i := range p {
			for j := range p {
				if contains(s, i) && contains(s, j) {
					want[i][j] += chance
				}
			}
		}
	}
	got, err := d.JointSampford()
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want, 1e-12)
	for i, row := range got { // Σ_j π_ij = n·π_i for a sample of fixed size
		if sum := total(row); math.Abs(sum-4*p[i]) > 1e-12 {
			t.Errorf("unit %d: joint probabilities add to %v, want %v", i, sum, 4*p[i])
		}
	}
}

func TestJointOfLargerPopulations(t *testing.T) {
	sizes, r := make([]int, 120), source(3)
	for i := range sizes {
		sizes[i] = 1 + r.IntN(300)
	}
	sizes[17] = 30_000 // certain
	d := planned(t, sizes, 40)
	p := d.Probabilities()
	for name, joint := range map[string]func() ([][]float64, error){"sampford": d.JointSampford, "systematic": d.JointSystematic} {
		got, err := joint()
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range got {
			if sum := total(row); math.Abs(sum-40*p[i]) > 1e-9 {
				t.Errorf("%s, unit %d: joint probabilities add to %v, want %v", name, i, sum, 40*p[i])
			}
		}
	}
}

// Every starting point there is, one after the other.
func TestJointSystematic(t *testing.T) {
	sizes := []int{2, 9, 4, 7, 5, 1, 3, 60}
	d := planned(t, sizes, 4) // the last is certain
	want := make([][]float64, len(sizes))
	for i := range want {
		want[i] = make([]float64, len(sizes))
	}
	for start := range d.total {
		in := map[int]bool{7: true}
		for point := start; point < uint64(d.take)*d.total; point += d.total {
			reached := uint64(0)
			for k, x := range d.size {
				if reached += uint64(d.take) * x; point < reached {
					in[d.chance[k]] = true
					break
				}
			}
		}
		for i := range in {
			for j := range in {
				want[i][j] += 1 / float64(d.total)
			}
		}
	}
	got, err := d.JointSystematic()
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want, 1e-12)
}

// A given order spreads the sample: of two equal neighbours at a tenth each the
// pivotal method hardly ever takes both.
func TestPivotalSpreadsOverItsOrder(t *testing.T) {
	sizes := make([]int, 100)
	for i := range sizes {
		sizes[i] = 1
	}
	d, r := planned(t, sizes, 10), source(5)
	for range 500 {
		drawn := d.Pivotal(r)
		for tenth := range 10 {
			n := 0
			for _, i := range drawn {
				if i/10 == tenth {
					n++
				}
			}
			if n > 2 {
				t.Fatalf("%d of ten neighbours in %v", n, drawn)
			}
		}
	}
}

// Fixed for ever: the same seed gives the same units on every platform and of
// every later version.
func TestGoldenSelections(t *testing.T) {
	sizes := make([]int, 60)
	for i := range sizes {
		sizes[i] = 1 + i*i%47
	}
	d := planned(t, sizes, 6)
	for _, m := range methods {
		var seed [32]byte
		copy(seed[:], "the barometer draws its sample..")
		got := fmt.Sprint(m.draw(d, rand.New(rand.NewChaCha8(seed))))
		if want := golden[m.name]; got != want {
			t.Errorf("%s: %s, want %s", m.name, got, want)
		}
	}
}

var golden = map[string]string{
	"systematic": "[4 13 20 29 38 52]",
	"pivotal":    "[6 11 22 31 37 55]",
	"sampford":   "[11 14 21 28 37 56]",
}

func contains(set string, i int) bool {
	return slices.Contains([]byte(set), byte('0'+i))
}

func total(row []float64) (sum float64) {
	for _, x := range row {
		sum += x
	}
	return sum
}

func same(t *testing.T, got, want [][]float64, tolerance float64) {
	t.Helper()
	for i := range want {
		for j := range want[i] {
			if math.Abs(got[i][j]-want[i][j]) > tolerance {
				t.Errorf("units %d and %d: %v, want %v", i, j, got[i][j], want[i][j])
			}
		}
	}
}
