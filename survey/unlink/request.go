package unlink

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"barometer/internal/audit"
	"barometer/internal/policy"
	"barometer/internal/store"
)

// State is how far the unlinking of a wave has come.
type State string

// The states.
const (
	Linked    State = "linked"    // nobody has asked, or the request has lapsed
	Asked     State = "asked"     // awaits another person
	Confirmed State = "confirmed" // to be carried out, or under way
	Proved    State = "proved"    // nothing is left
)

// RequestLife is how long a request awaits its confirmation.
const RequestLife = 14 * 24 * time.Hour

var (
	// ErrAsked says that somebody has asked already.
	ErrAsked = errors.New("it was asked for already")
	// ErrNotAsked says that there is nothing to confirm or to take back.
	ErrNotAsked = errors.New("nobody has asked for it, or not lately")
)

// Request is where the unlinking of one wave stands.
type Request struct {
	Wave        string
	State       State
	AskedBy     string // a person's id, or audit.Operator
	Asked       time.Time
	ConfirmedBy string
	Confirmed   time.Time
	Proved      time.Time
}

// Desk keeps the requests of all waves.
type Desk struct {
	db  *store.DB
	now func() time.Time
}

// NewDesk returns the requests in db.
func NewDesk(db *store.DB, now func() time.Time) *Desk { return &Desk{db, now} }

// Of returns where the unlinking of a wave stands.
func (d *Desk) Of(ctx context.Context, wave string) (r Request, err error) {
	err = d.db.Read(ctx, func(tx *store.Tx) error {
		r, err = d.of(tx, wave)
		return err
	})
	return r, err
}

func (d *Desk) of(tx *store.Tx, wave string) (Request, error) {
	r := Request{Wave: wave, State: Linked}
	var asked, confirmed, proved int64
	const q = `SELECT asked_by, asked_ms, confirmed_by, confirmed_ms, proved_ms FROM unlink_wave WHERE wave = ?`
	err := tx.QueryRow(q, wave).Scan(&r.AskedBy, &asked, &r.ConfirmedBy, &confirmed, &proved)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	r.Asked, r.Confirmed, r.Proved = store.FromMillis(asked), store.FromMillis(confirmed), store.FromMillis(proved)
	switch {
	case err != nil:
	case proved > 0:
		r.State = Proved
	case confirmed > 0:
		r.State = Confirmed
	case d.now().Sub(r.Asked) < RequestLife:
		r.State = Asked
	default:
		r = Request{Wave: wave, State: Linked}
	}
	return r, err
}

// Ask asks for a wave to be unlinked. Nothing is destroyed before another
// person confirms it.
func (d *Desk) Ask(ctx context.Context, by, wave string) error {
	return d.act(ctx, by, "wave.unlink_ask", wave, func(tx *store.Tx, r Request) error {
		if r.State != Linked {
			return ErrAsked
		}
		const q = `INSERT INTO unlink_wave (wave, asked_by, asked_ms, confirmed_by, confirmed_ms, proved_ms) VALUES (?, ?, ?, '', 0, 0)
			ON CONFLICT (wave) DO UPDATE SET asked_by = excluded.asked_by, asked_ms = excluded.asked_ms`
		_, err := tx.Exec(q, wave, by, store.Millis(d.now()))
		return err
	})
}

// Withdraw takes a request back. Whoever could ask may do it.
func (d *Desk) Withdraw(ctx context.Context, by, wave string) error {
	return d.act(ctx, by, "wave.unlink_withdraw", wave, func(tx *store.Tx, r Request) error {
		if r.State != Asked {
			return ErrNotAsked
		}
		_, err := tx.Exec(`DELETE FROM unlink_wave WHERE wave = ?`, wave)
		return err
	})
}

// Confirm confirms a request, which is then to be carried out and cannot be
// taken back: policy.ErrSamePerson to whoever asked. also is done in the same
// transaction and may be nil.
func (d *Desk) Confirm(ctx context.Context, by, wave string, also func(*store.Tx) error) error {
	return d.act(ctx, by, "wave.unlink", wave, func(tx *store.Tx, r Request) error {
		switch {
		case r.State != Asked:
			return ErrNotAsked
		case r.AskedBy == by:
			return policy.ErrSamePerson
		}
		const q = `UPDATE unlink_wave SET confirmed_by = ?, confirmed_ms = ? WHERE wave = ?`
		if _, err := tx.Exec(q, by, store.Millis(d.now()), wave); err != nil || also == nil {
			return err
		}
		return also(tx)
	})
}

// act does something to the request of a wave and notes who did it.
func (d *Desk) act(ctx context.Context, by, action, wave string, do func(*store.Tx, Request) error) error {
	err := d.db.Write(ctx, func(tx *store.Tx) error {
		r, err := d.of(tx, wave)
		if err != nil {
			return err
		}
		if err := do(tx, r); err != nil {
			return err
		}
		return audit.Record(tx, d.now(), audit.Event{Actor: by, Action: action, Object: wave})
	})
	if err != nil {
		return fmt.Errorf("unlink wave %s: %w", wave, err)
	}
	return nil
}

// prove notes that nothing is left.
func (d *Desk) prove(ctx context.Context, wave string) error {
	return d.act(ctx, audit.System, "wave.unlink_prove", wave, func(tx *store.Tx, _ Request) error {
		_, err := tx.Exec(`UPDATE unlink_wave SET proved_ms = ? WHERE wave = ?`, store.Millis(d.now()), wave)
		return err
	})
}
