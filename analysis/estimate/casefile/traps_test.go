package casefile_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// The traps that others fell into, one test each, with figures reckoned here
// from the rows and by no part of the program. Traps 2, 4 and 5 are also walked
// by the live comparison with R, which leaves out what R has wrong.

// figure is one number of a case's answer to the changed twelve, NaN where it is
// undefined.
func figure(t *testing.T, text, item, key string, changes ...string) float64 {
	t.Helper()
	answer, err := solveFile(t, "d.csv", with(t, changes...), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, row := range answer.Rows {
		if x, ok := row.Figure(key); ok && row.Item == item {
			return x
		}
	}
	t.Fatalf("%s: no %s of %s", text, key, item)
	return 0
}

func checkFigure(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
		t.Errorf("%s is %.15g, want %.15g", what, got, want)
	}
}

// stratumVariance is n/(n−1)·Σ(z − z̄)².
func stratumVariance(z ...float64) float64 {
	mean, sum := 0.0, 0.0
	for _, x := range z {
		mean += x / float64(len(z))
	}
	for _, x := range z {
		sum += (x - mean) * (x - mean)
	}
	return sum * float64(len(z)) / float64(len(z)-1)
}

// Trap 1: a lonely unit of a total is compared with the mean of all units, not
// with nought, as survey 4.1-1 does.
func TestTrap1_AdjustForTotalsRecentres(t *testing.T) {
	const lone = `"design":{"strata":["h"],"weights":"w","lonely_psu":"adjust"},"request":{"stat":"total","vars":["x"]}`
	a := []float64{20, 24, 22, 20, 30, 24} // w·x
	b := []float64{33, 39, 30, 33, 42}
	alone, sum := 36.0, 36.0
	for _, z := range slices.Concat(a, b) {
		sum += z
	}
	apart := alone - sum/12
	want := math.Sqrt(stratumVariance(a...) + stratumVariance(b...) + apart*apart)
	checkFigure(t, "the standard error", figure(t, lone, "x", "se", "12 h c"), want)
}

// Trap 2: what raking explains is fitted with the weights before it; R's rake
// fits without. Of one margin the fit is the mean of each cell.
func TestTrap2_RakingResidualsAreWeighted(t *testing.T) {
	const raked = `"design":{"weights":"w"},"adjust":[{"kind":"rake","margins":[{"vars":["g"],"totals":[
		{"level":{"g":"p"},"total":40},{"level":{"g":"q"},"total":20}]}]}],"request":{"stat":"total","vars":["x"]}`
	w := []float64{5, 2, 1, 7, 2, 2, 3, 3, 3, 3, 3, 3}
	x := []float64{10, 12, 11, 10, 15, 12, 11, 13, 10, 11, 14, 12}
	g := []int{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}
	var size, sum, plain [2]float64
	for i := range w {
		size[g[i]] += w[i]
		sum[g[i]] += w[i] * x[i]
		plain[g[i]] += x[i] / 6
	}
	var z, unweighted []float64
	for i := range w {
		raked := w[i] * [2]float64{40, 20}[g[i]] / size[g[i]]
		z = append(z, raked*(x[i]-sum[g[i]]/size[g[i]]))
		unweighted = append(unweighted, raked*(x[i]-plain[g[i]]))
	}
	want := math.Sqrt(stratumVariance(z...))
	if math.Abs(math.Sqrt(stratumVariance(unweighted...))/want-1) < 1e-3 {
		t.Fatal("the two ways do not differ here")
	}
	checkFigure(t, "the standard error", figure(t, raked, "x", "se", "1 w 5", "3 w 1", "4 w 7"), want)
}

// Trap 3: the rule of quantiles that is taken by default does not depend on the
// order of rows with the same value; hf7 does, as R has it.
func TestTrap3_QuantilesDoNotDependOnTheOrderOfTies(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(with(t, "1 w 9", "4 w 1", "2 w 5", "6 w 1")), "\n")
	slices.Reverse(lines[1:])
	turned := strings.Join(lines, "\n") + "\n"
	request := `"design":{"weights":"w"},"request":{"stat":"quantile","vars":["x"],"options":{"probs":[0.1,0.25,0.4,0.5,0.6,0.75,0.9]}}`
	there, err := solveFile(t, "d.csv", with(t, "1 w 9", "4 w 1", "2 w 5", "6 w 1"), request)
	if err != nil {
		t.Fatal(err)
	}
	back, err := solveFile(t, "d.csv", turned, request)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "reversed", back, there, 1e-12, "estimate")
	for i, row := range there.Rows { // limits may be undefined, here and there
		for _, key := range []string{"ci_low", "ci_high"} {
			here, _ := row.Figure(key)
			if turned, _ := back.Rows[i].Figure(key); turned != here && !(math.IsNaN(turned) && math.IsNaN(here)) {
				t.Errorf("reversed: %s of %s is %v, not %v", key, row.Item, turned, here)
			}
		}
	}
}

