package response

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"barometer/internal/seal"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/questionnaire"
)

func TestGoal35_WrongAnswerKeyRefusedAtStart(t *testing.T) {
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

// A key is rotated while a server that was started with the old one goes on
// serving; a rotation that was broken off goes on where it stopped.
func TestRotationWhileServing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		ctx := t.Context()
		db := openDB(t, where)
		folder := map[string][]byte{"9": masterKey(1)} // as of the server's secrets
		ring, err := seal.Load(KeyName, func() (map[string][]byte, error) { return maps.Clone(folder), nil })
		if err != nil {
			t.Fatal(err)
		}
		server, err := New(ctx, db, Keys{ring}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		server.mustSave(t, page(0, questionnaire.Answers{"A1": chosen("leder")}))
		for i := range 300 {
			save := page(0, questionnaire.Answers{"A1": chosen("leder")})
			save.Unit = fmt.Sprintf("v%03d", i)
			server.mustSave(t, save)
		}
		folder["10"] = masterKey(2)
		other, err := New(ctx, db, testKeys(t, "10", maps.Clone(folder)), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		keys, tables := other.Sealed()
		server.mustSave(t, page(1, questionnaire.Answers{"A1": chosen("andet")})) // still under 9
		if err := keys.Tell(ctx, db, "10"); err != nil {
			t.Fatal(err)
		}
		server.mustSave(t, page(2, questionnaire.Answers{"A1": chosen("andet"), "A2": chosen("ja")})) // under 10

		broken, stop := context.WithCancel(ctx)
		if _, err := keys.Reseal(broken, db, tables, func(int) { stop() }); !errors.Is(err, context.Canceled) {
			t.Fatalf("broken off: %v", err)
		}
		retire := func() error {
			return db.Write(ctx, func(tx *store.Tx) error { return keys.Retire(tx, tables, "9") })
		}
		if err := retire(); !errors.Is(err, seal.ErrInUse) {
			t.Errorf("retired a key in use: %v", err)
		}
		report, err := other.Reseal(ctx)
		if err != nil || report.Rows < 300 || report.Rows >= 602 || len(report.Tampered) > 0 {
			t.Fatalf("the rest: %+v, %v", report, err)
		}
		if err := retire(); err != nil {
			t.Fatal(err)
		}
		alone, err := New(ctx, db, testKeys(t, "10", map[string][]byte{"10": masterKey(2)}), time.Now)
		if err != nil {
			t.Fatalf("the new key alone: %v", err)
		}
		for name, s := range map[string]*Store{"new key alone": alone, "server": server} {
			if got := load(t, s).Answers; len(got) != 2 || !got["A1"].Equal(chosen("andet")) {
				t.Errorf("%s, after rotation: %+v", name, got)
			}
		}
		// The history is read when a tab is stale.
		if _, err := alone.Save(ctx, page(1, questionnaire.Answers{"A1": chosen("stedfortraeder")})); !errors.As(err, new(*StaleError)) {
			t.Errorf("stale save on resealed history: %v", err)
		}
		if err := db.Write(ctx, func(tx *store.Tx) error { return keys.Retire(tx, tables, "10") }); !errors.Is(err, seal.ErrInUse) {
			t.Errorf("retired the key that seals: %v", err)
		}
	})
}

// A row that does not open must not stop a rotation, nor be lost by it.
func TestGoal35_RotationReportsTamperedRow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		ctx := t.Context()
		db := openDB(t, where)
		s, err := New(ctx, db, testKeys(t, "1", map[string][]byte{"1": masterKey(1), "2": masterKey(2)}), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			save := page(0, questionnaire.Answers{"A1": chosen("leder")})
			save.Unit = fmt.Sprintf("u%d", i)
			s.mustSave(t, save)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE response_state SET sealed = ? WHERE unit = 'u1'`, make([]byte, 60))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		keys, tables := s.Sealed()
		if err := keys.Tell(ctx, db, "2"); err != nil {
			t.Fatal(err)
		}
		report, err := s.Reseal(ctx)
		if err != nil || report.Rows != 5 || len(report.Tampered) != 1 || report.Tampered[0] != "response_state [2025 u1 1]" {
			t.Errorf("report %+v, %v", report, err)
		}
		err = db.Write(ctx, func(tx *store.Tx) error { return keys.Retire(tx, tables, "1") })
		if !errors.Is(err, seal.ErrInUse) || !strings.Contains(err.Error(), "1 rows") {
			t.Errorf("retired under a row that a backup may still mend: %v", err)
		}
	})
}

// A row that was altered, or moved from another unit or revision, must not
// open, and must not hide the others.
func TestGoal35_TamperedResponseIsIsolated(t *testing.T) {
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
