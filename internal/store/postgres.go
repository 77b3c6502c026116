package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Sessions that one process opens at most. A database takes a hundred where
// nobody has set it otherwise.
const (
	postgresReaders = 16
	postgresWriters = 16
)

// openPostgres opens a PostgreSQL database by its URL.
func openPostgres(ctx context.Context, where string) (*DB, error) {
	cfg, err := pgx.ParseConfig(where)
	if err != nil {
		return nil, errors.New("the address of the database cannot be read; want postgres://user@host/database") // err may hold the password
	}
	for setting, value := range map[string]string{
		"application_name":                    "barometer",
		"synchronous_commit":                  "on", // a write that returned survives a crash
		"timezone":                            "UTC",
		"statement_timeout":                   "30s",
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "60s",
	} {
		if _, given := cfg.RuntimeParams[setting]; !given {
			cfg.RuntimeParams[setting] = value
		}
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxIdleConns(postgresReaders + postgresWriters)
	db := &DB{name: Redacted(where), speaks: postgresSQL, reads: newSessions(pool, postgresSQL, postgresReaders), pools: []*sql.DB{pool}}
	if err := migratePostgres(ctx, pool); err != nil {
		return nil, errors.Join(err, db.closePools())
	}
	db.writes = &serializer{sessions: newSessions(pool, postgresSQL, postgresWriters)}
	return db, nil
}

func migratePostgres(ctx context.Context, pool *sql.DB) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	return errors.Join(migrate(ctx, conn, postgresSQL, migrations()), conn.Close())
}

// isPostgres reports whether an address is one of PostgreSQL.
func isPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// serializer writes in transactions of their own, as if one ran after another.
// Those that the database could not order so are run again.
type serializer struct{ sessions *sessions }

// Tries of a write before the store counts as unavailable, and the longest wait
// between two.
const (
	mostTries   = 30
	longestWait = 200 * time.Millisecond
)

func (w *serializer) write(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := w.once(ctx, fn)
		if !disordered(err) {
			return err
		}
		if try == mostTries {
			return fmt.Errorf("%w: %d writes in conflict: %w", ErrUnavailable, try, err)
		}
		wait := min(longestWait, time.Millisecond<<min(try, 8))
		time.Sleep(rand.N(wait)) // the length of a wait changes no result
	}
}

// once runs fn in one transaction. As soon as fn has begun, the end of ctx no
// longer stops it: the answer given is then true.
func (w *serializer) once(ctx context.Context, fn func(*Tx) error) error {
	return w.sessions.within(ctx, "BEGIN ISOLATION LEVEL SERIALIZABLE", func(s *session) (sound bool, err error) {
		tx := &Tx{ctx: context.WithoutCancel(ctx), on: s}
		err = tx.settle(fn)
		if disordered(tx.spoiled) {
			err = tx.spoiled // whatever fn made of it
		}
		if err != nil {
			return s.command("ROLLBACK") == nil, err
		}
		if err = s.command("COMMIT"); err != nil {
			return s.command("ROLLBACK") == nil, err
		}
		return true, nil
	})
}

func (w *serializer) close() error { return w.sessions.close() }

// checkPostgres looks for settings under which a crash loses what was said to
// be kept.
func checkPostgres(tx *Tx) (faults []error, err error) {
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := tx.QueryRow(`SELECT current_setting(?)`, setting).Scan(&value); err != nil {
			return faults, err
		}
		if value == "off" {
			faults = append(faults, fmt.Errorf("the database runs with %s = off: a crash can lose answers", setting))
		}
	}
	return faults, nil
}
