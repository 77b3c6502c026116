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
			w[i] = 0
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
