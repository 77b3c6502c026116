package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// maxTries bounds how often a write that met another is run.
	maxTries = 12
	// writeLimit is how long a write may take with all its tries.
	writeLimit = 30 * time.Second
	// queueLock is the advisory lock under which writes run again.
	queueLock = 0x6261726f01
)

// retries carries writes out on PostgreSQL, each in a serialisable transaction
// of its own. The server takes many commits to disk at once, so they need not
// be grouped here.
type retries struct{ on *sessions }

// write runs fn until it has met no other write. From the second try on, the
// losers of all processes run one after another: each then meets first
// comers alone, and not the other losers again.
func (r *retries) write(ctx context.Context, limit time.Duration, fn func(*Tx) error) error {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err := r.on.run(ctx, within, "COMMIT", fn)
	for try := 1; try < maxTries && met(err) && within.Err() == nil; try++ {
		err = r.on.runLocked(ctx, within, queueLock, fn)
	}
	return err
}

func (r *retries) close() error { return r.on.drain() }

// met reports whether a transaction failed only because of another one.
func met(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}
