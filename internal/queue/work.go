package queue

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"barometer/internal/store"
)

var (
	errLimit   = errors.New("the attempt took longer than its limit")
	errStopped = errors.New("the process is stopping")
)

// Work runs due jobs until ctx ends. Then it takes no more, gives those that
// are running the grace to finish, and puts back the ones that did not.
func (q *Queue) Work(ctx context.Context) {
	running, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	slots := make(chan struct{}, q.opt.Workers)
	var jobs sync.WaitGroup
	for wait(ctx, slots) {
		claims := q.round(ctx, cap(slots)-len(slots)+1)
		<-slots
		for _, c := range claims {
			slots <- struct{}{}
			jobs.Go(func() {
				defer func() { <-slots }()
				q.run(running, c)
			})
		}
		if len(claims) == 0 {
			q.idle(ctx)
		}
	}
	grace := time.AfterFunc(q.opt.Grace, func() { stop(errStopped) })
	jobs.Wait()
	grace.Stop()
}

// wait takes a slot for the dispatcher; false when ctx ends first.
func wait(ctx context.Context, slots chan struct{}) bool {
	select {
	case <-ctx.Done():
		return false
	case slots <- struct{}{}:
		return ctx.Err() == nil
	}
}

// idle passes the time to the next round. A job that was just put in is
// committed a moment after it stirred the queue.
func (q *Queue) idle(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(q.opt.Poll):
	case <-q.wake:
		time.Sleep(min(q.opt.Poll, 10*time.Millisecond))
	}
}

// round puts in what recurs and claims at most n jobs. A store that cannot
// serve is asked again in the next round.
func (q *Queue) round(ctx context.Context, n int) []claim {
	err := q.recur(ctx)
	if err == nil {
		var claims []claim
		if claims, err = q.claim(ctx, n); err == nil {
			return claims
		}
	}
	if ctx.Err() == nil {
		q.opt.Log.Error("queue: round failed", "error", err)
	}
	return nil
}

// RunDue runs the jobs that are due now, one after the other, those they put
// in included, and returns how many it ran. It is for commands and tests; a
// server calls Work.
func (q *Queue) RunDue(ctx context.Context) (int, error) {
	for ran := 0; ; ran++ {
		if err := q.recur(ctx); err != nil {
			return ran, err
		}
		claims, err := q.claim(ctx, 1)
		if err != nil || len(claims) == 0 {
			return ran, err
		}
		q.run(ctx, claims[0])
	}
}

// run makes one attempt at a claimed job and records its outcome.
func (q *Queue) run(ctx context.Context, c claim) {
	h := q.handlers[c.Kind]
	attempt, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	attempt, cancel := context.WithTimeoutCause(attempt, h.Limit, errLimit)
	defer cancel()
	release := q.keepLease(attempt, c, lose)
	effect, err := q.attempt(attempt, h, c)
	release()
	if err != nil && attempt.Err() != nil {
		effect, err = nil, ended(attempt)
	}
	q.conclude(context.WithoutCancel(ctx), h, c, effect, err)
}

// ended says why an attempt's context ended.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != context.Canceled {
		return cause
	}
	return errStopped
}

// attempt calls the handler and turns a panic into an error. A job whose
// attempts are used up was claimed from a process that died with it.
func (q *Queue) attempt(ctx context.Context, h Handler, c claim) (effect Effect, err error) {
	if c.Attempt > h.Attempts {
		return nil, Permanent(errors.New("the process ended during the last attempt"))
	}
	if c.Payload, err = q.open(c.Job, c.sealed); err != nil {
		return nil, Permanent(err)
	}
	defer func() {
		if fault := recover(); fault != nil {
			q.opt.Log.Error("queue: panic", "kind", c.Kind, "key", c.Key, "stack", string(debug.Stack()))
			effect, err = nil, errors.New("the program failed in this job; the log says where")
		}
	}()
	return h.Run(ctx, c.Job)
}

// keepLease renews the lease until it is released, and calls lose when it is
// another's, or when the store was out of reach until its end.
func (q *Queue) keepLease(ctx context.Context, c claim, lose context.CancelCauseFunc) (release func()) {
	ctx, stop := context.WithCancel(ctx)
	var beats sync.WaitGroup
	beats.Go(func() {
		beat := time.NewTicker(q.opt.Lease / 3)
		defer beat.Stop()
		for failed := 0; failed < 3; {
			select {
			case <-ctx.Done():
				return
			case <-beat.C:
			}
			switch err := q.renew(ctx, c); {
			case err == nil:
				failed = 0
			case errors.Is(err, errLost):
				failed = 3
			default:
				failed++
			}
		}
		lose(errLost)
	})
	return func() { stop(); beats.Wait() }
}

// conclude records how an attempt ended. An effect that fails makes the
// attempt fail. Where the store cannot serve, the record is tried for half a
// lease; after that the lease ends and the job is run again.
func (q *Queue) conclude(ctx context.Context, h Handler, c claim, effect Effect, err error) {
	log := q.opt.Log.With("kind", c.Kind, "key", c.Key, "attempt", c.Attempt)
	if errors.Is(err, errLost) {
		log.Warn("job lost to another process")
		return
	}
	o := q.outcome(h, c, err)
	failed := q.record(ctx, c, o, effect)
	if failed != nil && !errors.Is(failed, errLost) && !errors.Is(failed, store.ErrUnavailable) && effect != nil {
		o = q.outcome(h, c, fmt.Errorf("its effect: %w", failed))
		failed = q.record(ctx, c, o, nil)
	}
	if failed != nil {
		log.Error("job's outcome not recorded", "error", failed)
		return
	}
	log.Info("job "+o.state, "error", o.err)
}

func (q *Queue) record(ctx context.Context, c claim, o outcome, effect Effect) error {
	const tries = 5
	for i := 1; ; i++ {
		err := q.settle(ctx, c, o, effect)
		if i == tries || !errors.Is(err, store.ErrUnavailable) {
			return err
		}
		time.Sleep(q.opt.Lease / (2 * tries))
	}
}

// outcome judges an attempt by its error.
func (q *Queue) outcome(h Handler, c claim, err error) outcome {
	var notYet later
	switch {
	case err == nil:
		return outcome{state: done, attempts: c.Attempt}
	case errors.As(err, &notYet):
		return outcome{state: waiting, due: notYet.at, attempts: c.Attempt - 1}
	case errors.Is(err, errStopped):
		return outcome{state: waiting, due: q.opt.Now(), attempts: c.Attempt - 1, err: errStopped.Error()}
	case IsPermanent(err) || c.Attempt >= h.Attempts:
		return outcome{state: dead, attempts: c.Attempt, err: err.Error()}
	}
	pause := h.Pause.after(c.Attempt, q.opt.Seed, c.Job)
	return outcome{state: waiting, due: q.opt.Now().Add(pause), attempts: c.Attempt, err: err.Error()}
}
