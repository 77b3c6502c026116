package pgserver

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"barometer/internal/testenv"
)

var (
	sharedOnce sync.Once
	shared     *Server
	sharedErr  error
)

// Place is the address of an empty schema of the PostgreSQL that the tests
// of this program share.
func Place(t testing.TB) string {
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
