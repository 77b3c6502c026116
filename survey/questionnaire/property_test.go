package questionnaire_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/questionnairetest"
)

// TestRandomQuestionnaires answers questionnaires at random along every route,
// some of them again and otherwise: each ends complete, what is in the row is
// what was answered, and nothing off the route is in it.
func TestRandomQuestionnaires(t *testing.T) {
	reasons := map[codebook.Missing]int{}
	for seed := range uint64(120) {
		rng := rand.New(rand.NewPCG(seed, 11))
		src := questionnairetest.Generate(rng)
		q := load(t, src)
		person := questionnairetest.Respondent{Rand: rng, Lang: i18n.Languages[seed%2]}
		a := questionnaire.Answers{}
		for range 4 {
			next, err := person.Answers(q, a, 99)
			if err != nil && strings.Contains(err.Error(), "never taken") {
				break // a hard check that earlier answers leave no way through
			}
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, src)
			}
			a = next
			if faults := q.Complete(a); len(faults) > 0 {
				t.Fatalf("seed %d: faults at the end: %v\n%v\n%s", seed, faults, a, src)
			}
			row := q.Row(a)
			for i, v := range q.Variables() {
				reasons[row[i].Missing]++
				if want := cellFor(q, a, v); want != row[i] {
					t.Fatalf("seed %d: %s is %+v, want %+v\n%v\n%s", seed, v.Name, row[i], want, a, src)
				}
			}
			sameOnEveryPage(t, q, a)
		}
	}
	for _, m := range []codebook.Missing{codebook.Present, codebook.NotAsked, codebook.Skipped, codebook.Refused, codebook.DontKnow, codebook.NotRelevant} {
		if reasons[m] < 20 {
			t.Errorf("reason %q is met %d times: too few to tell", m, reasons[m])
		}
	}
}

// cellFor says what a variable must be of complete answers, found by its name
// from what the respondent sees rather than from how rows are made.
func cellFor(q *questionnaire.Questionnaire, a questionnaire.Answers, v codebook.Variable) questionnaire.Cell {
	for _, p := range q.Route(a) {
		for _, item := range p.Items {
			if item.ID == v.Item {
				return cellOf(q, item, a, strings.Split(strings.TrimPrefix(v.Name, strings.ToLower(v.Item)), "_")[1:])
			}
		}
	}
	return questionnaire.Cell{Missing: codebook.NotAsked}
}

func cellOf(q *questionnaire.Questionnaire, item questionnaire.RoutedItem, as questionnaire.Answers, name []string) questionnaire.Cell {
	a := q.OnRoute(as)[item.ID]
	codes := a.Codes
	offered := func(list []questionnaire.Option, code string) bool {
		return slices.ContainsFunc(list, func(o questionnaire.Option) bool { return o.Code == code })
	}
	if item.Kind.HasRows() && name[0] != "check" {
		if !offered(item.Rows, name[0]) {
			return questionnaire.Cell{Missing: codebook.NotAsked}
		}
		if item.Kind.Chosen() {
			codes, name = a.Rows[name[0]], name[1:]
		}
	}
	optional := len(name) > 0 && (item.Kind.Several() || item.Kind == questionnaire.Ranking) && name[0] != "check"
	if optional && item.Kind == questionnaire.Ranking && !offered(item.Options, name[0]) {
		return questionnaire.Cell{Missing: codebook.NotAsked}
	}
	for _, code := range codes {
		for _, o := range item.Options {
			switch {
			case o.Code != code:
			case o.Refused:
				return questionnaire.Cell{Missing: codebook.Refused}
			case o.NotRelevant:
				return questionnaire.Cell{Missing: codebook.NotRelevant}
			case o.DontKnow && item.Kind.Beside():
				return questionnaire.Cell{Missing: codebook.DontKnow}
			}
		}
	}
	if len(codes) == 0 && a.Value == "" && a.Parts == nil {
		return questionnaire.Cell{Missing: codebook.Skipped}
	}
	if optional && !offered(item.Options, name[0]) {
		return questionnaire.Cell{Missing: codebook.NotAsked}
	}
	number := func(s string) questionnaire.Cell {
		x, _ := strconv.ParseFloat(s, 64)
		return questionnaire.Cell{Number: x}
	}
	switch {
	case len(name) > 0 && name[0] == "check":
		for _, mark := range a.Confirmed {
			if check, _, _ := strings.Cut(mark, "."); check == name[1] {
				return questionnaire.Cell{Number: 1}
			}
		}
		return questionnaire.Cell{}
	case item.Kind == questionnaire.Ranking:
		return questionnaire.Cell{Level: strconv.Itoa(slices.Index(codes, name[0]) + 1)}
	case item.Kind.Several() && slices.Contains(codes, name[0]):
		return questionnaire.Cell{Number: 1}
	case item.Kind.Several():
		return questionnaire.Cell{}
	case item.Kind == questionnaire.Share:
		return number(a.Parts[name[0]])
	case item.Kind == questionnaire.Number:
		return number(a.Value)
	case item.Kind.Dated():
		day, _ := time.Parse("2006-01-02", (a.Value + "-01")[:10])
		return questionnaire.Cell{Number: float64(day.Unix() / 86400)}
	}
	return questionnaire.Cell{Level: codes[0]}
}

// sameOnEveryPage sends every page again as it is shown: nothing changes, in
// either language.
func sameOnEveryPage(t *testing.T, q *questionnaire.Questionnaire, a questionnaire.Answers) {
	t.Helper()
	for _, p := range q.Route(a) {
		for _, l := range i18n.Languages {
			form := map[string][]string{}
			for _, item := range p.Items {
				for name, values := range item.Entries(q.OnRoute(a)[item.ID], l) {
					form[name] = values
				}
			}
			again, faults, err := q.ReadPage(p.ID, form, l, a)
			if err != nil || len(faults) > 0 {
				t.Fatalf("page %s as it is shown: %v %v\n%v", p.ID, err, faults, form)
			}
			for _, item := range p.Items {
				if got, want := again[item.ID], q.OnRoute(a)[item.ID]; !got.Equal(want) {
					t.Fatalf("%s became %+v, want %+v\n%v", item.ID, got, want, form)
				}
			}
		}
	}
}

// A questionnaire made at random prints and keeps its hash.
func TestRandomQuestionnairesPrint(t *testing.T) {
	for seed := range uint64(40) {
		src := questionnairetest.Generate(rand.New(rand.NewPCG(seed, 12)))
		q := load(t, src)
		if again := load(t, src); again.Hash != q.Hash {
			t.Fatal("two hashes of one file")
		}
		var page bytes.Buffer
		if err := q.PrintHTML(&page, i18n.English); err != nil || strings.Contains(page.String(), "${") {
			t.Fatalf("seed %d: %v, or a place for an answer is printed as it stands", seed, err)
		}
	}
}
