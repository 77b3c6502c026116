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

// Write runs fn in a transaction and returns after the transaction is durable
// on disk, or with fn's error after fn's effect is undone. Once fn has begun,
// the end of ctx no longer stops it: the answer Write gives is then true.
// fn runs on another goroutine and must not call Write.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &call{ctx: context.WithoutCancel(ctx), fn: fn, done: make(chan struct{})}
	select {
	case db.queue <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-db.closing:
		return errClosed
	}
	<-c.done
	if c.panicked != nil {
		panic(c.panicked)
	}
	return classify(c.err)
}

func (db *DB) commitLoop() {
	defer close(db.stopped)
	for {
		select {
		case c := <-db.queue:
			db.commit(c)
		case <-db.closing:
			return
		}
	}
}

// commit runs the first write and all that are waiting behind it in one
// transaction, and tells each its outcome after the commit.
func (db *DB) commit(first *call) {
	group := []*call{first}
	err := db.writer.command("BEGIN IMMEDIATE")
	for i := 0; i < len(group) && err == nil; i++ {
		if err = db.run(group[i]); err == nil && len(group) < maxGroup {
			group = append(group, db.waiting()...)
		}
	}
	if err == nil {
		err = db.writer.command("COMMIT")
	}
	if err != nil {
		_ = db.writer.command("ROLLBACK") // fails where SQLite has rolled back already
	}
	for _, c := range group {
		if c.err == nil {
			c.err = err
		}
		close(c.done)
	}
}

// waiting takes a write that stands in the queue now, if one does.
func (db *DB) waiting() []*call {
	select {
	case c := <-db.queue:
		return []*call{c}
	default:
		return nil
	}
}

// run runs one write inside a savepoint. The write's own fault goes to c.err;
// the error returned is one that spoils the whole transaction.
func (db *DB) run(c *call) error {
	if err := db.writer.command("SAVEPOINT one"); err != nil {
		return err
	}
	if c.attempt(&Tx{ctx: c.ctx, on: db.writer}); c.err != nil || c.panicked != nil {
		if err := db.writer.command("ROLLBACK TO one"); err != nil {
			return err
		}
	}
	return db.writer.command("RELEASE one")
}

// attempt keeps a panic of the closure for the goroutine it belongs to.
func (c *call) attempt(tx *Tx) {
	defer func() { c.panicked = recover() }()
	c.err = c.fn(tx)
}
