// Package storetest gives tests an empty store of every kind: a SQLite file
// and a schema in a PostgreSQL that the test program starts, one for all its tests.
//
// It serves tests only.
package storetest

import (
	"context"
	"path/filepath"
	"testing"

	"barometer/internal/store"
	"barometer/internal/store/storetest/pgserver"
)

// runner is what *testing.T and *testing.B have in common.
type runner[T any] interface {
	testing.TB
	Run(name string, f func(T)) bool
}

// Each runs a test, or a benchmark, on an empty store of every kind, named
// sqlite and postgres. where is what store.Open takes.
func Each[T runner[T]](t T, test func(t T, where string)) {
	t.Helper()
	t.Run("sqlite", func(t T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t T) { test(t, Postgres(t)) })
}

// SQLite is the place of a file that is not there yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "barometer.db")
}

// Another is the place of a further empty store of the kind of where.
func Another(t testing.TB, where string) string {
	t.Helper()
	if store.IsPostgres(where) {
		return Postgres(t)
	}
	return SQLite(t)
}

// Postgres is the address of an empty schema of a PostgreSQL.
func Postgres(t testing.TB) string {
	t.Helper()
	return pgserver.Place(t)
}

// Open opens a store until the end of the test.
func Open(t testing.TB, where string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return db
}
