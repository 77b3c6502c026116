// Package storetest runs a test on every store the program has.
//
// It serves tests only. PostgreSQL is a real server, started once for each test
// process on a socket in a folder of its own; it ends with the process, however
// that ends. Every store is empty and of its own.
package storetest

import (
	"path/filepath"
	"testing"

	"barometer/internal/store"
)

// Each runs a test once for each store. where is the address to open it at; it
// can be opened several times, one after another or at once.
func Each(t *testing.T, run func(t *testing.T, where string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, filepath.Join(t.TempDir(), "odd name ?#%.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, Postgres(t)) })
}

// Open opens a store until the end of the test.
func Open(t testing.TB, where string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), where)
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
