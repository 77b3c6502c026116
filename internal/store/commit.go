package store

import "context"

// maxGroup bounds how many writes share a transaction, and so how long the
// first of them waits for the others.
const maxGroup = 64

// call is one write on its way through the commit loop.
type call struct {
	ctx      context.Context
	fn       func(*Tx) error
	err      error
	panicked any
	done     chan struct{}
}

// committer writes to SQLite: one session, whose loop gathers the writes that
// are waiting into one transaction.
type committer struct {
	session *session
	queue   chan *call
	closing chan struct{}
	stopped chan struct{}
}

func newCommitter(s *session) *committer {
	w := &committer{session: s, queue: make(chan *call), closing: make(chan struct{}), stopped: make(chan struct{})}
	go w.loop()
	return w
}

func (w *committer) write(ctx context.Context, fn func(*Tx) error) error {
	c := &call{ctx: context.WithoutCancel(ctx), fn: fn, done: make(chan struct{})}
	select {
	case w.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return errClosed
	}
	<-c.done
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.err
}

func (w *committer) loop() {
	defer close(w.stopped)
	for {
		select {
		case c := <-w.queue:
			w.commit(c)
		case <-w.closing:
			return
		}
	}
}

func (w *committer) close() error {
	close(w.closing)
	<-w.stopped
	return w.session.close()
}

// commit runs the first write and all that are waiting behind it in one
// transaction, and tells each its outcome after the commit.
func (w *committer) commit(first *call) {
	group := []*call{first}
	err := w.session.command("BEGIN IMMEDIATE")
	for i := 0; i < len(group) && err == nil; i++ {
		if err = w.run(group[i]); err == nil && len(group) < maxGroup {
			group = append(group, w.waiting()...)
		}
	}
	if err == nil {
		err = w.session.command("COMMIT")
	}
	if err != nil {
		_ = w.session.command("ROLLBACK") // fails where SQLite has rolled back already
	}
	for _, c := range group {
		if c.err == nil {
			c.err = err
		}
		close(c.done)
	}
}

// waiting takes a write that stands in the queue now, if one does.
func (w *committer) waiting() []*call {
	select {
	case c := <-w.queue:
		return []*call{c}
	default:
		return nil
	}
}

// run runs one write inside a savepoint. The write's own fault goes to c.err;
// the error returned is one that spoils the whole transaction.
func (w *committer) run(c *call) error {
	if err := w.session.command("SAVEPOINT one"); err != nil {
		return err
	}
	if c.attempt(&Tx{ctx: c.ctx, on: w.session}); c.err != nil || c.panicked != nil {
		if err := w.session.command("ROLLBACK TO one"); err != nil {
			return err
		}
	}
	return w.session.command("RELEASE one")
}

// attempt keeps a panic of the closure for the goroutine it belongs to.
func (c *call) attempt(tx *Tx) {
	defer func() { c.panicked = recover() }()
	c.err = tx.settle(c.fn)
}
