package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

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

// groups carries writes out on SQLite: one goroutine owns the only connection
// that writes, and commits those that wait together.
type groups struct {
	on      *session
	queue   chan *call
	closing chan struct{}
	stopped chan struct{}
	once    sync.Once
}

func newGroups(on *session) *groups {
	g := &groups{on: on, queue: make(chan *call), closing: make(chan struct{}), stopped: make(chan struct{})}
	go g.commitLoop()
	return g
}

func (g *groups) write(ctx context.Context, _ time.Duration, fn func(*Tx) error) error {
	c := &call{ctx: context.WithoutCancel(ctx), fn: fn, done: make(chan struct{})}
	select {
	case g.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.closing:
		return errClosed
	}
	<-c.done
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.err
}

func (g *groups) close() error {
	g.once.Do(func() { close(g.closing) })
	<-g.stopped
	return g.on.close()
}

func (g *groups) commitLoop() {
	defer close(g.stopped)
	for {
		select {
		case c := <-g.queue:
			g.commit(c)
		case <-g.closing:
			return
		}
	}
}

// commit carries out the first write and all that are waiting behind it in one
// transaction, and tells each its outcome after the commit. Nearly all writes
// come to their end, so at first none is set apart from the others; where one
// has something to take back, all run again, each inside a savepoint.
func (g *groups) commit(first *call) {
	group := []*call{first}
	err := g.transact(&group, g.runOpen)
	if errors.Is(err, errUndo) {
		err = g.transact(&group, g.run)
	}
	for _, c := range group {
		if c.err == nil {
			c.err = err
		}
		close(c.done)
	}
}

// transact runs a group, and the writes that come to wait meanwhile, in one
// transaction. The error is one that spoils the whole of it.
func (g *groups) transact(group *[]*call, run func(*call) error) error {
	err := g.on.command("BEGIN IMMEDIATE")
	for i := 0; i < len(*group) && err == nil; i++ {
		if err = run((*group)[i]); err == nil && len(*group) < maxGroup {
			*group = append(*group, g.waiting()...)
		}
	}
	if err == nil {
		err = g.on.command("COMMIT")
	}
	if err != nil {
		_ = g.on.command("ROLLBACK") // fails where SQLite has rolled back already
	}
	return err
}

// waiting takes a write that stands in the queue now, if one does.
func (g *groups) waiting() []*call {
	select {
	case c := <-g.queue:
		return []*call{c}
	default:
		return nil
	}
}

// errUndo says that a write has failed with something to take back.
var errUndo = errors.New("a write of the group is to be undone")

// runOpen runs one write among the others. A refusal that comes before anything
// was written leaves nothing to undo.
func (g *groups) runOpen(c *call) error {
	tx := &Tx{ctx: c.ctx, on: g.on}
	c.attempt(tx)
	if (c.err != nil || c.panicked != nil) && (tx.wrote || tx.failed != nil) {
		return errUndo
	}
	return nil
}

// run runs one write inside a savepoint. The write's own fault goes to c.err;
// the error returned is one that spoils the whole transaction.
func (g *groups) run(c *call) error {
	if err := g.on.command("SAVEPOINT one"); err != nil {
		return err
	}
	if c.attempt(&Tx{ctx: c.ctx, on: g.on}); c.err != nil || c.panicked != nil {
		if err := g.on.command("ROLLBACK TO one"); err != nil {
			return err
		}
	}
	return g.on.command("RELEASE one")
}

// attempt keeps a panic of the closure for the goroutine it belongs to.
func (c *call) attempt(tx *Tx) {
	defer func() { c.panicked = recover() }()
	c.err = nil
	c.err = tx.outcome(c.fn(tx))
}
