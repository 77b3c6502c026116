package weighting

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"barometer/survey/microdata"
	"barometer/weighting/margin"
)

var sizes = []string{"1-19", "20-49", "50-99", "100+"}

// frameCounts are a few subsectors of the frame, by size.
var frameCounts = []struct {
	sector, subsector string
	n                 [4]int
}{
	{"kommune", "K-DAG", [4]int{1950, 1800, 180, 20}},
	{"kommune", "K-SKO", [4]int{380, 620, 650, 250}},
	{"kommune", "K-KUL", [4]int{390, 160, 35, 15}},
	{"region", "R-SUN", [4]int{110, 130, 90, 140}},
	{"region", "R-ADM", [4]int{8, 10, 8, 14}},
	{"stat", "S-ADM", [4]int{180, 200, 120, 140}},
}

// synthetic is a sampled wave with dispositions, and the margins of its frame.
func synthetic(t testing.TB, seed uint64) (*microdata.Data, []margin.Margin) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	text := map[string][]string{}
	number := map[string][]float64{}
	var bySubsector, bySize margin.Margin
	bySubsector = margin.Margin{Name: "subsector", Columns: []string{"subsector"}}
	bySize = margin.Margin{Name: "size", Columns: []string{"size"}}
	sizeTotal := [4]float64{}
	for _, f := range frameCounts {
		total := 0.0
		for k, n := range f.n {
			total += float64(n)
			sizeTotal[k] += float64(n)
			take := n
			if n > 15 {
				take = max(15, n/4)
			}
			for range take {
				add := func(name, v string) { text[name] = append(text[name], v) }
				add("sector", f.sector)
				add("subsector", f.subsector)
				add("size", sizes[k])
				add("stratum", f.subsector+"."+sizes[k])
				add("unit", "u"+string(rune('a'+r.IntN(26)))+strings.Repeat("x", len(text["unit"])%7)+string(rune('0'+k)))
				add("disposition", disposition(r, f.sector))
				number["stratum_n"] = append(number["stratum_n"], float64(n))
				number["design_weight"] = append(number["design_weight"], float64(n)/float64(take))
			}
		}
		bySubsector.Totals = append(bySubsector.Totals, margin.Total{Level: []string{f.subsector}, Total: total})
	}
	for k, s := range sizes {
		bySize.Totals = append(bySize.Totals, margin.Total{Level: []string{s}, Total: sizeTotal[k]})
	}
	var columns []microdata.Column
	for _, name := range []string{"unit", "sector", "subsector", "size", "stratum", "disposition"} {
		columns = append(columns, categories(t, name, text[name]))
	}
	for _, name := range []string{"stratum_n", "design_weight"} {
		columns = append(columns, microdata.Numbers(name, number[name]))
	}
	data, err := microdata.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return data, []margin.Margin{bySubsector, bySize}
}

func disposition(r *rand.Rand, sector string) string {
	answer := map[string]float64{"kommune": 0.3, "region": 0.4, "stat": 0.45}[sector]
	switch u := r.Float64(); {
	case u < answer:
		return "complete"
	case u < answer+0.03:
		return "ineligible"
	case u < answer+0.10:
		return "partial"
	case u < answer+0.20:
		return "refused"
	case u < answer+0.25:
		return "unknown"
	}
	return "noncontact"
}

