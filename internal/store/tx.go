package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
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
	ctx context.Context
	on  *session
}

// Context is the context the closure runs under.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	result, err := tx.on.exec(tx.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Each runs a query and calls scan for every row.
func (tx *Tx) Each(scan func(*sql.Rows) error, query string, args ...any) error {
	return tx.on.each(tx.ctx, scan, query, args...)
}

// QueryRow is a query for one row. It runs when the row is scanned.
func (tx *Tx) QueryRow(query string, args ...any) Row { return Row{tx, query, args} }

// Row is the answer to [Tx.QueryRow].
type Row struct {
	tx    *Tx
	query string
	args  []any
}

// Scan runs the query and reads its first row; no row is sql.ErrNoRows.
func (r Row) Scan(dest ...any) error {
	err := r.tx.Each(func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		return errFound
	}, r.query, r.args...)
	switch err {
	case nil:
		return sql.ErrNoRows
	case errFound:
		return nil
	}
	return err
}

// errFound ends a query whose first row is all that is asked for.
var errFound = errors.New("found")

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
		errors.Is(err, sql.ErrConnDone), errors.Is(err, driver.ErrBadConn):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}
