package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// scrubLimit is how long a store may take to be written anew.
const scrubLimit = 10 * time.Minute

// Scrub makes what was removed from the tables leave the store's files. SQLite
// overwrites what is deleted at once, but its write-ahead log and pages that
// were divided may hold copies: the file is written anew and the log emptied.
// PostgreSQL keeps removed rows until a table is vacuumed: the tables are
// written anew. Its own write-ahead log and archives of it are the operator's.
func (db *DB) Scrub(ctx context.Context, tables ...string) error {
	ctx, cancel := context.WithTimeout(ctx, scrubLimit)
	defer cancel()
	conn, err := db.pools[len(db.pools)-1].Conn(ctx)
	if err != nil {
		return classify(err)
	}
	defer conn.Close()
	scrub := scrubSQLite
	if db.speaks == postgresSQL {
		scrub = scrubPostgres
	}
	if err := scrub(ctx, conn, tables); err != nil {
		return fmt.Errorf("what was removed may still stand in the files of store %s: %w", db.where, classify(err))
	}
	return nil
}

func scrubSQLite(ctx context.Context, conn *sql.Conn, _ []string) error {
	if _, err := conn.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	const pause = 20 * time.Millisecond
	for {
		var busy, pages, done int
		if err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &done); err != nil {
			return err
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("readers keep the write-ahead log from being emptied: stop the server and try again")
		case <-time.After(pause):
		}
	}
}

func scrubPostgres(ctx context.Context, conn *sql.Conn, tables []string) error {
	for _, command := range []string{"SET statement_timeout = '10min'", "SET lock_timeout = '60s'"} {
		if _, err := conn.ExecContext(ctx, command); err != nil {
			return err
		}
	}
	for _, t := range tables {
		if _, err := conn.ExecContext(ctx, "VACUUM (FULL) "+t); err != nil {
			return err
		}
	}
	return nil
}
