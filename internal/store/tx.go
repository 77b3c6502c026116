package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// ErrUnavailable says that the store cannot serve now: the disk is full, the
// file read-only or locked by another process, the store closed. Nothing of
// the refused write is kept. The sole right answer to a respondent is 503.
var ErrUnavailable = errors.New("store unavailable")

// Tx is what a closure reads and writes through. It must not outlive the
// closure.
type Tx struct {
	ctx    context.Context
	speaks dialect
	on     interface {
		ExecContext(context.Context, string, ...any) (sql.Result, error)
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}
}

// Context is the context the closure runs under.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	result, err := tx.on.ExecContext(tx.ctx, tx.speaks.bind(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Query runs a query; the caller closes the rows.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	return tx.on.QueryContext(tx.ctx, tx.speaks.bind(query), args...)
}

// QueryRow runs a query for one row; no row is sql.ErrNoRows on Scan.
func (tx *Tx) QueryRow(query string, args ...any) *sql.Row {
	return tx.on.QueryRowContext(tx.ctx, tx.speaks.bind(query), args...)
}

// Each runs a query and calls scan for every row.
func (tx *Tx) Each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Primary result codes of SQLite (sqlite.org/rescode.html) that mean "not
// now" rather than "wrong statement".
var unavailable = map[int]bool{
	5:  true, // SQLITE_BUSY
	6:  true, // SQLITE_LOCKED
	7:  true, // SQLITE_NOMEM
	8:  true, // SQLITE_READONLY
	10: true, // SQLITE_IOERR
	11: true, // SQLITE_CORRUPT
	13: true, // SQLITE_FULL
	14: true, // SQLITE_CANTOPEN
	26: true, // SQLITE_NOTADB
}

// classify marks driver errors that mean the store cannot serve.
func classify(err error) error {
	var e *sqlite.Error
	switch {
	case err == nil || errors.Is(err, ErrUnavailable):
		return err
	case errors.As(err, &e) && unavailable[e.Code()&0xff],
		errors.Is(err, sql.ErrConnDone):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}
