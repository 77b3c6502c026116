package weighting

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/margin"
)

// small is eight units in two classes.
func small(t *testing.T) (*microdata.Data, []float64) {
	t.Helper()
	data, err := microdata.New(
		categories(t, "class", []string{"a", "a", "a", "a", "b", "b", "b", "b"}),
		categories(t, "status", []string{"R", "N", "U", "R", "R", "I", "N", "U"}),
		microdata.Numbers("x", []float64{1, 2, 3, 4, 5, 6, 7, 8}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return data, []float64{1, 2, 3, 4, 5, 6, 7, 8}
}

func TestConvention_UnknownEligibility(t *testing.T) {
	data, w := small(t)
	got, err := Apply(&UnknownEligibility{Status: "status", Unknown: []string{"U"}, Classes: []string{"class"}}, data, w)
	if err != nil {
		t.Fatal(err)
	}
	// Class a: 10/7 for the known, class b: 26/18.
	want := []float64{10. / 7, 20. / 7, 0, 40. / 7, 5 * 26. / 18, 6 * 26. / 18, 7 * 26. / 18, 0}
	sameWeights(t, got.Weights, want)
	if w[2] != 3 {
		t.Error("the weights given were changed")
	}
}

func TestConvention_NonresponseClass(t *testing.T) {
	data, w := small(t)
	step := &NonresponseClass{Status: "status", Respondents: []string{"R"}, Nonrespondents: []string{"N", "U"}, Classes: []string{"class"}}
	got, err := Apply(step, data, w)
	if err != nil {
		t.Fatal(err)
	}
	// Class a: (5 + 5)/5; class b: (5 + 15)/5, and the ineligible keeps its 6.
	sameWeights(t, got.Weights, []float64{2, 0, 0, 8, 20, 6, 0, 0})

	step.Ineligible = []string{}
	if _, err := Apply(step, data, w); CodeOf(err) != BadData || !strings.Contains(err.Error(), `"I"`) {
		t.Errorf("error %v, want the code that is not placed", err)
	}
}

func TestClassWithoutCarrier(t *testing.T) {
	data, w := small(t)
	_, err := Apply(&NonresponseClass{Status: "status", Respondents: []string{"I"}, Nonrespondents: []string{"N"}, Classes: []string{"class"}}, data, w)
	if CodeOf(err) != CellEmpty || !strings.Contains(err.Error(), `"class=a"`) || strings.Contains(err.Error(), "class=b") {
		t.Errorf("error %v, want class a named", err)
	}
}

// TestMissingValues: no step guesses where a value it needs is missing, and
// none asks for the values of units that have left.
func TestMissingValues(t *testing.T) {
	data, w := small(t)
	class, _ := data.Column("class")
	status, _ := data.Column("status")
	x, _ := data.Column("x")
	class.Code[2], status.Code[4], x.Number[6] = -1, -1, math.NaN()
	classMargin := margin.Margin{Columns: []string{"class"}, Totals: []margin.Total{{Level: []string{"a"}, Total: 20}, {Level: []string{"b"}, Total: 20}}}
	for name, step := range map[string]Step{
		"row 3": &Poststratify{Margin: classMargin},
		"row 5": &UnknownEligibility{Status: "status", Unknown: []string{"U"}},
		"row 7": &Calibrate{Method: "linear", Constraints: []Constraint{{Value: "x", Total: 200}}},
	} {
		_, err := Apply(step, data, w)
		if CodeOf(err) != MissingDesignValue || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want %s", step.Kind(), err, name)
		}
	}
	w[2], w[4], w[6] = 0, 0, 0
	if _, err := Apply(&Poststratify{Margin: classMargin}, data, w); err != nil {
		t.Errorf("units of weight 0 were asked for: %v", err)
	}
}

func TestInvalidWeights(t *testing.T) {
	data, _ := small(t)
	limit := 3.0
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		w := []float64{1, 1, bad, 1, 1, 1, 1, 1}
		_, err := Apply(&Trim{Upper: &limit}, data, w)
		if CodeOf(err) != InvalidWeights || !strings.Contains(err.Error(), "row 3") {
			t.Errorf("weight %v: error %v", bad, err)
		}
	}
	if _, err := Apply(&Trim{Upper: &limit}, data, make([]float64, 8)); CodeOf(err) != InvalidWeights {
		t.Errorf("no weight: error %v", err)
	}
}

