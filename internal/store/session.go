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
	prepared map[string]*statement
}

// statement is a prepared statement. While its rows are read it cannot be run
// for something else.
type statement struct {
	*sql.Stmt
	busy bool
}

func newSession(ctx context.Context, pool *sql.DB, speaks dialect) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, speaks: speaks, prepared: map[string]*statement{}}, nil
}

// statement returns the prepared form of a query.
func (s *session) statement(ctx context.Context, query string) (*statement, error) {
	if known, ok := s.prepared[query]; ok && !known.busy {
		return known, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, s.speaks.bind(query))
	if err != nil {
		return nil, err
	}
	fresh := &statement{Stmt: stmt}
	if _, taken := s.prepared[query]; !taken {
		s.prepared[query] = fresh
	}
	return fresh, nil
}

// done gives a statement back, and closes one that is not kept.
func (s *session) done(query string, st *statement) {
	st.busy = false
	if s.prepared[query] != st {
		st.Close()
	}
}

func (s *session) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := s.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	defer s.done(query, st)
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
	st.busy = true
	defer s.done(query, st)
	rows, err := st.QueryContext(ctx, args...)
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
