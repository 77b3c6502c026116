package mail

import (
	"context"
	"database/sql"

	"barometer/internal/store"
)

// States is what is known of all addresses at one moment, for packages that
// decide about many.
type States struct {
	m       *Mailer
	blocked map[string]string // digest → state
}

// States reads what is known of every address.
func (m *Mailer) States(ctx context.Context) (*States, error) {
	s := &States{m: m}
	err := m.db.Read(ctx, func(tx *store.Tx) error {
		s.blocked = map[string]string{}
		return tx.Each(func(rows *sql.Rows) error {
			var address []byte
			var state string
			err := rows.Scan(&address, &state)
			s.blocked[string(address)] = state
			return err
		}, `SELECT address, state FROM mail_address WHERE state <> 'reachable'`)
	})
	return s, err
}

// Of tells whether an address is reachable, bouncing or suppressed.
func (s *States) Of(address string) string {
	if len(s.blocked) == 0 {
		return "reachable"
	}
	if state, ok := s.blocked[string(s.m.digest(address))]; ok {
		return state
	}
	return "reachable"
}

// Outcome is what became of a mail that was asked for.
type Outcome struct {
	State string // queued, sent, failed, expired, withheld, bounced
	Code  string // what a mail server answered or reported: "550 5.1.1"
}

// Lost reports whether the mail has not reached its recipient and will not.
func (o Outcome) Lost() bool {
	switch o.State {
	case "failed", "expired", "withheld", "bounced":
		return true
	}
	return false
}

// Outcomes reads what became of the mails whose keys begin with prefix, by
// key.
func (m *Mailer) Outcomes(ctx context.Context, prefix string) (outcomes map[string]Outcome, err error) {
	err = m.db.Read(ctx, func(tx *store.Tx) error {
		outcomes = map[string]Outcome{}
		return tx.Each(func(rows *sql.Rows) error {
			var key string
			var o Outcome
			err := rows.Scan(&key, &o.State, &o.Code)
			outcomes[key] = o
			return err
		}, `SELECT mail_key, state, code FROM mail_sent WHERE mail_key >= ? AND mail_key < ?`, prefix, prefix+"\x7f")
	})
	return outcomes, err
}

// Withdraw takes back the mails whose keys begin with prefix and that have not
// left yet. They count as withheld, and are not delivered.
func (m *Mailer) Withdraw(tx *store.Tx, prefix string) error {
	_, err := tx.Exec(`UPDATE mail_sent SET state = 'withheld', ended_ms = ? WHERE state = 'queued' AND mail_key >= ? AND mail_key < ?`,
		store.Millis(m.cfg.Now()), prefix, prefix+"\x7f")
	return err
}