// Trap 4: a standard error that is exactly 0 is written as 0, not as 1e-9: that
// of a total that calibration fixes, and of a census of each stratum.
func TestTrap4_ErrorsThatAreZeroAreZero(t *testing.T) {
	fixed := figure(t, `"design":{"strata":["h"],"weights":"w"},"adjust":[{"kind":"calibrate","method":"raking","constraints":[
		{"total":31},{"value":"x","total":371.3}]}],"request":{"stat":"total","vars":["x"]}`, "x", "se")
	census := figure(t, `"design":{"strata":["h"],"fpc":["N"],"weights":"w"},"request":{"stat":"mean","vars":["x"]}`, "x", "se", "* N 6")
	if fixed != 0 || census != 0 {
		t.Errorf("a fixed total has the standard error %v, a census %v", fixed, census)
	}
}

// Trap 5: the distributions agree with R's to 1e-10, the t quantile at a million
// degrees of freedom included. The figures are R's own.
func TestTrap5_DistributionsAreThoseOfR(t *testing.T) {
	student := func(df float64) distuv.StudentsT { return distuv.StudentsT{Sigma: 1, Nu: df} }
	for _, c := range []struct{ got, want float64 }{
		{student(1).Quantile(0.975), 12.706204736174694}, {student(7).Quantile(0.975), 2.3646242515927844},
		{student(30).Quantile(0.975), 2.0422724563012378}, {student(1e6).Quantile(0.975), 1.9599663568141066},
		{distuv.Beta{Alpha: 3, Beta: 98}.Quantile(0.025), 0.0062299715383063968}, {distuv.Beta{Alpha: 40, Beta: 2.5}.Quantile(0.025), 0.85426587787471087},
		{distuv.F{D1: 3, D2: 17}.Survival(3.2), 0.049858015044896592}, {distuv.F{D1: 7.5, D2: 211}.Survival(11), 2.1459604383239108e-12},
		{distuv.ChiSquared{K: 3}.Survival(9.1), 0.027990457932157105}, {distuv.ChiSquared{K: 12}.Survival(40), 7.1908840528428925e-05},
		{2 * student(3).CDF(-2.3), 0.10498836064446998}, {2 * student(90).CDF(-2.3), 0.023760553334356189},
	} {
		if math.Abs(c.got-c.want) > 1e-10*max(1, c.want) {
			t.Errorf("%.17g, R has %.17g", c.got, c.want)
		}
	}
}

// Trap 6: calibration takes bounds, and nothing stops at 1e-4 for want of a
// tolerance in the request.
func TestTrap6_CalibrationTakesBoundsAndIsTight(t *testing.T) {
	steps := map[string]string{
		"rake": `{"kind":"rake","margins":[{"vars":["g"],"totals":[{"level":{"g":"p"},"total":19},{"level":{"g":"q"},"total":12}]},
			{"vars":["k"],"totals":[{"level":{"k":1},"total":11},{"level":{"k":2},"total":20}]}]}`,
		"bounds": `{"kind":"calibrate","method":"linear","bounds":[0.6,1.6],"constraints":[{"where":{"g":"p"},"total":19},{"where":{"g":"q"},"total":12},{"where":{"k":1},"total":11}]}`,
	}
	for name, step := range steps {
		text := `"design":{"weights":"w"},"adjust":[` + step + `],"request":{"stat":"weights","options":{"margins":["g","k"]}}`
		for item, want := range map[string]float64{"sum|g=p": 19, "sum|g=q": 12, "sum|k=1": 11, "sum|k=2": 20} {
			if got := figure(t, text, item, "estimate"); math.Abs(got-want) > 1e-9*want {
				t.Errorf("%s: %s is %.12g, want %v", name, item, got, want)
			}
		}
	}
}

