package contact

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"barometer/internal/store"
)

// Issued is what is known of a code, which is everything but the code.
type Issued struct {
	At      time.Time
	Opened  time.Time // first use; zero = never
	Revoked time.Time // zero = valid
}

// Codes lists the codes that were ever issued to a unit, the first one first.
func (a *Access) Codes(ctx context.Context, wave, unit string) (all []Issued, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var at, opened, revoked int64
			err := rows.Scan(&at, &opened, &revoked)
			all = append(all, Issued{store.FromMillis(at), store.FromMillis(opened), store.FromMillis(revoked)})
			return err
		}, `SELECT issued_ms, opened_ms, revoked_ms FROM contact_invitation WHERE wave = ? AND unit = ? ORDER BY issued_ms, revoked_ms`, wave, unit)
	})
	if err != nil {
		return nil, fmt.Errorf("codes of unit %s in wave %s: %w", unit, wave, err)
	}
	return all, nil
}

// ByCode returns the unit of a wave that a valid code as typed belongs to,
// without using the code: [ErrTypo] for one that cannot be right, [ErrUnknown]
// for one that is none of the wave's.
func (a *Access) ByCode(ctx context.Context, wave, typed string) (unit string, err error) {
	code, err := ParseCode(typed)
	if err != nil {
		return "", err
	}
	var s Session
	err = a.db.Read(ctx, func(tx *store.Tx) error { return findCode(tx, keyed(a.codeKey, string(code)), &s) })
	if err == nil && s.Wave != wave {
		err = ErrUnknown
	}
	return s.Unit, err
}
