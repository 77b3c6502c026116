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
}

func newSession(ctx context.Context, pool *sql.DB, speaks dialect) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, speaks: speaks, prepared: map[string]*sql.Stmt{}}, nil
}

// statement returns the prepared form of a query.
func (s *session) statement(ctx context.Context, query string) (*sql.Stmt, error) {
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
// impatience may cut short, but a database that does not answer does.
func (s *session) command(statement string) error {
	ctx := context.Background()
	if s.speaks == postgresSQL { // a file answers, and watching over each statement costs as much as most take
		within, cancel := context.WithTimeout(ctx, writeLimit)
		defer cancel()
		ctx = within
	}
	_, err := s.exec(ctx, statement)
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
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// transact runs fn in the transaction that has begun, and ends it. A session
// whose transaction did not end is not sound: nobody else may use it.
func (s *session) transact(ctx context.Context, end string, fn func(*Tx) error) (sound bool, err error) {
	tx := &Tx{ctx: ctx, on: s}
	if err := tx.outcome(fn(tx)); err != nil {
		return s.command("ROLLBACK") == nil, err
	}
	if err := s.command(end); err != nil {
		return s.command("ROLLBACK") == nil, err
	}
	return true, nil
}

func (s *session) close() error {
	var faults []error
	for _, st := range s.prepared {
		faults = append(faults, st.Close())
	}
	return errors.Join(append(faults, s.conn.Close())...)
}

// discard closes the connection itself, whatever state it is in. Statements of
// SQLite are memory of the connection and go first; those of PostgreSQL would be
// taken back at a server that may not answer.
func (s *session) discard() {
	if s.speaks == sqliteSQL {
		for _, st := range s.prepared {
			st.Close() //nolint:errcheck // the connection follows
		}
	}
	s.conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // that is its answer
	s.close()                                                //nolint:errcheck // its statements went with it
}
