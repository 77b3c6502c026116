package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"barometer/internal/store"
)

// maxFailures is how many temporary failures in a row are reported before an
// address counts as bouncing.
const maxFailures = 5

// blocked reports whether an address is not written to.
func (m *Mailer) blocked(tx *store.Tx, address []byte) (bool, error) {
	var state string
	err := tx.QueryRow(`SELECT state FROM mail_address WHERE address = ?`, address).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return state != "reachable", err
}

// fail notes a failure to reach an address: one that is permanent, or the last
// of several that were not, makes it bouncing.
func (m *Mailer) fail(tx *store.Tx, address []byte, code string, permanent bool) error {
	state, now := "reachable", store.Millis(m.cfg.Now())
	if permanent {
		state = "bouncing"
	}
	_, err := tx.Exec(`INSERT INTO mail_address (address, state, failures, code, since_ms) VALUES (?, ?, 1, ?, ?)
		ON CONFLICT (address) DO UPDATE SET failures = mail_address.failures + 1, code = excluded.code, since_ms = excluded.since_ms,
		state = CASE WHEN mail_address.state = 'reachable' AND mail_address.failures + 1 >= ? THEN 'bouncing'
			WHEN mail_address.state = 'reachable' THEN excluded.state ELSE mail_address.state END`,
		address, state, code, now, maxFailures)
	return err
}

// Status is what is known of an address.
type Status struct {
	State string `json:"state"` // reachable, bouncing, suppressed
	Code  string `json:"code,omitempty"`
}

// Status looks an address up.
func (m *Mailer) Status(ctx context.Context, address string) (Status, error) {
	s := Status{State: "reachable"}
	err := m.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT state, code FROM mail_address WHERE address = ?`, m.digest(address)).Scan(&s.State, &s.Code)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return s, err
}

// Suppress stops all mail to an address, as its owner asks.
func (m *Mailer) Suppress(tx *store.Tx, address string) error {
	return m.set(tx, address, "suppressed")
}

// Release lets mail go to an address again, as when its owner confirmed it or
// its server was mended.
func (m *Mailer) Release(tx *store.Tx, address string) error { return m.Forget(tx, address) }

// Forget drops the history of an address.
func (m *Mailer) Forget(tx *store.Tx, address string) error {
	_, err := tx.Exec(`DELETE FROM mail_address WHERE address = ?`, m.digest(address))
	return err
}

func (m *Mailer) set(tx *store.Tx, address, state string) error {
	if err := CheckAddress(address); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO mail_address (address, state, failures, code, since_ms) VALUES (?, ?, 0, '', ?)
		ON CONFLICT (address) DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms`,
		m.digest(address), state, store.Millis(m.cfg.Now()))
	return err
}

// bounced notes a reported failure of the mail with a token. It returns false
// where no mail has it.
func (m *Mailer) bounced(tx *store.Tx, token, code string, permanent bool) (bool, error) {
	var key string
	var address []byte
	err := tx.QueryRow(`SELECT mail_key, address FROM mail_sent WHERE token = ?`, token).Scan(&key, &address)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("send log: %w", err)
	}
	if permanent {
		if _, err := tx.Exec(`UPDATE mail_sent SET state = 'bounced', code = ? WHERE mail_key = ?`, code, key); err != nil {
			return false, err
		}
	}
	return true, m.fail(tx, address, code, permanent && unreachable(code))
}
