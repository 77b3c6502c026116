package queue

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
)

// Effect is what a run wants kept. It is written in the transaction that
// records the run's outcome, success or failure, and so exactly once, whatever
// happens to processes. Like every closure of a write it may be run again
// before the commit, and must not call Write.
type Effect func(tx *store.Tx) error

// Handler does the work of one kind.
type Handler struct {
	Kind     string
	Label    i18n.Text     // of the kind, for staff
	Limit    time.Duration // of one attempt; default 1 minute
	Attempts int           // before the job is dead; default 10
	Pause    Pause         // between attempts

	// Run does the work, and may do it more than once where a process dies. It
	// heeds ctx, which ends at the limit, when the process stops, and when the
	// lease is lost. The effect may be nil. The text of an error is shown to
	// staff and logged: it names nobody.
	Run func(ctx context.Context, j Job) (Effect, error)
}

// InTx makes a Run of work that consists of writes alone, which then happen
// exactly once.
func InTx(do func(tx *store.Tx, j Job) error) func(context.Context, Job) (Effect, error) {
	return func(_ context.Context, j Job) (Effect, error) {
		return func(tx *store.Tx) error { return do(tx, j) }, nil
	}
}

// Handle sets the handler of a kind.
func (q *Queue) Handle(h Handler) error {
	if _, twice := q.handlers[h.Kind]; twice {
		return fmt.Errorf("queue: kind %q has a handler already", h.Kind)
	}
	if !kindForm.MatchString(h.Kind) || h.Run == nil || h.Label.Missing() != nil {
		return fmt.Errorf("queue: handler of kind %q needs a plain kind, a label in every language and a Run", h.Kind)
	}
	if h.Limit == 0 {
		h.Limit = time.Minute
	}
	if h.Attempts == 0 {
		h.Attempts = 10
	}
	h.Pause = h.Pause.withDefaults()
	q.handlers[h.Kind] = h
	q.due = dueQuery(len(q.handlers))
	return nil
}

// Pause is the wait between attempts: First, then twice as long each time, at
// most Longest. The default goes from 30 seconds to 6 hours.
type Pause struct{ First, Longest time.Duration }

func (p Pause) withDefaults() Pause {
	if p.First == 0 {
		p.First = 30 * time.Second
	}
	if p.Longest == 0 {
		p.Longest = 6 * time.Hour
	}
	return p
}

// after is the pause after the given attempt of a job: between three quarters
// and five quarters of the full one, so that jobs that failed together do not
// come back together. Which, is a function of the seed and the job.
func (p Pause) after(attempt int, seed uint64, j Job) time.Duration {
	full := p.Longest
	if n := attempt - 1; n < 40 && p.First < p.Longest>>n {
		full = p.First << n
	}
	var place [16]byte
	binary.LittleEndian.PutUint64(place[:], seed)
	binary.LittleEndian.PutUint64(place[8:], uint64(attempt))
	sum := sha256.Sum256(append(place[:], j.name()...))
	u := int64(binary.LittleEndian.Uint64(sum[:]) >> 54) // 0 … 1023
	return full - full/4 + time.Duration(int64(full)/2048*u)
}

// permanent and later are answers of a handler other than "try again".
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

type later struct{ at time.Time }

func (later) Error() string { return "not yet" }

// Permanent marks an error that no further attempt can mend: the job is dead
// at once.
func Permanent(err error) error { return permanent{err} }

// Later is returned by a handler whose time has not come after all. The job
// waits until at, and the attempt does not count.
func Later(at time.Time) error { return later{at} }

// IsPermanent reports whether err is marked by [Permanent].
func IsPermanent(err error) bool { return errors.As(err, &permanent{}) }