func TestConvention_TrimmedUnitsStayCut(t *testing.T) {
	data, w := small(t)
	number := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		name string
		trim Trim
	}{
		{"equal", Trim{Upper: number(6)}},
		{"proportional", Trim{Upper: number(6), Redistribute: Proportional}},
		{"strict", Trim{Upper: number(6), Strict: true}},
		{"lower", Trim{Lower: number(3), Redistribute: Proportional, Strict: true}},
		{"median", Trim{Median: number(1.5), Strict: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := Apply(&c.trim, data, w)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sum(out.Weights), sum(w); math.Abs(got-want) > 1e-9 {
				t.Errorf("the sum moved from %v to %v", want, got)
			}
			lower, upper := c.trim.limits(w)
			if c.trim.Strict && (slices.Max(out.Weights) > upper*(1+1e-9) || slices.Min(out.Weights) < lower*(1-1e-9)) {
				t.Errorf("weights %v leave [%v, %v]", out.Weights, lower, upper)
			}
			for i, x := range w {
				if (x > upper && out.Weights[i] != upper) || (x < lower && out.Weights[i] != lower) {
					t.Errorf("weight %v was not set to its limit but to %v", x, out.Weights[i])
				}
			}
		})
	}
	// 8 and 7 are cut to 6; the excess of 3 goes to the other six in equal parts.
	out, err := Apply(&Trim{Upper: number(6)}, data, w)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, out.Weights, []float64{1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 6, 6})

	_, err = Apply(&Trim{Upper: number(4), Strict: true}, data, w)
	if CodeOf(err) != CalibrationInfeasible {
		t.Errorf("a limit below the mean: error %v", err)
	}
}

// TestPropensityOfOneFactor: with a single factor the model is saturated, the
// propensity is the response rate of the level, and both forms of the step
// give what the nonresponse classes give.
func TestPropensityOfOneFactor(t *testing.T) {
	data, _ := synthetic(t, 5)
	w := slices.Clone(numbers(t, data, "design_weight"))
	disposition, _ := data.Column("disposition")
	for i := range w {
		if l := disposition.Level(i); l == "noncontact" || l == "unknown" {
			w[i] = 0
		}
	}
	yes, no := []string{"complete"}, []string{"partial", "refused"}
	want, err := Apply(&NonresponseClass{Status: "disposition", Respondents: yes, Nonrespondents: no, Classes: []string{"sector"}}, data, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, classes := range []int{0, 1000} { // ties share a class, so a thousand classes are three
		got, err := Apply(&NonresponsePropensity{Status: "disposition", Respondents: yes, Nonrespondents: no,
			Factors: []string{"sector"}, Weighted: true, Count: classes}, data, w)
		if err != nil {
			t.Fatal(err)
		}
		sameWeights(t, got.Weights, want.Weights)
	}
	// A factor that follows from another changes nothing.
	aliased, err := Apply(&NonresponsePropensity{Status: "disposition", Respondents: yes, Nonrespondents: no,
		Factors: []string{"subsector", "sector"}}, data, w)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Apply(&NonresponsePropensity{Status: "disposition", Respondents: yes, Nonrespondents: no,
		Factors: []string{"subsector"}}, data, w)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, aliased.Weights, plain.Weights)
}

// Rows with the same propensity share a class, by their lowest rank: of eight, in
// two classes, the ranks 1 1 1 4 4 are in the first and 6 6 8 in the second.
func TestConvention_PropensityClassesKeepTiesTogether(t *testing.T) {
	x := microdata.Numbers("x", []float64{1, 1, 1, 2, 2, 3, 3, 4})
	data, err := microdata.New(x, categories(t, "s", []string{"R", "N", "N", "R", "R", "R", "N", "R"}))
	if err != nil {
		t.Fatal(err)
	}
	step := &NonresponsePropensity{Status: "s", Respondents: []string{"R"}, Nonrespondents: []string{"N"}, Numeric: []string{"x"}, Count: 2}
	got, err := Apply(step, data, []float64{1, 2, 3, 4, 5, 6, 7, 8})
	if err != nil {
		t.Fatal(err)
	}
	first, second := 15.0/10, 21.0/14
	sameWeights(t, got.Weights, []float64{first, 0, 0, 4 * first, 5 * first, 6 * second, 0, 8 * second})
}

