// Package queue does scheduled work, durably: reminders, digests, the release
// at eight, expiries, mail.
//
// A [Job] goes in through [Queue.Enqueue], in the transaction of whatever calls
// for it, and comes out at a [Handler] of its kind, once it is due, on one of
// the processes that share the store. It is retried with growing pauses and
// set aside as dead where it keeps failing, for staff to retry or discard.
//
// # Once
//
// A job is claimed by comparing and swapping one row, which is the same SQL on
// every store. The claim is a lease that the running process keeps renewing;
// when the process dies, the lease ends and another takes the job over. Every
// claim raises the job's fence, and an outcome is recorded only under the
// fence it was claimed with, so that a process that was merely slow records
// nothing. Work is therefore done at least once. What a handler hands back as
// its [Effect] is written in the transaction that records the outcome, and so
// exactly once.
//
// # Names
//
// Kinds and keys are shown to staff and written to logs. They name nobody;
// what concerns a person belongs in the payload, which is sealed, and which is
// wiped when the job is done.
package queue

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"barometer/internal/store"
)

// Job is one piece of work.
type Job struct {
	Kind    string    // names the handler: "mail"
	Key     string    // a second job of the same kind and key is the same job
	RunAt   time.Time // not before; zero is at once
	Urgent  bool      // goes before all others that are due: somebody waits for it
	Payload []byte    // what the handler needs, at most MaxPayload
	Attempt int       // which attempt this is, from 1; set when the job is run
}

// MaxPayload is the size in bytes that a payload may have.
const MaxPayload = 256 << 10

// Options are what a queue needs to know. Zero values take the default named.
type Options struct {
	Key     []byte           // 32 bytes that seal payloads; shared by all processes on a store
	Now     func() time.Time // the clock
	Zone    *time.Location   // local time of recurring work
	Seed    uint64           // of the jitter in pauses
	Owner   string           // this process, as staff see it: "host/4711"
	Log     *slog.Logger     // default: none
	Workers int              // jobs run at a time; default 4
	Lease   time.Duration    // how long a dead process holds a job; default 1 minute
	Poll    time.Duration    // how often the store is asked for due jobs; default 1 second
	Grace   time.Duration    // what running jobs are given when the process stops; default 20 seconds
	Keep    time.Duration    // how long ended jobs are remembered; default 30 days
}

// Queue is one process's access to the jobs of a store. Handlers, rules and
// the log are set before Work is called; after that its methods are safe for
// concurrent use.
type Queue struct {
	db       *store.DB
	opt      Options
	aead     cipher.AEAD
	handlers map[string]Handler
	rules    []Rule
	due      string // the query for due jobs of the kinds handled here
	wake     chan struct{}
}

// New returns the queue of a store. A key other than the one the store's
// payloads are sealed with is refused.
func New(ctx context.Context, db *store.DB, opt Options) (*Queue, error) {
	if opt.Now == nil || opt.Zone == nil {
		return nil, errors.New("queue: Options need Now and Zone")
	}
	aead, err := newSeal(opt.Key)
	if err != nil {
		return nil, err
	}
	if err := db.CheckKey(ctx, "queue", opt.Key); err != nil {
		return nil, err
	}
	q := &Queue{db: db, opt: opt.withDefaults(), aead: aead, handlers: map[string]Handler{}, wake: make(chan struct{}, 1)}
	if err := q.Handle(q.purger()); err != nil {
		return nil, err
	}
	return q, q.Repeat(Rule{Kind: purgeKind, Hour: 3, Minute: 40})
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Workers == 0 {
		o.Workers = 4
	}
	for field, usual := range map[*time.Duration]time.Duration{
		&o.Lease: time.Minute, &o.Poll: time.Second, &o.Grace: 20 * time.Second, &o.Keep: 30 * 24 * time.Hour,
	} {
		if *field == 0 {
			*field = usual
		}
	}
	return o
}

// LogTo sets the log, for a queue that was made before there was one.
func (q *Queue) LogTo(log *slog.Logger) { q.opt.Log = log }

// Enqueue puts a job in, in the caller's transaction: it is there when the
// transaction commits, and never was when it does not. A job whose kind and
// key the queue knows already, ended or not, is left as it is.
func (q *Queue) Enqueue(tx *store.Tx, j Job) error {
	if err := j.check(); err != nil {
		return err
	}
	now := q.opt.Now()
	due, turn := j.RunAt, 1
	if due.IsZero() {
		due = now
	}
	if j.Urgent {
		turn = 0
	}
	_, err := tx.Exec(`INSERT INTO queue_job (kind, job_key, state, turn, due_ms, fence, attempts, owner, error, enqueued_ms, ended_ms, sealed)
		VALUES (?, ?, 'waiting', ?, ?, 0, 0, '', '', ?, 0, ?) ON CONFLICT (kind, job_key) DO NOTHING`,
		j.Kind, j.Key, turn, store.Millis(due), store.Millis(now), q.seal(j))
	if err == nil && !due.After(now) {
		q.stir()
	}
	return err
}

// stir lets the dispatcher look for due jobs before its next round.
func (q *Queue) stir() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

var (
	kindForm = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,39}$`)
	keyForm  = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z./:_+-]{0,199}$`)
)

// check names every fault of a job. A key has no @, so that no address can
// slip into one.
func (j Job) check() error {
	var faults []error
	if !kindForm.MatchString(j.Kind) {
		faults = append(faults, fmt.Errorf("kind %q: want small letters, digits, dots and hyphens", j.Kind))
	}
	if !keyForm.MatchString(j.Key) {
		faults = append(faults, errors.New("key: want 1 to 200 letters, digits and ./:_+- (it is shown and logged, and may name nobody)"))
	}
	if len(j.Payload) > MaxPayload {
		faults = append(faults, fmt.Errorf("payload of %d bytes, at most %d fit: refer to what is stored elsewhere", len(j.Payload), MaxPayload))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("job of kind %q: %w", j.Kind, err)
	}
	return nil
}
