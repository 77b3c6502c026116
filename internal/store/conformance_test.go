package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

const allKeys = `SELECT name FROM store_key ORDER BY name`

// names reads allKeys and calls visit at each.
func names(tx *store.Tx, visit func(string) error) error {
	return tx.Each(func(rows *sql.Rows) error {
		var n string
		if err := rows.Scan(&n); err != nil {
			return err
		}
		return visit(n)
	}, allKeys)
}

// remember writes a name through the store; recall lists them.
func remember(name string) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, name, []byte(name))
		return err
	}
}

func recall(t *testing.T, db *store.DB) []string {
	t.Helper()
	names, err := db.Keys(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// A failing write must not take its neighbours of the same transaction along.
func TestFailingWriteFailsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		refusal := errors.New("refused")
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					if err := remember(fmt.Sprintf("k%03d", i))(tx); err != nil {
						return err
					}
					switch {
					case i%10 == 3:
						return refusal
					case i%10 == 7:
						return remember(fmt.Sprintf("k%03d", i))(tx) // breaks the primary key
					}
					return nil
				})
				if failed := i%10 == 3 || i%10 == 7; failed != (err != nil) {
					t.Errorf("write %d: %v", i, err)
				}
				if i%10 == 3 && !errors.Is(err, refusal) {
					t.Errorf("write %d: %v, want its own error", i, err)
				}
			})
		}
		wg.Wait()
		names := recall(t, db)
		if len(names) != 80 {
			t.Errorf("%d of 80 writes are kept", len(names))
		}
		for _, n := range names {
			if strings.HasSuffix(n, "3") || strings.HasSuffix(n, "7") {
				t.Errorf("%s is kept though its write failed", n)
			}
		}
	})
}

func TestPanicReachesItsCaller(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		func() {
			defer func() {
				if r := recover(); r != "boom" {
					t.Errorf("recovered %v, want boom", r)
				}
			}()
			db.Write(t.Context(), func(tx *store.Tx) error {
				remember("half")(tx)
				panic("boom")
			})
		}()
		if err := db.Write(t.Context(), remember("after")); err != nil {
			t.Fatalf("write after a panic: %v", err)
		}
		if names := recall(t, db); len(names) != 1 || names[0] != "after" {
			t.Errorf("kept %v, want the write after the panic alone", names)
		}
	})
}

func TestCancelledWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Write(cancelled, remember("never")); !errors.Is(err, context.Canceled) {
			t.Errorf("write with a cancelled context: %v", err)
		}
		running, cancel := context.WithCancel(t.Context())
		err := db.Write(running, func(tx *store.Tx) error {
			cancel() // the browser goes away in the midst of the save
			return remember("kept")(tx)
		})
		if err != nil {
			t.Errorf("a write under way was cancelled: %v", err)
		}
		if names := recall(t, db); len(names) != 1 || names[0] != "kept" {
			t.Errorf("kept %v, want what was acknowledged and no more", names)
		}
	})
}

func TestReadSeesOneSnapshot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		count := func(tx *store.Tx) (n int) {
			if err := tx.QueryRow(`SELECT COUNT(*) FROM store_key`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			before := count(tx)
			if err := db.Write(t.Context(), remember("between")); err != nil {
				return err
			}
			if after := count(tx); after != before {
				t.Errorf("the snapshot went from %d to %d rows", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestReadCannotWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		if err := db.Read(t.Context(), remember("sneaked in")); err == nil {
			t.Error("a closure of Read wrote")
		}
	})
}

func TestCheckKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		ctx := t.Context()
		for range 2 {
			if err := db.CheckKey(ctx, "answers/a", []byte("right")); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.CheckKey(ctx, "answers/a", []byte("wrong")); !errors.Is(err, store.ErrWrongKey) {
			t.Errorf("another key: %v", err)
		}
		if err := db.CheckKey(ctx, "other", []byte("wrong")); err != nil {
			t.Errorf("a key of another name: %v", err)
		}
		if names, err := db.Keys(ctx, "answers/"); err != nil || len(names) != 1 || names[0] != "answers/a" {
			t.Errorf("Keys = %v, %v", names, err)
		}
	})
}

