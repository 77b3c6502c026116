package mail

import (
	"context"
	"database/sql"
	"errors"

	"barometer/internal/store"
)

// maxFailures is how many mails to an address may be reported late or lost for
// the time being before the address counts as bouncing.
const maxFailures = 5

// state reads what is known of an address: reachable, bouncing, suppressed.
func (m *Mailer) state(tx *store.Tx, address []byte) (string, error) {
	var state string
	err := tx.QueryRow(`SELECT state FROM mail_address WHERE address = ?`, address).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "reachable", nil
	}
	return state, err
}

// blocked reports whether an address is not written to.
func (m *Mailer) blocked(tx *store.Tx, address []byte) (bool, error) {
	state, err := m.state(tx, address)
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

// State tells whether an address is reachable, bouncing or suppressed.
func (m *Mailer) State(ctx context.Context, address string) (state string, err error) {
	err = m.db.Read(ctx, func(tx *store.Tx) error {
		state, err = m.state(tx, m.digest(address))
		return err
	})
	return state, err
}

// Suppress stops all mail to an address, as its owner asks.
func (m *Mailer) Suppress(tx *store.Tx, address string) error {
	if err := CheckAddress(address); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO mail_address (address, state, failures, code, since_ms) VALUES (?, 'suppressed', 0, '', ?)
		ON CONFLICT (address) DO UPDATE SET state = excluded.state, since_ms = excluded.since_ms`,
		m.digest(address), store.Millis(m.cfg.Now()))
	return err
}

// Release forgets what is known of an address, so that mail goes to it again:
// its owner confirmed it, its server was mended, or the person is erased.
func (m *Mailer) Release(tx *store.Tx, address string) error {
	if err := CheckAddress(address); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM mail_address WHERE address = ?`, m.digest(address))
	return err
}
