package contact

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"barometer/internal/seal"
	"barometer/internal/store"
)

// Purpose is what a respondent has left an e-mail address for. The address may
// be used for nothing else.
type Purpose string

const (
	Mirror Purpose = "mirror" // to be sent the own answers beside the peers' (L2)
	Case   Purpose = "case"   // to be asked about the innovation as a case (L3)
)

// ErrAddress says that an e-mail address is not one.
var ErrAddress = errors.New("not an e-mail address")

// Wish is an e-mail address left by a respondent.
type Wish struct {
	Unit    string
	Purpose Purpose
	Email   string
	Left    time.Time
}

// KeepWish stores the address for the purpose, apart from the answers, in
// place of one left before. An empty address withdraws the wish.
func (a *Access) KeepWish(ctx context.Context, wave, unit string, p Purpose, email string) error {
	if p != Mirror && p != Case {
		return fmt.Errorf("keep an address: unknown purpose %q", p)
	}
	email = strings.TrimSpace(email)
	if email != "" && !isAddress(email) {
		return ErrAddress // the address itself stays out of errors and logs
	}
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		if email == "" {
			_, err := tx.Exec(`DELETE FROM contact_wish WHERE wave = ? AND unit = ? AND purpose = ?`, wave, unit, p)
			return err
		}
		return a.keepWish(tx, wave, unit, p, email, store.Millis(a.now()))
	})
	if err != nil {
		return fmt.Errorf("keep an address: %w", err)
	}
	return nil
}

// wishBlock is what the length of sealed addresses is rounded up to.
const wishBlock = 64

func (a *Access) keepWish(tx *store.Tx, wave, unit string, p Purpose, email string, left int64) error {
	keyID, err := a.ring.Sealing(tx)
	if err != nil {
		return err
	}
	at := wishPlace(wave, unit, p, keyID)
	sealed, err := a.seal(at, seal.Pad([]byte(email), wishBlock))
	if err != nil {
		return err
	}
	const q = `INSERT INTO contact_wish (wave, unit, purpose, left_ms, key_id, sealed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (wave, unit, purpose) DO UPDATE SET left_ms = excluded.left_ms, key_id = excluded.key_id, sealed = excluded.sealed`
	_, err = tx.Exec(q, wave, unit, p, left, at.keyID, sealed)
	return err
}

func wishPlace(wave, unit string, p Purpose, keyID string) place {
	return place{kind: "wish " + string(p), wave: wave, unit: unit, keyID: keyID}
}

// isAddress accepts a bare address: no display name, no comment, no control
// character that could start a header of its own.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254
}

// Wishes lists the addresses left for a purpose, by unit key. A row that does
// not open is left out and named in the error, as in [Access.People].
func (a *Access) Wishes(ctx context.Context, wave string, p Purpose) ([]Wish, error) {
	var all []Wish
	var sealed []sealedRow
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		all, sealed = nil, nil
		return tx.Each(func(rows *sql.Rows) error {
			w := Wish{Purpose: p}
			var r sealedRow
			var left int64
			err := rows.Scan(&w.Unit, &left, &r.at.keyID, &r.sealed)
			w.Left, r.at = store.FromMillis(left), wishPlace(wave, w.Unit, p, r.at.keyID)
			all, sealed = append(all, w), append(sealed, r)
			return err
		}, `SELECT unit, left_ms, key_id, sealed FROM contact_wish WHERE wave = ? AND purpose = ? ORDER BY unit`, wave, p)
	})
	if err != nil {
		return nil, fmt.Errorf("addresses left in wave %s: %w", wave, err)
	}
	return a.openWishes(all, sealed)
}

func (a *Access) openWishes(all []Wish, sealed []sealedRow) (opened []Wish, err error) {
	var faults []error
	for i, w := range all {
		email, err := a.openPadded(sealed[i])
		if err != nil {
			faults = append(faults, err)
			continue
		}
		w.Email = string(email)
		opened = append(opened, w)
	}
	return opened, errors.Join(faults...)
}
