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

// readers are the sessions that snapshots are read on. They are opened as they
// are needed, and kept.
type readers struct {
	pool   *sql.DB
	speaks dialect
	slots  chan struct{} // one per session that may be in use

	mu     sync.Mutex
	idle   []*session
	closed bool
}

func newReaders(pool *sql.DB, speaks dialect, n int) *readers {
	return &readers{pool: pool, speaks: speaks, slots: make(chan struct{}, n)}
}

// read runs fn in a transaction of its own and ends it.
func (r *readers) read(ctx context.Context, fn func(*Tx) error) (err error) {
	s, err := r.take(ctx)
	if err != nil {
		return err
	}
	sound := false
	defer func() { r.give(s, sound) }() // also where fn panics
	if err := s.command("BEGIN"); err != nil {
		return err
	}
	err = fn(&Tx{ctx: ctx, on: s})
	sound = s.command("ROLLBACK") == nil // a snapshot has nothing to lose
	return err
}

// take waits for a session to be free.
func (r *readers) take(ctx context.Context) (*session, error) {
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
func (r *readers) kept() (*session, error) {
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
func (r *readers) give(s *session, sound bool) {
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
func (r *readers) close() error {
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