// Not every database can run a statement while it hands out rows; so none does.
func TestQueryInsideAnotherIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		for _, n := range []string{"a", "b", "c"} {
			if err := db.Write(t.Context(), remember(n)); err != nil {
				t.Fatal(err)
			}
		}
		inside := func(tx *store.Tx) error {
			return names(tx, func(string) error { return names(tx, func(string) error { return nil }) })
		}
		for _, run := range []func(context.Context, func(*store.Tx) error) error{db.Read, db.Write} {
			if err := run(t.Context(), inside); err == nil || !strings.Contains(err.Error(), "gather the rows first") {
				t.Errorf("a query inside another: %v", err)
			}
		}
		if got := recall(t, db); len(got) != 3 {
			t.Errorf("afterwards: %v", got)
		}
	})
}

// A row that is absent, a query that is wrong and a scan that fails leave the
// statement fit for the next.
func TestStatementServesAfterErrors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		const q = `SELECT name FROM store_key WHERE name = ?`
		find := func(name string, dest any) error {
			return db.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(q, name).Scan(dest) })
		}
		var s string
		var n int
		if err := find("a", &s); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("no row: %v", err)
		}
		if err := db.Write(t.Context(), remember("a")); err != nil {
			t.Fatal(err)
		}
		if err := find("a", &n); err == nil {
			t.Error("a name was scanned into a number")
		}
		if err := db.Write(t.Context(), remember("a")); err == nil {
			t.Error("a key was kept twice")
		}
		if err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.QueryRow(`SELECT nothing`).Scan(&s) }); err == nil {
			t.Error("a wrong query was answered")
		}
		if err := db.Write(t.Context(), remember("b")); err != nil {
			t.Errorf("the next write: %v", err)
		}
		for _, name := range []string{"a", "b"} {
			if err := find(name, &s); err != nil || s != name {
				t.Errorf("found %q, %v; want %s", s, err, name)
			}
		}
	})
}

// A reader that panics or whose visitor has left must not leave its
// transaction to the next one, which would see an old snapshot for ever.
func TestBrokenReadLeavesNoSnapshot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		look := func(tx *store.Tx) error { return names(tx, func(string) error { return nil }) }
		for range 20 { // more than there are readers
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic was swallowed")
					}
				}()
				db.Read(t.Context(), func(tx *store.Tx) error { //nolint:errcheck // it panics
					look(tx) //nolint:errcheck // what follows counts
					panic("out")
				})
			}()
			ctx, leave := context.WithCancel(t.Context())
			err := db.Read(ctx, func(tx *store.Tx) error {
				if err := look(tx); err != nil {
					return err
				}
				leave()
				return look(tx)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a read whose visitor left: %v", err)
			}
		}
		for i := range 20 {
			if err := db.Write(t.Context(), remember(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
			if n := len(recall(t, db)); n != i+1 {
				t.Fatalf("%d keys are seen after %d writes", n, i+1)
			}
		}
	})
}

func TestClosedStoreIsUnavailable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		db := storetest.Open(t, where)
		if err := db.Write(t.Context(), remember("a")); err != nil {
			t.Fatal(err)
		}
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			if err := db.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			return names(tx, func(string) error { return nil })
		})
		if err != nil {
			t.Errorf("a read under way: %v", err)
		}
		if _, err := db.Keys(t.Context(), ""); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("a read after closing: %v", err)
		}
		if err := db.Write(t.Context(), remember("b")); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("a write after closing: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("close again: %v", err)
		}
		again, err := store.Open(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if got := recall(t, again); !slices.Equal(got, []string{"a"}) {
			t.Errorf("kept %v", got)
		}
	})
}
