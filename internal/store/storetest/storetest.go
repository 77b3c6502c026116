// Package storetest gives tests an empty store of every kind: a SQLite file
// and a schema in a PostgreSQL that the test program starts.
//
// It serves tests only and hands out places, which tests open themselves. The
// PostgreSQL is one per test program, on a socket in a folder of its own; it
// ends, and the folder goes, when the program does, however it does.
package storetest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"barometer/internal/testenv"
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
	if strings.HasPrefix(where, "postgres:") {
		return Postgres(t)
	}
	return SQLite(t)
}

var (
	sharedOnce sync.Once
	shared     *Server
	sharedErr  error
)

// Postgres is the address of an empty schema of the PostgreSQL that the tests
// of this program share.
func Postgres(t testing.TB) string {
	t.Helper()
	bin := testenv.NeedPostgres(t)
	sharedOnce.Do(func() { shared, sharedErr = start(bin, false) })
	if sharedErr != nil {
		t.Fatalf("PostgreSQL: %v", sharedErr)
	}
	return shared.Schema(t)
}

var schemas atomic.Int64

// Schema makes an empty schema and returns its address. It is dropped with the
// test.
func (s *Server) Schema(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", schemas.Add(1))
	if err := s.exec("CREATE SCHEMA " + name); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := s.exec("DROP SCHEMA " + name + " CASCADE"); err != nil && !s.stopped {
			t.Errorf("PostgreSQL: %v", err)
		}
	})
	return s.url() + "&search_path=" + name
}

func (s *Server) exec(statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url())
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing is lost with it
	_, err = conn.Exec(ctx, "SET client_min_messages = warning; "+statement)
	return err
}
