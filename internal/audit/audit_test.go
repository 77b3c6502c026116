package audit_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/audit"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

func open(t *testing.T, where string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

var noon = time.Date(2025, 3, 30, 12, 0, 0, 0, time.UTC)

func record(t *testing.T, db *store.DB, n int) {
	t.Helper()
	for i := range n {
		e := audit.Event{Actor: "p17", Action: "role.grant", Object: fmt.Sprint("p", i), Detail: map[string]string{"role": "editor", "by": "vote"}}
		if err := db.Write(t.Context(), func(tx *store.Tx) error { return audit.Record(tx, noon, e) }); err != nil {
			t.Fatal(err)
		}
	}
}

func verify(t *testing.T, db *store.DB, noted ...audit.Head) audit.Head {
	t.Helper()
	head, err := audit.Verify(t.Context(), db, noted...)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestChainHolds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := open(t, where)
		empty := verify(t, db)
		record(t, db, 3)
		third := verify(t, db, empty)
		record(t, db, 4)
		if head := verify(t, db, empty, third); head.Position != 7 {
			t.Errorf("head %v after 7 events", head)
		}
		for _, h := range []audit.Head{empty, third} {
			if again, err := audit.ParseHead(h.String()); err != nil || again != h {
				t.Errorf("ParseHead(%s) = %v, %v", h, again, err)
			}
		}
	})
}

// Whoever can write to the database can change any column of any event; each
// such change must show, and the place must be named.
func TestTamperingShows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		tampering := map[string]struct{ sql, says string }{
			"actor":        {`UPDATE audit_event SET actor = 'p18' WHERE position = 2`, "event 2 was changed"},
			"action":       {`UPDATE audit_event SET action = 'role.revoke' WHERE position = 2`, "event 2 was changed"},
			"object":       {`UPDATE audit_event SET object = 'p9' WHERE position = 2`, "event 2 was changed"},
			"detail":       {`UPDATE audit_event SET detail = '{"role":"admin"}' WHERE position = 5`, "event 5 was changed"},
			"time":         {`UPDATE audit_event SET at_ms = at_ms + 1 WHERE position = 2`, "event 2 was changed"},
			"hash":         {`UPDATE audit_event SET hash = '00' WHERE position = 2`, "event 2 was changed"},
			"left out":     {`DELETE FROM audit_event WHERE position = 3`, "event 4 follows event 2"},
			"first gone":   {`DELETE FROM audit_event WHERE position = 1`, "event 2 follows event 0"},
			"last gone":    {`DELETE FROM audit_event WHERE position = 5`, "last event is 4, but 5 was written"},
			"all gone":     {`DELETE FROM audit_event`, "last event is 0, but 5 was written"},
			"swapped":      {`UPDATE audit_event SET position = 7 - position WHERE position IN (3, 4)`, "event 3 does not continue"},
			"put in":       {`INSERT INTO audit_event SELECT 6, at_ms, actor, action, object, detail, hash, hash FROM audit_event WHERE position = 5`, "event 6 was changed"},
			"head changed": {`UPDATE audit_head SET position = 4`, "last event is 5, but 4 was written"},
		}
		for name, tamper := range tampering {
			t.Run(name, func(t *testing.T) {
				db := open(t, storetest.Another(t, where))
				record(t, db, 5)
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					if strings.Contains(tamper.sql, "IN (3, 4)") { // a key cannot be swapped in one step
						tx.Exec(`UPDATE audit_event SET position = 103 WHERE position = 3`) //nolint:errcheck
						tx.Exec(`UPDATE audit_event SET position = 3 WHERE position = 4`)   //nolint:errcheck
						_, err := tx.Exec(`UPDATE audit_event SET position = 4 WHERE position = 103`)
						return err
					}
					_, err := tx.Exec(tamper.sql)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				_, err = audit.Verify(t.Context(), db)
				if !errors.Is(err, audit.ErrBroken) || !strings.Contains(err.Error(), tamper.says) {
					t.Errorf("Verify: %v; want %q", err, tamper.says)
				}
			})
		}
	})
}

