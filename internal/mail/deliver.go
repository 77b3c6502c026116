package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"barometer/internal/queue"
	"barometer/internal/store"
)

var errExpired = errors.New("the mail is of no use any more: it was not delivered in time")

// deliver is the queue's handler of mail.
func (m *Mailer) deliver(ctx context.Context, j queue.Job) (queue.Effect, error) {
	var l letter
	if err := json.Unmarshal(j.Payload, &l); err != nil {
		return nil, queue.Permanent(fmt.Errorf("the mail cannot be read: %w", err))
	}
	if !l.Expires.IsZero() && m.cfg.Now().After(l.Expires) {
		return m.ended(l, "expired", ""), queue.Permanent(errExpired)
	}
	turn, err := m.turn(ctx, l)
	switch {
	case err != nil:
		return nil, err
	case turn.blocked:
		return m.ended(l, "withheld", ""), nil
	case turn.slot.After(m.cfg.Now()):
		return nil, queue.Later(turn.slot)
	}
	msg, err := m.build(l)
	if err != nil {
		return m.ended(l, "failed", ""), queue.Permanent(errors.New("the mail cannot be put together"))
	}
	return m.judge(l, m.cfg.Transport.Deliver(ctx, msg))
}

// judge turns the answer to a delivery into the job's outcome.
func (m *Mailer) judge(l letter, err error) (queue.Effect, error) {
	var r *Refusal
	switch {
	case err == nil:
		return m.arrived(l), nil
	case !errors.As(err, &r):
		return m.freeSlot(l), err
	case r.Unreachable():
		return m.refused(l, r), queue.Permanent(r)
	case r.Permanent():
		return m.ended(l, "failed", r.Status()), queue.Permanent(r)
	}
	return m.freeSlot(l), r
}

// ended notes in the send log how a mail ended.
func (m *Mailer) ended(l letter, state, code string) queue.Effect {
	return func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE mail_sent SET state = ?, code = ?, ended_ms = ? WHERE mail_key = ?`,
			state, code, store.Millis(m.cfg.Now()), l.Key)
		return err
	}
}

// arrived notes that the mail server took the mail.
func (m *Mailer) arrived(l letter) queue.Effect { return m.ended(l, "sent", "") }

// refused notes that the recipient's server knows no such mailbox.
func (m *Mailer) refused(l letter, r *Refusal) queue.Effect {
	return func(tx *store.Tx) error {
		if err := m.ended(l, "bounced", r.Status())(tx); err != nil {
			return err
		}
		return m.fail(tx, m.digest(l.To), r.Status(), true)
	}
}

// turn is whether and when a mail may go.
type turn struct {
	blocked bool
	slot    time.Time
}

// turn looks up whether the address is written to, and reserves a moment at
// its domain. Each mail has one moment, so that a thousand mails to a domain
// are each looked at twice and not a thousand times.
func (m *Mailer) turn(ctx context.Context, l letter) (t turn, err error) {
	err = m.db.Write(ctx, func(tx *store.Tx) error {
		if t.blocked, err = m.blocked(tx, m.digest(l.To)); err != nil || t.blocked {
			return err
		}
		var slot int64
		var state string
		if err := tx.QueryRow(`SELECT slot_ms, state FROM mail_sent WHERE mail_key = ?`, l.Key).Scan(&slot, &state); err != nil {
			return err
		}
		if t.blocked = state == "withheld"; t.blocked {
			return nil
		}
		if t.slot = store.FromMillis(slot); slot != 0 {
			return nil
		}
		t.slot, err = m.reserve(tx, l)
		return err
	})
	return t, err
}

// reserve takes the next free moment at the recipient's domain.
func (m *Mailer) reserve(tx *store.Tx, l letter) (time.Time, error) {
	_, domain, _ := strings.Cut(strings.ToLower(l.To), "@")
	now, step := store.Millis(m.cfg.Now()), int64(60_000/m.cfg.PerMinute)
	var next int64
	err := tx.QueryRow(`INSERT INTO mail_domain (domain, next_ms) VALUES (?, ?)
		ON CONFLICT (domain) DO UPDATE SET next_ms = CASE WHEN mail_domain.next_ms > ? THEN mail_domain.next_ms ELSE ? END + ?
		RETURNING next_ms`, domain, now+step, now, now, step).Scan(&next)
	if err != nil {
		return time.Time{}, err
	}
	slot := next - step
	_, err = tx.Exec(`UPDATE mail_sent SET slot_ms = ? WHERE mail_key = ?`, slot, l.Key)
	return store.FromMillis(slot), err
}

// freeSlot gives the moment up after a failed attempt, so that the next one
// takes a moment of its own.
func (m *Mailer) freeSlot(l letter) queue.Effect {
	return func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE mail_sent SET slot_ms = 0 WHERE mail_key = ?`, l.Key)
		return err
	}
}
