package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// The faults that callers tell apart, the same for every database. The cause
// is kept behind them.
var (
	// ErrUnavailable says that the store cannot serve now: the database away,
	// the disk full, the file read-only or locked by another process, the store
	// closed. The sole right answer to a respondent is 503.
	ErrUnavailable = errors.New("store unavailable")
	// ErrFull is the [ErrUnavailable] of a disk without room.
	ErrFull = fmt.Errorf("%w: the disk is full", ErrUnavailable)
	// ErrBusy is the [ErrUnavailable] of a write that other writes left no turn.
	ErrBusy = fmt.Errorf("%w: others are writing", ErrUnavailable)
	// ErrDuplicate refuses a row whose key another row has.
	ErrDuplicate = errors.New("there is such a row already")
	// ErrReference refuses a row that refers to none, or that others refer to.
	ErrReference = errors.New("a row refers to one that is not there")
	// ErrText refuses text that is not UTF-8 or holds a NUL.
	ErrText = errors.New("text is not UTF-8 without NUL")
	// ErrNull refuses a value that is not there: no column takes NULL.
	ErrNull = errors.New("a value is absent: what there is none of is written empty or 0")
)

// sqliteFaults are by result code (sqlite.org/rescode.html): extended codes
// before the primary ones they belong to.
var sqliteFaults = map[int]error{
	787:  ErrReference,   // SQLITE_CONSTRAINT_FOREIGNKEY
	1555: ErrDuplicate,   // SQLITE_CONSTRAINT_PRIMARYKEY
	2067: ErrDuplicate,   // SQLITE_CONSTRAINT_UNIQUE
	5:    ErrBusy,        // SQLITE_BUSY
	6:    ErrBusy,        // SQLITE_LOCKED
	7:    ErrUnavailable, // SQLITE_NOMEM
	8:    ErrUnavailable, // SQLITE_READONLY
	10:   ErrUnavailable, // SQLITE_IOERR
	11:   ErrUnavailable, // SQLITE_CORRUPT
	13:   ErrFull,        // SQLITE_FULL
	14:   ErrUnavailable, // SQLITE_CANTOPEN
	26:   ErrUnavailable, // SQLITE_NOTADB
}

// postgresFaults are by SQLSTATE (PostgreSQL manual, appendix A): codes before
// the classes, their first two characters.
var postgresFaults = map[string]error{
	"23505": ErrDuplicate,   // unique_violation
	"23503": ErrReference,   // foreign_key_violation
	"40001": ErrBusy,        // serialization_failure
	"40P01": ErrBusy,        // deadlock_detected
	"55P03": ErrBusy,        // lock_not_available
	"25006": ErrUnavailable, // read_only_sql_transaction, as on a standby
	"57014": ErrUnavailable, // query_canceled, by the limit of time
	"53100": ErrFull,        // disk_full
	"08":    ErrUnavailable, // connection exception
	"28":    ErrUnavailable, // invalid authorization
	"3D":    ErrUnavailable, // invalid catalog name: no such database
	"53":    ErrUnavailable, // insufficient resources
	"57":    ErrUnavailable, // operator intervention
	"58":    ErrUnavailable, // system error
	"XX":    ErrUnavailable, // internal error, data corrupted
}

// classify puts the fault that callers tell apart before a driver's error.
func classify(err error) error {
	kind := fault(err)
	if kind == nil || errors.Is(err, kind) {
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}

func fault(err error) error {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return nil
	case errors.As(err, &lite):
		if kind := sqliteFaults[lite.Code()]; kind != nil {
			return kind
		}
		return sqliteFaults[lite.Code()&0xff]
	case errors.As(err, &pg):
		if kind := postgresFaults[pg.Code]; kind != nil || len(pg.Code) < 2 {
			return kind
		}
		return postgresFaults[pg.Code[:2]]
	case disconnected(err):
		return ErrUnavailable
	}
	return nil
}

// disconnected reports whether the connection to the database is gone, or the
// database too slow.
func disconnected(err error) bool {
	for _, gone := range []error{sql.ErrConnDone, driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, os.ErrDeadlineExceeded, context.DeadlineExceeded} {
		if errors.Is(err, gone) {
			return true
		}
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network)
}
