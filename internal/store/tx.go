package store

import (
	"context"
	"database/sql"
	"errors"
)

// ErrUnavailable says that the store cannot serve now: the disk is full, the
// file read-only or locked by another process, the store closed. Nothing of
// the refused write is kept. The sole right answer to a respondent is 503.
var ErrUnavailable = errors.New("store unavailable")

// Tx is what a closure reads and writes through. It must not outlive the
// closure.
type Tx struct {
	ctx     context.Context
	on      *session
	spoiled error // of the first statement that failed
}

// settle runs fn. A statement that failed decides, even where fn goes on
// regardless: some databases would keep the rest of its work and others none.
func (tx *Tx) settle(fn func(*Tx) error) error {
	if err := fn(tx); err != nil {
		return err
	}
	return tx.spoiled
}

// spoil remembers the first failure of a statement.
func (tx *Tx) spoil(err error) {
	if tx.spoiled == nil {
		tx.spoiled = err
	}
}

// Context is the context the closure runs under.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	result, err := tx.on.exec(tx.ctx, query, args...)
	if err != nil {
		tx.spoil(err)
		return 0, err
	}
	return result.RowsAffected()
}

// Each runs a query and calls scan for every row.
func (tx *Tx) Each(scan func(*sql.Rows) error, query string, args ...any) error {
	var scanned error
	err := tx.on.each(tx.ctx, func(rows *sql.Rows) error {
		scanned = scan(rows)
		return scanned
	}, query, args...)
	if err != nil && scanned == nil {
		tx.spoil(err)
	}
	return err
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