// A log that is rewritten from some event on is whole in itself. A head that
// was noted before shows it.
func TestNotedHeadShowsACutAndARewrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := open(t, where)
		record(t, db, 5)
		noted := verify(t, db)
		cut := func(tx *store.Tx) error {
			if _, err := tx.Exec(`DELETE FROM audit_event WHERE position > 3`); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE audit_head SET position = 3, hash = (SELECT hash FROM audit_event WHERE position = 3)`)
			return err
		}
		if err := db.Write(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
		verify(t, db) // whole in itself
		if _, err := audit.Verify(t.Context(), db, noted); !errors.Is(err, audit.ErrBroken) {
			t.Errorf("a cut log: %v", err)
		}
		record(t, db, 2) // other objects than before
		verify(t, db)
		if _, err := audit.Verify(t.Context(), db, noted); !errors.Is(err, audit.ErrBroken) || !strings.Contains(err.Error(), "event 5") {
			t.Errorf("a rewritten log: %v", err)
		}
	})
}

func TestConcurrentEventsFormOneChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := open(t, where)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { record(t, db, 2) })
		}
		wg.Wait()
		if head := verify(t, db); head.Position != 100 {
			t.Errorf("%d events of 100", head.Position)
		}
	})
}

// The act that is undone leaves no event.
func TestEventFallsWithItsAct(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := open(t, where)
		record(t, db, 1)
		refusal := errors.New("refused")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			if err := audit.Record(tx, noon, audit.Event{Actor: audit.Operator, Action: "wave.unlink", Object: "2025"}); err != nil {
				return err
			}
			return refusal
		})
		if !errors.Is(err, refusal) {
			t.Fatal(err)
		}
		record(t, db, 1)
		if head := verify(t, db); head.Position != 2 {
			t.Errorf("%d events, want 2", head.Position)
		}
	})
}

// What must not be kept for ever does not get in.
func TestEventHoldsCodesOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := open(t, where)
		good := audit.Event{Actor: "p17", Action: "role.grant", Object: "p18", Detail: map[string]string{"role": "editor"}}
		bad := map[string]func(*audit.Event){
			"address as object": func(e *audit.Event) { e.Object = "eva@example.dk" },
			"address in detail": func(e *audit.Event) { e.Detail = map[string]string{"to": "eva@example.dk"} },
			"line break":        func(e *audit.Event) { e.Object = "p18\nforged" },
			"no actor":          func(e *audit.Event) { e.Actor = "" },
			"sentence":          func(e *audit.Event) { e.Action = "gave a role" },
			"essay":             func(e *audit.Event) { e.Detail = map[string]string{"why": strings.Repeat("a", 201)} },
		}
		for name, spoil := range bad {
			e := good
			spoil(&e)
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return audit.Record(tx, noon, e) }); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		if head := verify(t, db); head.Position != 0 {
			t.Errorf("%d events of refused ones", head.Position)
		}
	})
}

func TestListShowsTheLatestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := open(t, where)
		record(t, db, 5)
		page, err := audit.List(t.Context(), db, 0, 2)
		if err != nil || len(page) != 2 || page[0].Position != 5 || page[0].Detail["role"] != "editor" || !page[0].At.Equal(noon) {
			t.Fatalf("first page %+v, %v", page, err)
		}
		page, err = audit.List(t.Context(), db, page[1].Position, 10)
		if err != nil || len(page) != 3 || page[0].Object != "p2" {
			t.Errorf("second page %+v, %v", page, err)
		}
	})
}

func FuzzParseHead(f *testing.F) {
	for _, s := range []string{"0:", "1:" + strings.Repeat("a", 64), "01:", "9223372036854775808:" + strings.Repeat("0", 64), ":", "-1:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := audit.ParseHead(s); err == nil && h.String() != s {
			t.Errorf("ParseHead(%q) = %v", s, h)
		}
	})
}
