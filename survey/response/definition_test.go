package response

import (
	"errors"
	"os"
	"strings"
	"testing"

	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

// definition is the small questionnaire with parts replaced.
func definition(t *testing.T, pairs ...string) (*questionnaire.Questionnaire, string) {
	t.Helper()
	src, err := os.ReadFile("../questionnaire/testdata/features/route.yaml")
	if err != nil {
		t.Fatal(err)
	}
	source := strings.NewReplacer(pairs...).Replace(string(src))
	q, err := questionnaire.Load(strings.NewReader(source), "q.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return q, source
}

// The first definition published for a wave stands; another is refused with
// what changed, and one that differs in comments alone is no other.
func TestGoal07_PublishedDefinitionStands(t *testing.T) { storetest.Each(t, publishedDefinitionStands) }

func publishedDefinitionStands(t *testing.T, where string) {
	s := newStore(t, where)
	ctx := t.Context()
	first, source := definition(t)
	if err := s.Admits(ctx, "2025", first); err != nil {
		t.Fatalf("nothing is published: %v", err)
	}
	if err := s.Publish(ctx, "2025", first, source); err != nil {
		t.Fatal(err)
	}
	same, commented := definition(t, "# A route.", "# Another comment.")
	if err := s.Publish(ctx, "2025", same, commented); err != nil {
		t.Errorf("the same words: %v", err)
	}
	other, changed := definition(t, "${Q1} = 'ja'", "${Q1} = 'nej'")
	for _, err := range []error{s.Publish(ctx, "2025", other, changed), s.Admits(ctx, "2025", other)} {
		refusal, ok := errors.AsType[*DefinitionError](err)
		if !ok || len(refusal.Changes) == 0 || !strings.Contains(err.Error(), "routing: item Q2: route changed") {
			t.Errorf("another definition: %v", err)
		}
	}
	if err := s.Publish(ctx, "2027", other, changed); err != nil {
		t.Errorf("another wave: %v", err)
	}
	d, ok, err := s.Published(ctx, "2025")
	if err != nil || !ok || d.Source != source || d.Hash != first.Hash || !d.Since.Equal(start) {
		t.Errorf("%+v %v %v", d, ok, err)
	}
}

// A server that holds an older definition saves nothing under it.
func TestSaveRefusesAPageOfAnotherDefinition(t *testing.T) {
	storetest.Each(t, saveRefusesAPageOfAnotherDefinition)
}

func saveRefusesAPageOfAnotherDefinition(t *testing.T, where string) {
	s := newStore(t, where)
	ctx := t.Context()
	first, source := definition(t)
	other, _ := definition(t, "${Q1} = 'ja'", "${Q1} = 'nej'")
	if err := s.Publish(ctx, "2025", first, source); err != nil {
		t.Fatal(err)
	}
	save := page(0, questionnaire.Answers{"Q1": {Codes: []string{"ja"}}}, "Q1")
	save.Definition = other.Hash
	if _, err := s.Save(ctx, save); !errors.Is(err, ErrDefinition) {
		t.Errorf("%v", err)
	}
	if rec, err := s.Load(ctx, "2025", "u"); err != nil || rec.Revision != 0 {
		t.Errorf("something was stored: %+v %v", rec, err)
	}
	save.Definition = first.Hash
	if _, err := s.Save(ctx, save); err != nil {
		t.Error(err)
	}
}

// Many servers that start at once agree on one definition.
func TestPublishAtOnce(t *testing.T) { storetest.Each(t, publishAtOnce) }

func publishAtOnce(t *testing.T, where string) {
	s := newStore(t, where)
	first, source := definition(t)
	other, changed := definition(t, "${Q1} = 'ja'", "${Q1} = 'nej'")
	failed := make(chan error, 16)
	for i := range 16 {
		go func() {
			if i%2 == 0 {
				failed <- s.Publish(t.Context(), "2025", first, source)
			} else {
				failed <- s.Publish(t.Context(), "2025", other, changed)
			}
		}()
	}
	refused := 0
	for range 16 {
		if err := <-failed; err != nil {
			if _, ok := errors.AsType[*DefinitionError](err); !ok {
				t.Fatal(err)
			}
			refused++
		}
	}
	if refused != 8 {
		t.Errorf("%d of 16 refused", refused)
	}
}
