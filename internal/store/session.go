package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// session is one connection with the statements that were run on it, each
// parsed once: parsing costs a statement more than running it. Statements are
// constants of the program, so there are few. One goroutine at a time uses a
// session.
type session struct {
	conn     *sql.Conn
	speaks   dialect
	prepared map[string]*sql.Stmt
	reading  bool // rows of a query are being read
}

// errReading refuses a statement while the rows of another are read, which not
// every database can do.
var errReading = errors.New("a statement was run while the rows of another were read: gather the rows first")

func newSession(ctx context.Context, pool *sql.DB, speaks dialect) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, speaks: speaks, prepared: map[string]*sql.Stmt{}}, nil
}

// statement returns the prepared form of a query.
func (s *session) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s.reading {
		return nil, errReading
	}
	if known, ok := s.prepared[query]; ok {
		return known, nil
	}
	fresh, err := s.conn.PrepareContext(ctx, s.speaks.bind(query))
	if err == nil {
		s.prepared[query] = fresh
	}
	return fresh, err
}

func (s *session) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := s.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// command runs a statement of the transaction itself, which no caller's
// impatience may cut short.
func (s *session) command(statement string) error {
	_, err := s.exec(context.Background(), statement)
	return err
}

// each runs a query and calls scan for every row, until it returns an error.
func (s *session) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	st, err := s.statement(ctx, query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	s.reading = true
	defer func() { rows.Close(); s.reading = false }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *session) close() error {
	var faults []error
	for _, st := range s.prepared {
		faults = append(faults, st.Close())
	}
	return errors.Join(append(faults, s.conn.Close())...)
}

// discard closes the connection itself, whatever state it is in.
func (s *session) discard() {
	s.conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // that is its answer
	s.close()                                                //nolint:errcheck // its statements went with it
}
