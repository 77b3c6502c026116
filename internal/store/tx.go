package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"
)

// Tx is what a closure reads and writes through. It must not outlive the
// closure. A statement that fails ends the transaction: those after it fail
// with the same error, and so does the closure, whatever it returns.
type Tx struct {
	ctx     context.Context
	on      *session
	reading bool // rows are being read
	once    bool // there is no transaction: one query and no more
	asked   bool // it was made
	wrote   bool // a statement was run that may have changed something
	failed  error
}

// Context is the context the closure runs under.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	if err := tx.fit(query, args); err != nil {
		return 0, err
	}
	result, err := tx.on.exec(tx.ctx, query, args...)
	if err != nil {
		return 0, tx.fail(err)
	}
	return result.RowsAffected()
}

// Each runs a query and calls scan for every row. scan must not run statements
// of the same transaction.
func (tx *Tx) Each(scan func(*sql.Rows) error, query string, args ...any) error {
	if err := tx.fit(query, args); err != nil {
		return err
	}
	tx.reading = true
	defer func() { tx.reading = false }()
	var fromScan error
	err := tx.on.each(tx.ctx, func(rows *sql.Rows) error {
		fromScan = scan(rows)
		return fromScan
	}, query, args...)
	if err == nil || fromScan != nil {
		return err
	}
	return tx.fail(err)
}

// fit refuses a statement after a failure, more than one query where there is no
// transaction, text that not every database takes, and what is absent.
func (tx *Tx) fit(query string, args []any) error {
	switch {
	case tx.failed != nil:
		return tx.failed
	case tx.reading:
		return tx.fail(errNested)
	case tx.once && (tx.asked || !reads(query)):
		return tx.fail(errSecond)
	}
	tx.asked, tx.wrote = true, tx.wrote || !reads(query)
	for _, a := range args {
		if err := fits(a); err != nil {
			return tx.fail(err)
		}
	}
	return nil
}

// reads reports whether a statement changes nothing.
func reads(query string) bool { return strings.HasPrefix(query, "SELECT ") }

func fits(arg any) error {
	switch a := arg.(type) {
	case string:
		if strings.IndexByte(a, 0) >= 0 || !utf8.ValidString(a) {
			return ErrText
		}
	case []byte:
		if a == nil {
			return ErrNull
		}
	case nil:
		return ErrNull
	}
	return nil
}

// fail notes the first failure of the transaction.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.failed = classify(err)
	}
	return tx.failed
}

// outcome is the error of a closure that returned err.
func (tx *Tx) outcome(err error) error {
	if err == nil {
		return tx.failed
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

// errNested refuses what one connection to PostgreSQL cannot do.
var errNested = errors.New("a statement was run while rows of another are read: read them to the end first")

// errSecond refuses what ReadOne is not for.
var errSecond = errors.New("one SELECT is read outside of a transaction, and nothing else: use Read or Write")

// errFound ends a query whose first row is all that is asked for.
var errFound = errors.New("found")
