package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// busyTimeout is how long a statement waits for another process's lock before
// the store counts as unavailable.
const busyTimeout = 5 * time.Second

// openSQLite opens the file at path, and makes it if there is none.
func openSQLite(ctx context.Context, path string, busy time.Duration) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	writes, err := sql.Open("sqlite", sqliteDSN(abs, busy, false))
	if err != nil {
		return nil, err
	}
	reads, err := sql.Open("sqlite", sqliteDSN(abs, busy, true))
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	db := &DB{name: abs, speaks: sqliteSQL, reads: newSessions(reads, sqliteSQL, 2+2*runtime.NumCPU()), pools: []*sql.DB{reads, writes}}
	one, err := newSession(ctx, writes, sqliteSQL)
	if err == nil {
		err = migrate(ctx, one.conn, sqliteSQL, migrations())
	}
	if err != nil {
		if one != nil {
			one.close() //nolint:errcheck // err says what went wrong
		}
		return nil, errors.Join(err, db.closePools())
	}
	db.writes = newCommitter(one)
	return db, nil
}

// sqliteDSN names the file with its settings: a write-ahead log, so that
// readers never wait for the writer, and a flush to disk at every commit.
func sqliteDSN(path string, busy time.Duration, readOnly bool) string {
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()))
	q.Add("_pragma", "journal_mode(WAL)")
	q.Add("_pragma", "synchronous(FULL)")
	q.Add("_pragma", "foreign_keys(1)")
	q.Add("_pragma", "secure_delete(1)") // what is deleted is overwritten
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

// checkSQLite reads the whole file for damage: pages that do not hang together
// and rows that refer to none.
func checkSQLite(tx *Tx) (faults []error, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		var says string
		err := rows.Scan(&says)
		if says != "ok" {
			faults = append(faults, errors.New(says))
		}
		return err
	}, `PRAGMA quick_check`)
	return faults, err
}
