package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
)

const allKeys = `SELECT name FROM store_key ORDER BY name`

// names reads allKeys and calls visit at each.
func names(tx *Tx, visit func(string) error) error {
	return tx.Each(func(rows *sql.Rows) error {
		var n string
		if err := rows.Scan(&n); err != nil {
			return err
		}
		return visit(n)
	}, allKeys)
}

// One connection to PostgreSQL cannot answer two questions at a time, so no
// store lets a closure ask them.
func TestQueryInsideItselfIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		if err := db.Write(t.Context(), remember("a")); err != nil {
			t.Fatal(err)
		}
		for _, run := range []func(context.Context, func(*Tx) error) error{db.Read, db.Write} {
			err := run(t.Context(), func(tx *Tx) error {
				return names(tx, func(string) error {
					names(tx, func(string) error { return nil }) //nolint:errcheck // the outer one must tell
					return nil
				})
			})
			if !errors.Is(err, errNested) {
				t.Errorf("a query inside a query: %v", err)
			}
		}
	})
}

// A row that is absent, a query that is wrong and a scan that fails leave the
// statement fit for the next.
func TestStatementServesAfterErrors(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		const q = `SELECT name FROM store_key WHERE name = ?`
		find := func(name string, dest any) error {
			return db.Read(t.Context(), func(tx *Tx) error { return tx.QueryRow(q, name).Scan(dest) })
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
		if err := db.Read(t.Context(), func(tx *Tx) error { return tx.QueryRow(`SELECT nothing`).Scan(&s) }); err == nil {
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
	each(t, func(t *testing.T, db *DB) {
		look := func(tx *Tx) error { return names(tx, func(string) error { return nil }) }
		for range 20 { // more than there are readers
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic was swallowed")
					}
				}()
				db.Read(t.Context(), func(tx *Tx) error { //nolint:errcheck // it panics
					look(tx) //nolint:errcheck // what follows counts
					panic("out")
				})
			}()
			ctx, leave := context.WithCancel(t.Context())
			err := db.Read(ctx, func(tx *Tx) error {
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
	eachPlace(t, func(t *testing.T, where string) {
		db := openAt(t, where)
		if err := db.Write(t.Context(), remember("a")); err != nil {
			t.Fatal(err)
		}
		err := db.Read(t.Context(), func(tx *Tx) error {
			if err := db.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			return names(tx, func(string) error { return nil })
		})
		if err != nil {
			t.Errorf("a read under way: %v", err)
		}
		if _, err := db.Keys(t.Context(), ""); !errors.Is(err, ErrUnavailable) {
			t.Errorf("a read after closing: %v", err)
		}
		if err := db.Write(t.Context(), remember("b")); !errors.Is(err, ErrUnavailable) {
			t.Errorf("a write after closing: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("close again: %v", err)
		}
		again, err := Open(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if got := recall(t, again); !slices.Equal(got, []string{"a"}) {
			t.Errorf("kept %v", got)
		}
	})
}

// One SELECT is read outside of a transaction; whatever else is tried there
// fails, changes nothing, and leaves the connection fit for the next.
func TestReadOneReadsOneSelect(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		if err := db.Write(t.Context(), remember("a")); err != nil {
			t.Fatal(err)
		}
		const q = `SELECT name FROM store_key WHERE name = ?`
		var s string
		find := func(tx *Tx) error { return tx.QueryRow(q, "a").Scan(&s) }
		for what, fn := range map[string]func(*Tx) error{
			"two queries":       func(tx *Tx) error { return errors.Join(find(tx), find(tx)) },
			"a write":           remember("b"),
			"a write that asks": func(tx *Tx) error { return tx.QueryRow(`DELETE FROM store_key RETURNING name`).Scan(&s) },
			"a failure unheard": func(tx *Tx) error { find(tx); find(tx); return nil }, //nolint:errcheck // the store must tell
		} {
			if err := db.ReadOne(t.Context(), fn); !errors.Is(err, errSecond) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := db.ReadOne(t.Context(), func(tx *Tx) error { return tx.QueryRow(`SELECT nothing`).Scan(&s) }); err == nil {
			t.Error("a wrong query was answered")
		}
		for range 3 {
			if s = ""; db.ReadOne(t.Context(), find) != nil || s != "a" {
				t.Errorf("found %q afterwards", s)
			}
		}
		if got := recall(t, db); !slices.Equal(got, []string{"a"}) {
			t.Errorf("keys %v", got)
		}
	})
}

// A connection that nobody can use any more is closed, with its statements, and
// the next read has another.
func TestDiscardedSessionIsReplaced(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		count := func(tx *Tx) error { var n int; return tx.QueryRow(`SELECT count(*) FROM store_key`).Scan(&n) }
		if err := db.ReadOne(t.Context(), count); err != nil {
			t.Fatal(err)
		}
		s, err := db.reader.take(t.Context())
		if err != nil || len(s.prepared) == 0 {
			t.Fatalf("a session with %d statements, %v", len(s.prepared), err)
		}
		db.reader.give(s, false)
		if err := db.ReadOne(t.Context(), count); err != nil {
			t.Error(err)
		}
	})
}
