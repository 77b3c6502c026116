package response

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

func TestWrongKeyRefusedAtStart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		ctx := t.Context()
		db := openDB(t, where)
		right := map[string][]byte{"a": masterKey(1)}
		s, err := New(ctx, db, testKeys(t, "a", right), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		s.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		for name, k := range map[string]Keys{
			"another key of the same name": testKeys(t, "a", map[string][]byte{"a": masterKey(2)}),
			"the old key left out":         testKeys(t, "b", map[string][]byte{"b": masterKey(2)}),
		} {
			if _, err := New(ctx, db, k, time.Now); !errors.Is(err, store.ErrWrongKey) || !strings.Contains(err.Error(), "key a") && !strings.Contains(err.Error(), "response/a") {
				t.Errorf("%s: %v, want ErrWrongKey naming a", name, err)
			}
		}
		if _, err := New(ctx, db, testKeys(t, "a", right), time.Now); err != nil {
			t.Errorf("the right key afterwards: %v", err)
		}
	})
}

func TestRotation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		ctx := t.Context()
		db := openDB(t, where)
		old, err := New(ctx, db, testKeys(t, "a", map[string][]byte{"a": masterKey(1)}), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		old.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		old.mustSave(t, page(1, questionnaire.Answers{"A1": chosen("andet")}))

		both, err := New(ctx, db, testKeys(t, "b", map[string][]byte{"a": masterKey(1), "b": masterKey(2)}), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		both.mustSave(t, page(2, questionnaire.Answers{"A1": chosen("andet"), "A2": chosen("ja")}))
		if n, err := both.Reseal(ctx); err != nil || n != 2 {
			t.Fatalf("Reseal = %d, %v; want the two old events", n, err)
		}
		alone, err := New(ctx, db, testKeys(t, "b", map[string][]byte{"b": masterKey(2)}), time.Now)
		if err != nil {
			t.Fatalf("the new key alone: %v", err)
		}
		if got := load(t, alone).Answers; len(got) != 2 || !got["A1"].Equal(chosen("andet")) {
			t.Errorf("after rotation: %+v", got)
		}
		// The history is read when a tab is stale.
		if _, err := alone.Save(ctx, page(1, questionnaire.Answers{"A1": chosen("stedfortraeder")})); !errors.As(err, new(*StaleError)) {
			t.Errorf("stale save on resealed history: %v", err)
		}
	})
}

// A row that was altered, or moved from another unit or revision, must not
// open, and must not hide the others.
func TestTamperedRowIsIsolated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		for name, statement := range map[string]string{
			"altered":            `UPDATE response_state SET sealed = ? WHERE unit = 'u2'`,
			"from another unit":  `UPDATE response_state SET sealed = (SELECT sealed FROM response_state WHERE unit = 'u1') WHERE unit = 'u2' AND sealed <> ?`,
			"revision rewritten": `UPDATE response_state SET revision = 9 WHERE unit = 'u2' AND sealed <> ?`,
			"from the history": `UPDATE response_state SET sealed = (SELECT sealed FROM response_event WHERE unit = 'u2' AND revision = 1)
			WHERE unit = 'u2' AND sealed <> ?`,
		} {
			t.Run(name, func(t *testing.T) {
				s := newStore(t, storetest.Another(t, where))
				for i := 1; i <= 3; i++ {
					save := page(0, questionnaire.Answers{"A1": chosen("leder")})
					save.Unit = fmt.Sprintf("u%d", i)
					s.mustSave(t, save)
				}
				err := s.db.Write(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Exec(statement, make([]byte, 60))
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				var tampered *TamperedError
				if _, err := s.Load(t.Context(), "2025", "u2"); !errors.As(err, &tampered) || tampered.Unit != "u2" {
					t.Errorf("Load: %v, want TamperedError of u2", err)
				}
				seen := ""
				for r, err := range s.All(t.Context(), "2025") {
					seen += fmt.Sprintf("%s:%v ", r.Unit, errors.As(err, &tampered))
				}
				if seen != "u1:false u2:true u3:false " {
					t.Errorf("All saw %s", seen)
				}
			})
		}
	})
}

func TestAllStopsAndReportsFailure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		s := newStore(t, where)
		for _, u := range []string{"u2", "u1"} {
			save := page(0, questionnaire.Answers{"A1": chosen("leder")})
			save.Unit = u
			s.mustSave(t, save)
		}
		for r := range s.All(t.Context(), "2025") {
			if r.Unit != "u1" {
				t.Errorf("first is %s, want u1", r.Unit)
			}
			break
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		n := 0
		for _, err := range s.All(cancelled, "2025") {
			if n++; err == nil {
				t.Error("a failed read looks like a record")
			}
		}
		if n != 1 {
			t.Errorf("a failed read yielded %d times", n)
		}
	})
}

func TestNewKeysRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		current string
		masters map[string][]byte
	}{
		"short key":       {"a", map[string][]byte{"a": make([]byte, 16)}},
		"current missing": {"b", map[string][]byte{"a": masterKey(1)}},
		"slash in name":   {"a/b", map[string][]byte{"a/b": masterKey(1)}},
		"no key":          {"", nil},
	} {
		if _, err := NewKeys(c.current, c.masters); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}
