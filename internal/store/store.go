// Package store keeps the operational data of a home folder: invitations,
// sessions, answers, events.
//
// It is the only package that opens a database. Callers hand it closures:
// [DB.Read] runs one on a consistent snapshot, [DB.Write] runs one and returns
// only when its effect is durable. Concurrent writes share one transaction and
// so one flush to disk, each inside a savepoint of its own, so that a closure
// that fails takes nothing but itself back.
//
// Every statement is portable SQL with ? for arguments; points in time are
// whole milliseconds since 1970 in UTC ([Millis], [FromMillis]); byte strings
// are BYTEA. What the tables mean is the business of the packages that own
// them; statistical data never come here (they are immutable Parquet files).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

// busyTimeout is how long a statement waits for another process's lock before
// the store counts as unavailable.
const busyTimeout = 5 * time.Second

// DB is an open store. Its methods may be called from any goroutine.
type DB struct {
	path    string
	writer  *session // owned by the commit loop
	readers *readers
	writes  *sql.DB
	reads   *sql.DB

	queue   chan *call
	closing chan struct{}
	stopped chan struct{}
	once    sync.Once
}

// Open opens the SQLite store at path, makes it if there is none, and brings
// it to the program's schema. A store written by a newer program is refused.
func Open(ctx context.Context, path string) (*DB, error) {
	db, err := open(ctx, path, busyTimeout)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, classify(err))
	}
	return db, nil
}

func open(ctx context.Context, path string, busy time.Duration) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	db := &DB{
		path:    abs,
		queue:   make(chan *call),
		closing: make(chan struct{}),
		stopped: make(chan struct{}),
	}
	if db.writes, err = sql.Open("sqlite", dsn(abs, busy, false)); err != nil {
		return nil, err
	}
	if db.reads, err = sql.Open("sqlite", dsn(abs, busy, true)); err != nil {
		return nil, errors.Join(err, db.writes.Close())
	}
	db.readers = newReaders(db.reads, sqliteSQL, 2+2*runtime.NumCPU())
	if db.writer, err = newSession(ctx, db.writes, sqliteSQL); err == nil {
		err = migrate(ctx, db.writer.conn, migrations())
	}
	if err != nil {
		return nil, errors.Join(err, db.closeFiles())
	}
	go db.commitLoop()
	return db, nil
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

// Close waits for the transaction under way and closes the store. Writes that
// have not begun by then, and all later use, fail with [ErrUnavailable]; reads
// under way come to their end.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() {
		close(db.closing)
		<-db.stopped
		err = db.closeFiles()
	})
	return err
}

func (db *DB) closeFiles() error {
	var err error
	if db.writer != nil {
		err = db.writer.close()
	}
	return errors.Join(err, db.readers.close(), db.reads.Close(), db.writes.Close())
}

// Read runs fn on one consistent snapshot of everything committed before it
// began. fn must not write.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return classify(db.readers.read(ctx, fn))
}

// Health proves that the store can write durably and read back, and returns
// [ErrUnavailable] with the cause where it cannot.
func (db *DB) Health(ctx context.Context) error {
	var beat, seen int64
	err := db.Write(ctx, func(tx *Tx) error {
		const q = `INSERT INTO store_heartbeat (id, beat) VALUES (1, 1)
			ON CONFLICT (id) DO UPDATE SET beat = store_heartbeat.beat + 1 RETURNING beat`
		return tx.QueryRow(q).Scan(&beat)
	})
	if err != nil {
		return fmt.Errorf("health write: %w", err)
	}
	err = db.Read(ctx, func(tx *Tx) error {
		return tx.QueryRow(`SELECT beat FROM store_heartbeat WHERE id = 1`).Scan(&seen)
	})
	if err != nil {
		return fmt.Errorf("health read: %w", err)
	}
	if seen < beat {
		return fmt.Errorf("%w: wrote beat %d, read back %d", ErrUnavailable, beat, seen)
	}
	return nil
}

// Check reads the whole store for damage: pages that do not hang together and
// rows that refer to none. It is for the doctor, not for every minute.
func (db *DB) Check(ctx context.Context) error {
	var faults []error
	err := db.Read(ctx, func(tx *Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var says string
			err := rows.Scan(&says)
			if says != "ok" {
				faults = append(faults, errors.New(says))
			}
			return err
		}, `PRAGMA quick_check`)
	})
	if err := errors.Join(append(faults, err)...); err != nil {
		return fmt.Errorf("store %s is damaged, restore a backup: %w", db.path, err)
	}
	return nil
}

// Millis is t as the store keeps it: whole milliseconds since 1970 in UTC.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// FromMillis is the point in time kept as ms, in UTC; 0 is the zero time.
func FromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
