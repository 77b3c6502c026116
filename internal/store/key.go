package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
)

// ErrWrongKey says that a key is not the one the store was written with.
var ErrWrongKey = errors.New("wrong key")

// CheckKey compares key with the one the store remembers under name, and
// remembers it when there is none. The store keeps a digest from which the key
// cannot be found. Programs call it at start, so that a wrong key is refused
// before anyone answers.
func (db *DB) CheckKey(ctx context.Context, name string, key []byte) error {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "barometer key check: %s", name)
	want := mac.Sum(nil)
	return db.Write(ctx, func(tx *Tx) error {
		var kept []byte
		err := tx.QueryRow(`SELECT digest FROM store_key WHERE name = ?`, name).Scan(&kept)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.Exec(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, name, want)
			return err
		case err != nil:
			return err
		case !hmac.Equal(kept, want):
			return fmt.Errorf("%w: the store was written with another key %s; restore that key", ErrWrongKey, name)
		}
		return nil
	})
}

// Keys lists the names of the keys the store was written with that begin with
// prefix, in order.
func (db *DB) Keys(ctx context.Context, prefix string) ([]string, error) {
	var names []string
	err := db.Read(ctx, func(tx *Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var n string
			err := rows.Scan(&n)
			names = append(names, n)
			return err
		}, `SELECT name FROM store_key WHERE SUBSTR(name, 1, ?) = ? ORDER BY name`, len(prefix), prefix)
	})
	return names, err
}

// ForgetKey drops the memory of a key that nothing is sealed with any more.
func (db *DB) ForgetKey(ctx context.Context, name string) error {
	return db.Write(ctx, func(tx *Tx) error {
		_, err := tx.Exec(`DELETE FROM store_key WHERE name = ?`, name)
		return err
	})
}
