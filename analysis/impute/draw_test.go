package impute_test

import (
	"math"
	"slices"
	"testing"

	"barometer/analysis/impute"
	"barometer/survey/microdata"
)

// TestOrderOfRowsIsIrrelevant: each unit gets the same value wherever its row
// stands, in single and multiple imputation and in a replicate.
func TestOrderOfRowsIsIrrelevant(t *testing.T) {
	a := makeAnswers(500, 3)
	b := a.shuffled(4)
	for name, run := range map[string]func(*answers, impute.Plan) *microdata.Data{
		"complete": func(x *answers, p impute.Plan) *microdata.Data { return complete(t, x.data(t), p) },
		"set 2": func(x *answers, p impute.Plan) *microdata.Data {
			sets, err := newDeck(t, x.data(t), p).Multiple(2)
			if err != nil {
				t.Fatal(err)
			}
			return sets[1]
		},
		"replicate": func(x *answers, p impute.Plan) *microdata.Data {
			d, err := newDeck(t, x.data(t), p).Reimpute(halved(x))
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
	} {
		for _, variable := range []string{"hours", "answer"} {
			p := with(func(p *impute.Plan) { p.Variables = []string{variable} })
			if unit := differs(a, b, column(t, run(a, p), variable), column(t, run(b, p), variable)); unit != "" {
				t.Errorf("%s, %s: unit %s has one value in one order and another in the other", name, variable, unit)
			}
		}
	}
}

// differs names a unit whose values are not the same in two columns.
func differs(a, b *answers, x, y *microdata.Column) string {
	value := func(c *microdata.Column, i int) any {
		if c.IsNumeric() {
			return c.Number[i]
		}
		return c.Level(i)
	}
	seen := make(map[string]any)
	for i, key := range a.key {
		seen[key] = value(x, i)
	}
	for i, key := range b.key {
		if seen[key] != value(y, i) {
			return key
		}
	}
	return ""
}

// halved are the weights of a replicate without the units of even number.
func halved(a *answers) []float64 {
	w := slices.Clone(a.weight)
	for i, key := range a.key {
		if key[len(key)-1]%2 == 0 {
			w[i] = 0
		}
	}
	return w
}

// TestSeedsAndSetsDiffer: another seed and another set draw other donors; the
// same ones draw the same, and a replicate with the plan's weights does.
func TestSeedsAndSetsDiffer(t *testing.T) {
	a := makeAnswers(300, 5)
	d := a.data(t)
	deck := newDeck(t, d, plan)
	three, err := deck.Multiple(3)
	if err != nil {
		t.Fatal(err)
	}
	two, err := deck.Multiple(2)
	if err != nil {
		t.Fatal(err)
	}
	replicate, err := deck.Reimpute(a.weight)
	if err != nil {
		t.Fatal(err)
	}
	hours := func(d *microdata.Data) []float64 { return column(t, d, "hours").Number }
	if !slices.Equal(hours(three[1]), hours(two[1])) {
		t.Error("set 2 of 3 is not set 2 of 2")
	}
	different := [][]float64{hours(complete(t, d, plan)), hours(complete(t, d, with(func(p *impute.Plan) { p.Seed = 8 }))),
		hours(three[0]), hours(three[1]), hours(three[2])}
	if !slices.Equal(hours(replicate), different[0]) {
		t.Error("a replicate with the plan's weights is not the completed data")
	}
	for i, x := range different {
		for k, y := range different[:i] {
			if slices.Equal(x, y) {
				t.Errorf("draws %d and %d are the same", k, i)
			}
		}
	}
}

// TestDonorsAreDrawnByWeight: among donors of values 0 and 1 with weights 3 to
// 1, a quarter of 4,000 recipients get 1, give or take four standard errors.
func TestDonorsAreDrawnByWeight(t *testing.T) {
	y, w := []float64{0, 1, 0, 1}, []float64{6, 2, 0, 1e6}
	y[3] = math.NaN()
	for range 4000 {
		y, w = append(y, math.NaN()), append(w, 1)
	}
	d, err := microdata.New(microdata.Numbers("y", y), microdata.Numbers("w", w))
	if err != nil {
		t.Fatal(err)
	}
	after := complete(t, d, impute.Plan{Variables: []string{"y"}, Weight: "w", Seed: 1})
	var ones float64
	for _, v := range column(t, after, "y").Number[4:] {
		ones += v
	}
	if math.Abs(ones-1000) > 4*math.Sqrt(4000*0.25*0.75) {
		t.Errorf("%v of 4000 recipients got the value with a quarter of the weight", ones)
	}
}

// TestNegativeWeightGivesNothing: calibration can make one in a replicate; the
// other donors share as if it were not there.
func TestNegativeWeightGivesNothing(t *testing.T) {
	y, w := []float64{1, 2, 3}, []float64{5, -4, 5}
	for range 4000 {
		y, w = append(y, math.NaN()), append(w, 1)
	}
	d, err := microdata.New(microdata.Numbers("y", y))
	if err != nil {
		t.Fatal(err)
	}
	after, err := newDeck(t, d, impute.Plan{Variables: []string{"y"}}).Reimpute(w)
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[float64]int)
	for _, v := range column(t, after, "y").Number[3:] {
		count[v]++
	}
	if count[2] > 0 || math.Abs(float64(count[1])-2000) > 4*math.Sqrt(4000*0.25) {
		t.Errorf("donors of weights 5, -4, 5 gave %v", count)
	}
}
