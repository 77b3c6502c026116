package embargo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"barometer/internal/audit"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/publish/release"
)

// object is what the table of rules calls a release.
const object = "release"

// RefusedError says that the table of rules does not let somebody act.
type RefusedError struct {
	Action   string
	Decision policy.Decision
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s a release: the table of rules says %s", e.Action, e.Decision)
}

// actor is how the store and the audit log name a subject.
func actor(s policy.Subject) string {
	if s.Person == "" && s.Holds(policy.Operator) {
		return audit.Operator
	}
	return s.Person
}

// may asks the table of rules. Where it wants four eyes, the first two are those
// of the person who answers for the release.
func (r *Releases) may(s policy.Subject, on Event, e Entry) error {
	d, err := r.opt.Rules.Confirm(s, object, string(on), e.SubmittedBy, r.opt.Now())
	switch {
	case err != nil:
		return fmt.Errorf("%s release %s: %w", on, e.Name, err)
	case d != policy.Allowed:
		return &RefusedError{string(on), d}
	}
	return nil
}

// Possible reports whether somebody may ask for an event now.
func (r *Releases) Possible(s policy.Subject, on Event, e Entry) bool {
	_, err := Step(e.State, on)
	if err != nil || !on.Asked() {
		return false
	}
	err = r.may(s, on, e)
	var refused *RefusedError
	return err == nil || errors.As(err, &refused) && refused.Decision == policy.Stale // shown again when asked for
}

// act carries a release through an event that somebody asks for. change writes
// what belongs to it into the entry; then does what follows, in the same
// transaction.
func (r *Releases) act(ctx context.Context, by policy.Subject, n Name, on Event, change func(*Entry), then func(*store.Tx, Entry) error) (e Entry, err error) {
	err = r.opt.Store.Write(ctx, func(tx *store.Tx) error {
		before, err := one(tx, n)
		if err != nil {
			return err
		}
		if err := r.may(by, on, before); err != nil {
			return err
		}
		e = before
		change(&e)
		if err := r.step(tx, actor(by), before, &e, on); err != nil {
			return err
		}
		return then(tx, e)
	})
	return e, err
}

// step moves an entry by the table and says so in the audit log.
func (r *Releases) step(tx *store.Tx, by string, before Entry, e *Entry, on Event) (err error) {
	if e.State, err = Step(before.State, on); err != nil {
		return fmt.Errorf("release %s: %w", e.Name, err)
	}
	done, err := put(tx, before.State, *e)
	if err == nil && !done {
		err = fmt.Errorf("release %s: %w", e.Name, ErrTransition)
	}
	if err != nil {
		return err
	}
	return r.record(tx, by, verbs[on], *e, nil)
}

// verbs are the events as the audit log has them.
var verbs = map[Event]string{
	Submit: "submit", Approve: "approve", Schedule: "schedule", AtOnce: "publish_at_once", Withdraw: "withdraw", Open: "publish", Correct: "correct",
}

func (r *Releases) record(tx *store.Tx, by, verb string, e Entry, more map[string]string) error {
	detail := map[string]string{"manifest": e.Manifest, "state": string(e.State)}
	if e.State == Embargoed {
		detail["opens"] = e.Opens.UTC().Format(time.RFC3339)
	}
	for key, value := range more {
		detail[key] = value
	}
	return audit.Record(tx, r.opt.Now(), audit.Event{Actor: by, Action: "release." + verb, Object: e.object(), Detail: detail})
}

func nothing(*store.Tx, Entry) error { return nil }

// Submit has a named person take on to answer for a release, and ask for its
// approval.
func (r *Releases) Submit(ctx context.Context, by policy.Subject, n Name) (Entry, error) {
	if by.Person == "" {
		return Entry{}, &RefusedError{string(Submit), policy.Forbidden} // nobody is answered for by a machine
	}
	return r.act(ctx, by, n, Submit, func(e *Entry) { e.SubmittedBy, e.Submitted = actor(by), r.opt.Now() }, nothing)
}

// Approve approves a release whose folder is, to the byte, what was entered. It
// takes another person than the one who answers for it.
func (r *Releases) Approve(ctx context.Context, by policy.Subject, n Name) (Entry, error) {
	if err := r.whole(ctx, n); err != nil {
		return Entry{}, err
	}
	return r.act(ctx, by, n, Approve, func(e *Entry) { e.ApprovedBy, e.Approved = actor(by), r.opt.Now() }, nothing)
}

// Schedule sets the moment at which an approved release comes out, or another
// one for a release that waits.
func (r *Releases) Schedule(ctx context.Context, by policy.Subject, n Name, at time.Time) (Entry, error) {
	if err := r.check(at); err != nil {
		return Entry{}, fmt.Errorf("release %s: %w", n, err)
	}
	change := func(e *Entry) { e.ScheduledBy, e.Opens, e.turn = actor(by), at, e.turn+1 }
	return r.act(ctx, by, n, Schedule, change, func(tx *store.Tx, e Entry) error {
		if e.turn > 1 {
			if err := r.drop(tx, e.job(e.turn-1)); err != nil {
				return err
			}
		}
		return r.opt.Queue.Enqueue(tx, e.job(e.turn))
	})
}

// PublishNow lets an approved release out at once.
func (r *Releases) PublishNow(ctx context.Context, by policy.Subject, n Name) (Entry, error) {
	if err := r.whole(ctx, n); err != nil {
		return Entry{}, err
	}
	change := func(e *Entry) { e.PublishedBy, e.Published = actor(by), r.opt.Now() }
	return r.act(ctx, by, n, AtOnce, change, func(tx *store.Tx, e Entry) error { return r.follow(tx, actor(by), e) })
}

// Withdraw takes a release back before it has come out. Its folder stays and is
// shown to nobody; its number stays used.
func (r *Releases) Withdraw(ctx context.Context, by policy.Subject, n Name) (Entry, error) {
	change := func(e *Entry) { e.EndedBy, e.Ended = actor(by), r.opt.Now() }
	return r.act(ctx, by, n, Withdraw, change, func(tx *store.Tx, e Entry) error {
		if e.turn == 0 {
			return nil
		}
		return r.drop(tx, e.job(e.turn))
	})
}

// drop takes a job out of the queue. One that runs or has ended finds the
// release changed and does nothing.
func (r *Releases) drop(tx *store.Tx, j queue.Job) error {
	err := r.opt.Queue.Discard(tx, j.Kind, j.Key)
	if errors.Is(err, queue.ErrState) {
		return nil
	}
	return err
}

// whole refuses a release whose folder is not what was entered.
func (r *Releases) whole(ctx context.Context, n Name) error {
	e, err := r.Entry(ctx, n)
	if err != nil {
		return err
	}
	return r.Verify(e)
}

// Verify compares the folder of a release with what was entered: the hash of its
// manifest, and by the manifest every file.
func (r *Releases) Verify(e Entry) error {
	if err := r.same(e); err != nil {
		return err
	}
	if err := release.Verify(r.dir(e.Name)); err != nil {
		return fmt.Errorf("release %s: %w: %w", e.Name, ErrChanged, err)
	}
	return nil
}

// same compares the manifest alone.
func (r *Releases) same(e Entry) error {
	hash, err := release.HashManifest(r.dir(e.Name))
	if err != nil {
		return fmt.Errorf("release %s: %w: %w", e.Name, ErrChanged, err)
	}
	if hash != e.Manifest {
		return fmt.Errorf("release %s: %w: manifest.json has the SHA-256 %s, not %s", e.Name, ErrChanged, hash, e.Manifest)
	}
	return nil
}
