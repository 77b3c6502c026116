package estimate

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

func measures(t testing.TB, d *microdata.Data, spec design.Spec, items ...MeasureItem) []Estimate {
	t.Helper()
	out, _, err := RunMeasures(t.Context(), FromData(d), spec, MeasureRequest{Items: items, Breakdowns: []Breakdown{{By: []string{"d"}}, {}}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var allMeasures = []MeasureItem{{PopulationVariance, "y", ""}, {StandardDeviation, "y", ""}, {Covariance, "y", "x"}, {Correlation, "y", "x"}, {Gini, "x", ""}}

// The linearised variable is the derivative by the row's weight; of the
// variance and covariance with n/(n−1) held fixed.
func TestLinearisedVariablesAreDerivatives(t *testing.T) {
	v := values{w: []float64{3, 1, 2, 5, 1.5, 2.5}, y: []float64{4, 7, 4, 0, 11, 2}, x: []float64{1, 5, 2, 2, 8, -3}}
	for _, it := range allMeasures {
		_, u := v.of(it.Measure)
		for i := range v.w {
			const step = 1e-5
			moved := func(by float64) float64 {
				w := slices.Clone(v.w)
				w[i] += by
				value, _ := values{w, v.y, v.x}.of(it.Measure)
				return value
			}
			if got := (moved(step) - moved(-step)) / (2 * step); math.Abs(got-u[i]) > 1e-8*(1+math.Abs(got)) {
				t.Errorf("%s, row %d: linearised %v, derivative %v", it.Measure, i+1, u[i], got)
			}
		}
	}
}

// By hand: four values 0, 0, 1, 3 of weight 1, 1, 2, 1.
func TestMeasuresByHand(t *testing.T) {
	v := values{w: []float64{1, 1, 2, 1}, y: []float64{0, 0, 1, 3}, x: []float64{6, 6, 4, 0}}
	// mean 1, Σw(y−ȳ)² = 1+1+0+4 = 6; Σ over pairs w w′|y−y′| = 2·(4+6+4) = 28
	for m, want := range map[Measure]float64{
		PopulationVariance: 4.0 / 3 * 6 / 5,
		StandardDeviation:  math.Sqrt(4.0 / 3 * 6 / 5),
		Covariance:         -2 * 4.0 / 3 * 6 / 5, // x = 6 − 2y
		Correlation:        -1,
		Gini:               28.0 / (2 * 5 * 5),
	} {
		got, _ := v.of(m)
		near(t, string(m), got, want, 1e-14)
	}
}

// The variance of a 0/1 item is p(1−p)·n/(n−1).
func TestVarianceOfAShare(t *testing.T) {
	m := make1(21)
	for i := range m.y {
		m.y[i] = float64(i % 3 / 2)
	}
	d := m.data(t)
	shares := run(t, d, clustered, byDomain(Item{Stat: Mean, Var: "y"}))
	for i, got := range measures(t, d, clustered, MeasureItem{PopulationVariance, "y", ""}) {
		p, n := shares[i].Value, float64(shares[i].N)
		near(t, "variance", got.Value, p*(1-p)*n/(n-1), 1e-12)
		near(t, "se", got.SE, math.Abs(1-2*p)*shares[i].SE*n/(n-1), 1e-9)
	}
}

func TestCorrelationOfALineIsOne(t *testing.T) {
	for slope, want := range map[float64]float64{2.5: 1, -0.01: -1} {
		m := make1(22)
		for i := range m.y {
			m.x[i] = 1e6 + slope*m.y[i]
		}
		for _, got := range measures(t, m.data(t), clustered, MeasureItem{Correlation, "y", "x"}) {
			near(t, "correlation", got.Value, want, 1e-9)
			if got.SE > 1e-6 {
				t.Errorf("its standard error is %v", got.SE)
			}
		}
	}
}

// A variable's covariance with itself is its variance, with the same error.
func TestCovarianceWithItselfIsTheVariance(t *testing.T) {
	got := measures(t, make1(23).data(t), clustered, MeasureItem{PopulationVariance, "y", ""}, MeasureItem{Covariance, "y", "y"})
	for i := range got[:len(got)/2] {
		alike(t, "covariance", got[i+len(got)/2], got[i], 1e-12)
	}
}

// Order of rows is irrelevant; each row twice at half the weight as one unit
// changes nothing but the factor n/(n−1); units of y scale as they should.
func TestMeasuresKeepTheirIdentities(t *testing.T) {
	m, reversed, twice, scaled := make1(24), make1(24), &made{}, make1(24)
	for _, s := range [][]string{reversed.h, reversed.psu, reversed.d} {
		slices.Reverse(s)
	}
	for _, s := range [][]float64{reversed.nh, reversed.ni, reversed.w, reversed.y, reversed.x} {
		slices.Reverse(s)
	}
	for i := range m.rows {
		scaled.y[i], scaled.x[i] = 7*m.y[i], 3*m.x[i]
		for range 2 {
			twice.h, twice.psu, twice.d = append(twice.h, m.h[i]), append(twice.psu, m.psu[i]), append(twice.d, m.d[i])
			twice.nh, twice.ni, twice.w = append(twice.nh, m.nh[i]), append(twice.ni, m.ni[i]), append(twice.w, m.w[i]/2)
			twice.y, twice.x = append(twice.y, m.y[i]), append(twice.x, m.x[i])
		}
	}
	want := measures(t, m.data(t), clustered, allMeasures...)
	other := measures(t, reversed.data(t), clustered, allMeasures...)
	split := measures(t, twice.data(t), clustered, allMeasures...)
	units := measures(t, scaled.data(t), clustered, allMeasures...)
	for i, e := range want {
		alike(t, "reversed "+e.Item, other[i], e, 1e-9)
		n, factor := float64(e.N), 1.0
		scale := map[string]float64{"variance(y)": 49, "sd(y)": 7, "covariance(y,x)": 21}[e.Item]
		switch e.Item {
		case "variance(y)", "covariance(y,x)":
			factor = 2 * (n - 1) / (2*n - 1)
		case "sd(y)":
			factor = math.Sqrt(2 * (n - 1) / (2*n - 1))
		default:
			scale = 1
		}
		near(t, "split "+e.Item, split[i].Value, e.Value*factor, 1e-10)
		near(t, "split se "+e.Item, split[i].SE, e.SE*factor, 1e-9)
		near(t, "scaled "+e.Item, units[i].Value, e.Value*scale, 1e-10)
		near(t, "scaled se "+e.Item, units[i].SE, e.SE*scale, 1e-9)
	}
}

func TestMeaninglessMeasuresAreRefused(t *testing.T) {
	for says, it := range map[string]MeasureItem{
		"unknown measure": {"kurtosis", "y", ""},
		"no variable":     {PopulationVariance, "", ""},
		"two variables":   {Correlation, "y", ""},
		"of one":          {Gini, "y", "x"},
	} {
		_, _, err := RunMeasures(t.Context(), FromData(make1(1).data(t)), clustered, MeasureRequest{Items: []MeasureItem{it}})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: got %v, want %q", it, err, says)
		}
	}
	m := make1(25)
	for i := range m.y {
		m.y[i] = 1
	}
	m.y[7] = -2
	_, _, err := RunMeasures(t.Context(), FromData(m.data(t)), clustered, MeasureRequest{Items: []MeasureItem{{Gini, "y", ""}}})
	var bad *DataError
	if !errors.As(err, &bad) || bad.Column != "y" || bad.Row != 8 {
		t.Errorf("a negative value: %v", err)
	}
}

// The design effect of a ratio to 1 is that of the mean.
func TestConvention_DesignEffectOfARatioToOne(t *testing.T) {
	m := make1(26)
	for i := range m.x {
		m.x[i] = 1
	}
	for _, deff := range []Deff{WOR, WR} {
		for _, spec := range []design.Spec{elements, clustered} {
			req := byDomain(Item{Stat: Mean, Var: "y"}, Item{Stat: Ratio, Var: "y", Den: "x"})
			req.Deff = deff
			got := run(t, m.data(t), spec, req)
			for i := range got[:4] {
				near(t, "deff", got[i+4].Deff, got[i].Deff, 1e-9)
			}
		}
	}
}
