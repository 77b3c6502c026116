package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

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

// Classes of PostgreSQL's error codes (appendix A of its manual) that mean the
// same, and single codes beside them.
var unavailableState = map[string]bool{
	"08":    true, // connection
	"53":    true, // resources: disk full, out of memory, too many connections
	"57":    true, // the administrator stopped it, or a timeout did
	"58":    true, // the system below it
	"XX":    true, // damage
	"25006": true, // read only
	"55P03": true, // a lock was not to be had in time
}

// disordered reports whether a transaction failed only because of others beside
// it, so that it can be run again.
func disordered(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// classify marks driver errors that mean the store cannot serve.
func classify(err error) error {
	switch {
	case err == nil || errors.Is(err, ErrUnavailable):
		return err
	case refused(err), lost(err):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// refused reports that the database answered, and that it cannot now.
func refused(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return unavailable[lite.Code()&0xff]
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && len(pg.Code) == 5 && (unavailableState[pg.Code] || unavailableState[pg.Code[:2]])
}

// lost reports that the database did not answer.
func lost(err error) bool {
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connecting) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn)
}
