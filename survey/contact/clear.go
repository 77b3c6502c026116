package contact

import (
	"context"
	"database/sql"
	"fmt"

	"barometer/internal/store"
)

// clearBatch is how many rows one transaction carries over.
const clearBatch = 500

// sealClear carries over what an earlier program, or a restored backup of its
// store, kept unsealed, and then has the store let go of what it removed.
// Interrupted, it goes on at the next start.
func (a *Access) sealClear(ctx context.Context) error {
	moved := 0
	for _, some := range []func(*store.Tx) (int, error){a.sealPersons, a.sealWishes} {
		for n := 1; n > 0; moved += n {
			err := a.db.Write(ctx, func(tx *store.Tx) (err error) {
				n, err = some(tx)
				return err
			})
			if err != nil {
				return fmt.Errorf("seal contacts of an earlier version: %w", err)
			}
		}
	}
	if moved == 0 {
		return nil
	}
	return a.db.Scrub(ctx, "contact_person_clear", "contact_wish_clear")
}

// clearRow is a row of either table.
type clearRow struct {
	wave, unit string
	purpose    Purpose
	name       string
	email      string
	left       int64
}

func readClear(tx *store.Tx, query string, fields func(*clearRow) []any) (rows []clearRow, err error) {
	err = tx.Each(func(row *sql.Rows) error {
		var r clearRow
		err := row.Scan(fields(&r)...)
		rows = append(rows, r)
		return err
	}, query, clearBatch)
	return rows, err
}

func (a *Access) sealPersons(tx *store.Tx) (int, error) {
	rows, err := readClear(tx, `SELECT wave, unit, name, email FROM contact_person_clear ORDER BY wave, unit LIMIT ?`,
		func(r *clearRow) []any { return []any{&r.wave, &r.unit, &r.name, &r.email} })
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if err := a.keepPerson(tx, r.wave, Person{Unit: r.unit, Name: r.name, Email: r.email}); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(`DELETE FROM contact_person_clear WHERE wave = ? AND unit = ?`, r.wave, r.unit); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

func (a *Access) sealWishes(tx *store.Tx) (int, error) {
	rows, err := readClear(tx, `SELECT wave, unit, purpose, email, left_ms FROM contact_wish_clear ORDER BY wave, unit, purpose LIMIT ?`,
		func(r *clearRow) []any { return []any{&r.wave, &r.unit, &r.purpose, &r.email, &r.left} })
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if err := a.keepWish(tx, r.wave, r.unit, r.purpose, r.email, r.left); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(`DELETE FROM contact_wish_clear WHERE wave = ? AND unit = ? AND purpose = ?`, r.wave, r.unit, r.purpose); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
