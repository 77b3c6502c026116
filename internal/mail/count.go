package mail

import (
	"context"
	"time"

	"barometer/internal/store"
)

// CountBounced counts the mails that were sent from one moment until before
// another and have come back since.
func (m *Mailer) CountBounced(ctx context.Context, from, until time.Time) (n int, err error) {
	err = m.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM mail_sent WHERE state = 'bounced' AND ended_ms >= ? AND ended_ms < ?`,
			store.Millis(from), store.Millis(until)).Scan(&n)
	})
	return n, err
}
