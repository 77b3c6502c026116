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

// sessions are the connections that transactions run on. They are opened as
// they are needed, and kept.
type sessions struct {
	pool   *sql.DB
	speaks dialect
	slots  chan struct{} // one per session that may be in use

	mu     sync.Mutex
	idle   []*session
	closed bool
}

func newSessions(pool *sql.DB, speaks dialect, n int) *sessions {
	return &sessions{pool: pool, speaks: speaks, slots: make(chan struct{}, n)}
}

// read runs fn in a transaction of its own, which nothing is kept of.
func (r *sessions) read(ctx context.Context, fn func(*Tx) error) error {
	return r.within(ctx, r.speaks.beginRead(), func(s *session) (sound bool, err error) {
		err = fn(&Tx{ctx: ctx, on: s})
		return s.command("ROLLBACK") == nil, err // a snapshot has nothing to lose
	})
}

// within runs fn on a session on which the statement begin has begun a
// transaction. fn ends it, and says whether the session can be used again.
func (r *sessions) within(ctx context.Context, begin string, fn func(*session) (bool, error)) error {
	s, err := r.begun(ctx, begin)
	if err != nil {
		return err
	}
	sound := false
	defer func() { r.give(s, sound) }() // also where fn panics
	sound, err = fn(s)
	return err
}

// begun takes a session and begins a transaction on it. Sessions that were kept
// may have lost their connection, as when the database was started anew: they
// are given up until one works or a fresh one fails.
func (r *sessions) begun(ctx context.Context, begin string) (*session, error) {
	for {
		s, fresh, err := r.take(ctx)
		if err != nil {
			return nil, err
		}
		if err = s.command(begin); err == nil {
			return s, nil
		}
		if r.give(s, false); fresh || ctx.Err() != nil {
			return nil, err
		}
	}
}

// take waits for a session to be free. fresh says that it was opened just now.
func (r *sessions) take(ctx context.Context) (s *session, fresh bool, err error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	s, err = r.kept()
	if fresh = s == nil && err == nil; fresh {
		s, err = newSession(ctx, r.pool, r.speaks)
	}
	if err != nil {
		<-r.slots
	}
	return s, fresh, err
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