func demoRecipe(t testing.TB) *Recipe {
	t.Helper()
	f, err := os.Open("../cmd/barometer/demo/wave/weighting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recipe, err := ReadRecipe(f, "weighting.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return recipe
}

// TestWaveRecipe runs the recipe of the example wave and checks what later
// stages rely on.
func TestWaveRecipe(t *testing.T) {
	data, margins := synthetic(t, 7)
	recipe := demoRecipe(t)
	if got := recipe.Margins(); !slices.Equal(got, []string{"subsector", "size"}) {
		t.Errorf("the recipe names margins %v", got)
	}
	before := len(data.Columns())
	res, err := Run(data, recipe, margins)
	if err != nil {
		t.Fatal(err)
	}
	if len(data.Columns()) != before {
		t.Error("the data were changed")
	}
	if err := res.AddTo(data); err != nil {
		t.Fatal(err)
	}
	w := numbers(t, data, "weight")
	checkTotals(t, data, w, margins)
	checkDispositions(t, data, w)
	checkClasses(t, data, w)

	spec, _ := json.Marshal(res.Spec)
	for _, part := range []string{`"strata":["class"]`, `"fpc":["class_n"]`, `"weights":"weight"`, `"before":"weight_before_rake"`} {
		if !strings.Contains(string(spec), part) {
			t.Errorf("design %s lacks %s", spec, part)
		}
	}
	if n := len(res.Spec.Adjustments); n != 1 {
		t.Fatalf("%d adjustments, want the raking after the trim alone", n)
	}
	// 6 subsectors and 4 sizes, one of which follows from the others.
	if n := len(res.Spec.Adjustments[0].Auxiliary); n != 9 {
		t.Errorf("%d auxiliary variables, want 9", n)
	}
}

func numbers(t testing.TB, data *microdata.Data, name string) []float64 {
	t.Helper()
	c, err := data.Column(name)
	if err != nil {
		t.Fatal(err)
	}
	return c.Number
}

func checkTotals(t *testing.T, data *microdata.Data, w []float64, margins []margin.Margin) {
	t.Helper()
	for _, m := range margins {
		c, _ := data.Column(m.Columns[0])
		for _, total := range m.Totals {
			var got float64
			for i, x := range w {
				if c.Level(i) == total.Level[0] {
					got += x
				}
			}
			if math.Abs(got-total.Total) > 1e-9*(1+total.Total) {
				t.Errorf("%s: weights add to %v, frame has %v", m.LevelLabel(total), got, total.Total)
			}
		}
	}
}

func checkDispositions(t *testing.T, data *microdata.Data, w []float64) {
	t.Helper()
	c, _ := data.Column("disposition")
	for i, x := range w {
		stays := c.Level(i) == "complete" || c.Level(i) == "ineligible"
		if stays != (x > 0) {
			t.Fatalf("row %d: disposition %s has weight %v", i+1, c.Level(i), x)
		}
	}
}

// checkClasses: every class has its minimum of respondents, lies in one
// subsector, and counts the frame units of its strata.
func checkClasses(t *testing.T, data *microdata.Data, w []float64) {
	t.Helper()
	class, _ := data.Column("class")
	subsector, _ := data.Column("subsector")
	stratum, _ := data.Column("stratum")
	disposition, _ := data.Column("disposition")
	n, stratumN := numbers(t, data, "class_n"), numbers(t, data, "stratum_n")
	respondents, parent := map[string]int{}, map[string]string{}
	strata, count, positive := map[string]map[string]float64{}, map[string]float64{}, map[string]float64{}
	for i := range n {
		k := class.Level(i)
		if disposition.Level(i) == "complete" {
			respondents[k]++
		}
		if p, seen := parent[k]; seen && p != subsector.Level(i) {
			t.Fatalf("class %s lies in %s and %s", k, p, subsector.Level(i))
		}
		parent[k] = subsector.Level(i)
		if strata[k] == nil {
			strata[k] = map[string]float64{}
		}
		strata[k][stratum.Level(i)] = stratumN[i]
		count[k] = n[i]
		if w[i] > 0 {
			positive[k]++
		}
	}
	for k := range count {
		var want float64
		for _, x := range strata[k] {
			want += x
		}
		if count[k] != want {
			t.Errorf("class %s counts %v units, its strata %v", k, count[k], want)
		}
		if respondents[k] < 5 {
			t.Errorf("class %s has %d respondents", k, respondents[k])
		}
		if positive[k] > count[k] {
			t.Errorf("class %s has more units in the sample than in the frame", k)
		}
	}
}

// TestRunIsReproducible: the same data in another order of rows give every
// unit the same weight, and a second run the same bytes.
func TestRunIsReproducible(t *testing.T) {
	data, margins := synthetic(t, 3)
	recipe := demoRecipe(t)
	first, err := Run(data, recipe, margins)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Run(data, recipe, margins)
	if err != nil {
		t.Fatal(err)
	}
	w := numbers(t, first.Data, "weight")
	if !slices.Equal(w, numbers(t, again.Data, "weight")) {
		t.Error("a second run gives other weights")
	}
	order := rand.New(rand.NewPCG(9, 9)).Perm(data.Rows())
	shuffled, err := Run(permute(t, data, order), recipe, margins)
	if err != nil {
		t.Fatal(err)
	}
	for k, x := range numbers(t, shuffled.Data, "weight") {
		if math.Abs(x-w[order[k]]) > 1e-11*x {
			t.Fatalf("row %d: weight %v, in another order %v", order[k], w[order[k]], x)
		}
	}
}

func permute(t *testing.T, data *microdata.Data, order []int) *microdata.Data {
	t.Helper()
	var columns []microdata.Column
	for _, c := range data.Columns() {
		p := microdata.Column{Name: c.Name, Levels: c.Levels}
		for _, from := range order {
			if c.IsNumeric() {
				p.Number = append(p.Number, c.Number[from])
			} else {
				p.Code = append(p.Code, c.Code[from])
			}
		}
		columns = append(columns, p)
	}
	out, err := microdata.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRunNamesWhatIsWrong: the message of a failed step lets the reader find
// the cause.
func TestRunNamesWhatIsWrong(t *testing.T) {
	data, margins := synthetic(t, 7)
	short := func(m margin.Margin) margin.Margin {
		m.Totals = m.Totals[1:]
		return m
	}
	inflated := func(m margin.Margin) margin.Margin {
		m.Totals = slices.Clone(m.Totals)
		m.Totals[0].Total += 100
		return m
	}
	extra := func(m margin.Margin) margin.Margin {
		m.Totals = append(slices.Clone(m.Totals), margin.Total{Level: []string{"K-XXX"}, Total: 10})
		m.Totals[0].Total -= 10
		return m
	}
	for _, c := range []struct {
		name    string
		margins []margin.Margin
		code    Code
		mention []string
	}{
		{"margin not given", margins[:1], BadCase, []string{`"size"`, "line 50"}},
		{"level without total", []margin.Margin{margins[0], short(margins[1])}, MarginsInconsistent, []string{"margin size", "no total for size=1-19"}},
		{"margins disagree", []margin.Margin{margins[0], inflated(margins[1])}, MarginsInconsistent, []string{"margin subsector adds to 7600", "margin size to 7700"}},
		{"total without units", []margin.Margin{extra(margins[0]), margins[1]}, CellEmpty, []string{"subsector=K-XXX"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Run(data, demoRecipe(t), c.margins)
			if CodeOf(err) != c.code {
				t.Fatalf("error %v, want code %s", err, c.code)
			}
			for _, part := range c.mention {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v: does not mention %s", err, part)
				}
			}
		})
	}
}

// TestComplaint_UnmatchedStatusIsRefused: a code the recipe does not know stops it.
func TestComplaint_UnmatchedStatusIsRefused(t *testing.T) {
	data, margins := synthetic(t, 7)
	c, _ := data.Column("disposition")
	c.Levels[c.Code[0]] = "moved"
	_, err := Run(data, demoRecipe(t), margins)
	if CodeOf(err) != BadData || !strings.Contains(err.Error(), `"moved"`) {
		t.Errorf("error %v", err)
	}
}
