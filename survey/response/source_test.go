package response

import (
	"errors"
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

// inTx carries an act out in a transaction of its own.
func (s *Store) inTx(t testing.TB, act func(*store.Tx) error) error {
	t.Helper()
	return s.db.Write(ctxOf(t), act)
}

func TestKeyedInAnswersNameWhoKeyedThemAndHowTheyCame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		from := Source{Paper, "4711"}
		save := page(0, questionnaire.Answers{"A1": chosen("leder")})
		save.Source = from
		s.mustSave(t, save)
		r, err := s.SubmitFrom(t.Context(), "2025", "u", 1, from, noFaults)
		if err != nil || r.Mode != Paper || load(t, s).Mode != Paper {
			t.Fatalf("submitted %+v, %v; want mode paper", r, err)
		}
		history, err := s.History(t.Context(), "2025", "u")
		if err != nil || len(history) != 2 {
			t.Fatalf("history %+v, %v", history, err)
		}
		for _, e := range history {
			if e.Actor != "4711" || e.Mode != Paper {
				t.Errorf("%s by %s, mode %s; want 4711, paper", e.Kind, e.Actor, e.Mode)
			}
		}
		for _, bad := range []Source{{Paper, ""}, {Web, "4711"}, {"fax", "4711"}, {Telephone, "respondent"}, {Telephone, "Anna Holm"}} {
			save.Source = bad
			if _, err := s.Save(t.Context(), save); err == nil {
				t.Errorf("source %+v is taken", bad)
			}
		}
	})
}

func TestASubmittedResponseIsChangedOnlyAfterItWasReopenedWithAReason(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		reopen := func(by, reason string) error {
			return s.inTx(t, func(tx *store.Tx) error { return s.Reopen(tx, "2025", "u", by, reason) })
		}
		if err := reopen("4711", "asked"); !errors.Is(err, ErrNotSubmitted) {
			t.Errorf("reopening what was never submitted: %v", err)
		}
		s.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		first, err := s.Submit(t.Context(), "2025", "u", 1, noFaults)
		if err != nil {
			t.Fatal(err)
		}
		change := page(2, questionnaire.Answers{"A1": chosen("andet")})
		change.Source = Source{Telephone, "4711"}
		if _, err := s.Save(t.Context(), change); !errors.Is(err, ErrSubmitted) {
			t.Errorf("a submitted web answer is overwritten: %v", err)
		}
		if reopen("4711", "") == nil || reopen("", "asked") == nil || reopen("4711", "Anna ringede") == nil {
			t.Error("reopened without a code for the reason, or by nobody")
		}
		if err := reopen("4711", "asked"); err != nil {
			t.Fatal(err)
		}
		r := load(t, s)
		if r.Disposition != Partial || !r.Submitted.IsZero() || r.Receipt != first.Receipt || !r.Answers["A1"].Has("leder") {
			t.Errorf("reopened: %+v", r)
		}
		change.Base = r.Revision
		s.mustSave(t, change)
		last, err := s.SubmitFrom(t.Context(), "2025", "u", r.Revision+1, change.Source, noFaults)
		if err != nil || last.Receipt != first.Receipt || last.Mode != Telephone {
			t.Errorf("submitted again: %+v, %v", last, err)
		}
		history, _ := s.History(t.Context(), "2025", "u")
		if e := history[2]; e.Kind != "reopened" || e.Actor != "4711" || e.Reason != "asked" {
			t.Errorf("the log says %+v", e)
		}
		if err := s.Close(t.Context(), "2025"); err != nil {
			t.Fatal(err)
		}
		if err := reopen("4711", "asked"); !errors.Is(err, ErrClosed) {
			t.Errorf("reopened in a closed wave: %v", err)
		}
	})
}

// A file is taken in whole or not at all; the same again is nothing new, and
// one that contradicts what is stored is refused.
func TestTakeInIsAllOrNothingAndOverwritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		digest := strings.Repeat("a", 64)
		file := []Taken{
			{2, "u", i18n.Danish, questionnaire.Answers{"A1": chosen("leder")}, true},
			{3, "v", i18n.English, questionnaire.Answers{"A1": chosen("andet")}, false},
		}
		take := func(list []Taken) (fresh int, err error) {
			err = s.inTx(t, func(tx *store.Tx) (err error) {
				fresh, err = s.TakeIn(tx, "2025", "", list, "4711", digest)
				return err
			})
			return fresh, err
		}
		for _, want := range []int{2, 0} {
			if n, err := take(file); n != want || err != nil {
				t.Errorf("%d new (%v), want %d", n, err, want)
			}
		}
		r := load(t, s)
		if r.Disposition != Complete || r.Mode != Imported || r.Receipt == "" || r.Revision != 2 {
			t.Errorf("taken in: %+v", r)
		}
		history, _ := s.History(t.Context(), "2025", "v")
		if len(history) != 1 || history[0].Kind != "imported" || history[0].Reason != digest || history[0].Actor != "4711" {
			t.Errorf("the log says %+v", history)
		}
		file[0].Answers = questionnaire.Answers{"A1": chosen("andet")}
		file[1].Complete = true
		file = append(file, Taken{4, "w", i18n.Danish, questionnaire.Answers{"A1": chosen("leder")}, true})
		var refused *TakenError
		if _, err := take(file); !errors.As(err, &refused) || len(refused.Conflicts) != 2 || !strings.Contains(err.Error(), "row 3, unit v") {
			t.Errorf("contradictions: %v", err)
		}
		if w, err := s.Load(t.Context(), "2025", "w"); err != nil || w.Revision != 0 {
			t.Errorf("part of a refused file was kept: %+v, %v", w, err)
		}
	})
}