// Item nonresponse is a domain of each variable: a row that lacks one answer is
// not dropped from the others, as R does within a formula.
func TestConvention_MissingAnswersAreOfOneVariable(t *testing.T) {
	const both = `"design":{"strata":["h"],"weights":"w"},"request":{"stat":"mean","vars":["y","x"]}`
	const alone = `"design":{"strata":["h"],"weights":"w"},"request":{"stat":"mean","vars":["x"]}`
	for _, key := range []string{"estimate", "se", "n", "ci_low"} {
		checkFigure(t, key, figure(t, both, "x", key, "3 y ", "8 y "), figure(t, alone, "x", key))
	}
	checkFigure(t, "n", figure(t, both, "y", "n", "3 y ", "8 y "), 10)
}

// Intervals are t-intervals with the degrees of freedom asked for: units less
// strata of all, or of those that hold rows of the estimate. With none left there
// is a standard error and no interval.
func TestConvention_DegreesOfFreedomAndT(t *testing.T) {
	request := func(by, options string) string {
		return `"design":{"ids":["psu"],"strata":["h"],"weights":"w"},"request":{"stat":"mean","vars":["x"],"where":{` + by + `},"options":{` + options + `}}`
	}
	for _, c := range []struct {
		where, options string
		df             float64
	}{{``, ``, 4}, {`"h":"a"`, ``, 4}, {`"h":"a"`, `"df":"domain"`, 2}, {``, `"df":"domain"`, 4}, {``, `"df":11`, 11}, {``, `"df":"inf"`, math.Inf(1)}} {
		text := request(c.where, c.options)
		half := figure(t, text, "x", "ci_high") - figure(t, text, "x", "estimate")
		quantile := distuv.UnitNormal.Quantile(0.975)
		if c.df < math.Inf(1) {
			quantile = distuv.StudentsT{Sigma: 1, Nu: c.df}.Quantile(0.975)
		}
		checkFigure(t, text, half/figure(t, text, "x", "se"), quantile)
	}
	one := strings.Replace(request(`"psu":"a1"`, `"df":"domain"`), "mean", "total", 1)
	if low := figure(t, one, "x", "ci_low"); !math.IsNaN(low) {
		t.Errorf("without degrees of freedom the interval starts at %v", low)
	}
	checkFigure(t, "the standard error", figure(t, one, "x", "se"), math.Sqrt(stratumVariance(44, 0, 0)))
}

// Complaint (balance#69): weights that were trimmed enter raking as they are.
func TestComplaint_TrimmingIsNotForgottenByRaking(t *testing.T) {
	const rake = `{"kind":"rake","margins":[{"vars":["g"],"totals":[{"level":{"g":"p"},"total":20},{"level":{"g":"q"},"total":20}]}]}`
	text := `"design":{"weights":"w"},"adjust":[{"kind":"trim","upper":6,"redistribute":"equal"},` + rake + `],"request":{"stat":"weights"}`
	answer, err := solveFile(t, "d.csv", with(t, "1 w 30"), text)
	if err != nil {
		t.Fatal(err)
	}
	w := answer.Weights.Values
	trimmed, other := 6.0, 2+24.0/11
	checkFigure(t, "the ratio of two weights", w[0]/w[2], trimmed/other)
}

// Complaint (svy#147): the variance knows that weights are calibrated: of what
// the margins explain nothing is left.
func TestComplaint_CalibrationEntersTheVariance(t *testing.T) {
	const post = `"adjust":[{"kind":"poststratify","vars":["g"],"totals":[{"level":{"g":"p"},"total":15},{"level":{"g":"q"},"total":15}]}],`
	const request = `"request":{"stat":"count","vars":["g"]}`
	if se := figure(t, `"design":{"weights":"w"},`+post+request, "g=p", "se"); se != 0 {
		t.Errorf("a count that poststratification fixes has the standard error %v", se)
	}
	if se := figure(t, `"design":{"weights":"w"},`+request, "g=p", "se"); !(se > 1) {
		t.Errorf("without it the standard error is %v", se)
	}
}

// Complaint (srvyr#164): thousands of cells are one answer like any other.
func TestComplaint_ManyCellsAreAnswered(t *testing.T) {
	var text strings.Builder
	text.WriteString("row,w,y,a,b\n")
	for i := range 7000 {
		text.WriteString(strings.Join([]string{strconv.Itoa(i + 1), strconv.Itoa(1 + i%3), strconv.Itoa(i % 7), strconv.Itoa(i % 84), strconv.Itoa(i / 84 % 80)}, ",") + "\n")
	}
	answer, err := solveFile(t, "d.csv", text.String(), `"design":{"weights":"w"},"request":{"stat":"mean","vars":["y"],"by":["a","b"]}`)
	if err != nil || len(answer.Rows) != 6720 {
		t.Fatalf("%d cells, want 6,720; %v", len(answer.Rows), err)
	}
}
