package estimate

import (
	"math"
	"slices"
	"strings"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// share is an estimated proportion of 200 rows with an interval of the given width.
func share(p, se, width float64) Estimate {
	return Estimate{Value: p, SE: se, Low: p - width/2, High: p + width/2, N: 200, DF: 50}
}

func TestConvention_ProportionsAreJudged(t *testing.T) {
	few, tired, open := share(0.5, 0.04, 0.16), share(0.5, 0.04, 0.16), share(0.5, 0.04, math.NaN())
	few.N, tired.DF = 29, 7
	atLimit := Estimate{Value: 0.4, SE: 0.07, Low: 0.2, High: 0.5, N: 200, DF: 50}
	for name, c := range map[string]struct {
		e     Estimate
		flags []QualityFlag
		out   bool
	}{
		"good":                        {share(0.5, 0.04, 0.16), nil, false},
		"few rows":                    {few, []QualityFlag{TooFewRows}, true},
		"small effective sample":      {share(0.5, 0.0914, 0.29), []QualityFlag{TooFewEffective}, true}, // 0.25/0.0914² = 29.9
		"effective sample just holds": {share(0.5, 0.0912, 0.29), nil, false},                           // 30.06
		"wide":                        {atLimit, []QualityFlag{WideInterval}, true},
		"narrow however rare":         {share(0.01, 0.01, 0.05), nil, false},
		"rare":                        {share(0.04, 0.013, 0.0521), []QualityFlag{WideRelative}, true}, // 130.25 %
		"rare, just holds":            {share(0.04, 0.013, 0.0519), nil, false},
		"nearly all":                  {share(0.96, 0.013, 0.0521), []QualityFlag{ComplementWide}, false},
		"few degrees of freedom":      {tired, []QualityFlag{FewDegrees}, false},
		"none at all":                 {share(0, 0, 0.02), []QualityFlag{NoVariation}, false},
		"no interval":                 {open, []QualityFlag{NoInterval}, true},
	} {
		q := NCHSRule().Proportion(c.e)
		if !slices.Equal(q.Flags, c.flags) || q.Suppressed() != c.out {
			t.Errorf("%s: flags %v, suppressed %v; want %v, %v", name, q.Flags, q.Suppressed(), c.flags, c.out)
		}
	}
}

func TestCoefficientOfVariationHasABand(t *testing.T) {
	for band, se := range map[string]float64{"unrestricted": 33, "marginal": 33.1, "unreliable": 67} {
		e := Estimate{Value: -200, SE: se, Low: -300, High: -100, N: 40, DF: 20}
		if q := NCHSRule().Number(e); q.Band != band || q.CV != se/200 || q.Flags != nil || !math.IsNaN(q.EffectiveN) {
			t.Errorf("standard error %v: %+v, want band %s", se, q, band)
		}
	}
	if q := NCHSRule().Number(Estimate{SE: 3, N: 40, DF: 20}); !math.IsNaN(q.CV) || q.Band != "" {
		t.Errorf("an estimate of 0 has CV %v in band %q", q.CV, q.Band)
	}
}

func TestFaultyRulesAreRefused(t *testing.T) {
	if err := NCHSRule().Check(); err != nil {
		t.Error(err)
	}
	err := QualityRule{MinN: -1, NarrowWidth: 0.3, WideWidth: 0.3, Bands: []Band{{"a", 0.2}, {"", 0.1}}}.Check()
	for _, says := range []string{"negative", "narrow_width", "band 2: no name", "does not ascend"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v does not say %q", err, says)
		}
	}
}

// Complaint (srvyr#39): the effective size of the sample and the interval of Korn
// and Graubard that rests on it come from one call, for every domain.
func TestComplaint_EffectiveSizeComesWithTheInterval(t *testing.T) {
	var psu, group []string
	var w, y []float64
	for i := range 120 {
		psu, group = append(psu, string(rune('A'+i/8))), append(group, "pq"[i%2:i%2+1])
		w, y = append(w, float64(1+i%5)), append(y, float64(i/8%3%2))
	}
	units, err := microdata.Categories("psu", slices.Compact(slices.Clone(psu)), psu)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := microdata.Categories("group", []string{"p", "q"}, group)
	if err != nil {
		t.Fatal(err)
	}
	d, err := microdata.New(units, groups, microdata.Numbers("w", w), microdata.Numbers("y", y))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Run(t.Context(), FromData(d), design.Spec{IDs: []string{"psu"}, Weight: "w"},
		Request{Items: []Item{{Stat: Mean, Var: "y"}}, Breakdowns: []Breakdown{{By: []string{"group"}}}})
	if err != nil || len(got) != 2 {
		t.Fatalf("%d estimates, %v", len(got), err)
	}
	for _, e := range got {
		effective := e.EffectiveN()
		if want := e.Value * (1 - e.Value) / (e.SE * e.SE); math.Abs(effective-want) > 1e-9*want || effective >= float64(e.N) {
			t.Errorf("effective size %v of %d rows, want %v", effective, e.N, want)
		}
		low, high, err := ProportionInterval(Beta, e, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		ratio := TQuantile(0.95, float64(e.N-1)) / TQuantile(0.95, e.DF)
		wantLow, wantHigh := clopperPearson(e.Value, effective*ratio*ratio, 0.025)
		if math.Abs(low-wantLow) > 1e-12 || math.Abs(high-wantHigh) > 1e-12 || !(low < e.Value && e.Value < high) {
			t.Errorf("interval %v to %v, want %v to %v", low, high, wantLow, wantHigh)
		}
		if q := NCHSRule().Proportion(e); q.EffectiveN != effective {
			t.Errorf("the rules of publication judge by %v", q.EffectiveN)
		}
	}
}
