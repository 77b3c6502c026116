package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// errClosed refuses the use of a closed store.
var errClosed = fmt.Errorf("%w: closed", ErrUnavailable)

// sessions are the connections that transactions of one kind run on. They are
// opened as they are needed, and kept.
type sessions struct {
	pool   *sql.DB
	speaks dialect
	begin  string
	slots  chan struct{} // one per session that may be in use

	mu     sync.Mutex
	idle   []*session
	closed bool
}

func newSessions(pool *sql.DB, speaks dialect, n int, begin string) *sessions {
	return &sessions{pool: pool, speaks: speaks, begin: begin, slots: make(chan struct{}, n)}
}

// run runs fn in a transaction of its own and ends it with the given command,
// or takes it back where fn fails. wait bounds the wait for a session, within
// the statements of fn.
func (r *sessions) run(wait, within context.Context, end string, fn func(*Tx) error) (err error) {
	s, err := r.begun(wait)
	if err != nil {
		return err
	}
	sound := false
	defer func() { r.give(s, sound) }() // also where fn panics
	sound, err = s.transact(within, end, fn)
	return err
}

// runLocked is run for a write, while no other holds the advisory lock. The
// lock is taken before the transaction, whose snapshot else would be older.
func (r *sessions) runLocked(wait, within context.Context, lock int64, fn func(*Tx) error) (err error) {
	s, err := r.take(wait)
	if err != nil {
		return err
	}
	sound := false
	defer func() { r.give(s, sound) }() // the lock ends with the connection where it is not given back
	if _, err := s.exec(within, "SELECT pg_advisory_lock(?)", lock); err != nil {
		return err
	}
	if err := s.command(r.begin); err != nil {
		return err
	}
	if sound, err = s.transact(within, "COMMIT", fn); sound {
		_, unlock := s.exec(within, "SELECT pg_advisory_unlock(?)", lock)
		sound = unlock == nil
	}
	return err
}

// one runs fn, which makes one query, outside of any transaction. It is run again
// where a kept connection turns out to have been left by the database.
func (r *sessions) one(ctx context.Context, fn func(*Tx) error) error {
	for {
		s, err := r.take(ctx)
		if err != nil {
			return err
		}
		fresh := len(s.prepared) == 0
		sound, err := r.lend(ctx, s, fn)
		if sound || fresh || ctx.Err() != nil {
			return err
		}
	}
}

func (r *sessions) lend(ctx context.Context, s *session, fn func(*Tx) error) (sound bool, err error) {
	defer func() { r.give(s, sound) }() // also where fn panics
	if s.speaks == sqliteSQL {
		ctx = context.WithoutCancel(ctx) // watching over a row's reading costs more than the reading
	}
	tx := &Tx{ctx: ctx, on: s, once: true}
	err = tx.outcome(fn(tx))
	return tx.failed == nil || s.command("SELECT 1") == nil, err
}

// begun returns a session with a transaction begun. Kept connections that the
// database has left meanwhile, as at its restart, are discarded.
func (r *sessions) begun(ctx context.Context) (*session, error) {
	for {
		s, err := r.take(ctx)
		if err != nil {
			return nil, err
		}
		fresh := len(s.prepared) == 0
		if err = s.command(r.begin); err == nil {
			return s, nil
		}
		r.give(s, false)
		if fresh || ctx.Err() != nil {
			return nil, err
		}
	}
}

// take waits for a session to be free.
func (r *sessions) take(ctx context.Context) (*session, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s, err := r.kept()
	if s == nil && err == nil {
		s, err = newSession(ctx, r.pool, r.speaks)
	}
	if err != nil {
		<-r.slots
	}
	return s, err
}

// kept returns an idle session, nil where there is none.
func (r *sessions) kept() (*session, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.idle)
	switch {
	case r.closed:
		return nil, errClosed
	case n == 0:
		return nil, nil
	}
	s := r.idle[n-1]
	r.idle = r.idle[:n-1]
	return s, nil
}

// give takes a session back. One whose transaction did not end is discarded
// with its connection.
func (r *sessions) give(s *session, sound bool) {
	defer func() { <-r.slots }()
	if !sound {
		s.discard()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		s.close() //nolint:errcheck // nobody waits for it
		return
	}
	r.idle = append(r.idle, s)
}

// close closes the sessions that are not in use.
func (r *sessions) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	var err error
	for _, s := range r.idle {
		err = errors.Join(err, s.close())
	}
	r.idle = nil
	return err
}

// drain closes the sessions after the transactions under way have ended.
func (r *sessions) drain() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	for range cap(r.slots) {
		r.slots <- struct{}{}
	}
	for range cap(r.slots) {
		<-r.slots
	}
	return r.close()
}
