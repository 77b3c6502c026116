// Package store keeps the operational data of a home folder: invitations,
// sessions, answers, events.
//
// It is the only package that opens a database. Callers hand it closures:
// [DB.Read] runs one on a consistent snapshot, [DB.Write] runs one as if no
// other ran beside it, and returns only when its effect is durable.
//
// Two databases serve, with the same promises: SQLite, a file that one process
// at a time does well with, and PostgreSQL, where several processes work at
// once. On SQLite concurrent writes share one transaction and so one flush to
// disk; where one of them fails, it alone is undone. On PostgreSQL each has a
// transaction of its own, and one that met another is run again.
//
// Every statement is portable SQL with ? for arguments; points in time are
// whole milliseconds since 1970 in UTC ([Millis], [FromMillis]); byte strings
// are BYTEA. Text is compared and ordered by its bytes. What the tables mean is
// the business of the packages that own them; statistical data never come here
// (they are immutable Parquet files).
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// busyTimeout is how long a statement waits for another process's lock before
// the store counts as unavailable.
const busyTimeout = 5 * time.Second

// DB is an open store. Its methods may be called from any goroutine.
type DB struct {
	where  string // for people: never with a password
	speaks dialect
	reader *sessions
	writer writer
	pools  []*sql.DB
	once   sync.Once
}

// writer carries writes out, each durable when it returns. limit is how long
// one may take where the database is another machine's.
type writer interface {
	write(ctx context.Context, limit time.Duration, fn func(*Tx) error) error
	close() error // waits for what is under way
}

// Open opens a store and brings it to the program's schema: the PostgreSQL
// database of an address postgres://…, else the SQLite file of that path, which
// is made if there is none. A store written by a newer program is refused.
// Programs that open one store at the same time take turns.
func Open(ctx context.Context, where string) (*DB, error) {
	open := func() (*DB, error) { return openSQLite(ctx, where, busyTimeout) }
	if IsPostgres(where) {
		open = func() (*DB, error) { return openPostgres(ctx, where) }
	}
	db, err := open()
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", Redact(where), classify(err))
	}
	return db, nil
}

// Where names the store for people: its path, or its address without the
// password.
func (db *DB) Where() string { return db.where }

// Close waits for the writes under way and closes the store. Writes that have
// not begun by then, and all later use, fail with [ErrUnavailable]; reads under
// way come to their end.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() { err = db.close() })
	return err
}

func (db *DB) close() error {
	var faults []error
	if db.writer != nil {
		faults = append(faults, db.writer.close())
	}
	faults = append(faults, db.reader.close())
	for _, p := range db.pools {
		faults = append(faults, p.Close())
	}
	return errors.Join(faults...)
}

// Read runs fn on one consistent snapshot of everything committed before it
// began. fn must not write.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return classify(db.reader.run(ctx, ctx, "ROLLBACK", fn)) // a snapshot has nothing to lose
}

// ReadOne is Read for a closure of one SELECT, which needs no transaction around
// it: a third of the statements, and on PostgreSQL of the ways to the server. A
// second statement is refused. fn may run more than once, and on SQLite the end of
// ctx does not stop it: it is for few rows.
func (db *DB) ReadOne(ctx context.Context, fn func(*Tx) error) error {
	return classify(db.reader.one(ctx, fn))
}

// Write runs fn in a transaction and returns after the transaction is durable
// on disk, or with fn's error after fn's effect is undone. What fn did and saw
// is as if no other write had run beside it.
//
// fn may run more than once, each time on a clean state: what it hands out
// must be set by the run itself, and what it does outside the transaction must
// bear repetition. Once fn has begun, the end of ctx no longer stops it: the
// answer Write gives is then true. Where the connection breaks during the
// commit itself, Write fails with [ErrUnavailable] and the effect may stand.
// fn may run on another goroutine and must not call Write.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return classify(db.writer.write(ctx, writeLimit, fn))
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
	check := checkSQLite
	if db.speaks == postgresSQL {
		check = checkPostgres
	}
	faults, err := check(ctx, db)
	if err := errors.Join(append(faults, err)...); err != nil {
		return fmt.Errorf("store %s is damaged, restore a backup: %w", db.where, err)
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
