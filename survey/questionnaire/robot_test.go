package questionnaire_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
)

// answer goes through the questionnaire page by page from the answers given,
// and stops after at most limit pages.
func answer(t *testing.T, q *questionnaire.Questionnaire, rng *rand.Rand, a questionnaire.Answers, limit int) questionnaire.Answers {
	t.Helper()
	a, err := questionnairetest.Respondent{Rand: rng}.Answers(q, a, limit)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whatever people answer, and wherever they start from, the pages end at the
// check with nothing missing, in at most 20 pages.
func TestEveryWayEndsComplete(t *testing.T) {
	q := wave(t)
	rng := rand.New(rand.NewPCG(1, 1))
	a := questionnaire.Answers{}
	for range 500 {
		if rng.IntN(3) == 0 {
			a = questionnaire.Answers{}
		} // else a respondent who goes through it again and changes everything
		a = answer(t, q, rng, a, 21)
		if faults := q.Complete(a); len(faults) > 0 {
			t.Fatalf("faults at the end: %v\n%v", faults, a)
		}
		if page, ok := q.Unanswered(a); ok {
			t.Fatalf("page %s is unanswered though all is complete", page)
		}
		if n := len(q.Route(a)); n > 20 {
			t.Fatalf("a route of %d pages", n)
		}
	}
}

// Next and Prev walk the same pages as Route.
func TestNextAndPrevFollowTheRoute(t *testing.T) {
	q := wave(t)
	rng := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		a := answer(t, q, rng, questionnaire.Answers{}, rng.IntN(21))
		var route, forth, back []string
		for _, p := range q.Route(a) {
			route = append(route, p.ID)
		}
		for p, ok := q.Next(a, ""); ok; p, ok = q.Next(a, p) {
			forth = append(forth, p)
		}
		for p, ok := q.Prev(a, ""); ok; p, ok = q.Prev(a, p) {
			back = append([]string{p}, back...)
		}
		if !slices.Equal(route, forth) || !slices.Equal(route, back) {
			t.Fatalf("route %v\nnext  %v\nprev  %v", route, forth, back)
		}
	}
}

// A row has one cell per variable, of that variable's kind and codes; only
// what is on the route is in it.
func TestRowAgreesWithVariables(t *testing.T) {
	q := wave(t)
	variables := q.Variables()
	rng := rand.New(rand.NewPCG(3, 3))
	a := questionnaire.Answers{}
	for range 300 {
		a = answer(t, q, rng, a, 1+rng.IntN(21))
		row := q.Row(a)
		if len(row) != len(variables) {
			t.Fatalf("%d cells for %d variables", len(row), len(variables))
		}
		kept := q.OnRoute(a)
		for i, c := range row {
			v := variables[i]
			if c.Missing != codebook.Present {
				if c.Level != "" || c.Number != 0 {
					t.Fatalf("%s is missing and has a value: %+v", v.Name, c)
				}
				continue
			}
			if _, ok := kept[v.Item]; v.Item != "" && !ok {
				t.Fatalf("%s is off the route and in the row", v.Name)
			}
			_, known := v.Code(c.Level)
			binary := v.Kind == codebook.Binary && c.Level == "" && (c.Number == 0 || c.Number == 1)
			numeric := v.Kind == codebook.Numeric && c.Level == ""
			if !binary && !numeric && !(v.Kind == codebook.Categorical && known) {
				t.Fatalf("%s cannot be %+v", v.Name, c)
			}
		}
		if again := q.Row(kept); !slices.Equal(row, again) {
			t.Fatal("the row depends on answers off the route")
		}
	}
}
