package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresSessions is how many reads, and how many writes, one process has
// under way at a time. More than the processors of a database server can carry
// only makes them wait there.
const postgresSessions = 8

// IsPostgres reports whether a place is the address of a PostgreSQL database.
func IsPostgres(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// Redact is a place as it may be shown: without its password.
func Redact(where string) string {
	if !IsPostgres(where) {
		return where
	}
	u, err := url.Parse(where)
	if err != nil {
		return "postgres://…" // what cannot be read may hold the password anywhere
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	for name := range q {
		if strings.Contains(name, "password") {
			q.Del(name)
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// HasPassword reports whether a place holds a password, so that it must not
// stand on a command line.
func HasPassword(where string) bool {
	if !IsPostgres(where) {
		return false
	}
	u, err := url.Parse(where)
	if err != nil {
		return true
	}
	_, set := u.User.Password()
	return set || u.Query().Has("password")
}

// postgresConfig reads an address. What it does not say is set so that no
// request waits for ever: on a lock, a statement, or a connection.
func postgresConfig(where string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(where)
	if err != nil {
		return nil, errors.New("the address cannot be read: write it as postgres://user@host:5432/database, with the password in a passfile")
	}
	if cfg.ConnectTimeout == 0 || cfg.ConnectTimeout > time.Minute {
		cfg.ConnectTimeout = busyTimeout
	}
	for name, value := range map[string]string{
		"application_name":                    "barometer",
		"synchronous_commit":                  "on", // a write is on disk when it is acknowledged
		"statement_timeout":                   "30s",
		"lock_timeout":                        strconv.FormatInt(busyTimeout.Milliseconds(), 10),
		"idle_in_transaction_session_timeout": "60s",
	} {
		if _, said := cfg.RuntimeParams[name]; !said {
			cfg.RuntimeParams[name] = value
		}
	}
	return cfg, nil
}

func openPostgres(ctx context.Context, where string) (*DB, error) {
	cfg, err := postgresConfig(where)
	if err != nil {
		return nil, err
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxIdleConns(2 * postgresSessions)
	db := &DB{
		where:  Redact(where),
		speaks: postgresSQL,
		reader: newSessions(pool, postgresSQL, postgresSessions, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
		pools:  []*sql.DB{pool},
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	if err := errors.Join(migrate(ctx, conn, postgresSQL, migrations()), conn.Close()); err != nil {
		return nil, errors.Join(err, db.close())
	}
	db.writer = &retries{newSessions(pool, postgresSQL, postgresSessions, "BEGIN ISOLATION LEVEL SERIALIZABLE")}
	return db, nil
}

// checkPostgres reads every row of every table; damaged pages are told by the
// server as it meets them. References are checked by the server at every write.
func checkPostgres(ctx context.Context, db *DB) (faults []error, err error) {
	tables, err := schema(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if _, err := db.sum(ctx, t); err != nil {
			if errors.Is(err, context.Canceled) {
				return faults, err
			}
			faults = append(faults, fmt.Errorf("table %s: %w", t.name, err))
		}
	}
	return faults, nil
}

// Doubts lists settings of the database under which an acknowledged write
// could be lost, in words for the operator.
func (db *DB) Doubts(ctx context.Context) ([]string, error) {
	if db.speaks == sqliteSQL {
		return nil, nil // the settings are the store's own
	}
	var doubts []string
	err := db.Read(ctx, func(tx *Tx) error {
		doubts = nil
		return tx.Each(func(rows *sql.Rows) error {
			var name, setting string
			err := rows.Scan(&name, &setting)
			doubts = append(doubts, fmt.Sprintf("PostgreSQL runs with %s = %s: a loss of power may lose what was acknowledged", name, setting))
			return err
		}, `SELECT name, setting FROM pg_settings
			WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name`)
	})
	return doubts, err
}
