package impute_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/impute"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// answers is a small wave: sectors with different levels of hours and different
// answers to a question, both left open here and there.
type answers struct {
	key, sector, size, answer []string
	hours, weight             []float64
	reason                    []codebook.Missing // of answer
}

var levels = []string{"ja", "nej", "ved_ikke"}

func makeAnswers(n int, seed uint64) *answers {
	r := rand.New(rand.NewPCG(seed, 1))
	a := &answers{}
	for i := range n {
		sector := []string{"kommune", "region", "stat"}[i%3]
		a.key = append(a.key, fmt.Sprintf("u%05d", i))
		a.sector = append(a.sector, sector)
		a.size = append(a.size, []string{"small", "large"}[r.IntN(2)])
		a.weight = append(a.weight, 1+3*r.Float64())
		hours, answer, reason := 100*float64(i%3)+10*r.Float64(), levels[r.IntN(3)], codebook.Present
		if r.Float64() < 0.2 {
			hours, answer, reason = math.NaN(), "", codebook.Skipped
		} else if r.Float64() < 0.1 {
			answer, reason = "", codebook.NotAsked
		}
		a.hours, a.answer, a.reason = append(a.hours, hours), append(a.answer, answer), append(a.reason, reason)
	}
	return a
}

func (a *answers) data(t testing.TB) *microdata.Data {
	t.Helper()
	category := func(name string, levels, values []string) microdata.Column {
		c, err := microdata.Categories(name, levels, values)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	answer := category("answer", levels, a.answer)
	answer.Reason = a.reason
	d, err := microdata.New(
		category("key", a.key, a.key),
		category("sector", []string{"kommune", "region", "stat"}, a.sector),
		category("size", []string{"small", "large"}, a.size),
		microdata.Numbers("w", a.weight), microdata.Numbers("hours", a.hours), answer)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// shuffled returns the same units in another order.
func (a *answers) shuffled(seed uint64) *answers {
	b := &answers{}
	for _, i := range rand.New(rand.NewPCG(seed, 2)).Perm(len(a.key)) {
		b.key, b.sector, b.size = append(b.key, a.key[i]), append(b.sector, a.sector[i]), append(b.size, a.size[i])
		b.answer, b.hours = append(b.answer, a.answer[i]), append(b.hours, a.hours[i])
		b.weight, b.reason = append(b.weight, a.weight[i]), append(b.reason, a.reason[i])
	}
	return b
}

var plan = impute.Plan{Variables: []string{"hours"}, Weight: "w", Unit: "key", Classes: []string{"sector", "size"}, Seed: 7}

func with(change func(*impute.Plan)) impute.Plan {
	p := plan
	change(&p)
	return p
}

func newDeck(t testing.TB, d *microdata.Data, p impute.Plan) *impute.Deck {
	t.Helper()
	deck, err := impute.New(d, p)
	if err != nil {
		t.Fatal(err)
	}
	return deck
}

func column(t testing.TB, d *microdata.Data, name string) *microdata.Column {
	t.Helper()
	c, err := d.Column(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func complete(t testing.TB, d *microdata.Data, p impute.Plan) *microdata.Data {
	t.Helper()
	completed, err := newDeck(t, d, p).Complete()
	if err != nil {
		t.Fatal(err)
	}
	return completed
}

// TestEveryValueComesFromADonorOfTheClass: answers stay, gaps are filled with a
// value somebody of the same class gave, and the flag tells which.
func TestEveryValueComesFromADonorOfTheClass(t *testing.T) {
	a := makeAnswers(600, 1)
	before := a.data(t)
	after := complete(t, before, plan)
	given := make(map[string]bool)
	class := func(i int) string { return a.sector[i] + a.size[i] }
	for i, h := range a.hours {
		given[fmt.Sprint(class(i), h)] = true
	}
	hours, flag := column(t, after, "hours"), column(t, after, "hours_imputed")
	for i, h := range a.hours {
		switch got := hours.Number[i]; {
		case math.IsNaN(h) != (flag.Number[i] == 1):
			t.Fatalf("row %d: value %v has the flag %v", i+1, h, flag.Number[i])
		case !math.IsNaN(h) && got != h:
			t.Fatalf("row %d: the answer %v became %v", i+1, h, got)
		case math.IsNaN(got) || !given[fmt.Sprint(class(i), got)]:
			t.Fatalf("row %d: %v was given by nobody in its class", i+1, got)
		}
	}
	if !slices.ContainsFunc(column(t, before, "hours").Number, math.IsNaN) {
		t.Errorf("the gaps of the original data are filled too")
	}
}

// TestNotAskedStaysNotAsked: a question routed past gets no answer, one skipped
// gets one, and its reason for being missing goes.
func TestNotAskedStaysNotAsked(t *testing.T) {
	a := makeAnswers(600, 2)
	p := with(func(p *impute.Plan) { p.Variables = []string{"answer"} })
	deck := newDeck(t, a.data(t), p)
	after, err := deck.Complete()
	if err != nil {
		t.Fatal(err)
	}
	answer, flag := column(t, after, "answer"), column(t, after, "answer_imputed")
	var count impute.Count
	for i, reason := range a.reason {
		got := [...]any{answer.Missing(i), answer.Reason[i], flag.Number[i]}
		want := [...]any{false, codebook.Present, 0.0}
		switch reason {
		case codebook.Present:
			count.Answered++
		case codebook.NotAsked:
			want = [...]any{true, codebook.NotAsked, 0.0}
			count.NotAsked++
		case codebook.Skipped:
			want[2] = 1.0
			count.Imputed++
		}
		if got != want {
			t.Fatalf("row %d, %v: missing, reason, flag = %v, want %v", i+1, reason, got, want)
		}
	}
	count.Variable = "answer"
	if deck.Counts[0] != count || count.NotAsked == 0 || count.Imputed == 0 {
		t.Errorf("counted %+v, want %+v", deck.Counts[0], count)
	}
	if a.reason[slices.Index(a.reason, codebook.Skipped)] != codebook.Skipped {
		t.Error("the original reasons have changed")
	}
}

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

// TestRowsWithoutWeightStandAside: they neither give nor receive.
func TestRowsWithoutWeightStandAside(t *testing.T) {
	nan := math.NaN()
	d, err := microdata.New(microdata.Numbers("y", []float64{5, 9, 9, nan, nan, nan}), microdata.Numbers("w", []float64{1, 0, nan, 1, 0, nan}))
	if err != nil {
		t.Fatal(err)
	}
	after := complete(t, d, impute.Plan{Variables: []string{"y"}, Weight: "w"})
	y, flag := column(t, after, "y").Number, column(t, after, "y_imputed").Number
	if y[3] != 5 || !math.IsNaN(y[4]) || !math.IsNaN(y[5]) || !slices.Equal(flag, []float64{0, 0, 0, 1, 0, 0}) {
		t.Errorf("completed %v, flags %v", y, flag)
	}
}

// TestOneDonorGivesAllTheAnswers: variables imputed together come from one
// unit, so that a rule all donors obey holds for recipients.
func TestOneDonorGivesAllTheAnswers(t *testing.T) {
	nan := math.NaN()
	var staff, managers, third []float64
	for i := range 200 {
		x := float64(10 + i%50)
		s, m, o := x, x/10, 2*x
		switch i % 4 {
		case 1:
			s, m = nan, nan
		case 2:
			s, m, o = nan, nan, nan
		}
		staff, managers, third = append(staff, s), append(managers, m), append(third, o)
	}
	d, err := microdata.New(microdata.Numbers("staff", staff), microdata.Numbers("managers", managers), microdata.Numbers("third", third))
	if err != nil {
		t.Fatal(err)
	}
	after := complete(t, d, impute.Plan{Variables: []string{"managers", "staff", "third"}, Seed: 3})
	s, m, o := column(t, after, "staff").Number, column(t, after, "managers").Number, column(t, after, "third").Number
	for i := range s {
		if m[i] != s[i]/10 || math.IsNaN(s[i]) {
			t.Fatalf("row %d: %v staff with %v managers", i+1, s[i], m[i])
		}
		if i%4 == 2 && o[i] != 2*s[i] || i%4 == 1 && o[i] != third[i] {
			t.Fatalf("row %d: third value %v beside %v staff", i+1, o[i], s[i])
		}
	}
}

// TestClassWithoutDonorBorrows: from the next wider class, which is stated;
// never beyond the columns of within.
func TestClassWithoutDonorBorrows(t *testing.T) {
	a := makeAnswers(300, 6)
	for i := range a.key {
		if a.sector[i] == "stat" && a.size[i] == "large" {
			a.hours[i] = math.NaN()
		}
	}
	d := a.data(t)
	deck := newDeck(t, d, with(func(p *impute.Plan) { p.Within, p.Classes = []string{"sector"}, []string{"size"} }))
	if len(deck.Borrowed) != 1 {
		t.Fatalf("borrowed: %v, want the one class without donors", deck.Borrowed)
	}
	b := deck.Borrowed[0]
	if b.Class != "sector=stat, size=large" || b.From != "sector=stat" || b.Donors != 0 || b.FromDonors == 0 || b.Recipients == 0 {
		t.Errorf("borrowed %+v", b)
	}
	after, err := deck.Complete()
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range column(t, after, "hours").Number {
		if want := 100 * float64(slices.Index([]string{"kommune", "region", "stat"}, a.sector[i])); h < want || h >= want+10 {
			t.Fatalf("row %d of sector %s got %v, which is another sector's", i+1, a.sector[i], h)
		}
	}
	_, err = impute.New(d, with(func(p *impute.Plan) { p.Within, p.Classes = []string{"sector", "size"}, nil }))
	var none *impute.NoDonorError
	if !errors.As(err, &none) || len(none.Classes) != 1 || !strings.Contains(err.Error(), "sector=stat, size=large") {
		t.Errorf("a class without donors that may not borrow: %v", err)
	}
	if many := newDeck(t, d, with(func(p *impute.Plan) { p.MinDonors = 1000 })); len(many.Borrowed) != 6 || many.Borrowed[0].From != "the whole sample" {
		t.Errorf("with an unreachable minimum: %v", many.Borrowed)
	}
}

// TestReplicateTakesOnlyItsOwnDonors: a donor of weight 0 in a replicate gives
// nothing; when a class has lost all its donors the wider one gives.
func TestReplicateTakesOnlyItsOwnDonors(t *testing.T) {
	a := makeAnswers(300, 8)
	w := slices.Clone(a.weight)
	for i := range w {
		if a.size[i] == "large" {
			w[i] = -float64(i % 2) // calibration can make a weight negative
		}
	}
	deck := newDeck(t, a.data(t), plan)
	after, err := deck.Reimpute(w)
	if err != nil {
		t.Fatal(err)
	}
	given := make(map[float64]bool)
	for i, h := range a.hours {
		if w[i] > 0 {
			given[h] = true
		}
	}
	flag := column(t, after, "hours_imputed").Number
	for i, h := range column(t, after, "hours").Number {
		if flag[i] == 1 && !given[h] {
			t.Fatalf("row %d got %v from a donor the replicate has dropped", i+1, h)
		}
	}
	if _, err := deck.Reimpute(make([]float64, len(w))); err == nil {
		t.Error("a replicate without any weight is completed")
	}
	if _, err := deck.Reimpute(w[1:]); err == nil {
		t.Error("a replicate with too few weights is completed")
	}
}

func TestFaultyPlansAreRefusedWhole(t *testing.T) {
	a := makeAnswers(30, 9)
	for name, c := range map[string]struct {
		plan impute.Plan
		says []string
	}{
		"nothing to impute": {impute.Plan{}, []string{"no variables"}},
		"several faults": {impute.Plan{Variables: []string{"nope", "hours"}, Weight: "sector", Unit: "sector", Classes: []string{"w"}, MinDonors: -1},
			[]string{"no column nope", "sector holds categories", "same key", "w holds numbers", "-1 is negative", "more"}},
		"twice": {impute.Plan{Variables: []string{"hours", "hours"}}, []string{"stands twice"}},
	} {
		_, err := impute.New(a.data(t), c.plan)
		for _, s := range c.says {
			if err == nil || !strings.Contains(err.Error(), s) {
				t.Errorf("%s: error does not say %q: %v", name, s, err)
			}
		}
	}
	a.weight[4] = -1
	if _, err := impute.New(a.data(t), plan); err == nil || !strings.Contains(err.Error(), "column w, row 5") {
		t.Errorf("negative weight: %v", err)
	}
	a.weight[4] = 1
	if _, err := impute.New(complete(t, a.data(t), plan), plan); err == nil || !strings.Contains(err.Error(), "hours_imputed is there already") {
		t.Errorf("imputing twice: %v", err)
	}
}

// TestFlagIsDescribed: the codebook's entry is complete in both languages.
func TestFlagIsDescribed(t *testing.T) {
	v := codebook.Variable{Name: "c4", Kind: codebook.Categorical, Role: codebook.RoleAnswer, Item: "C4"}
	v.Label.DA, v.Label.EN = "Nyhedsgrad", "Novelty"
	got := impute.Describe(v)
	if got.Name != "c4_imputed" || got.Kind != codebook.Binary || got.Role != codebook.RoleAnswer || len(got.Label.Missing()) > 0 {
		t.Errorf("described as %+v", got)
	}
}