// TestCollapse: the smallest class joins its smaller neighbour, in order,
// never across parents.
func TestCollapse(t *testing.T) {
	var parent, along, status []string
	var n []float64
	add := func(p, a string, respondents int, population float64) {
		for k := range 6 {
			parent, along, n = append(parent, p), append(along, a), append(n, population)
			status = append(status, map[bool]string{true: "R", false: "N"}[k < respondents])
		}
	}
	add("p", "100+", 1, 10) // written out of order on purpose
	add("p", "1-9", 6, 100)
	add("p", "10-99", 2, 50)
	add("q", "1-9", 1, 7)
	add("q", "10-99", 1, 8)
	add("r", "1-9", 6, 9)
	data, err := microdata.New(categories(t, "p", parent), categories(t, "a", along), categories(t, "s", status), microdata.Numbers("n", n))
	if err != nil {
		t.Fatal(err)
	}
	w := slices.Repeat([]float64{1}, len(n))
	s, _ := data.Column("s")
	c := &Collapse{Name: "k", Classes: []string{"p", "a"}, Within: "p", Along: "a", Order: []string{"1-9", "10-99", "100+"}, Min: 3, Population: "n"}
	out, err := c.Apply(data, w, func(i int) bool { return s.Level(i) == "R" })
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"p.1-9", "p.10-99|100+", "q.1-9|10-99", "r.1-9"}; !slices.Equal(out.Class.Levels, want) {
		t.Errorf("classes %v, want %v", out.Class.Levels, want)
	}
	if out.Population[0].Number[0] != 60 {
		t.Errorf("the joined class counts %v units, want 60", out.Population[0].Number[0])
	}
	if !slices.Equal(out.Small, []string{"q.1-9|10-99"}) {
		t.Errorf("small classes %v", out.Small)
	}
	c.Order = c.Order[:2]
	if _, err := c.Apply(data, w, func(int) bool { return true }); CodeOf(err) != BadCase || !strings.Contains(err.Error(), "100+") {
		t.Errorf("error %v, want the level without a place", err)
	}
}

// TestCalibrateByColumnsOrValues: the same totals as a margin, as constraints
// with their columns in another order, or as indicator columns.
func TestCalibrateByColumnsOrValues(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	n := 300
	a, b := make([]string, n), make([]string, n)
	both := make([]float64, n)
	w := make([]float64, n)
	for i := range n {
		a[i], b[i] = string(rune('a'+r.IntN(2))), string(rune('x'+r.IntN(2)))
		if a[i] == "a" && b[i] == "x" {
			both[i] = 1
		}
		w[i] = 1 + r.Float64()
	}
	data, err := microdata.New(categories(t, "a", a), categories(t, "b", b), microdata.Numbers("both", both))
	if err != nil {
		t.Fatal(err)
	}
	run := func(constraint string) []float64 {
		step, err := decodeStep([]byte(`{"kind": "calibrate", "method": "raking", "bounds": null, "constraints": [{"total": 500}, ` + constraint + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		out, err := Apply(step, data, w)
		if err != nil {
			t.Fatal(err)
		}
		return out.Weights
	}
	want := run(`{"where": {"a": "a", "b": "x"}, "total": 130}`)
	sameWeights(t, run(`{"where": {"b": "x", "a": "a"}, "total": 130}`), want)
	sameWeights(t, run(`{"value": "both", "total": 130}`), want)
	sameWeights(t, run(`{"where": {"both": 1}, "total": 130}`), want)
}

func sameWeights(t *testing.T, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-9*(1+want[i]) {
			t.Fatalf("row %d: weight %v, want %v", i+1, got[i], want[i])
		}
	}
}

func sum(w []float64) float64 {
	var s float64
	for _, x := range w {
		s += x
	}
	return s
}

// TestComplaint_BoundsMayBeOnWeights: bounds on the weights themselves hold, and bounds that
// cannot be met are answered with the tightest that can.
func TestComplaint_BoundsMayBeOnWeights(t *testing.T) {
	data, margins := synthetic(t, 5)
	w := slices.Clone(numbers(t, data, "design_weight"))
	step := &Calibrate{Method: "linear", Constraints: Constraints(margins[1]), Weights: &[2]float64{0.5, 4.5}}
	for i, c := range step.Constraints {
		step.Constraints[i].Total = c.Total * (1 + 0.02*float64(i))
	}
	out, err := Apply(step, data, w)
	if err != nil {
		t.Fatal(err)
	}
	if low, high := slices.Min(out.Weights), slices.Max(out.Weights); low < 0.5 || high > 4.5 {
		t.Errorf("weights from %v to %v", low, high)
	}
	step.Weights = &[2]float64{2, 2.1}
	_, err = Apply(step, data, w)
	if CodeOf(err) != CalibrationInfeasible || !strings.Contains(err.Error(), "tightest weight_bounds") {
		t.Fatalf("error %v", err)
	}
	var low, high float64
	if _, e := fmt.Sscanf(err.Error()[strings.Index(err.Error(), " are [")+6:], "%g, %g]", &low, &high); e != nil {
		t.Fatalf("%v: %v", err, e)
	}
	step.Weights = &[2]float64{low, high}
	if _, err := Apply(step, data, w); err != nil {
		t.Errorf("the bounds named do not help: %v", err)
	}
	for _, wrong := range []Calibrate{
		{Method: "linear", Weights: &[2]float64{3, 2}}, {Method: "logit", Weights: &[2]float64{1, 2}},
		{Method: "linear", Weights: &[2]float64{1, 2}, Bounds: &[2]float64{0.5, 2}},
	} {
		wrong.Constraints = step.Constraints
		if _, err := Apply(&wrong, data, w); CodeOf(err) != BadCase {
			t.Errorf("%v within %v: error %v", wrong.Method, *wrong.Weights, err)
		}
	}
}
