// Package store keeps the operational data of a home folder: invitations,
// sessions, answers, events.
//
// It is the only package that opens a database. Callers hand it closures:
// [DB.Read] runs one on a consistent snapshot, [DB.Write] runs one and returns
// only when its effect is durable. A closure that fails takes nothing but itself
// back.
//
// There are two stores: a SQLite file, in which concurrent writes share one
// transaction and so one flush to disk, each inside a savepoint of its own; and
// PostgreSQL, where several programs may work on one store. To a caller they are
// the same. In both a statement that fails spoils the write it belongs to, and a
// closure given to [DB.Write] may be run more than once, so it must set what it
// returns anew each time.
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
	"sync"
	"time"
)

// DB is an open store. Its methods may be called from any goroutine.
type DB struct {
	name   string // for messages: without a password
	speaks dialect
	reads  *sessions
	writes writer
	pools  []*sql.DB
	once   sync.Once
}

// writer is how a store writes.
type writer interface {
	// write runs fn in a transaction and returns when it is durable or undone.
	write(ctx context.Context, fn func(*Tx) error) error
	// close ends the transaction under way and refuses later ones.
	close() error
}

// Open opens a store and brings it to the program's schema: the SQLite file at a
// path, which is made if there is none, or the PostgreSQL database of an address
// that begins with postgres://. A store written by a newer program is refused.
func Open(ctx context.Context, where string) (db *DB, err error) {
	if isPostgres(where) {
		db, err = openPostgres(ctx, where)
	} else {
		db, err = openSQLite(ctx, where, busyTimeout)
	}
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", Redacted(where), classify(err))
	}
	return db, nil
}

// Redacted is the address of a store without the password in it.
func Redacted(where string) string {
	if !isPostgres(where) {
		return where
	}
	u, err := url.Parse(where)
	if err != nil {
		return "postgres://…"
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// Write runs fn in a transaction and returns after the transaction is durable,
// or with fn's error after fn's effect is undone. Once fn has begun, the end of
// ctx no longer stops it: the answer Write gives is then true. fn may be run
// again where transactions got into each other's way, may run on another
// goroutine, and must not call Write.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return classify(db.writes.write(ctx, fn))
}

// Close waits for the transaction under way and closes the store. Writes that
// have not begun by then, and all later use, fail with [ErrUnavailable]; reads
// under way come to their end.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() { err = errors.Join(db.writes.close(), db.closePools()) })
	return err
}

func (db *DB) closePools() error {
	err := db.reads.close()
	for _, p := range db.pools {
		err = errors.Join(err, p.Close())
	}
	return err
}

// Read runs fn on one consistent snapshot of everything committed before it
// began. fn must not write.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return classify(db.reads.read(ctx, fn))
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

// Check looks for damage, and for settings under which answers could be lost.
// It is for the doctor, not for every minute.
func (db *DB) Check(ctx context.Context) error {
	check := checkSQLite
	if db.speaks == postgresSQL {
		check = checkPostgres
	}
	var faults []error
	err := db.Read(ctx, func(tx *Tx) (err error) {
		faults, err = check(tx)
		return err
	})
	if err := errors.Join(append(faults, err)...); err != nil {
		return fmt.Errorf("store %s is not sound: %w", db.name, err)
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
