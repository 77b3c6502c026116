package response

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"barometer/internal/store"
)

// Decline notes that the unit does not want to take part. reason is a short
// code ("no_time") or empty, never free text. Answers given so far stay in the
// history and are not frozen; a respondent who thinks better of it answers on.
func (s *Store) Decline(ctx context.Context, wave, unit, reason string) error {
	err := s.dispose(ctx, wave, unit, Refused, event{kind: "declined", actor: respondent, reason: reason})
	if err != nil {
		return fmt.Errorf("decline: %w", err)
	}
	return nil
}

// SetDisposition notes what was found out about a unit: refused, noncontact,
// unknown or ineligible. Complete and partial come from answers alone. by is
// the account of who says so.
func (s *Store) SetDisposition(ctx context.Context, wave, unit string, d Disposition, by string) error {
	return s.db.Write(ctx, func(tx *store.Tx) error { return s.Dispose(tx, wave, unit, d, by, "") })
}

// Dispose is [Store.SetDisposition] in the caller's transaction, with a reason:
// a short code ("closed") or empty.
func (s *Store) Dispose(tx *store.Tx, wave, unit string, d Disposition, by, reason string) error {
	err := s.disposeIn(tx, wave, unit, d, event{kind: "disposed", actor: by, reason: reason})
	if err != nil {
		return fmt.Errorf("unit %s of wave %s: disposition %s: %w", unit, wave, d, err)
	}
	return nil
}

// Reopen takes a submitted response back into work, in the caller's
// transaction: it is a partial again, with all its answers, and has to be
// submitted anew. It says who did it and why, a short code. A response that was
// not submitted is refused.
func (s *Store) Reopen(tx *store.Tx, wave, unit, by, reason string) error {
	e := event{kind: "reopened", actor: by, reason: reason}
	if err := e.check(); err != nil || reason == "" {
		return fmt.Errorf("reopen unit %s of wave %s: a reason is needed (%v)", unit, wave, err)
	}
	t, err := s.takeTurn(tx, wave, unit)
	switch {
	case err != nil:
		return err
	case t.over:
		return ErrClosed
	case t.Disposition != Complete:
		return ErrNotSubmitted
	}
	r, err := s.open(t.state)
	if err != nil {
		return err
	}
	r.Revision++
	r.Disposition, r.Submitted, r.Page = Partial, time.Time{}, "" // its receipt is the respondent's, and stays
	return s.write(tx, t.sealing, r, e)
}

var code = regexp.MustCompile(`^[a-z0-9_.-]{0,64}$`)

func (s *Store) dispose(ctx context.Context, wave, unit string, d Disposition, e event) error {
	return s.db.Write(ctx, func(tx *store.Tx) error { return s.disposeIn(tx, wave, unit, d, e) })
}

// check refuses what is no code: the log is kept, and free text in it would be
// kept with it.
func (e event) check() error {
	if !code.MatchString(e.reason) || !code.MatchString(e.actor) || e.actor == "" {
		return fmt.Errorf("reason %q by %q: both must be short codes of a-z, 0-9 and _", e.reason, e.actor)
	}
	return nil
}

func (s *Store) disposeIn(tx *store.Tx, wave, unit string, d Disposition, e event) error {
	switch d {
	case Refused, Noncontact, Unknown, Ineligible:
	default:
		return fmt.Errorf("a unit becomes %s only by its answers", d)
	}
	if err := e.check(); err != nil {
		return err
	}
	t, err := s.takeTurn(tx, wave, unit)
	switch {
	case err != nil:
		return err
	case t.over && e.actor == respondent:
		return ErrClosed
	case t.Disposition == Complete && d != Ineligible:
		return ErrSubmitted
	}
	r, err := s.open(t.state)
	if err != nil {
		return err
	}
	if r.Disposition == d && r.Revision > 0 {
		return nil
	}
	r.Revision++
	r.Disposition = d
	return s.write(tx, t.sealing, r, e)
}
