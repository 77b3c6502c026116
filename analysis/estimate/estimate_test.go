package estimate

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// made is a small stratified cluster sample with gaps, domains that cut across
// clusters, and population counts at both stages.
type made struct {
	h, psu, d       []string
	nh, ni, w, y, x []float64
	rows            int
}

func make1(seed uint64) *made {
	r := rand.New(rand.NewPCG(seed, 1))
	m := &made{}
	for h := range 6 {
		for psu := range 2 + r.IntN(4) {
			for range 2 + r.IntN(6) {
				m.h = append(m.h, string(rune('a'+h)))
				m.psu = append(m.psu, string(rune('A'+psu)))
				m.d = append(m.d, []string{"north", "south", "west", ""}[min(3, r.IntN(13)/4)])
				m.nh, m.ni = append(m.nh, 40+float64(h)), append(m.ni, 20)
				m.w = append(m.w, 1+9*r.Float64())
				y := r.NormFloat64()*3 + float64(h)
				if r.IntN(9) == 0 {
					y = math.NaN()
				}
				m.y, m.x = append(m.y, y), append(m.x, 1+r.Float64())
			}
		}
	}
	m.rows = len(m.h)
	return m
}

func (m *made) data(t testing.TB) *microdata.Data {
	t.Helper()
	var columns []microdata.Column
	for _, c := range []struct {
		name   string
		values []string
	}{{"h", m.h}, {"psu", m.psu}, {"d", m.d}} {
		levels := slices.Compact(slices.Sorted(slices.Values(c.values)))
		levels = slices.DeleteFunc(levels, func(s string) bool { return s == "" })
		column, err := microdata.Categories(c.name, levels, c.values)
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, column)
	}
	d, err := microdata.New(append(columns, microdata.Numbers("nh", m.nh), microdata.Numbers("ni", m.ni),
		microdata.Numbers("w", m.w), microdata.Numbers("y", m.y), microdata.Numbers("x", m.x))...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var (
	elements  = design.Spec{Strata: []string{"h"}, Weight: "w"}
	clustered = design.Spec{IDs: []string{"psu"}, Strata: []string{"h"}, FPC: []string{"nh"}, Weight: "w", Nest: true}
)

func run(t testing.TB, d *microdata.Data, spec design.Spec, req Request) []Estimate {
	t.Helper()
	out, _, err := Run(t.Context(), FromData(d), spec, req)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > tolerance*math.Max(1e-300, math.Abs(want)) {
		t.Errorf("%s = %.17g, want %.17g", what, got, want)
	}
}

func alike(t testing.TB, what string, a, b Estimate, tolerance float64) {
	t.Helper()
	near(t, what+" value", a.Value, b.Value, tolerance)
	near(t, what+" se", a.SE, b.SE, tolerance)
	near(t, what+" df", a.DF, b.DF, tolerance)
	if a.N != b.N {
		t.Errorf("%s n = %d, want %d", what, a.N, b.N)
	}
}

func byDomain(items ...Item) Request {
	return Request{Items: items, Breakdowns: []Breakdown{{By: []string{"d"}}, {}}}
}

func TestConvention_MeanIsARatioToOne(t *testing.T) {
	for _, spec := range []design.Spec{elements, clustered} {
		m := make1(1)
		d := m.data(t)
		ones := slices.Repeat([]float64{1}, m.rows)
		if err := d.Add(microdata.Numbers("one", ones)); err != nil {
			t.Fatal(err)
		}
		got := run(t, d, spec, byDomain(Item{Stat: Mean, Var: "y"}, Item{Stat: Ratio, Var: "y", Den: "one"}))
		for i := range got[:len(got)/2] {
			alike(t, "mean", got[i], got[i+len(got)/2], 1e-10)
		}
	}
}

func TestShareIsTheMeanOfItsIndicator(t *testing.T) {
	m := make1(2)
	d := m.data(t)
	is := make([]float64, m.rows)
	for i, l := range m.d {
		is[i] = map[string]float64{"north": 1, "": math.NaN()}[l]
	}
	if err := d.Add(microdata.Numbers("north", is)); err != nil {
		t.Fatal(err)
	}
	got := run(t, d, clustered, Request{Items: []Item{
		{Stat: Share, Var: "d", Level: "north"}, {Stat: Mean, Var: "north"},
		{Stat: Count, Var: "d", Level: "north"}, {Stat: Total, Var: "north"}}})
	alike(t, "share", got[0], got[1], 1e-12)
	alike(t, "count", got[2], got[3], 1e-12)
}

// Every row twice at half the weight, the pair a unit, is the same sample.
func TestSplitRowsAreClusters(t *testing.T) {
	m := make1(3)
	twice := &made{rows: 2 * m.rows}
	for i := range m.rows {
		for range 2 {
			twice.h, twice.d = append(twice.h, m.h[i]), append(twice.d, m.d[i])
			twice.psu = append(twice.psu, string(rune(0x4e00+i)))
			twice.nh, twice.ni = append(twice.nh, m.nh[i]), append(twice.ni, m.ni[i])
			twice.w, twice.y, twice.x = append(twice.w, m.w[i]/2), append(twice.y, m.y[i]), append(twice.x, m.x[i])
		}
	}
	items := []Item{{Stat: Mean, Var: "y"}, {Stat: Total, Var: "x"}, {Stat: Ratio, Var: "y", Den: "x"}}
	want := run(t, m.data(t), elements, byDomain(items...))
	spec := elements
	spec.IDs = []string{"psu"}
	for i, got := range run(t, twice.data(t), spec, byDomain(items...)) {
		got.N /= 2
		alike(t, "split rows", got, want[i], 1e-10)
	}
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	m := make1(4)
	shuffled := make1(4)
	r := rand.New(rand.NewPCG(9, 9))
	r.Shuffle(m.rows, func(i, j int) {
		for _, s := range [][]string{shuffled.h, shuffled.psu, shuffled.d} {
			s[i], s[j] = s[j], s[i]
		}
		for _, s := range [][]float64{shuffled.nh, shuffled.ni, shuffled.w, shuffled.y, shuffled.x} {
			s[i], s[j] = s[j], s[i]
		}
	})
	for _, spec := range []design.Spec{elements, clustered} {
		req := byDomain(Item{Stat: Mean, Var: "y"}, Item{Stat: Ratio, Var: "x", Den: "y"})
		want := run(t, m.data(t), spec, req)
		for i, got := range run(t, shuffled.data(t), spec, req) {
			alike(t, "shuffled", got, want[i], 1e-9)
		}
	}
}

// A mean of 1e8 with a spread of 1 has the standard error of the same numbers
// without the 1e8, also where strata lie far apart.
func TestLargeMeansCostNoDigits(t *testing.T) {
	m, far := make1(5), make1(5)
	for i := range far.y {
		m.y[i] = math.Round(m.y[i]*1024) / 1024 // so that adding 1e8 is exact
		far.y[i] = m.y[i] + 1e8
	}
	for _, spec := range []design.Spec{elements, clustered} {
		req := byDomain(Item{Stat: Mean, Var: "y"})
		want := run(t, m.data(t), spec, req)
		for i, got := range run(t, far.data(t), spec, req) {
			near(t, "value", got.Value-1e8, want[i].Value, 1e-6)
			near(t, "se", got.SE, want[i].SE, 1e-8)
		}
	}
}

func TestStrataFarApartKeepTheirSpread(t *testing.T) {
	m, far := make1(6), make1(6)
	for i := range far.y {
		m.y[i] = math.Round(m.y[i]*1024) / 1024
		m.w[i], far.w[i] = 3, 3
		far.y[i] = m.y[i] + 1e7*float64(m.h[i][0]-'a')
	}
	// equal weights and the whole population: the variance is within strata
	complete := func(m *made) []Estimate {
		for i := range m.y {
			if math.IsNaN(m.y[i]) {
				m.y[i] = 1
			}
			if math.IsNaN(far.y[i]) {
				far.y[i] = 1 + 1e7*float64(m.h[i][0]-'a')
			}
		}
		return run(t, m.data(t), elements, Request{Items: []Item{{Stat: Mean, Var: "y"}}})
	}
	want := complete(m)[0]
	got := complete(far)[0]
	near(t, "se", got.SE, want.SE, 1e-7)
}

func TestConvention_ThreadsChangeNoBit(t *testing.T) {
	rows := 3*Stripe + 1234
	r := rand.New(rand.NewPCG(5, 5))
	h, y, w := make([]float64, rows), make([]float64, rows), make([]float64, rows)
	for i := range rows {
		h[i], y[i], w[i] = float64(r.IntN(50)), r.NormFloat64(), r.ExpFloat64()
	}
	d, err := microdata.New(microdata.Numbers("h", h), microdata.Numbers("y", y), microdata.Numbers("w", w))
	if err != nil {
		t.Fatal(err)
	}
	req := Request{Items: []Item{{Stat: Mean, Var: "y"}, {Stat: Total, Var: "y"}}, Breakdowns: []Breakdown{{By: []string{"h"}}, {}}}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := run(t, d, elements, req)
	runtime.GOMAXPROCS(4)
	for i, got := range run(t, d, elements, req) {
		if got.Value != one[i].Value || got.SE != one[i].SE {
			t.Fatalf("estimate %d differs with more threads: %v ± %v, %v ± %v", i, got.Value, got.SE, one[i].Value, one[i].SE)
		}
	}
}

// The reduction to moments and the scores row by row are two ways to the same
// variance.
func TestMomentsAgreeWithScores(t *testing.T) {
	m := make1(7)
	calibrated := elements
	calibrated.Adjustments = []design.Adjustment{
		{Before: "w0", Auxiliary: []design.Auxiliary{
			{Where: []design.Level{{Column: "h", Level: "a"}}}, {Where: []design.Level{{Column: "h", Level: "b"}}}, {}}},
		{Before: "w1", Auxiliary: []design.Auxiliary{{}, {Value: "x"}}},
	}
	clusteredToo := clustered
	clusteredToo.Adjustments = calibrated.Adjustments
	clusteredToo.FPC, clusteredToo.IDs = []string{"nh", "ni"}, []string{"psu", "key"}
	for name, spec := range map[string]design.Spec{"elements": elements, "clusters": clustered, "calibrated": calibrated, "two stages, calibrated": clusteredToo} {
		t.Run(name, func(t *testing.T) {
			d := m.data(t)
			w0, w1, key := make([]float64, m.rows), make([]float64, m.rows), make([]float64, m.rows)
			for i := range w0 {
				w0[i], w1[i], key[i] = m.w[i]*0.9, m.w[i]*(0.95+float64(i%3)/50), float64(i)
			}
			for _, c := range []microdata.Column{microdata.Numbers("w0", w0), microdata.Numbers("w1", w1), microdata.Numbers("key", key)} {
				if err := d.Add(c); err != nil {
					t.Fatal(err)
				}
			}
			req := byDomain(Item{Stat: Mean, Var: "y"}, Item{Stat: Total, Var: "y"}, Item{Stat: Ratio, Var: "y", Den: "x"}, Item{Stat: Share, Var: "d", Level: "south"})
			joint, err := RunJoint(t.Context(), FromData(d), spec, req, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range joint.Estimates {
				near(t, e.Item, StandardError(joint.Covariance.At(i, i), e.Value), e.SE, 1e-9)
			}
		})
	}
}

// Residuals of a variable the calibration fixes are zero, in every domain the
// calibration fixes it in.
func TestCalibratedTotalHasNoError(t *testing.T) {
	m := make1(8)
	spec := elements
	spec.Adjustments = []design.Adjustment{{Before: "w", Auxiliary: []design.Auxiliary{{Where: []design.Level{{Column: "h", Level: "a"}}, Value: "x"}, {}}}}
	got := run(t, m.data(t), spec, Request{Items: []Item{{Stat: Total, Var: "x"}}, Breakdowns: []Breakdown{{By: []string{"h"}}}})
	if got[0].SE != 0 || got[1].SE == 0 {
		t.Errorf("standard errors %v in stratum a, %v in b: want 0 and more", got[0].SE, got[1].SE)
	}
}

func TestRowsOfWeightZeroLeave(t *testing.T) {
	m, less := make1(9), &made{}
	for i := range m.rows {
		if i%5 == 0 {
			m.w[i] = 0
			continue
		}
		less.h, less.psu, less.d = append(less.h, m.h[i]), append(less.psu, m.psu[i]), append(less.d, m.d[i])
		less.nh, less.ni, less.w = append(less.nh, m.nh[i]), append(less.ni, m.ni[i]), append(less.w, m.w[i])
		less.y, less.x = append(less.y, m.y[i]), append(less.x, m.x[i])
	}
	req := byDomain(Item{Stat: Mean, Var: "y"})
	req.DF.Rule = DomainDF
	want := run(t, less.data(t), elements, req)
	for i, got := range run(t, m.data(t), elements, req) {
		alike(t, "weight 0", got, want[i], 1e-12)
	}
}

func TestComplaint_UndefinedStaysUndefinedInDomains(t *testing.T) {
	m := make1(10)
	for i := range m.y {
		if m.d[i] == "north" {
			m.y[i] = math.NaN()
		}
	}
	got := run(t, m.data(t), elements, byDomain(Item{Stat: Mean, Var: "y"}, Item{Stat: Total, Var: "y"}))
	if e := got[0]; e.N != 0 || !math.IsNaN(e.Value) || !math.IsNaN(e.SE) || !math.IsNaN(e.Low) {
		t.Errorf("a mean of no rows is %+v", e)
	}
	if e := got[4]; e.N != 0 || e.Value != 0 || e.SE != 0 || e.Low != 0 {
		t.Errorf("a sum over no rows is %+v", e)
	}
	if e := got[3]; e.N == 0 || math.IsNaN(e.SE) {
		t.Errorf("the whole population is %+v", e)
	}
}

// Weights that undo the sizes make the total of the sizes known: its products
// w·y do not vary, though both factors do over six powers of ten.
func TestTotalOfTheSizeIsKnown(t *testing.T) {
	var w, size, almost []float64
	for i := range 40 {
		x := math.Round(100 * math.Pow(10, float64(i)/6.5))
		size, w = append(size, x), append(w, 1.5e8/(40*x))
		almost = append(almost, x*(1+1e-7*float64(i%5)))
	}
	d, err := microdata.New(microdata.Numbers("w", w), microdata.Numbers("size", size), microdata.Numbers("almost", almost))
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, d, design.Spec{Weight: "w"}, Request{Items: []Item{{Stat: Total, Var: "size"}, {Stat: Total, Var: "almost"}}})
	want := math.Sqrt(40.0/39*40*2) * 1.5e8 / 40 * 1e-7 // five equally many steps have variance 2
	if got[0].SE != 0 {
		t.Errorf("the total of the sizes has standard error %v", got[0].SE)
	}
	near(t, "almost proportional", got[1].SE, want, 1e-6*want)
}
