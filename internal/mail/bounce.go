package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"barometer/internal/store"
)

// Bounce is what a delivery report did to the mail it is about.
type Bounce struct {
	Key       string `json:"key"`    // of the mail
	Status    string `json:"status"` // "5.1.1" (RFC 3463)
	Permanent bool   `json:"permanent"`
	Address   string `json:"address"` // what the address is from now on: reachable, bouncing, suppressed
}

// ErrUnknownMail says that a report is about no mail in the send log.
var ErrUnknownMail = errors.New("the report is about no mail that was sent from here")

// Bounced reads a delivery report and notes what it says: an address whose
// mailbox is not there is written to no more, one that fails for the time
// being only after several mails. A report that is read twice counts once.
// What is no report is [ErrNoReport].
func (m *Mailer) Bounced(ctx context.Context, r io.Reader) (Bounce, error) {
	rep, err := parseReport(r)
	if err != nil {
		return Bounce{}, err
	}
	worst := rep.failures[0]
	for _, f := range rep.failures {
		if f.permanent() {
			worst = f
		}
	}
	var b Bounce
	err = m.db.Write(ctx, func(tx *store.Tx) error {
		for _, token := range rep.tokens {
			var address []byte
			b = Bounce{Status: worst.status, Permanent: worst.permanent()}
			err := tx.QueryRow(`SELECT mail_key, address FROM mail_sent WHERE token = ?`, token).Scan(&b.Key, &address)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err == nil {
				err = m.note(tx, b, address)
			}
			if err == nil {
				b.Address, err = m.state(tx, address)
			}
			return err
		}
		return ErrUnknownMail
	})
	if err != nil {
		return Bounce{}, fmt.Errorf("delivery report: %w", err)
	}
	return b, nil
}

// note writes a failure into the send log and, where it is the mail's first of
// its kind, to the address.
func (m *Mailer) note(tx *store.Tx, b Bounce, address []byte) error {
	query := `UPDATE mail_sent SET code = ? WHERE mail_key = ? AND code = '' AND state <> 'bounced'`
	if b.Permanent {
		query = `UPDATE mail_sent SET code = ?, state = 'bounced' WHERE mail_key = ? AND state <> 'bounced'`
	}
	changed, err := tx.Exec(query, b.Status, b.Key)
	if err != nil || changed == 0 {
		return err
	}
	return m.fail(tx, address, b.Status, b.Permanent && unreachable(b.Status))
}
