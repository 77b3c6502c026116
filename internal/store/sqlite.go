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

func openSQLite(ctx context.Context, path string, busy time.Duration) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	writes, err := sql.Open("sqlite", dsn(abs, busy, false))
	if err != nil {
		return nil, err
	}
	reads, err := sql.Open("sqlite", dsn(abs, busy, true))
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	db := &DB{
		where:  abs,
		speaks: sqliteSQL,
		reader: newSessions(reads, sqliteSQL, 2+2*runtime.NumCPU(), "BEGIN"),
		pools:  []*sql.DB{reads, writes},
	}
	on, err := firstSession(ctx, writes, busy)
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	if err := migrate(ctx, on.conn, sqliteSQL, migrations()); err != nil {
		return nil, errors.Join(err, on.close(), db.close())
	}
	db.writer = newGroups(on)
	return db, nil
}

// firstSession opens the file. SQLite does not wait where two programs turn a new
// file's write-ahead log on at the same time, so this does.
func firstSession(ctx context.Context, pool *sql.DB, busy time.Duration) (*session, error) {
	const pause = 10 * time.Millisecond
	for waited := time.Duration(0); ; waited += pause {
		on, err := newSession(ctx, pool, sqliteSQL)
		if !errors.Is(classify(err), ErrBusy) || waited >= busy {
			return on, err
		}
		time.Sleep(pause)
	}
}

// dsn names the file with its settings: a write-ahead log, so that readers
// never wait for the writer, and a flush to disk at every commit.
func dsn(path string, busy time.Duration, readOnly bool) string {
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

func checkSQLite(ctx context.Context, db *DB) (faults []error, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		err := tx.Each(func(rows *sql.Rows) error {
			var says string
			err := rows.Scan(&says)
			if says != "ok" {
				faults = append(faults, errors.New(says))
			}
			return err
		}, `PRAGMA quick_check`)
		if err != nil {
			return err
		}
		return tx.Each(func(rows *sql.Rows) error {
			var table, parent string
			var row, key sql.NullInt64
			err := rows.Scan(&table, &row, &parent, &key)
			faults = append(faults, fmt.Errorf("row %d of %s refers to no row of %s", row.Int64, table, parent))
			return err
		}, `PRAGMA foreign_key_check`)
	})
	return faults, err
}
