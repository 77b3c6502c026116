package response

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/survey/questionnaire"
)

// Save is one page sent in.
type Save struct {
	Wave string
	Unit string
	Base int    // revision of the record the page was made from
	Page string // page sent in
	Next string // page to resume at
	Lang i18n.Lang

	// Definition is the hash of the questionnaire the page was made from, ""
	// for not to be checked.
	Definition string

	// Answers are the unit's answers as they are to stand. An item that the
	// record at Base had and Answers lacks is cleared.
	Answers questionnaire.Answers

	// Source is who typed the answers in, and how they came; the zero Source is
	// a respondent on the web.
	Source Source

	// Items are the items the page could change; others are left as stored,
	// whatever Answers says of them. nil means all.
	Items []string

	// Trace goes to the paradata together with the answers; nil for none.
	Trace *Trace
}

// Save stores a page and returns the record as it then stands, durably. When
// the record has moved on since Base, changes to different items are merged; a
// different change to the same item is a [*StaleError]. Saving the same again
// changes nothing. The first answer makes the unit a partial, also one that
// had declined; [ErrSubmitted], [ErrIneligible], [ErrClosed] and
// [ErrDefinition] refuse.
func (s *Store) Save(ctx context.Context, save Save) (Record, error) {
	var saved Record
	if err := save.Source.check(); err != nil {
		return Record{}, fmt.Errorf("save page %s: %w", save.Page, err)
	}
	err := s.db.Write(ctx, func(tx *store.Tx) (err error) {
		if err := s.admitted(tx, save.Wave, save.Definition); err != nil {
			return err
		}
		t, err := s.takeTurn(tx, save.Wave, save.Unit)
		if err != nil {
			return err
		}
		if err := t.takes(); err != nil {
			return err
		}
		current, err := s.open(t.state)
		if err != nil {
			return err
		}
		if saved, err = s.merge(tx, t.sealing, current, save); err != nil {
			return err
		}
		return s.trace(tx, save)
	})
	if err != nil {
		return Record{}, fmt.Errorf("save page %s: %w", save.Page, err)
	}
	return saved, nil
}

func (s *Store) merge(tx *store.Tx, keyID string, current Record, save Save) (Record, error) {
	base := current.Answers
	if save.Base != current.Revision {
		var err error
		if base, err = s.answersAt(tx, save.Wave, save.Unit, save.Base); err != nil {
			return Record{}, err
		}
	}
	mine := only(changes(base, save.Answers), save.Items)
	if disputed := conflicts(mine, changes(base, current.Answers)); len(disputed) > 0 {
		attempted := clone(current.Answers)
		apply(attempted, mine)
		return Record{}, &StaleError{Current: current, Attempted: attempted, Items: disputed}
	}
	next := current
	next.Page, next.Lang = save.Next, save.Lang
	next.Answers = clone(current.Answers)
	apply(next.Answers, mine)
	changed := changes(current.Answers, next.Answers)
	if len(changed) == 0 {
		return s.moveOn(tx, keyID, current, next)
	}
	next.Revision++
	next.Disposition, next.Mode = Partial, save.Source.mode()
	return next, s.write(tx, keyID, next, event{kind: "saved", actor: save.Source.actor(), mode: next.Mode, page: save.Page, changed: changed})
}

// moveOn notes a new place or language where no answer has changed. It is no
// new revision: pages open elsewhere stay fresh.
func (s *Store) moveOn(tx *store.Tx, keyID string, current, next Record) (Record, error) {
	if next.Page == current.Page && next.Lang == current.Lang {
		return current, nil
	}
	return next, s.writeState(tx, next, keyID)
}

// Submit makes the response final and returns it with its receipt, durably.
// check sees the answers as stored, in the same transaction; its error refuses
// the submit and is returned. A response that has changed since Base, the
// revision the respondent looked over, is a [*StaleError]. Submitting again
// returns the same receipt, whoever does it and however often at once.
func (s *Store) Submit(ctx context.Context, wave, unit string, base int, check func(questionnaire.Answers) error) (Record, error) {
	return s.SubmitFrom(ctx, wave, unit, base, Source{}, check)
}

// SubmitFrom is [Store.Submit] by somebody other than the respondent.
func (s *Store) SubmitFrom(ctx context.Context, wave, unit string, base int, from Source, check func(questionnaire.Answers) error) (Record, error) {
	if err := from.check(); err != nil {
		return Record{}, fmt.Errorf("submit: %w", err)
	}
	var final Record
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		t, err := s.takeTurn(tx, wave, unit)
		if err != nil {
			return err
		}
		if t.Disposition == Complete {
			final, err = s.open(t.state)
			return err
		}
		if err := t.takes(); err != nil {
			return err
		}
		r, err := s.open(t.state)
		if err != nil {
			return err
		}
		if r.Revision != base {
			return &StaleError{Current: r, Attempted: r.Answers}
		}
		if err := check(r.Answers); err != nil {
			return err
		}
		final, err = s.finish(tx, t.sealing, r, from)
		return err
	})
	if err != nil {
		return Record{}, fmt.Errorf("submit: %w", err)
	}
	return final, nil
}

func (s *Store) finish(tx *store.Tx, keyID string, r Record, from Source) (Record, error) {
	if err := s.giveReceipt(keyID, &r); err != nil {
		return Record{}, err
	}
	r.Revision++
	r.Disposition, r.Mode = Complete, from.mode()
	r.Submitted = s.now().UTC().Truncate(time.Millisecond)
	return r, s.write(tx, keyID, r, event{kind: "submitted", actor: from.actor(), mode: r.Mode, page: r.Page})
}

// giveReceipt numbers a response that has no receipt; one that was reopened has.
func (s *Store) giveReceipt(keyID string, r *Record) (err error) {
	if r.Receipt == "" {
		r.Receipt, err = s.keys.receipt(keyID, r.Wave, r.Unit)
	}
	return err
}

// Close ends the collection of a wave: later answers are refused with
// [ErrClosed], and partial responses stay partial. Closing again changes
// nothing.
func (s *Store) Close(ctx context.Context, wave string) error {
	err := s.db.Write(ctx, func(tx *store.Tx) error {
		const q = `INSERT INTO response_close (wave, closed_ms) VALUES (?, ?) ON CONFLICT (wave) DO NOTHING`
		_, err := tx.Exec(q, wave, store.Millis(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("close wave %s: %w", wave, err)
	}
	return nil
}

// Closed returns when the wave was closed, the zero time while it is open.
func (s *Store) Closed(ctx context.Context, wave string) (time.Time, error) {
	var at time.Time
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		at, err = closed(tx, wave)
		return err
	})
	return at, err
}

func closed(tx *store.Tx, wave string) (time.Time, error) {
	var ms int64
	err := tx.QueryRow(`SELECT closed_ms FROM response_close WHERE wave = ?`, wave).Scan(&ms)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return store.FromMillis(ms), err
}

// open refuses a closed wave.
func open(tx *store.Tx, wave string) error {
	at, err := closed(tx, wave)
	if err == nil && !at.IsZero() {
		return ErrClosed
	}
	return err
}
