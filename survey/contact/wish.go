package contact

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

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
		const q = `INSERT INTO contact_wish (wave, unit, purpose, email, left_ms) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (wave, unit, purpose) DO UPDATE SET email = excluded.email, left_ms = excluded.left_ms`
		_, err := tx.Exec(q, wave, unit, p, email, store.Millis(a.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep an address: %w", err)
	}
	return nil
}

// isAddress accepts a bare address: no display name, no comment, no control
// character that could start a header of its own.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254
}

// Wishes lists the addresses left for a purpose, by unit key.
func (a *Access) Wishes(ctx context.Context, wave string, p Purpose) ([]Wish, error) {
	var all []Wish
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			w := Wish{Purpose: p}
			var left int64
			err := rows.Scan(&w.Unit, &w.Email, &left)
			w.Left = store.FromMillis(left)
			all = append(all, w)
			return err
		}, `SELECT unit, email, left_ms FROM contact_wish WHERE wave = ? AND purpose = ? ORDER BY unit`, wave, p)
	})
	if err != nil {
		return nil, fmt.Errorf("addresses left in wave %s: %w", wave, err)
	}
	return all, nil
}
